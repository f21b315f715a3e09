"""Detections: from class probabilities and deltas to the objects that are reported.

Inputs: proposals with the box head's output. Outputs: at most ``max_count`` boxes with class and score, best first, and
the candidate and proposal each came from (Fast R-CNN, section 2; the classic order of filters). A candidate is a
proposal and a class: classic has one of each proposal, all other implementations one for each class that is an object.

Shapes: n proposals; c candidates; d detections; K classes, 0 background; yxyx network-input px.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .box_head import BoxHeadOutput
from .operators import operator
from .proposals import Nms, above_size, rows_where, suppress_groups
from .ranking import is_wanted, rankable, refine
from .spec import StageSpec


class DetectionOutput(NamedTuple):
    """Fields are the tensors ``detections.*``."""

    candidate_proposal: tf.Tensor  # (c,) int32 -> n
    candidate_class: tf.Tensor  # (c,) int32
    candidate_score: tf.Tensor  # (c,)
    decoded: tf.Tensor  # (c, yxyx)
    clipped: tf.Tensor  # (c, yxyx)
    candidate_index: tf.Tensor  # (d,) int32 -> c
    proposal_index: tf.Tensor  # (d,) int32 -> n
    boxes: tf.Tensor  # (d, yxyx)
    class_ids: tf.Tensor  # (d,) int32
    scores: tf.Tensor  # (d,)


SPECS = (
    StageSpec(
        "detections",
        DetectionOutput,
        reads=("proposals.boxes", "box_head.class_probs", "box_head.deltas", "molding.window"),
        settings=("detections.*", "box_head.delta_std", "box_head.most_growth", "box_head.most_shrink"),
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
    """Turn ``proposals`` (n, yxyx) of one image into detections.

    1. a proposal stands for its most probable class, or is a candidate for each class but the background; with the
       deltas of the class
    2. cut the refined boxes at the ``window`` (yxyx), the part that is image
    3. drop background, scores below ``min_score`` (of "every" those that are not above it) and sides that are not
       above ``min_size``, where these test anything
    4. non-maximum suppression within each class; of equal scores the lower candidate index first
    5. keep the best ``max_count``
    """
    settings, corner = config.detections, config.box_corner
    candidates = _each_class(head) if settings.candidates == "every" else _best_class(head)
    proposal = tap("detections.candidate_proposal", candidates.proposal)
    candidate_class = tap("detections.candidate_class", candidates.class_ids)
    score = tap("detections.candidate_score", candidates.scores)
    decoded = refine(tf.gather(proposals, proposal), candidates.deltas, config.box_head, corner)
    decoded = tap("detections.decoded", decoded)
    clipped = tap("detections.clipped", box_algebra.clip(decoded, window, corner))

    index = above_size(clipped, settings.min_size, corner)
    wanted = tf.gather(is_wanted(candidate_class, score, settings), index)
    index = tf.gather(index, operator(rows_where)(wanted))
    kept = suppress_by_class(
        tf.gather(clipped, index), tf.gather(candidate_class, index), tf.gather(score, index), config
    )
    rows = tf.gather(index, kept)
    if settings.candidates == "best":  # one candidate a proposal: an edit of the proposals chooses the rows
        proposal_index = tap("detections.proposal_index", tf.gather(proposal, rows))
        rows = tap("detections.candidate_index", proposal_index)
    else:
        rows = tap("detections.candidate_index", rows)
        proposal_index = tap("detections.proposal_index", tf.gather(proposal, rows))
    return DetectionOutput(
        proposal,
        candidate_class,
        score,
        decoded,
        clipped,
        rows,
        proposal_index,
        tap("detections.boxes", tf.gather(clipped, rows)),
        tap("detections.class_ids", tf.gather(candidate_class, rows)),
        tap("detections.scores", tf.gather(score, rows)),
    )


class _Candidates(NamedTuple):
    """Pairs of a proposal and a class."""

    proposal: tf.Tensor  # (c,) int32 -> n
    class_ids: tf.Tensor  # (c,) int32
    scores: tf.Tensor  # (c,)
    deltas: tf.Tensor  # (c, dydxdhdw), raw


def _best_class(head: BoxHeadOutput) -> _Candidates:
    """Return a candidate a proposal: its most probable class."""
    best = tf.argmax(head.class_probs, axis=1, output_type=tf.int32)
    scores = tf.gather(head.class_probs, best, batch_dims=1)
    return _Candidates(tf.range(tf.shape(best)[0]), best, scores, tf.gather(head.deltas, best, batch_dims=1))


def _each_class(head: BoxHeadOutput) -> _Candidates:
    """Return K - 1 candidates a proposal, the class running fastest: c = n * (K - 1) + class - 1."""
    count, objects = tf.shape(head.class_probs)[0], head.class_probs.shape[1] - 1
    candidate = tf.range(count * objects)
    return _Candidates(
        candidate // objects,
        candidate % objects + 1,
        tf.reshape(head.class_probs[:, 1:], [-1]),
        tf.reshape(head.deltas[:, 1:], [-1, 4]),
    )


def suppress_by_class(boxes: tf.Tensor, class_ids: tf.Tensor, scores: tf.Tensor, config: Config) -> tf.Tensor:
    """Return the indices (d,) int32 that non-maximum suppression within each class keeps, best first."""
    settings = config.detections
    nms = Nms(settings.max_count, settings.nms_threshold, config.box_corner)
    return operator(suppress_groups)(boxes, class_ids, rankable(scores), nms)
