"""Fates: what became of every anchor, by the indices that the model recorded.

Every anchor has exactly one fate, and the counts of fates add up to the number of anchors.

Shapes: A anchors; k of the top scores; n proposals; d detections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.trace import Trace

from .suppression import Suppression, explain_suppression

# in the order of the pipeline: a later fate has come further
FATES = (
    "below top k",
    "suppressed as proposal",
    "beyond proposal count",
    "background",
    "below minimum score",
    "suppressed in its class",
    "beyond maximum",
    "empty mask",
    "reported",
)
BELOW_TOP_K, RPN_NMS, PROPOSAL_COUNT, BACKGROUND, MIN_SCORE, CLASS_NMS, MAX_COUNT, EMPTY_MASK, REPORTED = (
    range(9)
)


@dataclass(frozen=True)
class Fates:
    """What became of each anchor.

    fate: (A,) int8 into ``FATES``. place: (A,) int32 into k, or -1. proposal: (A,) int32 into n, or -1.
    detection: (A,) int32 into d, or -1. by: (A,) int32, the anchor whose box suppressed this one's, or -1.
    iou: (A,) float32, the overlap with it. rank: (A,) int32, place by objectness, 0 for the best.
    """

    fate: np.ndarray
    place: np.ndarray
    proposal: np.ndarray
    detection: np.ndarray
    by: np.ndarray
    iou: np.ndarray
    rank: np.ndarray

    def counts(self) -> dict[str, int]:
        """Return how many anchors had each fate; they add up to A."""
        return dict(zip(FATES, np.bincount(self.fate, minlength=len(FATES)).tolist(), strict=True))


def find_fates(trace: Trace) -> Fates:
    """Follow every anchor of ``trace`` to its end. Reads recorded tensors alone."""
    config = trace.config
    if config is None:
        raise ValueError("wanted a trace with its configuration, received one without")
    total = len(trace["anchors.boxes"])
    top_k, anchor_of = trace["proposals.top_k_index"], trace["proposals.anchor_index"]
    fates = Fates(
        np.full(total, BELOW_TOP_K, np.int8),
        _inverse(top_k, total),
        _inverse(anchor_of, total),
        np.full(total, -1, np.int32),
        np.full(total, -1, np.int32),
        np.zeros(total, np.float32),
        _ranks(trace["rpn.scores"]),
    )
    first = proposal_suppression(trace, config)
    _record(fates, first, top_k, top_k, RPN_NMS, PROPOSAL_COUNT)
    classes = trace["detections.candidate_class"]
    fates.fate[anchor_of] = np.where(classes == 0, BACKGROUND, MIN_SCORE)

    order, second = class_suppression(trace, config)
    anchors = anchor_of[order]
    _record(fates, second, anchors, anchors, CLASS_NMS, MAX_COUNT)
    reported = anchor_of[trace["detections.proposal_index"]]
    fates.detection[reported] = np.arange(len(reported))
    boxes = trace["pasting.boxes"]
    empty = (boxes[:, 2:] <= boxes[:, :2]).any(axis=1) | ~trace["pasting.masks"].any(axis=(1, 2))
    fates.fate[reported] = np.where(empty, EMPTY_MASK, REPORTED)
    return fates


def proposal_suppression(trace: Trace, config: Config) -> Suppression:
    """Return the record of the RPN's suppression, over the top k."""
    settings = config.proposals
    return explain_suppression(
        trace["proposals.clipped"],
        trace["proposals.nms_index"],
        settings.nms_threshold,
        settings.count,
        config.box_corner,
    )


def class_suppression(trace: Trace, config: Config) -> tuple[np.ndarray, Suppression]:
    """Return the proposals that went into the suppression by class, best first, and its record over them."""
    settings = config.detections
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    passed = classes > 0
    if settings.min_score:
        passed &= scores >= np.float32(settings.min_score)
    candidates = np.flatnonzero(passed)
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    place = _inverse(order, len(classes))
    record = explain_suppression(
        trace["detections.clipped"][order],
        place[trace["detections.proposal_index"]],
        settings.nms_threshold,
        settings.max_count,
        config.box_corner,
        groups=classes[order],
    )
    return order, record


def _record(
    fates: Fates, record: Suppression, rows: np.ndarray, anchors: np.ndarray, suppressed: int, beyond: int
) -> None:
    """Write the outcome of a suppression over the anchors ``rows``, whose boxes came from ``anchors``."""
    gone = record.by >= 0
    fates.fate[rows[gone]] = suppressed
    fates.by[rows[gone]] = anchors[record.by[gone]]
    fates.iou[rows[gone]] = record.iou[gone]
    fates.fate[rows[record.beyond_count]] = beyond


def _inverse(index: np.ndarray, total: int) -> np.ndarray:
    """Return where each of ``total`` values stands in ``index``, or -1."""
    inverse = np.full(total, -1, np.int32)
    inverse[index] = np.arange(len(index))
    return inverse


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return each score's place, 0 for the highest; of equal scores the lower index comes first."""
    return _inverse(np.argsort(-scores, kind="stable"), len(scores))
