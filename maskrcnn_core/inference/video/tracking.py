"""Tracking: an object of a frame gets the number that it had in the frames before.

Inputs: the classes and masks of one frame after the other. Outputs: a number for each object. The rule: tracks and
objects of a class are paired so that the sum of their masks' IoU is the largest (the Hungarian method), pairs below
``min_iou`` are none, and a track that was not seen for more than ``max_gap`` frames has ended. No motion is modelled:
an object that moves by more than itself between two frames gets a new number. Source: Bewley et al. 2016, "Simple
online and realtime tracking", section 3.3, with masks in place of predicted boxes.

Shapes: d objects of a frame; t tracks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools import mask as run_length

Code = dict[str, Any]  # COCO's run-length code of a mask


@dataclass(frozen=True)
class Tracking:
    """min_iou: of the masks of one object in two frames (SORT: IoU_min). max_gap: frames without it within a track."""

    min_iou: float = 0.3
    max_gap: int = 5


@dataclass
class Track:
    """An object where it was seen last. unseen: frames since then."""

    number: int
    class_id: int
    code: Code
    unseen: int = 0


class Tracker:
    """Numbers objects frame by frame. Of a track the last mask alone is kept, as a run-length code."""

    def __init__(self, config: Tracking | None = None) -> None:
        self.config, self.tracks, self.count = config or Tracking(), list[Track](), 0

    def number(self, class_ids: Sequence[int], codes: Sequence[Code]) -> tuple[int, ...]:
        """Return the number of each object of the next frame; new ones count on, and none is ever used again.

        class_ids, codes: (d,), best first: of new objects the best gets the lowest number.
        Law: of an object that stands still all numbers are equal.
        """
        pairs = self._pairs(class_ids, codes)
        for track in self.tracks:
            track.unseen += 1
        numbers = []
        for row, (class_id, code) in enumerate(zip(class_ids, codes, strict=True)):
            track = pairs.get(row) or self._begin(int(class_id), code)
            track.code, track.unseen = code, 0
            numbers.append(track.number)
        self.tracks = [track for track in self.tracks if track.unseen <= self.config.max_gap]
        return tuple(numbers)

    def _pairs(self, class_ids: Sequence[int], codes: Sequence[Code]) -> dict[int, Track]:
        """Return the track of each object, by row, that continues one."""
        from scipy.optimize import linear_sum_assignment  # not there where only an engine is

        if not self.tracks or not len(codes):
            return {}
        ious = mask_ious(codes, [track.code for track in self.tracks])
        same = np.equal.outer(np.asarray(class_ids), [track.class_id for track in self.tracks])
        ious = np.where(same & (ious >= self.config.min_iou), ious, 0.0)
        rows, columns = linear_sum_assignment(ious, maximize=True)
        return {
            int(row): self.tracks[column]
            for row, column in zip(rows, columns, strict=True)
            if ious[row, column] > 0
        }

    def _begin(self, class_id: int, code: Code) -> Track:
        track = Track(self.count, class_id, code)
        self.count += 1
        self.tracks.append(track)
        return track


def mask_ious(one: Sequence[Code], other: Sequence[Code]) -> np.ndarray:
    """Return (d, t) float64 IoU of masks; 0 between frames of different sizes."""
    ious = np.asarray(run_length.iou(list(one), list(other), [0] * len(other)), np.float64)
    return np.maximum(ious, 0.0)  # pycocotools says -1 of different sizes
