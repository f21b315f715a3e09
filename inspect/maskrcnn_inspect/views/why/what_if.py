"""What if: a tensor is edited, the model goes on from there, and detections before and after stand side by side.

Look for: the level, channel or place without which an object is lost; edits that change nothing at all.

Shapes: d detections before, e after; yxyx molded px.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace

from ...analysis.attribution.ablations import ChannelEffect, Occlusion
from ...analysis.what_if.effects import find_effect
from ...analysis.what_if.interventions import Change, Part, Region, make_edit, noise, scale, swap, zero
from ...canvas.standalone import Html
from ...canvas.standalone import Part as PagePart
from ...palette import NEGATIVE, POSITIVE, instance_colour
from ...session import Selection, Session
from ..framework.common import detection_labels, molded_picture
from ..framework.drawing import bars, draw_boxes, outline, panels, show_map, show_picture
from ..framework.panel import Panel
from ..framework.scene import UNSHOWABLE, Shown, View, said
from ..framework.selector import selector
from .what_if_scenes import after_scene, before_scene, effect_lines, levels_scene

CHANGES: dict[str, Change] = {
    "put 0": zero(),
    "halve": scale(0.5),
    "double": scale(2.0),
    "turn the sign": scale(-1.0),
    "add noise": noise(1.0, seed=0),
}
TENSOR, CHANGE = (
    "fpn.p3",
    "halve",
)  # shown first: enough to move scores and masks, too little to lose everything
SWAP = "take the other picture's"
PLACES = ("everywhere", "inside the selected box", "outside the selected box")
NO_MODEL = "What-if runs the model again; it needs a session with its model."
EDITABLE = tuple(
    name
    for name, spec in TENSORS.items()
    if spec.stage in ("molding", "backbone", "fpn", "rpn", "box_roi", "box_head", "mask_roi", "mask_head")
    and spec.unit in ("grey level", "activation", "logit", "probability", "raw delta")
)


def figure(before: Trace, after: Trace, title: str = "after") -> Figure:
    """Draw the detections of two traces of one picture; lost ones dotted on the right, new ones green."""
    effect = find_effect(before, after)
    drawn, (left, right) = panels(2, columns=2, size=4.4)
    show_picture(
        left, molded_picture(before), f"before: {len(before['detections.boxes'])} detections, molded px"
    )
    draw_boxes(left, before["detections.boxes"], labels=detection_labels(before))
    show_picture(right, molded_picture(after), f"{title}: {len(effect.lost)} lost, {len(effect.new)} new")
    rows = [pair.after for pair in effect.pairs]
    colours = [instance_colour(pair.before) for pair in effect.pairs]
    labels = detection_labels(after)
    draw_boxes(right, after["detections.boxes"][rows], colours, [labels[row] for row in rows])
    draw_boxes(right, before["detections.boxes"][list(effect.lost)], NEGATIVE, dotted=True)
    new = list(effect.new)
    draw_boxes(right, after["detections.boxes"][new], POSITIVE, [labels[row] for row in new])
    return drawn


def occlusion_figure(trace: Trace, detection: int, occlusion: Occlusion) -> Figure:
    """Draw the picture with the detection, and what covering each place does to it, nat of log-odds. Picture px."""
    drawn, (left, right) = panels(2, columns=2, size=4.2)
    label = detection_labels(trace)[detection]
    show_picture(left, trace["image.original"][..., :3], f"{label}, picture px")
    outline(left, trace["pasting.masks"][detection], instance_colour(detection))
    size = occlusion.boxes[0, 0, 2:] - occlusion.boxes[0, 0, :2]
    title = f"change in log-odds when a square of {size[0]} x {size[1]} px is covered there"
    extent = trace.shape("image.original")[:2]
    shown = show_map(right, occlusion.change, title, (extent[0], extent[1]), signed=True)
    drawn.colorbar(shown, ax=right, shrink=0.8)
    return drawn


def channels_figure(effects: Sequence[ChannelEffect], name: str, count: int = 24) -> Figure:
    """Draw the ``count`` channels of the tensor ``name`` without which a detection changes most, in log-odds, nat."""
    strongest = sorted(effects, key=lambda one: -abs(one.change))[:count]
    strongest.sort(key=lambda one: one.change)
    drawn, (axes,) = panels(1, size=6.0, aspect=max(0.3, 0.045 * len(strongest)))
    colours = [NEGATIVE if one.change < 0 else POSITIVE for one in strongest]
    title = f"{name}: change in log-odds without a channel, {len(strongest)} of {len(effects)} channels"
    bars(
        axes,
        [f"channel {one.channel}" for one in strongest],
        [one.change for one in strongest],
        title,
        colours,
    )
    return drawn


class Experiment:
    """Replays the shown trace with one edit; the last is kept, since scenes and words ask for the same.

    other: the trace of another picture of the same molded size, to take values from.
    """

    def __init__(self, session: Session, other: Trace | None = None) -> None:
        self.session, self.other = session, other
        self._last: tuple[Any, Trace] | None = None

    def after(
        self,
        trace: Trace,
        selection: Selection,
        tensor: str = TENSOR,
        change: str = CHANGE,
        where: str = PLACES[0],
        level: int = 0,
        channel: int = -1,
    ) -> Trace:
        """Return the replay of ``trace`` with a part of ``tensor`` changed. Raises: ValueError for what cannot be done.

        where: one of ``PLACES``. level: of tensors with rows, those of one pyramid level; 0 = all. channel: -1 = all.
        """
        if not self.session.live:
            raise ValueError(NO_MODEL)
        region = None if where == PLACES[0] else selected_box(trace, selection)
        part = Part(level or None, None if channel < 0 else channel, region, outside=where == PLACES[2])
        asked = id(trace), tensor, change, part
        if self._last is None or self._last[0] != asked:
            edit = make_edit(trace, tensor, self._change(change, tensor), part)
            self._last = asked, self.session.model.replay(trace, {tensor: edit})
        return self._last[1]

    def _change(self, change: str, tensor: str) -> Change:
        if change != SWAP:
            return CHANGES[change]
        if self.other is None:
            raise ValueError("wanted the trace of another picture to take values from, received none")
        return swap(self.other, tensor)

    def draw(self, trace: Trace, selection: Selection, **choices: Any) -> list[Shown]:
        """Return the detections of ``trace`` and those after the edit that ``choices`` describe."""
        after = self.after(trace, selection, **choices)
        effect = find_effect(trace, after)
        return [before_scene(trace, effect), after_scene(trace, after, effect, words(**choices))]

    def explain(self, trace: Trace, selection: Selection, **choices: Any) -> list[str]:
        """Tell the change of every detection in class, score, box and mask."""
        after = self.after(trace, selection, **choices)
        return effect_lines(trace, after, find_effect(trace, after))


def selected_box(trace: Trace, selection: Selection) -> Region:
    """Return the box (yxyx) of the selected detection, else proposal, in molded px. Raises: ValueError without one."""
    if selection.detection is not None:
        box = trace["detections.boxes"][selection.detection]
    elif selection.proposal is not None:
        box = trace["proposals.boxes"][selection.proposal]
    else:
        raise ValueError("wanted a box to work inside or outside of; click a detection first")
    y1, x1, y2, x2 = (float(v) for v in box)
    return y1, x1, y2, x2


def words(
    tensor: str = TENSOR, change: str = CHANGE, where: str = PLACES[0], level: int = 0, channel: int = -1
) -> str:
    """Return the edit in words."""
    parts = [f"P{level}"] if level else []
    parts += [f"channel {channel}"] if channel >= 0 else []
    return f"{tensor}{', '.join(['', *parts])}: {change} {where}"


def view_of(session: Session, other: Trace | None = None) -> View:
    """Return the view that replays with the model of ``session``."""
    experiment = Experiment(session, other)
    return View(
        "What if: edit a tensor, and the model goes on from there",
        "Look for the level, channel or place without which your object is lost, and for edits that change nothing.",
        experiment.draw,
        experiment.explain,
        follows=True,
    )


def widget(session: Session, other: Trace | None = None) -> Panel:
    """Return the live view: choose a tensor, what to do, and where; a click chooses the box.

    other: the trace of another picture of the same molded size; with it, values can be taken from there.
    """
    wide = {"style": {"description_width": "initial"}, "layout": {"width": "20rem"}}
    choices = {
        "tensor": selector("tensor", EDITABLE, value=TENSOR),
        "change": selector("what to do", [*CHANGES, *([SWAP] if other else [])], value=CHANGE),
        "where": selector("where", PLACES),
        "level": selector("rows of level", [("all", 0), *((f"P{n}", n) for n in range(2, 7))]),
        "channel": ipywidgets.BoundedIntText(-1, min=-1, max=4096, description="channel (-1 = all)", **wide),
    }
    return Panel(session, view_of(session, other), choices)


def snapshot(session: Session) -> list[PagePart]:
    """Return the detections without each level of the pyramid, on a slider; a sentence where no model is there."""
    parts: list[PagePart] = [
        Html("<h2>What if a level of the pyramid saw nothing?</h2>"),
        "Look for the level without which an object is lost.",
    ]
    if not session.live:
        return [*parts, NO_MODEL]
    try:
        return [*parts, levels_scene(session.model, session.trace).canvas()]
    except UNSHOWABLE as error:
        return [*parts, said(error)]
