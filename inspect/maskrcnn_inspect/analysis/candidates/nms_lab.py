"""NMS lab: both NMS steps of an image as graphs, and what other settings or other methods would keep.

Hard NMS calls the stages' own functions on the recorded boxes, so that the model's settings give the model's
indices. Soft NMS is a what-if: the model never runs it (Bodla et al. 2017, Soft-NMS).

Shapes: rows are k (the top k) for ``proposals`` and c (the candidates) for ``detections``; m kept; e edges; g
ground-truth objects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from maskrcnn_core.evaluation.metrics.matching import match
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.ranking import least_rank

from .fates import candidates_of_classes, entering_proposals, nms_ranks
from .suppression import inverse, overlaps_in_blocks, ranks

STAGES = ("proposals", "detections")
METHODS = ("hard", "linear", "gaussian")


@dataclass(frozen=True)
class Choice:
    """How to suppress.

    threshold: IoU above which a box goes, or decays where linear. count: boxes kept at most. min_score: of detections;
    after decay where soft. by_class: detections of different classes leave each other alone. by_level: so do proposals
    of different pyramid levels. sigma: of the Gaussian (Soft-NMS, eq. 3). least: score at which a decayed box is gone
    (the authors' program).
    """

    threshold: float
    count: int
    min_score: float = 0.0
    by_class: bool = True
    by_level: bool = False
    method: str = "hard"
    sigma: float = 0.5
    least: float = 0.001

    def __post_init__(self) -> None:
        """Raise ValueError for a method that is not known."""
        if self.method not in METHODS:
            raise ValueError(f"wanted a method of {', '.join(METHODS)}, received {self.method!r}")


class Graph(NamedTuple):
    """Who suppressed whom: an edge for each kept box and each lower one that it overlaps too much.

    winner, loser: (e,) rows. iou: (e,) float32.
    """

    winner: np.ndarray
    loser: np.ndarray
    iou: np.ndarray


class Kept(NamedTuple):
    """rows: (m,), best first. scores: (m,), decayed where the method is soft."""

    rows: np.ndarray
    scores: np.ndarray


class Change(NamedTuple):
    """What a choice keeps and how that differs from the model's own.

    added, removed: rows. found_before, found_after: ground-truth objects that a kept box matches, by boxes; None
    without ground truth.
    """

    kept: Kept
    added: np.ndarray
    removed: np.ndarray
    found_before: int | None
    found_after: int | None


def own_choice(trace: Trace, stage: str) -> Choice:
    """Return the settings under which ``trace`` was made. Raises: ValueError for an unknown stage."""
    config = config_of(trace)
    if stage == "proposals":
        own = config.proposals
        return Choice(own.nms_threshold, own.count, by_level=own.by_level)
    if stage == "detections":
        last = config.detections
        return Choice(last.nms_threshold, last.max_count, last.min_score)
    raise ValueError(f"wanted a stage of {', '.join(STAGES)}, received {stage!r}")


def keep(trace: Trace, stage: str, choice: Choice) -> Kept:
    """Return what ``choice`` keeps. Law: ``keep(trace, stage, own_choice(trace, stage))`` is the model's outcome."""
    given, corner = _entering(trace, stage, choice), config_of(trace).box_corner
    if choice.method == "hard":
        index = _hard(given, choice, corner)
        return Kept(given.rows[index], given.scores[index])
    index, scores = _soft(given, choice, corner)
    return Kept(given.rows[index], scores)


def graph(trace: Trace, stage: str, choice: Choice | None = None) -> Graph:
    """Return the edges of the hard NMS by ``choice``, or of the model's own."""
    choice = replace(choice or own_choice(trace, stage), method="hard")
    given, corner = _entering(trace, stage, choice), config_of(trace).box_corner
    rows, groups = given.rows, given.groups
    kept, rank = _hard(given, choice, corner), ranks(given.ranks)
    parts = [(np.zeros(0, int), np.zeros(0, int), np.zeros(0, np.float32))]
    gone = np.setdiff1d(np.arange(len(rows)), kept)
    for losers, shared in overlaps_in_blocks(given.boxes, gone, kept, corner):
        edges = (shared > choice.threshold) & (rank[kept][None] < rank[losers][:, None])
        edges &= groups[kept][None] == groups[losers][:, None]
        loser, winner = np.nonzero(edges)
        parts.append((rows[kept[winner]], rows[losers[loser]], shared[edges]))
    return Graph(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def compare(trace: Trace, stage: str, choice: Choice, threshold: float = 0.5) -> Change:
    """Return what ``choice`` keeps beside what the model kept; with ground truth the matches of both (IoU >=
    threshold).
    """
    own, other = keep(trace, stage, own_choice(trace, stage)), keep(trace, stage, choice)
    found: list[int | None] = [None, None]
    if "truth.boxes" in trace:
        found = [_found(trace, stage, kept, threshold) for kept in (own, other)]
    added, removed = np.setdiff1d(other.rows, own.rows), np.setdiff1d(own.rows, other.rows)
    return Change(other, added, removed, *found)


def places_without_count(trace: Trace, stage: str) -> np.ndarray:
    """Return (rows,) int32: each box's place among what NMS would keep without a count, or -1."""
    total = len(trace["proposals.clipped" if stage == "proposals" else "detections.clipped"])
    return inverse(keep(trace, stage, replace(own_choice(trace, stage), count=max(1, total))).rows, total)


class _Given(NamedTuple):
    """What goes into one NMS: ``rows`` with their boxes, scores and groups, and what hard NMS ranks them by."""

    rows: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray
    groups: np.ndarray
    ranks: np.ndarray
    least: float  # rank that a box has to be above


def _entering(trace: Trace, stage: str, choice: Choice) -> _Given:
    if stage == "proposals":
        rows, by = entering_proposals(trace), config_of(trace).proposals.nms_by
        levels = trace["anchors.level"][trace["proposals.top_k_index"][rows]]
        groups = levels if choice.by_level else np.zeros_like(levels)
        scores = trace["proposals.top_k_scores"][rows]
        return _Given(
            rows, trace["proposals.clipped"][rows], scores, groups, nms_ranks(trace)[rows], least_rank(by)
        )
    rows = candidates_of_classes(trace, choice.min_score)
    classes, scores = trace["detections.candidate_class"][rows], trace["detections.candidate_score"][rows]
    groups = classes if choice.by_class else np.zeros_like(classes)
    return _Given(rows, trace["detections.clipped"][rows], scores, groups, scores, least_rank("score"))


def _hard(given: _Given, choice: Choice, corner: float) -> np.ndarray:
    """Return the indices that the stages' own NMS keeps."""
    import tensorflow as tf

    from maskrcnn_core.stages.proposals import Nms, suppress, suppress_groups
    from maskrcnn_core.stages.ranking import rankable

    nms = Nms(choice.count, choice.threshold, corner, given.least)
    boxes, scores = tf.convert_to_tensor(given.boxes), rankable(tf.convert_to_tensor(given.ranks))
    if not given.groups.any():
        return np.asarray(suppress(boxes, scores, *nms))
    return np.asarray(suppress_groups(boxes, tf.convert_to_tensor(given.groups), scores, nms))


def _soft(given: _Given, choice: Choice, corner: float) -> tuple[np.ndarray, np.ndarray]:
    """Return indices and decayed scores, best first (Soft-NMS, figure 2): what overlaps decays instead of going."""
    boxes, scores, groups = given.boxes, given.scores, given.groups
    kept: list[int] = []
    left, least = np.nan_to_num(scores.astype(np.float64)), max(choice.least, choice.min_score)
    decayed = left.copy()
    while len(kept) < min(choice.count, len(boxes)):
        best = int(left.argmax())
        if left[best] < least:
            break
        kept.append(best)
        decayed[best], left[best] = left[best], -1.0
        shared = np.where(
            groups == groups[best], box_algebra.iou(boxes, boxes[best : best + 1], corner)[:, 0], 0.0
        )
        if choice.method == "linear":
            factor = np.where(shared > choice.threshold, 1.0 - shared, 1.0)
        else:
            factor = np.exp(-(shared**2) / choice.sigma)
        left = np.where(left >= 0, left * factor, left)
    return np.array(kept, np.int64), decayed[np.array(kept, np.int64)]


def _found(trace: Trace, stage: str, kept: Kept, threshold: float) -> int:
    """Return how many ground-truth objects a kept box matches; proposals match ground-truth objects of any class."""
    boxes = trace["proposals.clipped" if stage == "proposals" else "detections.clipped"][kept.rows]
    iou = np.asarray(box_algebra.iou(boxes, trace["truth.boxes"], config_of(trace).box_corner))
    allowed = None
    if stage == "detections":
        allowed = trace["detections.candidate_class"][kept.rows][:, None] == trace["truth.class_ids"][None]
    return int((match(iou, kept.scores, trace["truth.is_crowd"], threshold, allowed).of_truth >= 0).sum())
