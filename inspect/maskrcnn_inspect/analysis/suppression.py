"""Who suppressed whom: the record of a non-maximum suppression, from what went in and the indices that came out.

The suppression itself is the model's; its outcome is read from the trace. What is found here is the reason for each box: kept, suppressed
(by the best kept box that overlaps it beyond the threshold, and at what IoU), or never examined because the count was full.

Shapes: k boxes in order of score, best first; n kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core import boxes as box_algebra

CHUNK = 1024  # rows of the overlap matrix at a time: memory stays small at any number of boxes


@dataclass(frozen=True)
class Suppression:
    """What became of each of k boxes.

    kept: (k,) int32, its rank among the kept, or -1. by: (k,) int32, the index of the box that suppressed it, or -1.
    iou: (k,) float32, the overlap with that box. Neither kept nor suppressed: beyond the count.
    """

    kept: np.ndarray
    by: np.ndarray
    iou: np.ndarray

    @property
    def beyond_count(self) -> np.ndarray:
        """(k,) bool: never examined, since the count was full."""
        return (self.kept < 0) & (self.by < 0)


def explain_suppression(
    boxes: np.ndarray,
    kept_index: np.ndarray,
    threshold: float,
    count: int,
    corner: float = 0.0,
    groups: np.ndarray | None = None,
) -> Suppression:
    """Say why each of ``boxes`` (k, yxyx), in order of score, is or is not among ``kept_index`` (n,) -> k, best first.

    groups: (k,) int; only boxes of the same group suppress each other (classes). One group by default.
    Law: kept, suppressed and beyond the count exclude each other and cover all boxes.
    """
    total, kept_index = len(boxes), np.asarray(kept_index, np.int64)
    kept = np.full(total, -1, np.int32)
    kept[kept_index] = np.arange(len(kept_index))
    by, overlap = np.full(total, -1, np.int32), np.zeros(total, np.float32)
    last = kept_index[-1] if len(kept_index) else -1
    examined = np.arange(total) < last if len(kept_index) >= count else np.ones(total, bool)
    gone = np.flatnonzero((kept < 0) & examined)
    for start in range(0, len(gone), CHUNK):
        rows = gone[start : start + CHUNK]
        shared = box_algebra.iou(boxes[rows], boxes[kept_index], corner)
        better = kept_index[None, :] < rows[:, None]
        if groups is not None:
            better &= groups[kept_index][None, :] == groups[rows][:, None]
        shared = np.where(better, shared, -1.0)
        beyond = shared > threshold
        # at the threshold the model's own arithmetic may round the other way: then the highest overlap it was
        first = np.where(beyond.any(axis=1), beyond.argmax(axis=1), shared.argmax(axis=1))
        by[rows], overlap[rows] = kept_index[first], shared[np.arange(len(rows)), first]
    return Suppression(kept, by, overlap)
