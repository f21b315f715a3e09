"""Losses: how wrong the network was, as a scalar and as the shares that add up to it.

Five losses of one image (Faster R-CNN, eq. 1; Mask R-CNN, section 3). Each returns its scalar, a mean over what was
sampled (of deltas by ``Training.deltas_over``), and ``parts``: the share of every anchor, ROI or pixel, so that
``sum(parts) == scalar``. Without samples a loss is 0. The loss of a batch is the mean over its images, so that it does
not depend on how images are spread over devices.

Shapes: A anchors; r ROIs; K classes; y, x cells of a mask; dydxdhdw deltas.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import Training
from ..recording.trace import Tap, passthrough
from .anchor_targets import AnchorTargets
from .roi_targets import RoiTargets

CLASSIC = Training()  # how the classic code weighs deltas
LOSSES = ("rpn_objectness", "rpn_delta", "class", "box_delta", "mask")


class Loss(NamedTuple):
    """A loss and its shares."""

    scalar: tf.Tensor  # ()
    parts: tf.Tensor  # any shape; sums to the scalar


def rpn_objectness_loss(targets: AnchorTargets, logits: tf.Tensor, tap: Tap = passthrough) -> Loss:
    """Return the cross-entropy of ``logits`` (A, 2) or (A, 1), mean over anchors with label 1 or -1; parts (A,)."""
    sampled = targets.labels != 0
    is_object = tf.cast(targets.labels == 1, tf.int32)
    if logits.shape[-1] == 1:
        wanted = tf.cast(is_object, logits.dtype)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits[:, 0])
    else:
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=is_object, logits=logits)
    return _mean("rpn_objectness", entropy, sampled, tap)


def rpn_delta_loss(
    targets: AnchorTargets, deltas: tf.Tensor, settings: Training = CLASSIC, tap: Tap = passthrough
) -> Loss:
    """Return smooth L1 of raw ``deltas`` (A, dydxdhdw) of positive anchors; parts like the deltas.

    It is the mean over their coordinates, or the sum over the number of sampled anchors (``deltas_over``).
    """
    error = smooth_l1(targets.deltas - deltas, settings.smooth_l1_beta)
    return _mean(
        "rpn_delta", error, (targets.labels == 1)[:, None], tap, _over(targets.labels != 0, settings)
    )


def class_loss(
    targets: RoiTargets, logits: tf.Tensor, active: tf.Tensor | None = None, tap: Tap = passthrough
) -> Loss:
    """Return the cross-entropy of ``logits`` (r, K), mean over ROIs; parts (r,).

    active: (K,) bool, the classes that the image's data set knows. An ROI whose predicted class is not among
    them does not count (classic: several data sets with different classes).
    """
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets.class_ids, logits=logits)
    counted = (
        tf.ones_like(entropy, tf.bool) if active is None else tf.gather(active, tf.argmax(logits, axis=1))
    )
    return _mean("class", entropy, counted, tap)


def box_loss(
    targets: RoiTargets, deltas: tf.Tensor, settings: Training = CLASSIC, tap: Tap = passthrough
) -> Loss:
    """Return smooth L1 of the target class's raw ``deltas`` (r, K, dydxdhdw) of positive ROIs.

    It is the mean over their coordinates, or the sum over the number of sampled ROIs (``deltas_over``).
    """
    of_class = tf.gather(deltas, targets.class_ids, batch_dims=1)
    error = smooth_l1(targets.deltas - of_class, settings.smooth_l1_beta)
    sampled = _over(targets.class_ids >= 0, settings)
    return _mean("box_delta", error, (targets.class_ids > 0)[:, None], tap, sampled)


def mask_loss(targets: RoiTargets, logits: tf.Tensor, tap: Tap = passthrough) -> Loss:
    """Return binary cross-entropy of the target class's mask, mean over the pixels of positive ROIs; parts (r, y, x).

    logits: (p, y, x, K) of the positive ROIs alone, which stand first: the mask head does no work for negatives.
    Taken from logits, it needs no clipping of probabilities.
    """
    num_positive = tf.shape(logits)[0]
    of_class = tf.gather(tf.transpose(logits, [0, 3, 1, 2]), targets.class_ids[:num_positive], batch_dims=1)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets.masks[:num_positive], logits=of_class)
    entropy = tf.pad(entropy, [[0, tf.shape(targets.masks)[0] - num_positive], [0, 0], [0, 0]])
    return _mean("mask", entropy, (targets.class_ids > 0)[:, None, None], tap)


def smooth_l1(error: tf.Tensor, beta: float = 1.0) -> tf.Tensor:
    """Return 0.5 e² / beta where abs(e) < beta, abs(e) - 0.5 beta beyond (Fast R-CNN, eq. 3); abs(e) for beta 0."""
    size = tf.abs(error)
    return tf.where(size < beta, 0.5 * size**2 / beta, size - 0.5 * beta) if beta else size


def _over(sampled: tf.Tensor, settings: Training) -> tf.Tensor | None:
    """Return the number that a delta loss is divided by where it is that of the ``sampled`` (bool); else None."""
    return tf.math.count_nonzero(sampled, dtype=tf.float32) if settings.deltas_over == "sampled" else None


def _mean(
    name: str, elements: tf.Tensor, counted: tf.Tensor, tap: Tap, over: tf.Tensor | None = None
) -> Loss:
    """Return the mean of the ``counted`` elements (bool, broadcast) with each one's share of it.

    over: what their sum is divided by instead of their number.
    """
    weight = tf.cast(tf.broadcast_to(counted, tf.shape(elements)), tf.float32)
    count = tf.maximum(tf.reduce_sum(weight) if over is None else over, 1.0)
    parts = tf.where(weight > 0, elements, 0.0) / count
    scalar = tap(f"losses.{name}", tf.reduce_sum(parts))
    return Loss(scalar, tap(f"losses.{name}_parts", parts))
