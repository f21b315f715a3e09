"""Scenes of two traces of one image: detections before and after, matched, and lines that tell their change.

Shapes: d detections before, e after; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace

from ...analysis.what_if.effects import Effect, find_partners
from ...canvas import NEUTRAL, Boxes, Frames, Layer, Masks
from .common import class_label, molded_image
from .rows import classes_of, detection_boxes, detection_masks
from .scene import Scene

AFTER = "outcomes"  # what a detection after is called in a selection


def before_scene(trace: Trace, effect: Effect) -> Scene:
    """Return the detections before, those that will be lost dotted."""
    lost = np.isin(np.arange(len(trace["detections.boxes"])), effect.lost)
    styles = np.where(lost, "dotted", "solid").tolist()
    return Scene(
        f"Before: {len(lost)} detections, dotted where the edit loses them, network-input px",
        molded_image(trace),
        [detection_masks(trace), detection_boxes(trace, style=styles)],
        "Click a detection to see what becomes of it.",
    )


def after_scene(before: Trace, after: Trace, effect: Effect, title: str) -> Scene:
    """Return the detections after, in the colours of those they were before, new ones grey."""
    return Scene(
        f"After {title}: {len(effect.lost)} lost, {len(effect.new)} new, network-input px",
        molded_image(after),
        after_layers(before, after),
        "Colours are those of before; grey is new.",
    )


def after_layers(before: Trace, after: Trace, masks: bool = True) -> list[Layer]:
    """Return the detections after, named, coloured and linked by those before."""
    partner = partners(before, after)
    options: dict[str, Any] = {
        "of": AFTER,
        "colours": np.where(partner >= 0, partner, NEUTRAL),
        "lineage": {"detections": partner},
        "scores": after["detections.scores"],
        **classes_of(after, after["detections.class_ids"]),
    }
    boxes = Boxes(after["detections.boxes"], AFTER, **options)
    if not masks:
        return [boxes]
    return [Masks(after["mask_head.probs"], after["detections.boxes"], "masks", **options), boxes]


def effect_lines(before: Trace, after: Trace, effect: Effect) -> list[str]:
    """Return a line a detection: matched, lost, new."""
    if effect.is_nothing:
        return ["Nothing changed: every score, box and mask is what it was."]
    lines = [f"{'before':<22}{'after':<22}{'change':>8}{'box IoU':>9}{'mask IoU':>10}"]
    for pair in effect.pairs:
        old = class_label(before, pair.class_before, pair.score_before)
        new = class_label(after, pair.class_after, pair.score_after)
        numbers = f"{pair.score_change:>+8.4f}{pair.box_iou:>9.3f}{pair.mask_iou:>10.3f}"
        lines.append(f"{f'{pair.before} {old}':<22}{f'{pair.after} {new}':<22}{numbers}")
    for row in effect.lost:
        label = class_label(before, *_class_and_score(before, row))
        lines.append(f"{f'{row} {label}':<22}lost")
    for row in effect.new:
        label = class_label(after, *_class_and_score(after, row))
        lines.append(f"{'':<22}{f'{row} {label}':<22}new")
    return lines


def _class_and_score(trace: Trace, row: int) -> tuple[int, float]:
    return int(trace["detections.class_ids"][row]), float(trace["detections.scores"][row])


def on_slider(before: Trace, traces: Mapping[str, Trace], slider: str, title: str) -> Scene:
    """Return the detections of several ``traces`` of one image as positions of a slider, named by their keys."""
    every = list(traces.values())
    ends = np.cumsum([0, *(len(one["detections.boxes"]) for one in every)])
    boxes, ids, scores = (
        np.concatenate([one[f"detections.{field}"] for one in every])
        for field in ("boxes", "class_ids", "scores")
    )
    partner = np.concatenate([partners(before, one) for one in every])
    layer = Boxes(
        boxes, AFTER, of=AFTER, colours=np.where(partner >= 0, partner, NEUTRAL),
        lineage={"detections": partner}, scores=scores, **classes_of(before, ids),
        frames=[np.arange(start, end) for start, end in pairwise(ends)],
    )  # fmt: skip
    return Scene(
        title,
        molded_image(before),
        [layer],
        "Move the slider. Colours are those of the detections as they are; grey is new.",
        frames=Frames(slider, list(traces)),
    )


def partners(before: Trace, after: Trace) -> np.ndarray:
    """Return the detection before that each one after was, or -1."""
    partner = np.full(len(after["detections.boxes"]), -1, np.int32)
    of_before = find_partners(before, after).of_before
    matched = np.flatnonzero(of_before >= 0)
    partner[of_before[matched]] = matched
    return partner
