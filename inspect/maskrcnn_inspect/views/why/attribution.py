"""Attribution: what in the image, or in a map, a class, a side of a box or a pixel of a mask rests on.

Look for: weight outside the object (the model goes by its surroundings); a map that stays the same with random weights
(it shows the image, not what was learned); an insertion curve no better than that of a random order.

Shapes: y, x cells; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Trace, config_of

from ...analysis.attribution.checks import Curve, deletion, random_order, resemblance, shuffled
from ...analysis.attribution.maps import (
    METHODS,
    Found,
    find,
    find_gradients,
    number_of,
    on_molded,
    share_inside,
)
from ...analysis.attribution.probe import IMAGE, KINDS, MAPS, SIDES, Target, attributable
from ...canvas import Frames, Heat
from ...canvas.standalone import Html, Part
from ...palette import instance_colour
from ...session import Selection, Session
from ..framework.common import class_label, molded_image
from ..framework.drawing import draw_boxes, panels, plain, show_image, show_map
from ..framework.panel import Panel
from ..framework.rows import detection_boxes
from ..framework.scene import RENDER_ERRORS, Chart, Scene, Shown, View, error_text
from ..framework.selector import selector

STYLES = ("-", "--", ":", "-.")  # so that colour is not the only difference
NOTHING = "nothing was detected, so that there is no number to ask about"
FEWEST, MOST = 2, 6  # detections with a gradient on a page
PIXELS_A_PAGE = 6 * 512 * 512  # network-input px that all of them pass: some seconds
NO_MODEL = "Attribution runs the model backwards; it needs a session with its model."


def figure(trace: Trace, detection: int, maps: Mapping[str, Found]) -> Figure:
    """Draw the image with the detection, and each of ``maps`` by its name, network-input px."""
    drawn, (first, *others) = panels(1 + len(maps), columns=4, size=3.2)
    box, colour = trace["detections.boxes"][detection], [instance_colour(detection)]
    show_image(first, molded_image(trace), "network-input px")
    draw_boxes(first, box, colour, [_label(trace, detection)])
    height, width = trace.shape("molding.image")[:2]
    for axes, (name, found) in zip(others, maps.items(), strict=True):
        top, left, bottom, right = found.extent
        image = show_map(axes, found.values, f"{name}\n{found.unit}", signed=bool((found.values < 0).any()))
        image.set_extent((left, right, bottom, top))
        axes.set(xlim=(0, width), ylim=(height, 0))
        draw_boxes(axes, box, colour)
    return drawn


def curves_figure(removed: Mapping[str, Curve], inserted: Mapping[str, Curve]) -> Figure:
    """Draw the support of a detection while the most important cells go, and while they come, a line an order."""
    drawn, pair = panels(2, columns=2, size=4.6, aspect=0.6)
    titles = "taken away, the most important first", "given, the most important first"
    for axes, curves, title in zip(pair, (removed, inserted), titles, strict=True):
        for style, (name, curve) in zip(STYLES, curves.items(), strict=False):
            axes.plot(curve.share, curve.probs, style, label=f"{name}: area {curve.area:.2f}")
        axes.set_ylim(-0.03, 1.05)
        axes.legend(fontsize=8, frameon=False)
        plain(axes, title, "share of the image", "probability of the class at its place")
    return drawn


@dataclass(frozen=True)
class Question:
    """What a person asks: the method, the tensor, the number; and whether to check the answer."""

    method: str = METHODS[0]
    tensor: str = IMAGE
    kind: str = KINDS[0]
    side: str = SIDES[0]
    y: int = 14
    x: int = 14
    checks: bool = False

    def target(self, detection: int) -> Target:
        """Return the number of ``detection`` that is asked about."""
        return Target(detection, self.kind, self.side, (self.y, self.x))


class Asked:
    """Attributions of the selected detection of a session; the last is kept, since scenes and words ask for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._last: tuple[Any, Found] | None = None
        self._shuffled: tuple[Any, Any] = (None, None)

    def found(self, trace: Trace, selection: Selection, question: Question) -> tuple[Target, Found]:
        """Return the target and its map. Raises: ValueError without a model or a detection."""
        if not self.session.has_model:
            raise ValueError(NO_MODEL)
        if not len(trace["detections.boxes"]):
            raise ValueError(NOTHING)
        target = question.target(selection.detection or 0)
        asked = id(trace), question.method, question.tensor, target
        if self._last is None or self._last[0] != asked:
            self._last = asked, find(self.session.model, trace, target, question.method, question.tensor)
        return target, self._last[1]

    def draw(self, trace: Trace, selection: Selection, **choices: Any) -> list[Shown]:
        """Return the map over the network input; with ``checks`` the curves of deletion and insertion."""
        question = Question(**choices)
        target, found = self.found(trace, selection, question)
        label = _label(trace, target.detection)
        scene = Scene(
            f"{question.method}: {label}, {number_of(target)}, network-input px",
            molded_image(trace),
            [Heat(found.values, "importance", extent=found.extent, unit=found.unit), detection_boxes(trace)],
            "Click another detection to ask about that one.",
            settings={"opacity": 0.7},
        )
        return [scene, self._curves(trace, target, found)] if question.checks else [scene]

    def explain(self, trace: Trace, selection: Selection, **choices: Any) -> list[str]:
        """Tell the numbers of the map; with ``checks`` how much it resembles that of shuffled weights."""
        question = Question(**choices)
        target, found = self.found(trace, selection, question)
        inside = share_inside(found, trace["detections.boxes"][target.detection])
        lines = [*found.lines, f"{inside:.0%} of it lies within the detection's box"]
        on_a_map = question.tensor == IMAGE or question.tensor in MAPS
        if not question.checks or question.method == "occlusion" or not on_a_map:
            return lines
        model = self.session.model
        if self._shuffled[0] is not model:
            self._shuffled = model, shuffled(model, seed=0)
        likeness = resemblance(
            model, self._shuffled[1], trace, target.detection, question.tensor,
            lambda one, seen: find(one, seen, target, question.method, question.tensor).values,
        )  # fmt: skip
        return [
            *lines,
            f"rank correlation with the map of shuffled weights: {likeness:.2f} (1 = it shows no learning)",
        ]

    def _curves(self, trace: Trace, target: Target, found: Found) -> Chart:
        orders = {
            "this map": on_molded(found, trace.shape(IMAGE)[:2]),
            "random": random_order(trace, seed=0),
        }
        ways = [
            {
                name: deletion(self.session.model, trace, target.detection, order, insert=insert)
                for name, order in orders.items()
            }
            for insert in (False, True)
        ]
        return Chart("Deletion and insertion of the most important cells", curves_figure(*ways))


def _label(trace: Trace, row: int) -> str:
    """Return a detection's row, class and score, as the canvas numbers it."""
    class_id, score = int(trace["detections.class_ids"][row]), float(trace["detections.scores"][row])
    return f"{row} {class_label(trace, class_id, score)}"


VIEW = View(
    "Attribution: what a detection rests on",
    "Look for weight outside the object, and for maps that random weights give as well.",
    Asked.draw,
    Asked.explain,
    follows=True,
    section="model",
    needs_model=True,
)


def widget(session: Session) -> Panel:
    """Return the live view: a click chooses the detection; checks take some seconds."""
    wide = {"style": {"description_width": "initial"}, "layout": {"width": "20rem"}}
    choices = {
        "method": selector("method", METHODS),
        "tensor": selector("with respect to", tensors_of(session.trace)),
        "kind": selector("of its", KINDS),
        "side": selector("side of the box", SIDES),
        "y": ipywidgets.BoundedIntText(14, min=0, max=255, description="mask row", **wide),
        "x": ipywidgets.BoundedIntText(14, min=0, max=255, description="mask column", **wide),
        "checks": ipywidgets.Checkbox(False, description="checks (some seconds)"),
    }
    return Panel(session, VIEW.of(Asked(session)), choices)


def tensors_of(trace: Trace) -> list[str]:
    """Return the tensors with cells that a map can be asked for, what is inside blocks and heads last."""
    config = config_of(trace)
    names = dict.fromkeys([*attributable("logit", config), *attributable("mask", config)])
    return [name for name in names if "x" in spec_of(name, config).axes]


def affordable(trace: Trace) -> int:
    """Return for how many detections a page has gradients: each is a pass there and back through the network."""
    pixels = trace.shape("molding.image")[0] * trace.shape("molding.image")[1]
    return max(FEWEST, min(MOST, PIXELS_A_PAGE // pixels))


def snapshot(session: Session, count: int | None = None) -> list[Part]:
    """Return the gradients of the first detections' classes on a slider; a sentence without a model.

    count: of detections; ``affordable`` by default.
    """
    parts: list[Part] = [
        Html(f"<h2>{VIEW.title}</h2>"),
        "Look for weight outside the object: then the model goes by its surroundings.",
    ]
    trace = session.trace
    try:
        if not session.has_model:
            raise ValueError(NO_MODEL)
        total = len(trace["detections.boxes"])
        shown = range(min(count or affordable(trace), total))
        if not shown:
            raise ValueError(NOTHING)
        maps = find_gradients(session.model, trace, Target(shown[0]), shown)
    except RENDER_ERRORS as error:
        return [*parts, error_text(error)]
    names = [_label(trace, row) for row in shown]
    scene = Scene(
        "Gradient of the logit with respect to the image, each as a share of its greatest, network-input px",
        molded_image(trace),
        [
            Heat(
                np.stack([one.values / (one.values.max() or 1.0) for one in maps]),
                "importance", extent=maps[0].extent, unit="share of the greatest",
            ),
            detection_boxes(trace),
        ],
        f"Select a detection, or move the slider, to ask about another one: here are the {len(names)} best of {total}.",
        frames=Frames("Detection", names, of="detections", rows=shown),
        settings={"opacity": 0.7},
    )  # fmt: skip
    return [*parts, scene.canvas()]
