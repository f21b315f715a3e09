"""Detections: from class probabilities and deltas to the objects that are reported.

Enters: proposals with the box head's output. Leaves: at most ``max_count`` boxes with class and score, best first, and
the proposal each came from (Fast R-CNN, section 2; the classic order of filters).

Shapes: n proposals; d detections; yxyx molded px.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .box_head import BoxHeadOutput
from .proposals import rankable, suppress
from .spec import StageSpec


class DetectionOutput(NamedTuple):
    """Fields are the tensors ``detections.*``."""

    candidate_class: tf.Tensor  # (n,) int32
    candidate_score: tf.Tensor  # (n,)
    decoded: tf.Tensor  # (n, yxyx)
    clipped: tf.Tensor  # (n, yxyx)
    proposal_index: tf.Tensor  # (d,) int32 -> n
    boxes: tf.Tensor  # (d, yxyx)
    class_ids: tf.Tensor  # (d,) int32
    scores: tf.Tensor  # (d,)


SPECS = (
    StageSpec(
        "detections",
        DetectionOutput,
        reads=("proposals.boxes", "box_head.class_probs", "box_head.deltas", "molding.window"),
        settings=("detections.*", "box_head.delta_std"),
        runtime={
            "detections.min_score": "float32",
            "detections.nms_threshold": "float32",
            "detections.max_count": "int32",
        },
    ),
)


def select(
    proposals: tf.Tensor, head: BoxHeadOutput, window: tf.Tensor, config: Config, tap: Tap = passthrough
) -> DetectionOutput:
    """Turn ``proposals`` (n, yxyx) of one picture into detections.

    1. a proposal stands for its most probable class, with that class's deltas
    2. cut the refined boxes at the ``window`` (yxyx), the part that is picture
    3. drop background and, if ``min_score`` is not 0, scores below it
    4. non-maximum suppression within each class; of equal scores the lower proposal index first
    5. keep the best ``max_count``
    """
    settings, corner = config.detections, config.box_corner
    candidate_class = tap(
        "detections.candidate_class", tf.argmax(head.class_probs, axis=1, output_type=tf.int32)
    )
    score = tf.gather(head.class_probs, candidate_class, batch_dims=1)
    score = tap("detections.candidate_score", score)
    deltas = tf.gather(head.deltas, candidate_class, batch_dims=1) * tf.constant(config.box_head.delta_std)
    decoded = tap("detections.decoded", box_algebra.decode(proposals, deltas, corner))
    clipped = tap("detections.clipped", box_algebra.clip(decoded, window, corner))

    untested = tf.cast(settings.min_score, tf.float32) == 0
    wanted = (candidate_class > 0) & ((score >= settings.min_score) | untested)
    index = tf.cast(tf.where(wanted)[:, 0], tf.int32)
    kept = suppress_by_class(
        tf.gather(clipped, index), tf.gather(candidate_class, index), tf.gather(score, index), config
    )
    index = tap("detections.proposal_index", tf.gather(index, kept))
    return DetectionOutput(
        candidate_class,
        score,
        decoded,
        clipped,
        index,
        tap("detections.boxes", tf.gather(clipped, index)),
        tap("detections.class_ids", tf.gather(candidate_class, index)),
        tap("detections.scores", tf.gather(score, index)),
    )


def suppress_by_class(boxes: tf.Tensor, class_ids: tf.Tensor, scores: tf.Tensor, config: Config) -> tf.Tensor:
    """Return the indices (d,) int32 that non-maximum suppression within each class keeps, best first.

    One class after the other, so that time and memory grow with the boxes and not with their square; of all that is
    kept the best ``max_count``, of equal scores the lower index first.
    """
    settings, ranks = config.detections, rankable(scores)
    by_class = tf.argsort(class_ids, stable=True)
    _, _, counts = tf.unique_with_counts(tf.gather(class_ids, by_class))
    ends = tf.cumsum(counts)

    def add(number: tf.Tensor, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = by_class[ends[number] - counts[number] : ends[number]]
        best = suppress(
            tf.gather(boxes, rows),
            tf.gather(ranks, rows),
            settings.max_count,
            settings.nms_threshold,
            config.box_corner,
        )
        return number + 1, tf.concat([kept, tf.gather(rows, best)], axis=0)

    nothing = tf.zeros([0], tf.int32)
    _, kept = tf.while_loop(
        lambda number, _: number < tf.size(counts),
        add,
        (tf.constant(0), nothing),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )
    kept = tf.sort(kept)
    _, best = tf.math.top_k(tf.gather(ranks, kept), tf.minimum(settings.max_count, tf.size(kept)))
    return tf.gather(kept, best)
