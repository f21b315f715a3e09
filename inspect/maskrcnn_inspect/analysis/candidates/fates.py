"""Fates: what became of every anchor, by the indices that the model recorded.

Every anchor has exactly one fate, and the counts of fates add up to the number of anchors.

Shapes: A anchors; k of the top scores; n proposals; d detections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.trace import Trace

from .suppression import Suppression, explain_suppression, inverse, ranks

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
    """Follow every anchor of ``trace`` to its end. Reads recorded tensors alone.

    Raises: ValueError for a trace without its configuration; KeyError for one without a tensor that is read.
    """
    total = len(trace["anchors.boxes"])
    top_k, anchor_of = trace["proposals.top_k_index"], trace["proposals.anchor_index"]
    fates = Fates(
        np.full(total, BELOW_TOP_K, np.int8),
        inverse(top_k, total),
        inverse(anchor_of, total),
        np.full(total, -1, np.int32),
        np.full(total, -1, np.int32),
        np.zeros(total, np.float32),
        ranks(trace["rpn.scores"]),
    )
    _record(fates, proposal_suppression(trace), top_k, (RPN_NMS, PROPOSAL_COUNT))
    fates.fate[anchor_of] = np.where(trace["detections.candidate_class"] == 0, BACKGROUND, MIN_SCORE)

    candidates, record = class_suppression(trace)
    _record(fates, record, anchor_of[candidates], (CLASS_NMS, MAX_COUNT))
    reported = anchor_of[trace["detections.proposal_index"]]
    fates.detection[reported] = np.arange(len(reported))
    fates.fate[reported] = np.where(empty_masks(trace), EMPTY_MASK, REPORTED)
    return fates


def config_of(trace: Trace) -> Config:
    """Return the configuration that was run. Raises: ValueError for a trace without one."""
    if trace.config is None:
        raise ValueError("wanted a trace with its configuration, received one without; record it again")
    return trace.config


def proposal_suppression(trace: Trace) -> Suppression:
    """Return the record of the RPN's suppression, over the top k."""
    config = config_of(trace)
    return explain_suppression(
        trace["proposals.clipped"],
        trace["proposals.top_k_scores"],
        trace["proposals.nms_index"],
        (config.proposals.nms_threshold, config.proposals.count),
        config.box_corner,
    )


def candidates_of_classes(trace: Trace, least: float | None = None) -> np.ndarray:
    """Return the proposals, rows of n, that go into the suppression by class: no background, no score below ``least``.

    least: the model's own by default.
    """
    least = config_of(trace).detections.min_score if least is None else least
    passed = trace["detections.candidate_class"] > 0
    if least:
        passed = passed & (trace["detections.candidate_score"] >= np.float32(least))
    return np.flatnonzero(passed)


def class_suppression(trace: Trace) -> tuple[np.ndarray, Suppression]:
    """Return the proposals that went into the suppression by class, and its record over them."""
    config = config_of(trace)
    candidates = candidates_of_classes(trace)
    place = inverse(candidates, len(trace["detections.candidate_class"]))
    record = explain_suppression(
        trace["detections.clipped"][candidates],
        trace["detections.candidate_score"][candidates],
        place[trace["detections.proposal_index"]],
        (config.detections.nms_threshold, config.detections.max_count),
        config.box_corner,
        groups=trace["detections.candidate_class"][candidates],
    )
    return candidates, record


def empty_masks(trace: Trace) -> np.ndarray:
    """Return (d,) bool: detections without a pixel of the picture."""
    boxes = trace["pasting.boxes"]
    return (boxes[:, 2:] <= boxes[:, :2]).any(axis=1) | ~trace["pasting.masks"].any(axis=(1, 2))


def _record(fates: Fates, record: Suppression, anchors: np.ndarray, names: tuple[int, int]) -> None:
    """Write the outcome of a suppression of boxes that came from ``anchors``; names: fates of suppressed and beyond."""
    gone = record.by >= 0
    fates.fate[anchors[gone]] = names[0]
    fates.by[anchors[gone]] = anchors[record.by[gone]]
    fates.iou[anchors[gone]] = record.iou[gone]
    fates.fate[anchors[record.beyond_count]] = names[1]
