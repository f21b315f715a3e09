"""Fates: what became of every anchor and of every candidate, by the indices that the model recorded.

A candidate is a proposal with a class: one a proposal (classic), or one for each class (all others), so that several
detections may come of one anchor. Every candidate has exactly one fate, and so has every anchor: that of its candidate
that came furthest. The counts of fates add up to the number of anchors.

Shapes: A anchors; k of the top scores; n proposals; c candidates; d detections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.ranking import anchor_ranks, is_large, is_wanted

from .suppression import Suppression, explain_suppression, inverse, ranks

# in the order of the pipeline: a later fate has come further
FATES = (
    "below top k",
    "too small as proposal",
    "suppressed as proposal",
    "beyond proposal count",
    "background",
    "below minimum score",
    "too small",
    "suppressed in its class",
    "beyond maximum",
    "empty mask",
    "reported",
)
(
    BELOW_TOP_K,
    SMALL_PROPOSAL,
    RPN_NMS,
    PROPOSAL_COUNT,
    BACKGROUND,
    MIN_SCORE,
    SMALL,
    CLASS_NMS,
    MAX_COUNT,
    EMPTY_MASK,
    REPORTED,
) = range(len(FATES))


@dataclass(frozen=True)
class CandidateFates:
    """What became of each candidate.

    proposal: (c,) int32 into n. fate: (c,) int8 into ``FATES``. by: (c,) int32, the candidate whose box suppressed
    this one's, or -1. iou: (c,) float32, the overlap with it. detection: (c,) int32 into d, or -1.
    """

    proposal: np.ndarray
    fate: np.ndarray
    by: np.ndarray
    iou: np.ndarray
    detection: np.ndarray


@dataclass(frozen=True)
class Fates:
    """What became of each anchor, and of the ``candidates`` that came of some.

    fate: (A,) int8 into ``FATES``. place: (A,) int32 into k, or -1. proposal: (A,) int32 into n, or -1. candidate: (A,)
    int32 into c, the one that came furthest, or -1. detection: (A,) int32 into d, that candidate's, or -1. by: (A,)
    int32, the anchor whose box suppressed this one's, or -1. iou: (A,) float32, the overlap with it. rank: (A,) int32,
    place in the order of the top k, 0 for the best, on its level where each level has its own.
    """

    fate: np.ndarray
    place: np.ndarray
    proposal: np.ndarray
    candidate: np.ndarray
    detection: np.ndarray
    by: np.ndarray
    iou: np.ndarray
    rank: np.ndarray
    candidates: CandidateFates

    def counts(self) -> dict[str, int]:
        """Return how many anchors had each fate; they add up to A."""
        return dict(zip(FATES, np.bincount(self.fate, minlength=len(FATES)).tolist(), strict=True))


def find_fates(trace: Trace) -> Fates:
    """Follow every anchor of ``trace`` to its end. Reads recorded tensors alone.

    Raises: ValueError for a trace without its configuration; KeyError for one without a tensor that is read.
    """
    total = len(trace["anchors.boxes"])
    top_k, anchor_of = trace["proposals.top_k_index"], trace["proposals.anchor_index"]
    candidates = candidate_fates(trace)
    fates = Fates(
        np.full(total, BELOW_TOP_K, np.int8),
        inverse(top_k, total),
        inverse(anchor_of, total),
        np.full(total, -1, np.int32),
        np.full(total, -1, np.int32),
        np.full(total, -1, np.int32),
        np.zeros(total, np.float32),
        rank_anchors(trace),
        candidates,
    )
    record = proposal_suppression(trace)
    fates.fate[top_k[~record.entered]] = SMALL_PROPOSAL
    gone = record.by >= 0
    fates.fate[top_k[gone]] = RPN_NMS
    fates.fate[top_k[record.beyond_count]] = PROPOSAL_COUNT
    fates.by[top_k[gone]], fates.iou[top_k[gone]] = top_k[record.by[gone]], record.iou[gone]

    furthest = furthest_candidates(trace, candidates)
    anchors, by = anchor_of[candidates.proposal[furthest]], candidates.by[furthest]
    fates.candidate[anchors], fates.detection[anchors] = furthest, candidates.detection[furthest]
    fates.fate[anchors], fates.iou[anchors] = candidates.fate[furthest], candidates.iou[furthest]
    fates.by[anchors[by >= 0]] = anchor_of[candidates.proposal[by[by >= 0]]]
    return fates


def candidate_fates(trace: Trace) -> CandidateFates:
    """Follow every candidate of ``trace`` to its end; without masks none of them is known to be empty."""
    config, classes = config_of(trace), trace["detections.candidate_class"]
    wanted = is_wanted(classes, trace["detections.candidate_score"], config.detections)
    fate = np.where(classes == 0, BACKGROUND, np.where(wanted, SMALL, MIN_SCORE)).astype(np.int8)
    rows, record = class_suppression(trace)
    record = record.among(rows, len(classes))
    fate[record.by >= 0], fate[record.beyond_count] = CLASS_NMS, MAX_COUNT
    reported = candidate_index(trace)
    fate[reported] = REPORTED
    if "pasting.masks" in trace:
        fate[reported[empty_masks(trace)]] = EMPTY_MASK
    return CandidateFates(
        candidate_proposal(trace), fate, record.by, record.iou, inverse(reported, len(classes))
    )


def furthest_candidates(trace: Trace, candidates: CandidateFates) -> np.ndarray:
    """Return (m,) int32 -> c: of each proposal that has one the candidate that came furthest, the best by score."""
    score = np.nan_to_num(trace["detections.candidate_score"], nan=-1.0)
    order = np.lexsort((-score, -candidates.fate, candidates.proposal))
    _, first = np.unique(candidates.proposal[order], return_index=True)
    return np.asarray(order[first], np.int32)


def rank_anchors(trace: Trace) -> np.ndarray:
    """Return (A,) int32: each anchor's place in the order that the top k is taken by, 0 for the best."""
    settings = config_of(trace).proposals
    logits = trace["rpn.logits"] if settings.top_k_by == "logit" else None
    by = anchor_ranks(settings.top_k_by, trace["rpn.scores"], logits)
    if not settings.by_level:
        return ranks(by)
    place, levels = np.zeros(len(by), np.int32), trace["anchors.level"]
    for level in np.unique(levels):
        own = levels == level
        place[own] = ranks(by[own])
    return place


def rank_in_words(trace: Trace, anchor: int, fates: Fates) -> str:
    """Return ``rank 5 of 4092``, with the level where each level has its own."""
    levels = trace["anchors.level"]
    if not config_of(trace).proposals.by_level:
        return f"rank {int(fates.rank[anchor]) + 1} of {len(levels)}"
    level = int(levels[anchor])
    return f"rank {int(fates.rank[anchor]) + 1} of {int((levels == level).sum())} on P{level}"


def entering_proposals(trace: Trace) -> np.ndarray:
    """Return the rows of k that go into the RPN's NMS: all, or those that are large enough."""
    config = config_of(trace)
    return _large(trace["proposals.clipped"], config.proposals.min_size, config)


def nms_ranks(trace: Trace) -> np.ndarray:
    """Return (k,) what the RPN's NMS goes by: scores, or logits."""
    if config_of(trace).proposals.nms_by == "score":
        return np.asarray(trace["proposals.top_k_scores"])
    ranked = anchor_ranks("logit", trace["rpn.scores"], trace["rpn.logits"])
    return np.asarray(ranked[trace["proposals.top_k_index"]])


def levels_of_proposals(trace: Trace) -> np.ndarray | None:
    """Return (k,) the level within which each box of the top k competes; None where all compete together."""
    if not config_of(trace).proposals.by_level:
        return None
    return np.asarray(trace["anchors.level"][trace["proposals.top_k_index"]])


def proposal_suppression(trace: Trace) -> Suppression:
    """Return the record of the RPN's NMS, over the top k."""
    config, rows, groups = config_of(trace), entering_proposals(trace), levels_of_proposals(trace)
    total = len(trace["proposals.clipped"])
    record = explain_suppression(
        trace["proposals.clipped"][rows],
        nms_ranks(trace)[rows],
        inverse(rows, total)[trace["proposals.nms_index"]],
        (config.proposals.nms_threshold, config.proposals.count),
        config.box_corner,
        groups=None if groups is None else groups[rows],
    )
    return record.among(rows, total)


def candidate_index(trace: Trace) -> np.ndarray:
    """Return (d,) -> c: the candidate of each detection; of a trace from before they had names, its proposal."""
    known = "detections.candidate_index" in trace
    return np.asarray(trace["detections.candidate_index" if known else "detections.proposal_index"])


def candidate_proposal(trace: Trace) -> np.ndarray:
    """Return (c,) -> n: the proposal of each candidate; of a trace from before they had names, itself."""
    if "detections.candidate_proposal" in trace:
        return np.asarray(trace["detections.candidate_proposal"])
    return np.arange(trace.shape("detections.candidate_class")[0], dtype=np.int32)


def best_candidates(trace: Trace) -> np.ndarray:
    """Return (n,) -> c: the candidate that stands for each proposal, its only one or that of its best class."""
    scores = np.nan_to_num(trace["detections.candidate_score"], nan=-1.0)
    proposals = candidate_proposal(trace)
    order = np.lexsort((-scores, proposals))
    _, first = np.unique(proposals[order], return_index=True)
    return np.asarray(order[first], np.int32)


def candidates_of_classes(trace: Trace, least: float | None = None) -> np.ndarray:
    """Return the candidates, rows of c, that go into NMS by class: no background, no score below ``least``, none too
    small.

    least: the model's own by default.
    """
    config = config_of(trace)
    config = config if least is None else config.replace(**{"detections.min_score": least})
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    wanted = np.flatnonzero(is_wanted(classes, scores, config.detections))
    large = _large(trace["detections.clipped"], config.detections.min_size, config)
    return np.intersect1d(wanted, large)


def class_suppression(trace: Trace) -> tuple[np.ndarray, Suppression]:
    """Return the candidates that went into NMS by class, and its record over them."""
    config = config_of(trace)
    candidates = candidates_of_classes(trace)
    place = inverse(candidates, len(trace["detections.candidate_class"]))
    record = explain_suppression(
        trace["detections.clipped"][candidates],
        trace["detections.candidate_score"][candidates],
        place[candidate_index(trace)],
        (config.detections.nms_threshold, config.detections.max_count),
        config.box_corner,
        groups=trace["detections.candidate_class"][candidates],
    )
    return candidates, record


def empty_masks(trace: Trace) -> np.ndarray:
    """Return (d,) bool: detections without a pixel of the image."""
    boxes = trace["pasting.boxes"]
    return (boxes[:, 2:] <= boxes[:, :2]).any(axis=1) | ~trace["pasting.masks"].any(axis=(1, 2))


def _large(boxes: np.ndarray, least: float, config: Config) -> np.ndarray:
    """Return the rows of ``boxes`` (n, yxyx) that are large enough; all of them where there is no test."""
    return np.flatnonzero(is_large(boxes, least, config.box_corner)) if least >= 0 else np.arange(len(boxes))
