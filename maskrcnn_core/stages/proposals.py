"""Proposals: from a score and a correction for every anchor to the regions worth a closer look.

Enters: objectness scores and raw deltas of all anchors. Leaves: at most ``count`` boxes, best first, with the anchor
each came from. Why: the second stage is expensive, so it sees few regions that hardly overlap (Faster R-CNN,
section 3.3).

Shapes: A anchors; k of the highest scores; n proposals; yxyx molded px.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .anchors import Anchors
from .rpn import RpnOutput
from .spec import StageSpec

UNSCORED = -1.0  # stands for a score that is NaN: such boxes are never kept


class ProposalOutput(NamedTuple):
    """Fields are the tensors ``proposals.*``."""

    top_k_index: tf.Tensor  # (k,) int32 -> A
    top_k_scores: tf.Tensor  # (k,)
    decoded: tf.Tensor  # (k, yxyx)
    clipped: tf.Tensor  # (k, yxyx)
    nms_index: tf.Tensor  # (n,) int32 -> k
    boxes: tf.Tensor  # (n, yxyx)
    scores: tf.Tensor  # (n,)
    anchor_index: tf.Tensor  # (n,) int32 -> A


SPECS = (
    StageSpec(
        "proposals",
        ProposalOutput,
        reads=("anchors.*", "rpn.scores", "rpn.deltas", "molding.image"),
        settings=("proposals.*", "rpn.delta_std"),
        runtime={
            "proposals.top_k": "int32",
            "proposals.nms_threshold": "float32",
            "proposals.count": "int32",
        },
    ),
)


def propose(
    rpn: RpnOutput, anchors: Anchors, shape: tf.Tensor, config: Config, count: int, tap: Tap = passthrough
) -> ProposalOutput:
    """Turn the anchors of one picture into proposals.

    1. take the ``top_k`` anchors by score, over all levels together; of equal scores the lower index first
    2. refine them by their deltas and cut them at the border of the molded image of ``shape`` (y, x)
    3. one non-maximum suppression across levels; keep ``count``

    rpn: scores (A,), deltas (A, dydxdhdw) raw.
    """
    settings, corner = config.proposals, config.box_corner
    k = tf.minimum(settings.top_k, tf.shape(rpn.scores)[0])
    top_k_scores, top_k_index = tf.math.top_k(rankable(rpn.scores), k=k)
    top_k_index = tap("proposals.top_k_index", top_k_index)
    top_k_scores = tap("proposals.top_k_scores", top_k_scores)

    deltas = tf.gather(rpn.deltas, top_k_index) * tf.constant(config.rpn.delta_std)
    decoded = box_algebra.decode(tf.gather(tf.convert_to_tensor(anchors.boxes), top_k_index), deltas, corner)
    decoded = tap("proposals.decoded", decoded)
    limits = tf.cast(tf.concat([[0, 0], shape], axis=0), tf.float32)
    clipped = tap("proposals.clipped", box_algebra.clip(decoded, limits, corner))

    nms_index = suppress(clipped, top_k_scores, count, settings.nms_threshold, corner)
    nms_index = tap("proposals.nms_index", nms_index)
    return ProposalOutput(
        top_k_index,
        top_k_scores,
        decoded,
        clipped,
        nms_index,
        tap("proposals.boxes", tf.gather(clipped, nms_index)),
        tap("proposals.scores", tf.gather(top_k_scores, nms_index)),
        tap("proposals.anchor_index", tf.gather(top_k_index, nms_index)),
    )


def rankable(scores: tf.Tensor) -> tf.Tensor:
    """Put ``UNSCORED`` for scores that are NaN, so that they come last: as they are, sorting them may go astray."""
    return tf.where(tf.math.is_nan(scores), UNSCORED, scores)


def suppress(
    boxes: tf.Tensor, scores: tf.Tensor, count: int, threshold: float, corner: float = 0.0
) -> tf.Tensor:
    """Return the indices (n,) int32 of the boxes that greedy non-maximum suppression keeps, best first.

    A box goes when a better one that was kept overlaps it with an IoU above ``threshold``. A box without area overlaps
    nothing. Law: raising the threshold to 1 keeps the first ``count`` boxes by score.
    """
    edges = box_algebra.shift_corner(boxes, corner)
    return tf.image.non_max_suppression(edges, scores, count, threshold, score_threshold=UNSCORED / 2)
