"""Confusion: which class is taken for which, which ground-truth objects are not seen, and what is seen where nothing
is.

Inputs: ground-truth objects and detections, an image at a time. Outputs: a matrix with the background as row and column
0.

Shapes: K classes, background 0; d detections; g ground-truth objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .matching import match, same_class
from .objects import Objects, overlaps


@dataclass(frozen=True)
class Pair:
    """How often objects of class ``truth`` were called ``found``; ``background`` = not there, not seen."""

    truth: str
    found: str
    count: int


class Confusion:
    """Counts pairs of true and detected class.

    matrix: (K, K) int64; row = class of the ground truth, column = class of the detection. Row 0: detections where no
    ground truth is; column 0: ground-truth objects that no detection is left for; (0, 0) stays 0.
    threshold: IoU from which detection and ground truth are one object. min_score: detections below it are not counted.
    Laws: a row sums to the ground-truth objects of its class without crowds, a column to the counted detections of its
    class outside of crowds. The diagonal counts the true positives of AP at that IoU.
    """

    def __init__(
        self, class_names: Sequence[str], kind: str = "segm", threshold: float = 0.5, min_score: float = 0.5
    ) -> None:
        self.class_names, self.kind = tuple(class_names), kind
        self.threshold, self.min_score = threshold, min_score
        self.matrix = np.zeros((len(self.class_names),) * 2, np.int64)

    def add(self, truths: Objects, detections: Objects, iou: np.ndarray | None = None) -> None:
        """Add one image; ``iou`` (d, g) saves computing it."""
        iou = overlaps(detections, truths, self.kind) if iou is None else iou
        counted = detections.scores >= self.min_score
        found, classes = pair_up(truths, detections.only(counted), iou[counted], self.threshold)
        np.add.at(self.matrix, (found, classes), 1)

    def pairs(self) -> list[Pair]:
        """Return what was taken for something else, most frequent first."""
        wrong = self.matrix.copy()
        np.fill_diagonal(wrong, 0)
        rows, columns = np.nonzero(wrong)
        order = np.argsort(-wrong[rows, columns], kind="stable")
        return [
            Pair(self.class_names[row], self.class_names[column], int(wrong[row, column]))
            for row, column in zip(rows[order], columns[order], strict=True)
        ]


def pair_up(
    truths: Objects, detections: Objects, iou: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the true and the detected class of every pair, of lone ground-truth objects and of lone detections.

    1. match within classes, as AP does
    2. match what is left across classes: these are the confusions

    In one go across classes a surer detection of a wrong class would take the ground truth from a right one, and the
    right one would count as seen where nothing is.
    """
    own = match(iou, detections.scores, truths.is_crowd, threshold, same_class(detections, truths))
    left = (own.of_detection < 0) & ~own.ignored
    open_truths = (own.of_truth < 0) & ~truths.is_crowd
    other = match(iou, detections.scores, truths.is_crowd, threshold, left[:, None] & open_truths[None, :])
    partner = np.maximum(own.of_detection, other.of_detection)[~own.ignored]
    taken = np.where(own.of_truth >= 0, own.of_truth, other.of_truth)
    lone = truths.class_ids[(taken < 0) & ~truths.is_crowd]
    if len(truths):
        true_class = np.where(partner >= 0, truths.class_ids[partner], 0)
    else:
        true_class = np.zeros(len(partner), np.int64)
    rows = np.concatenate([true_class, lone])
    columns = np.concatenate([detections.class_ids[~own.ignored], np.zeros(len(lone), np.int64)])
    return rows.astype(np.int64), columns.astype(np.int64)
