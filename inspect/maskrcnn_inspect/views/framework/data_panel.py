"""A view of data made live: like ``panel``, for what has no session because no model has run yet.

Inputs: a ``View`` whose functions take a subject (a reader, a batch) in place of trace and selection, and choices.
Outputs: a widget. An object selected on one canvas is selected on all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets

from ...canvas import Canvas, link_selection
from .panel import CHART_STYLE, WIDEST, place
from .scene import RENDER_ERRORS, Shown, View, error_text, lines_html
from .selector import values_of
from .slider import Slider

WORDS = {"description_width": "initial"}


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
        head = ipywidgets.HTML(CHART_STYLE + words)
        row = ipywidgets.HBox(list(self.choices.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([head, *([row] if self.choices else []), self.problem, self.area, self.numbers])
        for control in self.choices.values():
            control.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Draw the view anew. What cannot be drawn becomes a sentence."""
        chosen = values_of(self.choices)
        try:
            self._place(list(self.view.draw(*self.subject, **chosen)))
            self.numbers.value = lines_html(self.view.explain(*self.subject, **chosen))
            self.problem.value, self.area.layout.display = "", ""
        except RENDER_ERRORS as error:
            self.problem.value = f'<p role="alert">{escape(error_text(error))}</p>'
            self.area.layout.display, self.numbers.value = "none", ""

    def _place(self, shown: list[Shown]) -> None:
        """Show scenes and charts; canvases made for them share one selection."""
        made = place(self.area, shown, self._shown)
        if made is not None:
            self.canvases = made
            if made:
                link_selection(*made)
        self._shown = shown


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
