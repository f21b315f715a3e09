"""What a view shows: scenes for the canvas, charts, and sentences with live numbers.

Inputs: a trace, a selection and choices. Outputs: a ``View`` draws ``Scene`` and ``Chart`` objects and explains them in
lines of plain text. ``panel`` makes them live,
``static_parts`` makes parts of a page without a kernel: one drawing for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ...canvas import Canvas, Case, Choice, Frames, Html, Layer
from ...canvas.canvas import SCENE
from ...canvas.standalone import Part
from ...session import Selection
from .bar_chart import Bars
from .chart_image import chart_markup
from .common import class_label

FEW = 12  # detections that a slider of baked positions goes through
BAKED = 24  # detections of which a page without a kernel holds what the views show of each


@dataclass(frozen=True, eq=False)
class Scene:
    """One canvas: an image (y, x, rgb) uint8, or None with ``size`` (y, x), and the layers on it.

    title: what is shown, with frame and unit. note: what to look for in it. settings: further traits of ``Canvas``.
    """

    title: str
    image: np.ndarray | None
    layers: Sequence[Layer] = ()
    note: str = ""
    size: tuple[int, int] | None = None
    frames: Frames | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def canvas(self) -> Canvas:
        """Return a canvas that shows the scene."""
        return Canvas(
            self.image, self.layers, size=self.size, frames=self.frames,
            title=self.title, note=self.note, **self.settings,
        )  # fmt: skip

    def show_on(self, canvas: Canvas, before: Scene | None) -> None:
        """Show the scene on a canvas that showed ``before``; the image goes to the browser only if it changed."""
        kept = before is not None and (before.frames, before.size) == (self.frames, self.size)
        with canvas.hold_sync():
            canvas.title, canvas.note = self.title, self.note
            if kept and before is not None and _same(before.image, self.image):
                canvas.layers = self.layers
            else:
                canvas.show(self.image, self.layers, self.size, self.frames)
            for name, value in self.settings.items():  # what a person has moved since stays moved
                if canvas.has_trait(name) and (before is None or before.settings.get(name) != value):
                    setattr(canvas, name, value)


@dataclass(frozen=True, eq=False)
class Chart:
    """A matplotlib figure with the words that stand for it where it cannot be seen."""

    title: str
    figure: Figure

    def html(self) -> str:
        """Return the image as markup that needs no file."""
        return chart_markup(self.title, self.figure)


Shown = Scene | Chart | Bars
SHOWN_BY = tuple(
    name for name in SCENE if name != "selected"
)  # what is selected is the page's, not the scene's


SECTIONS = ("stages", "why", "training", "model")  # of the page that shows a whole walk, in order


@dataclass(frozen=True)
class View:
    """A stage as a person looks at it.

    draw: (trace, selection, **choices) -> scenes and charts. explain: (trace, selection, **choices) -> lines of text,
    the formulas with the numbers of what is selected. A view of something else than a trace takes that first, see
    ``of``. follows: whether the scenes change with the selection (marking what is selected needs no new scene).
    stage: the stage of the pipeline that is shown; "" for a view of several or none.
    section: one of ``SECTIONS``, the place in the page of a whole walk; "" for a view that has none there. Within a
    section, views come in the order of their stages. needs: names of tensors without which the walk leaves the view
    out. needs_model: whether the view runs the model anew, so that the walk of a saved trace leaves it out.
    """

    title: str
    look_for: str
    draw: Callable[..., Sequence[Shown]]
    explain: Callable[..., Sequence[str]]
    follows: bool = False
    stage: str = ""
    section: str = ""
    needs: tuple[str, ...] = ()
    needs_model: bool = False

    def of(self, *subject: Any) -> View:
        """Return the view of ``subject``, the first arguments of ``draw`` and ``explain``."""
        return replace(self, draw=partial(self.draw, *subject), explain=partial(self.explain, *subject))


def error_text(error: Exception) -> str:
    """Return the sentence of an error, for the place where its view would be."""
    words = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return f"This view cannot be shown: {words}"


RENDER_ERRORS = (
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    OSError,
)  # what a trace cut short or without masks raises


def static_parts(view: View, trace: Trace, selection: Selection | None = None, **choices: Any) -> list[Part]:
    """Return the parts of a page that show the view without a kernel: the selection moves in the browser alone.

    Where the trace lacks what the view needs, one sentence says so.
    """
    head: list[Part] = [Html(f"<h2>{escape(view.title)}</h2>"), view.look_for]
    try:
        told = _told(trace, selection or Selection())
        drawn = told if view.follows else told[:1]
        shown = [_parts(view, trace, one, **choices) for one in drawn]
        words = [_formula(view, trace, one, **choices) for one in told]
    except RENDER_ERRORS as error:
        return [*head, error_text(error)]
    return [*head, *_by_selection(trace, told, shown, words)]


def shows(parts: Sequence[Part]) -> bool:
    """Return whether a view is there, not a sentence on what it lacks."""
    return any(not isinstance(part, str) for part in parts)


def _by_selection(
    trace: Trace, told: Sequence[Selection], shown: Sequence[list[Canvas | Html]], words: Sequence[str]
) -> list[Part]:
    """Return what is the same for all selections as it is, the rest as a choice of one of them."""
    if len(told) == 1:
        return [*shown[0], *([Html(words[0])] if words[0] else [])]
    alike = [
        len(shown) == 1 or _alike([one[place : place + 1] for one in shown]) for place in range(len(shown[0]))
    ]
    shared = [part for part, same in zip(shown[0], alike, strict=True) if same]
    before = alike.index(False) if False in alike else len(shared)
    cases = []
    for place, (selection, formula) in enumerate(zip(told, words, strict=True)):
        own = shown[place] if len(shown) > 1 else []
        parts = [part for at, part in enumerate(own) if at >= len(alike) or not alike[at]]
        words_of = [Html(formula)] if formula and len(set(words)) > 1 else []
        cases.append(Case(_name_of(trace, selection), _rows(selection), [*parts, *words_of]))
    choice = [Choice("Detection", "detections", cases)] if any(case.parts for case in cases) else []
    common = [Html(words[0])] if words[0] and len(set(words)) == 1 else []
    return [*shared[:before], *choice, *shared[before:], *common]


def _alike(ones: Sequence[list[Canvas | Html]]) -> bool:
    """Return whether all are there and show the same."""
    states = [
        {name: getattr(one, name) for name in SHOWN_BY} if isinstance(one, Canvas) else one
        for part in ones
        for one in part
    ]
    return len(states) == len(ones) and all(state == states[0] for state in states[1:])


def _parts(view: View, trace: Trace, selection: Selection, **choices: Any) -> list[Canvas | Html]:
    shown = view.draw(trace, selection, **choices)
    return [one.canvas() if isinstance(one, Scene) else Html(one.html()) for one in shown]


def _rows(selection: Selection) -> dict[str, int]:
    """Return a selection of a detection as canvases say it."""
    rows = {"detections": selection.detection, "proposals": selection.proposal, "anchors": selection.anchor}
    return {name: row for name, row in rows.items() if row is not None}


def _name_of(trace: Trace, selection: Selection) -> str:
    row = selection.detection or 0
    class_id, score = int(trace["detections.class_ids"][row]), float(trace["detections.scores"][row])
    return f"{row}: {class_label(trace, class_id, score)}"


def still_once(view: View, subject: Sequence[Any], **choices: Any) -> list[Part]:
    """Return the same for a view whose words do not speak of single rows, or whose ``subject`` is no trace."""
    head: list[Part] = [Html(f"<h2>{escape(view.title)}</h2>"), view.look_for]
    try:
        shown = view.draw(*subject, **choices)
        lines = lines_html(view.explain(*subject, **choices))
    except RENDER_ERRORS as error:
        return [*head, error_text(error)]
    return [*head, *as_parts(shown), *([Html(lines)] if lines else [])]


def as_parts(shown: Sequence[Shown]) -> list[Part]:
    """Return scenes and charts as parts of a page."""
    return [one.canvas() if isinstance(one, Scene) else Html(one.html()) for one in shown]


def lines_html(lines: Sequence[str]) -> str:
    """Return lines of text as markup: text stays text. No inline style: a page without a kernel forbids it."""
    return f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""


def _told(trace: Trace, selection: Selection) -> list[Selection]:
    """Return the selections whose formulas are told: the given one, or each of the first detections."""
    if selection != Selection() or "detections.boxes" not in trace or not trace.shape("detections.boxes")[0]:
        return [selection]
    index, anchors = trace["detections.proposal_index"][:BAKED], trace["proposals.anchor_index"]
    return [Selection(d, int(p), int(anchors[p])) for d, p in enumerate(index)]


def _formula(view: View, trace: Trace, selection: Selection, **choices: Any) -> str:
    lines = view.explain(trace, selection, **choices)
    if not lines:
        return ""
    return f"<details><summary>The numbers</summary>{lines_html(lines)}</details>"


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    return one is other or (
        one is not None and other is not None and one.shape == other.shape and bool((one == other).all())
    )
