"""The candidates of one ground-truth object: which boxes of each stage lie near it.

Near, here and in ``verdicts``: the box has IoU >= the threshold with the object's box.

Shapes: A anchors; k of the top scores; n proposals; c candidates, a proposal with a class each; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.ranking import proposal_limits, refine

from .fates import candidate_proposal, candidates_of_classes


class RefinedAnchors:
    """All anchors of a trace, moved by their deltas: what those below the top k would have become."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def boxes(self) -> np.ndarray:
        """(A, yxyx) network-input px, computed at the first question and once for all ground-truth objects."""
        config, trace = config_of(self.trace), self.trace
        shape, window = np.array(trace.shape("molding.image")[:2]), None
        if config.proposals.clip_to_window:
            window = trace["molding.window"]
        limits = proposal_limits(shape, window, config.proposals)
        with np.errstate(over="ignore", invalid="ignore"):  # an untrained network's deltas may be anything
            boxes = refine(trace["anchors.boxes"], trace["rpn.deltas"], config.rpn, config.box_corner)
            return np.asarray(box_algebra.clip(boxes, limits, config.box_corner))


@dataclass(frozen=True)
class Candidates:
    """Overlaps of the boxes of a trace with its ground truth ``truth``, computed where they are asked for."""

    refined_anchors: RefinedAnchors
    truth: int
    threshold: float

    @property
    def trace(self) -> Trace:
        """The trace."""
        return self.refined_anchors.trace

    @property
    def class_id(self) -> int:
        """The object's class."""
        return int(self.trace["truth.class_ids"][self.truth])

    @cached_property
    def proposal_of(self) -> np.ndarray:
        """(c,) the proposal of each candidate."""
        return candidate_proposal(self.trace)

    @cached_property
    def anchor_of(self) -> np.ndarray:
        """(c,) the anchor of each candidate."""
        return np.asarray(self.trace["proposals.anchor_index"][self.proposal_of])

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
        """(c,) IoU of the boxes refined for their class."""
        return self._overlap(self.trace["detections.clipped"])

    @property
    def below_top_k(self) -> np.ndarray:
        """The anchors below the top k that would lie near the ground truth once refined."""
        below = np.ones(len(self.all_refined), bool)
        below[self.trace["proposals.top_k_index"]] = False
        return np.flatnonzero(below & (self.all_refined >= self.threshold))

    @property
    def refined_places(self) -> np.ndarray:
        """The rows of the top k near the ground truth."""
        return np.flatnonzero(self.clipped >= self.threshold)

    @property
    def near(self) -> np.ndarray:
        """The candidates near the ground truth, before or after their own class refined them.

        Where each class is a candidate of its own, those of the object's class: it has one of every proposal.
        """
        near = np.maximum(self.proposals[self.proposal_of], self.refined) >= self.threshold
        if config_of(self.trace).detections.candidates == "every":
            near &= self._right_class
        return np.flatnonzero(near)

    @property
    def placed(self) -> np.ndarray:
        """The candidates of the object's class whose refined box is near it."""
        return np.flatnonzero(self._right_class & (self.refined >= self.threshold))

    @property
    def _right_class(self) -> np.ndarray:
        return np.asarray(self.trace["detections.candidate_class"] == self.class_id)

    @property
    def passed(self) -> np.ndarray:
        """Those of them whose score is high enough."""
        return np.intersect1d(self.placed, candidates_of_classes(self.trace))

    def _overlap(self, boxes: np.ndarray) -> np.ndarray:
        truth = self.trace["truth.boxes"][self.truth][None]
        return np.asarray(box_algebra.iou(boxes, truth, config_of(self.trace).box_corner)[:, 0])
