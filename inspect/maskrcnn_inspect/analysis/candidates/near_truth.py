"""The candidates of one truth: which boxes of each stage lie near it.

Near, here and in ``verdicts``: the box has IoU >= the threshold with the truth's box.

Shapes: A anchors; k of the top scores; n proposals; yxyx molded px.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace

from .fates import candidates_of_classes, config_of


class RefinedAnchors:
    """All anchors of a trace, moved by their deltas: what those below the top k would have become."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def boxes(self) -> np.ndarray:
        """(A, yxyx) molded px, computed at the first question and once for all truths."""
        config = config_of(self.trace)
        limits = np.array([0, 0, *self.trace.shape("molding.image")[:2]], np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # an untrained network's deltas may be anything
            deltas = self.trace["rpn.deltas"] * np.asarray(config.rpn.delta_std, np.float32)
            boxes = box_algebra.decode(self.trace["anchors.boxes"], deltas, config.box_corner)
            return np.asarray(box_algebra.clip(boxes, limits, config.box_corner))


@dataclass(frozen=True)
class Candidates:
    """Overlaps of the boxes of a trace with its truth ``truth``, computed where they are asked for."""

    refined_anchors: RefinedAnchors
    truth: int
    threshold: float

    @property
    def trace(self) -> Trace:
        """The trace."""
        return self.refined_anchors.trace

    @property
    def class_id(self) -> int:
        """The truth's class."""
        return int(self.trace["truth.class_ids"][self.truth])

    @property
    def anchor_of(self) -> np.ndarray:
        """(n,) the anchor of each proposal."""
        return np.asarray(self.trace["proposals.anchor_index"])

    @cached_property
    def anchors(self) -> np.ndarray:
        """(A,) IoU of the anchors as they are."""
        return self._overlap(self.trace["anchors.boxes"])

    @cached_property
    def all_refined(self) -> np.ndarray:
        """(A,) IoU that each anchor has once refined, those below the top k included."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._overlap(self.refined_anchors.boxes)

    @cached_property
    def clipped(self) -> np.ndarray:
        """(k,) IoU of the refined anchors of the top k."""
        return self._overlap(self.trace["proposals.clipped"])

    @cached_property
    def proposals(self) -> np.ndarray:
        """(n,) IoU of the proposals."""
        return self._overlap(self.trace["proposals.boxes"])

    @cached_property
    def refined(self) -> np.ndarray:
        """(n,) IoU of the boxes refined for their class."""
        return self._overlap(self.trace["detections.clipped"])

    @property
    def below_top_k(self) -> np.ndarray:
        """The anchors below the top k that would lie near the truth once refined."""
        below = np.ones(len(self.all_refined), bool)
        below[self.trace["proposals.top_k_index"]] = False
        return np.flatnonzero(below & (self.all_refined >= self.threshold))

    @property
    def refined_places(self) -> np.ndarray:
        """The rows of the top k near the truth."""
        return np.flatnonzero(self.clipped >= self.threshold)

    @property
    def near(self) -> np.ndarray:
        """The proposals near the truth, before or after their own class refined them."""
        return np.flatnonzero(np.maximum(self.proposals, self.refined) >= self.threshold)

    @property
    def placed(self) -> np.ndarray:
        """The proposals of the truth's class whose refined box is near it."""
        right = self.trace["detections.candidate_class"] == self.class_id
        return np.flatnonzero(right & (self.refined >= self.threshold))

    @property
    def passed(self) -> np.ndarray:
        """Those of them whose score is high enough."""
        return np.intersect1d(self.placed, candidates_of_classes(self.trace))

    def _overlap(self, boxes: np.ndarray) -> np.ndarray:
        truth = self.trace["truth.boxes"][self.truth][None]
        return np.asarray(box_algebra.iou(boxes, truth, config_of(self.trace).box_corner)[:, 0])
