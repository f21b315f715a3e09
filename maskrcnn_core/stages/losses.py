"""Losses: how wrong the network was, as a scalar and as the shares that add up to it.

Five losses of one picture (Faster R-CNN, eq. 1; Mask R-CNN, section 3). Each returns its scalar, a mean over
what was sampled, and ``parts``: the share of every anchor, ROI or pixel, so that ``sum(parts) == scalar``.
Without samples a loss is 0. The loss of a batch is the mean over its pictures, so that it does not depend on
how pictures are spread over devices.

Shapes: A anchors; r ROIs; K classes; y, x cells of a mask; dydxdhdw deltas.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..recording.trace import Tap, passthrough
from .anchor_targets import AnchorTargets
from .roi_targets import RoiTargets

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


def rpn_delta_loss(targets: AnchorTargets, deltas: tf.Tensor, tap: Tap = passthrough) -> Loss:
    """Return smooth L1 of raw ``deltas`` (A, dydxdhdw), mean over positive anchors; parts like the deltas."""
    error = smooth_l1(targets.deltas - deltas)
    return _mean("rpn_delta", error, (targets.labels == 1)[:, None], tap)


def class_loss(
    targets: RoiTargets, logits: tf.Tensor, active: tf.Tensor | None = None, tap: Tap = passthrough
) -> Loss:
    """Return the cross-entropy of ``logits`` (r, K), mean over ROIs; parts (r,).

    active: (K,) bool, the classes that the picture's data set knows. An ROI whose predicted class is not among
    them does not count (classic: several data sets with different classes).
    """
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets.class_ids, logits=logits)
    counted = (
        tf.ones_like(entropy, tf.bool) if active is None else tf.gather(active, tf.argmax(logits, axis=1))
    )
    return _mean("class", entropy, counted, tap)


def box_loss(targets: RoiTargets, deltas: tf.Tensor, tap: Tap = passthrough) -> Loss:
    """Return smooth L1 of the target class's raw ``deltas`` (r, K, dydxdhdw), mean over positive ROIs."""
    of_class = tf.gather(deltas, targets.class_ids, batch_dims=1)
    error = smooth_l1(targets.deltas - of_class)
    return _mean("box_delta", error, (targets.class_ids > 0)[:, None], tap)


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


def smooth_l1(error: tf.Tensor) -> tf.Tensor:
    """Return 0.5 e² where abs(e) < 1, abs(e) - 0.5 beyond (Fast R-CNN, eq. 3)."""
    size = tf.abs(error)
    return tf.where(size < 1.0, 0.5 * size**2, size - 0.5)


def _mean(name: str, elements: tf.Tensor, counted: tf.Tensor, tap: Tap) -> Loss:
    """Return the mean of the ``counted`` elements (bool, broadcast) with each one's share of it."""
    weight = tf.cast(tf.broadcast_to(counted, tf.shape(elements)), tf.float32)
    count = tf.maximum(tf.reduce_sum(weight), 1.0)
    parts = tf.where(weight > 0, elements, 0.0) / count
    scalar = tap(f"losses.{name}", tf.reduce_sum(parts))
    return Loss(scalar, tap(f"losses.{name}_parts", parts))
