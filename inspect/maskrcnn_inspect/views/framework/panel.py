"""A view made live: it follows a session, and a slider on it runs the very stages again.

Inputs: a ``Session`` and a ``View``. Outputs: a widget of canvases, charts, controls and formulas with live numbers.
A click on any canvas sets the session's selection, and every panel of the session follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from maskrcnn_core.recording.trace import config_of

from ...canvas import Canvas
from ...canvas.assets import chart_style
from ...session import Selection, Session
from .scene import RENDER_ERRORS, Scene, Shown, View, error_text, lines_html
from .selector import values_of
from .slider import Slider

KEYS = {"detections": "detection", "proposals": "proposal", "anchors": "anchor", "truths": "truth"}
DEBOUNCE_S = 0.15  # seconds a panel waits while a slider on another one moves
WIDEST = "repeat(auto-fit, minmax(min(100%, 23rem), 1fr))"
CHART_STYLE = f"<style>{chart_style()}</style>"  # charts may come without a canvas, which would bring it


@dataclass(frozen=True)
class Rerun:
    """A setting with the range of its slider: ``Rerun("detections.min_score", "score threshold")``."""

    setting: str
    label: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01

    def value_in(self, session: Session) -> Any:
        """Return the value that the session shows: its own change, or the configuration's."""
        if self.setting in session.settings:
            return session.settings[self.setting]
        stage, name = self.setting.split(".")
        return getattr(getattr(config_of(session.base), stage), name)


class Panel(ipywidgets.VBox):
    """A live view.

    canvases: the canvases in the order of the view's scenes.
    choices: controls of the view's own, by the name of the argument of ``view.draw`` that they set.
    reruns: settings that run stages again when moved, see ``Rerun``.
    picks: names of rows that are no part of the session's selection (cells, channels); what is clicked of them comes
    to ``view.draw`` as an argument of that name, None before the first click.
    """

    def __init__(
        self,
        session: Session,
        view: View,
        choices: Mapping[str, ipywidgets.Widget] | None = None,
        reruns: Sequence[Rerun] = (),
        picks: Sequence[str] = (),
    ) -> None:
        self.session, self.view = session, view
        self.choices, self.picked = dict(choices or {}), dict.fromkeys(picks)
        self.canvases: list[Canvas] = []
        self._shown: list[Shown] = []
        self._moving, self._stale = False, False
        self._waiting: asyncio.TimerHandle | None = None
        self.area = ipywidgets.GridBox(layout=ipywidgets.Layout(grid_template_columns=WIDEST, grid_gap="8px"))
        self.formula = ipywidgets.HTML()
        self.problem = ipywidgets.HTML()
        head = ipywidgets.HTML(
            f"{CHART_STYLE}<b>{escape(view.title)}</b><br><span>{escape(view.look_for)}</span>"
        )
        sliders = [self._slider(rerun) for rerun in reruns]
        controls = [
            *self.choices.values(),
            *sliders,
            *([_reset(session)] if sliders and session.has_model else []),
        ]
        row = ipywidgets.HBox(controls, layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([head, *([row] if controls else []), self.problem, self.area, self.formula])
        for control in self.choices.values():
            control.observe(lambda _: self.redraw(), "value")
        session.observe(self._on_trace, "trace")
        session.observe(self._on_selection, "selection")
        self.redraw()

    def redraw(self) -> None:
        """Draw the view anew from the session's trace. What cannot be drawn becomes a sentence."""
        self._waiting, self._stale = None, False
        chosen = self._arguments()
        try:
            shown = list(self.view.draw(self.session.trace, self.session.selection, **chosen))
            self._place(shown)
            self.problem.value, self.area.layout.display = "", ""
        except RENDER_ERRORS as error:
            self.problem.value = f'<p role="alert">{escape(error_text(error))}</p>'
            self.area.layout.display = "none"
        self._tell()

    def close(self) -> None:
        """End the panel: it follows the session no more. Called again when the panel is collected."""
        for act, name in ((self._on_trace, "trace"), (self._on_selection, "selection")):
            with suppress(ValueError):  # closed before
                self.session.unobserve(act, name)
        super().close()

    def _arguments(self) -> dict[str, Any]:
        return {**values_of(self.choices), **self.picked}

    def _place(self, shown: list[Shown]) -> None:
        """Show scenes and charts; canvases made for them are listened to."""
        made = place(self.area, shown, self._shown)
        if made is not None:
            self.canvases = made
            for canvas in made:
                canvas.selected = selected_rows(self.session.selection)
                canvas.observe(self._on_click, "selected")
                canvas.observe(self._on_sight, "in_view")
        self._shown = shown

    def _tell(self) -> None:
        try:
            lines = self.view.explain(self.session.trace, self.session.selection, **self._arguments())
        except RENDER_ERRORS as error:
            lines = [] if self.problem.value else [error_text(error)]
        self.formula.value = lines_html(lines)

    def _on_click(self, change: Any) -> None:
        """Pass on what was selected on a canvas; a pick of the view's own stays here."""
        rows = change["new"]
        own = {name: rows[name] for name in self.picked if name in rows}
        if own and not set(rows) & set(KEYS):
            self.picked.update(own)
            self.redraw()
            return
        best = next((name for name in KEYS if name in rows), None)
        if not rows:
            self.session.selection = Selection()
        elif best is not None:  # rows that only this canvas knows say nothing to the others
            wanted = {KEYS[best]: rows[best]}
            if "truths" in rows:
                wanted["truth"] = rows["truths"]
            self.session.select(**wanted)

    def _on_sight(self, change: Any) -> None:
        """Draw what changed while nobody looked."""
        if change["new"] and self._stale:
            self.redraw()

    def _on_selection(self, _: Any) -> None:
        rows = selected_rows(self.session.selection)
        for canvas in self.canvases:
            canvas.selected = rows
        if self.view.follows:
            self._soon()
        else:
            self._tell()

    def _on_trace(self, _: Any) -> None:
        if self._moving:
            self.redraw()
        else:
            self._soon()

    def _soon(self) -> None:
        """Redraw when the kernel has answered what is being moved; at once where nothing could come in between.

        A panel out of sight waits until it is scrolled to, so that a slider is as fast in a long notebook.
        """
        if self.canvases and not self.problem.value and not any(canvas.in_view for canvas in self.canvases):
            self._stale = True
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.redraw()
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = loop.call_later(DEBOUNCE_S, self.redraw)

    def _slider(self, rerun: Rerun) -> ipywidgets.Widget:
        """Return a slider that replays from the stage of its setting on; still where there is no model."""
        session = self.session
        value = rerun.value_in(session)
        slider = Slider(
            value, min=min(rerun.low, value), max=max(rerun.high, value), step=rerun.step,
            description=rerun.label, disabled=not session.has_model,
        )  # fmt: skip

        def moved(change: Any) -> None:
            if change["new"] == rerun.value_in(session):
                return
            self._moving = True
            try:
                session.rerun(**{rerun.setting: change["new"]})
            except RENDER_ERRORS as error:
                self.problem.value = f'<p role="alert">{escape(error_text(error))}</p>'
            finally:
                self._moving = False

        slider.observe(moved, "value")
        session.observe(lambda _: setattr(slider, "value", rerun.value_in(session)), "settings")
        return slider


def place(area: ipywidgets.GridBox, shown: Sequence[Shown], before: Sequence[Shown]) -> list[Canvas] | None:
    """Put scenes and charts on what ``area`` shows of ``before``; None.

    Where their number or kind changed, make new children and return the canvases among them.
    """
    if [type(one) for one in shown] != [type(one) for one in before]:
        area.children = [
            one.canvas() if isinstance(one, Scene) else ipywidgets.HTML(one.html()) for one in shown
        ]
        return [child for child in area.children if isinstance(child, Canvas)]
    for one, former, child in zip(shown, before, area.children, strict=True):
        if isinstance(one, Scene) and isinstance(former, Scene):
            one.show_on(child, former)
        elif not isinstance(one, Scene):
            child.value = one.html()
    return None


def selected_rows(selection: Selection) -> dict[str, int]:
    """Return the session's selection as the canvases say it."""
    rows = {key: getattr(selection, name) for key, name in KEYS.items()}
    return {key: row for key, row in rows.items() if row is not None}


def _reset(session: Session) -> ipywidgets.Button:
    button = ipywidgets.Button(
        description="as the model", tooltip="take back every change of settings and tensors"
    )
    button.on_click(lambda _: session.reset())
    return button
