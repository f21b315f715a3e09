"""Who suppressed whom: the record of a non-maximum suppression, from what went in and the indices that came out.

NMS itself is the model's; its outcome is read from the trace. What is found here is the reason for each
box: kept, suppressed (by the best kept box that overlaps it beyond the threshold, and at what IoU), or never examined
because the count was full.

Shapes: k boxes; n kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra

AT_ONCE = 2**20  # overlaps computed in one go: some 30 MB with all that leads to them


@dataclass(frozen=True)
class Suppression:
    """What became of each of k boxes.

    kept: (k,) int32, its rank among the kept, or -1. by: (k,) int32, the box that suppressed it, or -1. iou: (k,)
    float32, the overlap with that box. entered: (k,) bool, it went in at all. Law: kept, suppressed, beyond the count
    and not entered exclude each other and cover all.
    """

    kept: np.ndarray
    by: np.ndarray
    iou: np.ndarray
    entered: np.ndarray

    @property
    def beyond_count(self) -> np.ndarray:
        """(k,) bool: never examined, since the count was full."""
        return self.entered & (self.kept < 0) & (self.by < 0)

    def among(self, rows: np.ndarray, total: int) -> Suppression:
        """Return the record over all of ``total`` boxes, of which ``rows`` are those of this one."""
        kept, by = np.full(total, -1, np.int32), np.full(total, -1, np.int32)
        iou, entered = np.zeros(total, np.float32), np.zeros(total, bool)
        kept[rows], iou[rows], entered[rows] = self.kept, self.iou, True
        by[rows] = np.where(self.by >= 0, rows[np.maximum(self.by, 0)], -1) if len(rows) else -1
        return Suppression(kept, by, iou, entered)


def explain_suppression(
    boxes: np.ndarray,
    scores: np.ndarray,
    kept_index: np.ndarray,
    limits: tuple[float, int],
    corner: float = 0.0,
    groups: np.ndarray | None = None,
) -> Suppression:
    """Say why each of ``boxes`` (k, yxyx) is or is not among ``kept_index`` (n,) -> k, which is in order of score.

    limits: the IoU above which a box goes, and the number of boxes kept at most. groups: (k,) int; only boxes of the
    same group suppress each other (classes, levels). One group by default.
    """
    threshold, count = limits
    kept = inverse(kept_index, len(boxes))
    by, overlap = np.full(len(boxes), -1, np.int32), np.zeros(len(boxes), np.float32)
    entered = np.ones(len(boxes), bool)
    if not len(kept_index):
        return Suppression(kept, by, overlap, entered)
    rank = ranks(scores)
    full = len(kept_index) >= count
    gone = np.flatnonzero((kept < 0) & ((rank < rank[kept_index[-1]]) | (not full)))
    for rows, shared in overlaps_in_blocks(boxes, gone, kept_index, corner):
        better = rank[kept_index][None, :] < rank[rows][:, None]
        if groups is not None:
            better &= groups[kept_index][None, :] == groups[rows][:, None]
        shared = np.where(better, shared, 0.0)
        beyond = shared > threshold
        # at the threshold the model's own arithmetic may round the other way: then the highest overlap it was
        chosen = np.where(beyond.any(axis=1), beyond.argmax(axis=1), shared.argmax(axis=1))
        overlap[rows] = shared[np.arange(len(rows)), chosen]
        by[rows] = np.where(overlap[rows] > 0, kept_index[chosen], -1)
    return Suppression(kept, by, overlap, entered)


def overlaps_in_blocks(
    boxes: np.ndarray, rows: np.ndarray, columns: np.ndarray, corner: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield parts of ``rows`` with their IoU (part, column): the memory stays small at any number of boxes."""
    step = max(1, AT_ONCE // max(1, len(columns)))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        yield part, box_algebra.iou(boxes[part], boxes[columns], corner)


def ranks(scores: np.ndarray) -> np.ndarray:
    """Return each score's place, 0 for the highest; of equal scores the lower index comes first, NaN last."""
    return inverse(np.argsort(-scores, kind="stable"), len(scores))


def inverse(index: np.ndarray, total: int) -> np.ndarray:
    """Return where each of ``total`` values stands first in ``index``, or -1."""
    places = np.full(total, -1, np.int32)
    places[index[::-1]] = np.arange(len(index))[::-1]
    return places
