"""Matching: which detection found which ground-truth object.

Inputs: the overlaps of one image's detections and ground-truth objects. Outputs: at most one detection for each object
and one object for each detection, by COCO's greedy rule. Why here and not in every measure: confusion,
error types and verdicts on single objects have to agree with the AP beside which they stand.

Shapes: d detections; g ground-truth objects.
Source: ``COCOeval.evaluateImg`` of pycocotools, against which a test holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...data.reading.sample import IGNORED
from .objects import Objects, overlaps

NEARLY_ONE = 1 - 1e-10  # IoU from which a pair counts as the same at threshold 1 (pycocotools)


@dataclass(frozen=True)
class Matches:
    """Who found whom.

    of_detection: (d,) int32 -> g, or -1. of_truth: (g,) int32 -> d, or -1. iou: (d, g) float64.
    ignored: (d,) bool, detections that no ground-truth object matches and that lie in a crowd of their class: neither
        right nor wrong.
    """

    of_detection: np.ndarray
    of_truth: np.ndarray
    iou: np.ndarray
    ignored: np.ndarray


def match(
    iou: np.ndarray,
    scores: np.ndarray,
    is_crowd: np.ndarray,
    threshold: float = 0.5,
    allowed: np.ndarray | None = None,
) -> Matches:
    """Match detections, best score first, each with the free ground-truth object that it overlaps most.

    1. of equal scores the earlier detection goes first; of equal overlaps the later ground truth is taken
    2. a pair needs an IoU >= ``threshold``
    3. a detection that finds no free object but overlaps a crowd that much is ignored; a crowd takes any number

    iou: (d, g), as ``overlaps`` gives it. allowed: (d, g) bool, pairs that may match; all by default.
    """
    detections, truths = iou.shape
    allowed = np.ones(iou.shape, bool) if allowed is None else allowed
    enough = allowed & (iou >= min(threshold, NEARLY_ONE))
    of_detection, of_truth = np.full(detections, -1, np.int32), np.full(truths, -1, np.int32)
    ignored = np.zeros(detections, bool)
    free = ~np.asarray(is_crowd, bool)
    for detection in np.argsort(-scores, kind="stable"):
        candidates = np.flatnonzero(enough[detection] & free)
        if len(candidates):
            truth = candidates[::-1][np.argmax(iou[detection, candidates[::-1]])]
            of_detection[detection], of_truth[truth] = truth, detection
            free[truth] = False
        else:
            ignored[detection] = (enough[detection] & is_crowd).any()
    return Matches(of_detection, of_truth, iou, ignored)


def match_objects(
    detections: Objects, truths: Objects, kind: str = "segm", threshold: float = 0.5, by_class: bool = True
) -> Matches:
    """Match one image's detections with its ground-truth objects, within classes or across them."""
    allowed = same_class(detections, truths) if by_class else None
    return match(overlaps(detections, truths, kind), detections.scores, truths.is_crowd, threshold, allowed)


def same_class(detections: Objects, truths: Objects) -> np.ndarray:
    """Return (d, g) bool: pairs of one class; an ignored region is of every class."""
    of_any = truths.class_ids[None, :] == IGNORED
    return np.asarray((detections.class_ids[:, None] == truths.class_ids[None, :]) | of_any)


def rank_in_class(class_ids: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return (d,) int: each detection's place by score among those of its class, 0 for the best.

    COCO's maximum of detections an image is one for each class.
    """
    ranks = np.zeros(len(class_ids), np.int64)
    for class_id in np.unique(class_ids):
        rows = np.flatnonzero(class_ids == class_id)
        ranks[rows[np.argsort(-scores[rows], kind="stable")]] = np.arange(len(rows))
    return ranks
