"""Proposals: from a score and a correction for every anchor to the regions worth a closer look.

Inputs: objectness scores and raw deltas of all anchors. Outputs: at most ``count`` boxes, best first, with the anchor
each came from. Why: the second stage is expensive, so it sees few regions that hardly overlap (Faster R-CNN,
section 3.3). Classic takes the best of all levels together; FPN's authors, and all after them, of each level.

Shapes: A anchors; k of the highest scores (``by_level``: P2's first, best first within a level); n proposals; yxyx
network-input px.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ..config import LEVELS, Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .anchors import Anchors
from .operators import operator
from .ranking import UNSCORED, anchor_ranks, is_large, least_rank, proposal_limits, rankable, refine
from .rpn import RpnOutput
from .runs import bounds_of_runs
from .spec import StageSpec


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
        reads=("anchors.*", "rpn.logits", "rpn.scores", "rpn.deltas", "molding.image", "molding.window"),
        settings=("proposals.*", "rpn.delta_std", "rpn.most_growth", "rpn.most_shrink"),
        runtime={
            "proposals.top_k": "int32",
            "proposals.nms_threshold": "float32",
            "proposals.count": "int32",
        },
    ),
)


def propose(
    rpn: RpnOutput,
    anchors: Anchors,
    shape: tf.Tensor,
    config: Config,
    count: int,
    window: tf.Tensor | None = None,
    tap: Tap = passthrough,
) -> ProposalOutput:
    """Turn the anchors of one image into proposals.

    1. take the ``top_k`` anchors by score or logit, over all levels together or of each; of equal ones the lower index
    2. refine them by their deltas and cut them at the border of the network input of ``shape`` (y, x), or at the
       ``window`` (yxyx), the part that is image, where the configuration says so
    3. drop those whose sides are not above ``min_size``, if that is a length
    4. one non-maximum suppression across levels, or one a level; keep the best ``count``

    rpn: logits (A, objectness), scores (A,), deltas (A, dydxdhdw) raw.
    """
    settings, corner, scores = config.proposals, config.box_corner, rankable(rpn.scores)
    levels = tf.convert_to_tensor(anchors.level)
    ranks = anchor_ranks(settings.top_k_by, rpn.scores, rpn.logits)
    best = (
        _best_of_levels(ranks, levels, settings.top_k) if settings.by_level else _best(ranks, settings.top_k)
    )
    top_k_index = tap("proposals.top_k_index", best)
    top_k_scores = tap("proposals.top_k_scores", tf.gather(scores, top_k_index))

    own = tf.gather(tf.convert_to_tensor(anchors.boxes), top_k_index)
    decoded = refine(own, tf.gather(rpn.deltas, top_k_index), config.rpn, corner)
    decoded = tap("proposals.decoded", decoded)
    limits = proposal_limits(shape, window, settings)
    clipped = tap("proposals.clipped", box_algebra.clip(decoded, limits, corner))

    ranks = top_k_scores
    if settings.nms_by == "logit":
        ranks = tf.gather(anchor_ranks("logit", rpn.scores, rpn.logits), top_k_index)
    large = above_size(clipped, settings.min_size, corner)
    nms = Nms(count, settings.nms_threshold, corner, least_rank(settings.nms_by))
    boxes, ranks = tf.gather(clipped, large), tf.gather(ranks, large)
    if settings.by_level:
        groups = tf.gather(levels, tf.gather(top_k_index, large))
        kept = operator(suppress_groups)(boxes, groups, ranks, nms)
    else:
        kept = operator(suppress)(boxes, ranks, *nms)
    nms_index = tap("proposals.nms_index", tf.gather(large, kept))
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


def _best(ranks: tf.Tensor, count: int) -> tf.Tensor:
    """Return the indices (k,) int32 of the ``count`` highest of ``ranks`` (A,), best first, of equal ones the lower."""
    return tf.math.top_k(ranks, k=tf.minimum(count, tf.size(ranks)))[1]


def _best_of_levels(ranks: tf.Tensor, levels: tf.Tensor, count: int) -> tf.Tensor:
    """Return the indices (k,) int32 of the ``count`` highest of ``ranks`` (A,) in each level, P2's first."""
    best = []
    for level in LEVELS:
        index = operator(rows_of_level)(levels, level)
        best.append(tf.gather(index, _best(tf.gather(ranks, index), count)))
    return tf.concat(best, axis=0)


def rows_of_level(levels: tf.Tensor, level: int) -> tf.Tensor:
    """Return the indices (a,) int32 of the anchors of a level among ``levels`` (A,) of all."""
    return rows_where(levels == level)


def above_size(boxes: tf.Tensor, least: float, corner: float) -> tf.Tensor:
    """Return the indices (m,) int32 of ``boxes`` (n, yxyx) whose sides are both above ``least`` px; all if < 0."""
    if least < 0:
        return tf.range(tf.shape(boxes)[0])
    return operator(rows_where)(is_large(boxes, least, corner))


def rows_where(condition: tf.Tensor) -> tf.Tensor:
    """Return the indices (m,) int32 at which a ``condition`` (n,) bool holds."""
    return tf.cast(tf.where(condition)[:, 0], tf.int32)


class Nms(NamedTuple):
    """What a non-maximum suppression goes by."""

    most: int  # boxes kept
    threshold: float  # IoU above which the worse box goes
    corner: float = 0.0  # see boxes.py
    least: float = UNSCORED / 2  # boxes of scores that are not above it are never kept


def suppress(
    boxes: tf.Tensor,
    scores: tf.Tensor,
    count: int,
    threshold: float,
    corner: float = 0.0,
    least: float = UNSCORED / 2,
) -> tf.Tensor:
    """Return the indices (n,) int32 of the boxes that greedy non-maximum suppression keeps, best first.

    A box goes when a better one that was kept overlaps it with an IoU above ``threshold``. A box without area overlaps
    nothing; one whose score is not above ``least`` is never kept. Law: raising the threshold to 1 keeps the first
    ``count`` boxes by score.
    """
    edges = box_algebra.shift_corner(boxes, corner)
    return tf.image.non_max_suppression(edges, scores, count, threshold, score_threshold=least)


def suppress_groups(boxes: tf.Tensor, groups: tf.Tensor, scores: tf.Tensor, nms: Nms) -> tf.Tensor:
    """Return the indices (n,) int32 that non-maximum suppression within each of ``groups`` keeps, best first.

    One group after the other, so that time and memory grow with the boxes and not with their square; of all that is
    kept the best ``count``, of equal scores the lower index first.
    """
    by_group = tf.argsort(groups, stable=True)
    bounds = bounds_of_runs(tf.gather(groups, by_group))

    def add(number: tf.Tensor, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = by_group[bounds[number] : bounds[number + 1]]
        best = suppress(tf.gather(boxes, rows), tf.gather(scores, rows), *nms)
        return number + 1, tf.concat([kept, tf.gather(rows, best)], axis=0)

    nothing = by_group[:0]  # an empty constant would have no axis in OpenVINO
    _, kept = tf.while_loop(
        lambda number, _: number < tf.size(bounds) - 1,
        add,
        (tf.constant(0), nothing),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )
    kept = tf.sort(kept)
    _, best = tf.math.top_k(tf.gather(scores, kept), tf.minimum(nms.most, tf.size(kept)))
    return tf.gather(kept, best)
