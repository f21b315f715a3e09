"""What if: a tensor is edited, the model goes on from there, and detections before and after stand side by side.

Look for: the level, channel or place without which an object is lost; edits that change nothing at all.

Shapes: d detections before, e after; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from maskrcnn_core.config import Config
from maskrcnn_core.recording.tensors import TENSORS, names_of
from maskrcnn_core.recording.trace import Trace

from ...analysis.attribution.ablations import LEVELS, ChannelEffect, Occlusion
from ...analysis.what_if.effects import find_effect
from ...analysis.what_if.interventions import (
    Change,
    Part,
    Region,
    make_edit,
    noise,
    scale,
    swap,
    with_tensor,
    zero,
)
from ...canvas.standalone import Html
from ...canvas.standalone import Part as PagePart
from ...palette import NEGATIVE, POSITIVE, instance_colour
from ...session import Selection, Session
from ..framework.before_after import after_scene, before_scene, effect_lines, on_slider
from ..framework.common import detection_labels, molded_image
from ..framework.drawing import bars, draw_boxes, outline, panels, show_image, show_map
from ..framework.panel import Panel
from ..framework.scene import RENDER_ERRORS, Scene, Shown, View, error_text
from ..framework.selector import selector

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
SWAP = "take the other image's"
PLACES = ("everywhere", "inside the selected box", "outside the selected box")
NO_MODEL = "What-if runs the model again; it needs a session with its model."
STAGES = ("molding", "backbone", "fpn", "rpn", "box_roi", "box_head", "mask_roi", "mask_head")
UNITS = ("grey level", "activation", "logit", "probability", "raw delta")


def editable(config: Config | None = None) -> tuple[str, ...]:
    """Return the tensors that an edit is offered of, those inside blocks and layers too, in order."""
    specs = TENSORS if config is None else names_of(config)
    return tuple(name for name, spec in specs.items() if spec.stage in STAGES and spec.unit in UNITS)


EDITABLE = editable()


def figure(before: Trace, after: Trace, title: str = "after") -> Figure:
    """Draw the detections of two traces of one image; lost ones dotted on the right, new ones green."""
    effect = find_effect(before, after)
    drawn, (left, right) = panels(2, columns=2, size=4.4)
    show_image(
        left, molded_image(before), f"before: {len(before['detections.boxes'])} detections, network-input px"
    )
    draw_boxes(left, before["detections.boxes"], labels=detection_labels(before))
    show_image(right, molded_image(after), f"{title}: {len(effect.lost)} lost, {len(effect.new)} new")
    rows = [pair.after for pair in effect.pairs]
    colours = [instance_colour(pair.before) for pair in effect.pairs]
    labels = detection_labels(after)
    draw_boxes(right, after["detections.boxes"][rows], colours, [labels[row] for row in rows])
    draw_boxes(right, before["detections.boxes"][list(effect.lost)], NEGATIVE, dotted=True)
    new = list(effect.new)
    draw_boxes(right, after["detections.boxes"][new], POSITIVE, [labels[row] for row in new])
    return drawn


def occlusion_figure(trace: Trace, detection: int, occlusion: Occlusion) -> Figure:
    """Draw the image with the detection, and what covering each place does to it, nat of log-odds. Image px."""
    drawn, (left, right) = panels(2, columns=2, size=4.2)
    label = detection_labels(trace)[detection]
    show_image(left, trace["image.original"][..., :3], f"{label}, image px")
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

    other: the trace of another image of the same preprocessed size, to take values from.
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
        if not self.session.has_model:
            raise ValueError(NO_MODEL)
        region = None if where == PLACES[0] else selected_box(trace, selection)
        part = Part(level or None, None if channel < 0 else channel, region, outside=where == PLACES[2])
        asked = id(trace), tensor, change, part
        if self._last is None or self._last[0] != asked:
            held = with_tensor(self.session.model, trace, tensor)
            edit = make_edit(held, tensor, self._change(change, tensor), part)
            self._last = asked, self.session.model.replay(held, {tensor: edit})
        return self._last[1]

    def _change(self, change: str, tensor: str) -> Change:
        if change != SWAP:
            return CHANGES[change]
        if self.other is None:
            raise ValueError("wanted the trace of another image to take values from, received none")
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
    """Return the box (yxyx) of the selected detection, else proposal, in network-input px. Raises: ValueError without
    one.
    """
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


VIEW = View(
    "What if: edit a tensor, and the model goes on from there",
    "Look for the level, channel or place without which your object is lost, and for edits that change nothing.",
    Experiment.draw,
    Experiment.explain,
    follows=True,
    section="model",
    needs_model=True,
)


def widget(session: Session, other: Trace | None = None) -> Panel:
    """Return the live view: choose a tensor, what to do, and where; a click chooses the box.

    other: the trace of another image of the same preprocessed size; with it, values can be taken from there.
    """
    wide = {"style": {"description_width": "initial"}, "layout": {"width": "20rem"}}
    choices = {
        "tensor": selector(
            "tensor", editable(session.base.config if session.has_model else None), value=TENSOR
        ),
        "change": selector("what to do", [*CHANGES, *([SWAP] if other else [])], value=CHANGE),
        "where": selector("where", PLACES),
        "level": selector("rows of level", [("all", 0), *((f"P{n}", n) for n in range(2, 7))]),
        "channel": ipywidgets.BoundedIntText(-1, min=-1, max=4096, description="channel (-1 = all)", **wide),
    }
    return Panel(session, VIEW.of(Experiment(session, other)), choices)


def snapshot(session: Session) -> list[PagePart]:
    """Return the detections without each level of the pyramid, on a slider; a sentence where no model is there."""
    parts: list[PagePart] = [
        Html("<h2>What if a level of the pyramid saw nothing?</h2>"),
        "Look for the level without which an object is lost.",
    ]
    if not session.has_model:
        return [*parts, NO_MODEL]
    try:
        return [*parts, levels_scene(session.model, session.trace).canvas()]
    except RENDER_ERRORS as error:
        return [*parts, error_text(error)]


def levels_scene(model: Any, trace: Trace) -> Scene:
    """Return the detections as they are and with each level 0, as positions of a slider."""
    after = {name: model.replay(trace, {name: make_edit(trace, name, zero())}) for name in LEVELS}
    traces = {"as it is": trace}
    traces |= {f"{name} = 0: {len(one['detections.boxes'])} left": one for name, one in after.items()}
    title = "Detections without a level of the pyramid (P5 takes P6 along), network-input px"
    return on_slider(trace, traces, "Level", title)
