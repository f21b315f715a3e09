"""A view of data made live: like ``panel``, for what has no session because no model has run yet.

Enters: a ``View`` whose functions take a subject (a reader, a batch) in place of trace and selection, and choices.
Leaves: a widget, or the parts of a page without a kernel. An object selected on one canvas is selected on all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets

from ..canvas import Canvas, Html, link_selection
from ..canvas.standalone import Part
from .scene import UNSHOWABLE, Scene, Shown, View, lines_html, said
from .slider import Slider

WIDEST = "repeat(auto-fit, minmax(min(100%, 23rem), 1fr))"
WORDS = {"description_width": "initial"}
STYLE = "<style>.mi-chart { max-width: 100%; height: auto; }</style>"  # a chart wider than its place shrinks


class DataPanel(ipywidgets.VBox):
    """A live view of data: every choice draws it anew.

    subject: the arguments of ``view.draw`` that do not change. choices: controls by the argument that they set.
    """

    def __init__(
        self, view: View, subject: Sequence[Any], choices: Mapping[str, ipywidgets.Widget] | None = None
    ) -> None:
        self.view, self.subject, self.choices = view, tuple(subject), dict(choices or {})
        self.canvases: list[Canvas] = []
        self._shown: list[Shown] = []
        layout = ipywidgets.Layout(grid_template_columns=WIDEST, grid_gap="8px")
        self.area = ipywidgets.GridBox(layout=layout)
        self.numbers, self.problem = ipywidgets.HTML(), ipywidgets.HTML()
        words = f"<b>{escape(view.title)}</b><br><span>{escape(view.look_for)}</span>"
        head = ipywidgets.HTML(STYLE + words)
        row = ipywidgets.HBox(list(self.choices.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([head, *([row] if self.choices else []), self.problem, self.area, self.numbers])
        for control in self.choices.values():
            control.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Draw the view anew. What cannot be drawn becomes a sentence."""
        chosen = {name: control.value for name, control in self.choices.items()}
        try:
            self._place(list(self.view.draw(*self.subject, **chosen)))
            self.numbers.value = lines_html(self.view.explain(*self.subject, **chosen))
            self.problem.value, self.area.layout.display = "", ""
        except UNSHOWABLE as error:
            self.problem.value = f'<p role="alert">{escape(said(error))}</p>'
            self.area.layout.display, self.numbers.value = "none", ""

    def _place(self, shown: list[Shown]) -> None:
        """Show scenes on the canvases that are there, or make new ones where number or kind changed."""
        if [type(one) for one in shown] != [type(one) for one in self._shown]:
            children = [
                one.canvas() if isinstance(one, Scene) else ipywidgets.HTML(one.html()) for one in shown
            ]
            self.canvases = [child for child in children if isinstance(child, Canvas)]
            if self.canvases:
                link_selection(*self.canvases)
            self.area.children = children
        else:
            for one, before, child in zip(shown, self._shown, self.area.children, strict=True):
                if isinstance(one, Scene) and isinstance(before, Scene):
                    one.show_on(child, before)
                elif not isinstance(one, Scene):
                    child.value = one.html()
        self._shown = shown


def still_of_data(view: View, subject: Sequence[Any], **choices: Any) -> list[Part]:
    """Return the parts of a page that show the view without a kernel, or the sentence why it cannot be shown."""
    head: list[Part] = [Html(f"<h2>{escape(view.title)}</h2>"), view.look_for]
    try:
        shown = view.draw(*subject, **choices)
        lines = lines_html(view.explain(*subject, **choices))
    except UNSHOWABLE as error:
        return [*head, said(error)]
    parts: list[Part] = [one.canvas() if isinstance(one, Scene) else Html(one.html()) for one in shown]
    return [*head, *parts, *([Html(lines)] if lines else [])]


def slider(label: str, most: int, value: int = 0, least: int = 0, step: int = 1) -> Slider:
    """Return a slider over whole numbers; it stands still where there is nothing to choose."""
    return Slider(
        value,
        min=least,
        max=max(most, least),
        step=step,
        description=label,
        continuous=False,
        disabled=most <= least,
    )
