"""Breakdown: which classes and which pyramid levels the losses of validation come from.

Inputs: the objectives of images, from the very forward pass that gave their losses. Outputs: for each loss and each
class or level two numbers: its share of the loss, and its fraction of what was counted (sampled anchors or ROIs). Their
quotient is the mean loss of what is of that class or level, which compares a rare class with a common one.

Laws: shares sum to the loss, fractions to 1 where anything was counted; so the loss is the mean of the quotients,
weighed by the fractions.

Shapes: A anchors; r ROIs; K classes with background 0; L pyramid levels, 2 to 6; 2 = share, fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from ...config import LEVELS
from ...stages.losses import LOSSES
from .objective import Objective

OF_ROIS = LOSSES[2:]  # those that an ROI has, which has a class


class Breakdown(NamedTuple):
    """The losses of one image, or the mean of several, in parts."""

    by_level: tf.Tensor  # (5, L, 2), a loss in the order of ``LOSSES``
    by_class: tf.Tensor  # (3, K, 2), a loss in the order of ``OF_ROIS``


def break_down(objective: Objective, anchor_level: tf.Tensor, num_classes: int) -> Breakdown:
    """Return the parts of one image's losses. anchor_level: (A,) int32."""
    labels, class_ids = objective.anchors.labels, objective.rois.class_ids
    counted = [labels != 0, labels == 1, class_ids >= 0, class_ids > 0, class_ids > 0]
    levels = [anchor_level] * 2 + [objective.roi_level] * 3
    parts = [loss.parts for loss in objective.losses]
    by_level = [
        _groups(part, rows, level - LEVELS[0], len(LEVELS))
        for part, rows, level in zip(parts, counted, levels, strict=True)
    ]
    by_class = [
        _groups(part, rows, class_ids, num_classes) for part, rows in zip(parts[2:], counted[2:], strict=True)
    ]
    return Breakdown(tf.stack(by_level), tf.stack(by_class))


def _groups(parts: tf.Tensor, counted: tf.Tensor, group: tf.Tensor, count: int) -> tf.Tensor:
    """Return (count, 2) share and fraction of each group of rows; parts: (row, …), counted: (row,) bool."""
    rows = tf.reshape(parts, [tf.shape(parts)[0], -1])
    numbers = tf.cast(counted, tf.float32)
    numbers /= tf.maximum(tf.reduce_sum(numbers), 1.0)
    return tf.math.unsorted_segment_sum(
        tf.stack([tf.reduce_sum(rows, axis=1), numbers], axis=1), group, count
    )


def mean_losses(images: Sequence[Breakdown], class_names: Sequence[str]) -> dict[str, float]:
    """Return the mean loss of what is of each level and class by tag, without those of which nothing was counted."""
    by_level, by_class = (
        np.mean([np.asarray(one) for one in part], axis=0) for part in zip(*images, strict=True)
    )
    levels = [f"p{level}" for level in LEVELS]
    return _tagged("losses_by_level", LOSSES, levels, by_level) | _tagged(
        "losses_by_class", OF_ROIS, class_names, by_class
    )


def _tagged(kind: str, losses: Sequence[str], names: Sequence[str], parts: np.ndarray) -> dict[str, float]:
    return {
        f"{kind}/{loss}/{name}": float(share / fraction)
        for loss, of_loss in zip(losses, parts, strict=True)
        for name, (share, fraction) in zip(names, of_loss, strict=True)
        if fraction > 0
    }
