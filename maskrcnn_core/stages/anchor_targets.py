"""Anchor targets: what the RPN should have said about each anchor.

Inputs: all anchors and the ground-truth objects of one image. Outputs: for every anchor a label (1 object, -1
background, 0 not in the losses) and the deltas that would move it onto its ground truth (Faster R-CNN, section 3.1.2;
conventions of the classic code, which measures here in plain pixels: corner 0).

Shapes: A anchors; g ground-truth objects; yxyx network-input px; dydxdhdw raw deltas.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough

TIE = 1e-6  # IoU: anchors this close to an object's best are as good; rounding would choose among them by chance


class Truth(NamedTuple):
    """The objects of one image in the preprocessed frame; fields of ``truth.*`` with preprocessed masks."""

    boxes: tf.Tensor  # (g, yxyx) float32
    class_ids: tf.Tensor  # (g,) int32
    is_crowd: tf.Tensor  # (g,) bool
    masks: tf.Tensor  # (g, y, x) bool, or mini masks within their box


class AnchorTargets(NamedTuple):
    """Fields are the tensors ``anchor_targets.*``."""

    labels: tf.Tensor  # (A,) int32
    deltas: tf.Tensor  # (A, dydxdhdw)
    gt_index: tf.Tensor  # (A,) int32 -> g
    iou: tf.Tensor  # (A,)


def target_anchors(
    anchors: tf.Tensor, truth: Truth, config: Config, seed: tf.Tensor, tap: Tap = passthrough
) -> AnchorTargets:
    """Label the ``anchors`` (A, yxyx) and give the positive ones their deltas.

    1. background: highest IoU with any ground truth < 0.3 and no crowd underneath
    2. object: every anchor that is some ground-truth object's best (all of equal IoU), and every IoU >= 0.7
    3. keep at most half of ``rpn_samples`` objects and fill up with background, drawn by ``seed`` (2,) int32
    """
    settings = config.training
    usable = tf.where(truth.is_crowd, 0.0, 1.0)  # a crowd is never to be found
    overlaps = box_algebra.iou(anchors, truth.boxes)  # (A, g)
    wanted = overlaps * usable - (1.0 - usable)  # -1 where crowd
    highest = tf.maximum(tf.reduce_max(wanted, axis=1), 0.0)
    any_truth = tf.reduce_any(~truth.is_crowd)
    gt_index = tf.where(any_truth, _argmax(wanted), -1)

    on_crowd = tf.reduce_max(overlaps * (1.0 - usable), axis=1) >= settings.crowd_iou
    labels = tf.where((highest < settings.rpn_negative_iou) & ~on_crowd, -1, 0)
    best = tf.reduce_max(wanted, axis=0)  # (g,)
    enough = (best > 0.0) & (best >= settings.rpn_least_best_iou)
    is_best = tf.reduce_any((wanted >= best - TIE) & enough, axis=1)
    labels = tf.where(is_best | (highest >= settings.rpn_positive_iou), 1, labels)
    labels = tap("anchor_targets.labels", _subsample(labels, settings.rpn_samples, seed))

    matched = tf.gather(_with_dummy(truth.boxes), tf.maximum(gt_index, 0))
    deltas = box_algebra.encode(anchors, matched) / tf.constant(config.rpn.delta_std)
    deltas = tf.where((labels == 1)[:, None], deltas, 0.0)
    return AnchorTargets(
        labels,
        tap("anchor_targets.deltas", deltas),
        tap("anchor_targets.gt_index", gt_index),
        tap("anchor_targets.iou", highest),
    )


def sample(mask: tf.Tensor, count: tf.Tensor | int, most: int, seed: tf.Tensor) -> tf.Tensor:
    """Return the indices (s,) int32 of ``min(count, most)`` random True entries of ``mask`` (n,)."""
    priority = tf.random.stateless_uniform(tf.shape(mask), seed)
    k = tf.minimum(most, tf.size(mask))
    drawn, index = tf.math.top_k(tf.where(mask, priority, -1.0), k=k)
    return tf.boolean_mask(index, (drawn >= 0.0) & (tf.range(k) < count))


def _subsample(labels: tf.Tensor, samples: int, seed: tf.Tensor) -> tf.Tensor:
    """Return ``labels`` (A,) with all but ``samples`` of them set to 0, at most half of those 1."""
    positive = sample(labels == 1, samples // 2, samples // 2, seed)
    negative = sample(labels == -1, samples - tf.size(positive), samples, seed + 1)
    index = tf.concat([positive, negative], axis=0)
    return tf.scatter_nd(index[:, None], tf.gather(labels, index), tf.shape(labels))


def _argmax(overlaps: tf.Tensor) -> tf.Tensor:
    """Return the column of the highest entry of each row; 0 where there is no column."""
    padded = tf.pad(overlaps, [[0, 0], [0, 1]], constant_values=-2.0)
    return tf.argmax(padded, axis=1, output_type=tf.int32)


def _with_dummy(boxes: tf.Tensor) -> tf.Tensor:
    """Add a box, so that a row can be gathered where there is no ground truth."""
    return tf.concat([boxes, [[0.0, 0.0, 1.0, 1.0]]], axis=0)
