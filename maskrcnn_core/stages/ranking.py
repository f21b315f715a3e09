"""What both selections go by, without their NMS: the order of anchors, how boxes are refined, which candidates count.

Inputs: scores, logits, raw deltas and boxes. Outputs: ranks, refined boxes and what passes a test. Why by themselves:
the stages ``proposals`` and ``detections`` compute with them on TensorFlow tensors; what explains a saved trace asks
the same functions on NumPy arrays, without TensorFlow.

Shapes: A anchors; c candidates; yxyx network-input px; dydxdhdw raw deltas.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..config import BoxHead, Detections, Proposals, Rpn
from ..geometry import boxes as box_algebra

UNSCORED = -1.0  # stands for a score that is NaN: such boxes are never kept
LEAST = -3.4e38  # below every finite logit


def object_logits(logits: Any) -> Any:
    """Return the logit of "object" of ``logits`` (…, objectness): of two, object minus background."""
    return logits[..., 0] if logits.shape[-1] == 1 else logits[..., 1] - logits[..., 0]


def rankable(scores: Any) -> Any:
    """Put ``UNSCORED`` for scores that are NaN, so that they come last: as they are, sorting them may go astray."""
    return _instead_of_nan(scores, UNSCORED)


def anchor_ranks(by: str, scores: Any, logits: Any) -> Any:
    """Return what anchors (A,) are ranked by, ``score`` or ``logit``: the higher the better, NaN last.

    Many of the highest logits share the score 1, so that the two orders differ.
    """
    return rankable(scores) if by == "score" else _instead_of_nan(object_logits(logits), -float("inf"))


def least_rank(by: str) -> float:
    """Return the rank that a box has to be above to be kept at all: a number, not one that stands for NaN."""
    return UNSCORED / 2 if by == "score" else LEAST


def refine(boxes: Any, raw: Any, head: Rpn | BoxHead, corner: float) -> Any:
    """Return ``boxes`` (…, yxyx) moved by ``raw`` deltas in the coding of ``head``: its std and limits."""
    deltas = raw * np.asarray(head.delta_std, np.float32)
    deltas = box_algebra.limit_sides(deltas, head.most_growth, head.most_shrink)
    return box_algebra.decode(boxes, deltas, corner)


def proposal_limits(shape: Any, window: Any, settings: Proposals) -> Any:
    """Return what proposals are cut at (yxyx): the network input of ``shape`` (y, x), or the ``window`` of image."""
    if window is not None and settings.clip_to_window:
        return window
    lib = box_algebra.library(shape)
    limits = lib.concat([[0, 0], shape], axis=0)
    return lib.cast(limits, lib.float32) if lib is not np else limits.astype(np.float32)


def is_large(boxes: Any, least: float, corner: float) -> Any:
    """Return (n,) bool: both sides of ``boxes`` (n, yxyx) are above ``least`` px."""
    height, width = box_algebra.sides(boxes, corner)
    return (height > least) & (width > least)


def is_wanted(class_ids: Any, scores: Any, settings: Detections) -> Any:
    """Return (c,) bool: an object, and probable enough; a ``min_score`` of 0 tests nothing."""
    every = settings.candidates == "every"
    enough = scores > settings.min_score if every else scores >= settings.min_score
    return (class_ids > 0) & (enough | (settings.min_score == 0))


def _instead_of_nan(values: Any, number: float) -> Any:
    lib = box_algebra.library(values)
    is_nan = np.isnan(values) if lib is np else lib.math.is_nan(values)
    return lib.where(is_nan, np.float32(number), values)
