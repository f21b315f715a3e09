"""Comparison: two models, or two checkpoints, on one image: what each tensor differs by, and where they part ways.

Look for: the first tensor that differs; a stage at which a small difference grows large; detections of one alone.

Shapes: y, x cells; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Trace

from ...analysis.features.activations import summarise
from ...analysis.what_if.comparison import Comparison, Difference, compare
from ...canvas import Heat, Layer
from ...canvas.standalone import Part
from ...palette import INK, MUTED, NEGATIVE, NEUTRAL
from ...session import Selection, Session
from ..framework.before_after import after_layers, effect_lines
from ..framework.common import detection_colours, detection_labels, molded_image
from ..framework.drawing import draw_boxes, panels, plain, show_image
from ..framework.panel import Panel
from ..framework.rows import detection_boxes, detection_masks
from ..framework.scene import Chart, Scene, Shown, View, still_once
from ..framework.selector import selector

LEAST = 1e-7  # relative difference drawn as the left end of the axis: what rounding makes
NONE = "detections alone"  # the choice of no map


def figure(comparison: Comparison, names: Sequence[str] = ("one", "other")) -> Figure:
    """Draw the relative difference of each tensor, in the order of the pipeline, the first to part marked."""
    drawn, (axes,) = panels(1, size=7.5, aspect=max(0.4, 0.022 * len(comparison.differences)))
    _bars(axes, comparison)
    parting = comparison.parting()
    where = "they never part" if parting is None else f"they part at {parting}"
    plain(axes, f"{names[0]} and {names[1]}: relative difference; {where}", "of the greater root mean square")
    return drawn


def detections_figure(a: Trace, b: Trace, names: Sequence[str] = ("one", "other")) -> Figure:
    """Draw the detections of both on the network input."""
    drawn, axes = panels(2, columns=2, size=4.4)
    for one, trace, name in zip(axes, (a, b), names, strict=True):
        show_image(
            one, molded_image(trace), f"{name}: {len(trace['detections.boxes'])} detections, network-input px"
        )
        draw_boxes(one, trace["detections.boxes"], detection_colours(trace), detection_labels(trace))
    return drawn


def _bars(axes: Any, comparison: Comparison) -> None:
    differences, parting = comparison.differences, comparison.parting()
    places = np.arange(len(differences))
    values = [max(LEAST, _drawn(one)) for one in differences]
    colours = [
        NEUTRAL if one.relative is None else NEGATIVE if one.name == parting else "#0072b2"
        for one in differences
    ]
    axes.barh(places, values, color=colours)
    axes.set_xscale("log")
    axes.set_xlim(LEAST, 300.0)
    axes.set_yticks(places, [one.name for one in differences], fontsize=7)
    axes.invert_yaxis()
    for place, value, one in zip(places, values, differences, strict=True):
        colour = MUTED if not one.parted() else INK
        axes.text(value, float(place), f" {told(one)}", va="center", fontsize=7, color=colour)


def _drawn(one: Difference) -> float:
    """Return the length of a bar; what cannot be compared is as long as what has nothing in common."""
    return 1.0 if one.relative is None or not np.isfinite(one.relative) else one.relative


def told(one: Difference) -> str:
    """Return a difference in words."""
    if one.relative is None:
        return one.why
    rows = "" if one.common == 1 else f", {one.common:.0%} of rows in common"
    return f"{'equal' if one.relative == 0 else f'{one.relative:.2g}'}{rows}"


class Beside:
    """Another trace of the image beside that of a session. names: of the session's model and the other."""

    def __init__(self, other: Trace, names: tuple[str, str]) -> None:
        self.other, self.names = other, names
        self._last: tuple[Trace, Comparison] | None = None

    def comparison(self, trace: Trace) -> Comparison:
        """Return the comparison with ``trace``. Raises: ValueError where it is of another image."""
        if self._last is None or self._last[0] is not trace:
            self._last = trace, compare(trace, self.other)
        return self._last[1]

    def draw(self, trace: Trace, selection: Selection, map_name: str = NONE) -> list[Shown]:
        """Return the detections of both, over a map of both where one is chosen, and the differences."""
        comparison = self.comparison(trace)
        ours: list[Layer] = [detection_masks(trace), detection_boxes(trace)]
        theirs = after_layers(trace, self.other)
        if map_name != NONE:
            limits = _limits(trace[map_name], self.other[map_name])
            ours = [_heat(trace, map_name, limits), detection_boxes(trace)]
            theirs = [_heat(self.other, map_name, limits), *after_layers(trace, self.other, masks=False)]
        effect = comparison.effect
        parting = comparison.parting()
        alone = f"{len(effect.lost)} alone", f"{len(effect.new)} alone"
        words = "They are equal in everything." if parting is None else f"They part at {parting}."
        return [
            Scene(f"{self.names[0]}: {alone[0]}, network-input px", molded_image(trace), ours, words),
            Scene(
                f"{self.names[1]}: {alone[1]}, network-input px", molded_image(self.other), theirs,
                "Colours are those of the other side; grey is found here alone.",
            ),
            Chart(f"Relative difference by tensor. {words}", figure(comparison, self.names)),
        ]  # fmt: skip

    def explain(self, trace: Trace, selection: Selection, map_name: str = NONE) -> list[str]:
        """Tell where they part, the largest difference of each stage, and the change of each detection."""
        comparison = self.comparison(trace)
        parting = comparison.parting()
        lines = ["equal in everything" if parting is None else f"the first tensor to differ is {parting}"]
        for stage, largest in comparison.by_stage().items():
            lines.append(f"{stage:<14}{'not comparable' if largest is None else f'{largest:.3g}'}")
        return [*lines, "", *effect_lines(trace, self.other, comparison.effect)]

    @property
    def view(self) -> View:
        """The view of both."""
        return replace(VIEW.of(self), title=f"Comparison: {self.names[0]} and {self.names[1]}")


VIEW = View(
    "Comparison: two models on one image",
    "Look for the first tensor that differs, for a stage at which a difference grows, and for detections of one alone.",
    Beside.draw,
    Beside.explain,
)


def _heat(trace: Trace, name: str, limits: tuple[float, float] | None) -> Heat:
    return Heat(summarise(trace[name]), name, limits=limits, unit="root mean square over channels")


def _limits(a: np.ndarray, b: np.ndarray) -> tuple[float, float] | None:
    """Return limits for both maps, so that equal colours are equal values."""
    finite = [values[np.isfinite(values)] for values in (summarise(a), summarise(b))]
    joined = np.concatenate(finite)
    return (
        (float(joined.min()), float(joined.max()) or 1.0)
        if joined.size and joined.min() < joined.max()
        else None
    )


def maps_of(a: Trace, b: Trace) -> list[str]:
    """Return the maps of channels that both traces hold."""
    return [name for name in a if name in b and spec_of(name).axes == ("y", "x", "channel")]


def widget(session: Session, other: Trace, names: tuple[str, str] = ("this model", "the other")) -> Panel:
    """Return the live view of the session's trace beside ``other``, a trace of the same image."""
    chosen = selector("map", [NONE, *maps_of(session.trace, other)])
    return Panel(session, Beside(other, names).view, {"map_name": chosen})


def snapshot(
    session: Session, other: Trace, names: tuple[str, str] = ("this model", "the other")
) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still_once(Beside(other, names).view, (session.trace, session.selection))
