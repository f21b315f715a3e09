"""Anchors against ground-truth objects: which labels they got, and which ground-truth objects no anchor comes near.

Inputs: a trace with ground truth. Outputs: numbers. Labels and the IoU of each anchor are recorded; the IoU of each
ground truth with its best anchor comes from the same function that the targets use, on the recorded boxes.

Shapes: A anchors; g ground-truth objects; l levels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

KINDS = ("object", "background", "neutral", "not sampled")
AT_ONCE = 2**21  # overlaps computed in one go


class Reached(NamedTuple):
    """iou: (g,) highest IoU of each object with an anchor. anchor: (g,) that anchor, -1 without anchors."""

    iou: np.ndarray
    anchor: np.ndarray


def best_anchors(trace: Trace) -> Reached:
    """Return each object's best anchor, measured as the targets are: edges as corners. Crowds are ground-truth
    objects like others.
    """
    anchors, truths = trace["anchors.boxes"], trace["truth.boxes"]
    iou, index = np.zeros(len(truths), np.float32), np.full(len(truths), -1, np.int32)
    block = max(1, AT_ONCE // max(1, len(anchors)))
    for start in range(0, len(truths) if len(anchors) else 0, block):
        part = slice(start, start + block)
        overlaps = box_algebra.iou(anchors, truths[part])
        index[part] = overlaps.argmax(axis=0)
        iou[part] = overlaps.max(axis=0)
    return Reached(iou, index)


def kinds(trace: Trace) -> np.ndarray:
    """Return (A,) int, the place of each anchor's kind in ``KINDS``.

    object, background: sampled into the losses, labels 1 and -1. neutral: an IoU between the two thresholds, in no
    loss by rule. not sampled: would have been object or background, but the sample was full, or a crowd lies there.
    """
    labels, iou, settings = (
        trace["anchor_targets.labels"],
        trace["anchor_targets.iou"],
        config_of(trace).training,
    )
    between = (iou >= settings.rpn_negative_iou) & (iou < settings.rpn_positive_iou)
    rest = np.where(between, KINDS.index("neutral"), KINDS.index("not sampled"))
    return np.where(labels == 1, 0, np.where(labels == -1, 1, rest))


def counts_by_level(trace: Trace, levels: tuple[int, ...]) -> np.ndarray:
    """Return (l, kind) int: the anchors of each kind on each level. Law: they add up to all anchors."""
    level, kind = trace["anchors.level"], kinds(trace)
    return np.array([np.bincount(kind[level == one], minlength=len(KINDS)) for one in levels])
