"""Which detection found which truth, from the tensors of a trace: COCO's greedy match on masks.

Shapes: d detections, best first; g truths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from maskrcnn_core.trace import Trace


@dataclass(frozen=True)
class Matches:
    """Who found whom.

    iou: (d, g) float64, of masks in picture px; of a crowd the share of the detection that lies in it.
    of_detection: (d,) int, the truth it found, or -1. of_truth: (g,) int, the detection that found it, or -1.
    """

    iou: np.ndarray
    of_detection: np.ndarray
    of_truth: np.ndarray


def match_masks(trace: Trace, threshold: float = 0.5) -> Matches:
    """Match detections with truths of their class: best score first, each takes the free truth of highest IoU >= threshold.

    A crowd is never found; a detection that finds nothing else may lie in one (``iou`` tells).
    """
    overlaps = mask_overlaps(trace["pasting.masks"], trace["truth.masks"], trace["truth.is_crowd"])
    classes, truths = trace["detections.class_ids"], trace["truth.class_ids"]
    of_detection = np.full(len(classes), -1)
    of_truth = np.full(len(truths), -1)
    for detection in range(len(classes)):
        free = (of_truth < 0) & (truths == classes[detection]) & ~trace["truth.is_crowd"].astype(bool)
        candidates = np.where(free, overlaps[detection], -1.0)
        if candidates.size and candidates.max() >= threshold:
            truth = int(candidates.argmax())
            of_detection[detection], of_truth[truth] = truth, detection
    return Matches(overlaps, of_detection, of_truth)


def mask_overlaps(masks: np.ndarray, truths: np.ndarray, is_crowd: np.ndarray) -> np.ndarray:
    """Return (d, g) IoU of ``masks`` (d, y, x) and ``truths`` (g, y, x) bool; of crowds the share of the mask inside."""
    if not len(masks) or not len(truths):
        return np.zeros((len(masks), len(truths)))
    flat, true = (m.reshape(len(m), -1).astype(np.float32) for m in (masks, truths))
    shared = (flat @ true.T).astype(np.float64)
    area, true_area = flat.sum(axis=1)[:, None], true.sum(axis=1)[None, :]
    whole = np.where(is_crowd[None, :], area, area + true_area - shared)
    return shared / np.maximum(whole, 1.0)
