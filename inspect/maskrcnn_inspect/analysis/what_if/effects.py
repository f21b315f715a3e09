"""Effects: the detections of two traces of one image, matched, with what changed in each.

Inputs: the trace before and the trace after an intervention, or those of two models. Outputs: pairs with their change
in score, box and mask, what was lost and what is new.

Shapes: d, e detections before and after; yxyx network-input px; y, x image px.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskrcnn_core.evaluation.metrics.matching import Matches, match
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ..candidates.fates import candidate_proposal

READS = ("proposals.boxes", "box_head.class_logits", "detections.*", "pasting.*")
NO_SUPPORT = -20.0  # nat: the log-odds of what no proposal is near, a chance of 2e-9


@dataclass(frozen=True)
class Pair:
    """One detection before and after; classes, each in its own model's numbers, and scores of both.

    box_iou, mask_iou: of the two, 1 where nothing moved. kept_class: whether both classes have one name.
    """

    before: int
    after: int
    class_before: int
    class_after: int
    score_before: float
    score_after: float
    box_iou: float
    mask_iou: float
    kept_class: bool

    @property
    def score_change(self) -> float:
        """Score after minus score before."""
        return self.score_after - self.score_before


@dataclass(frozen=True)
class Effect:
    """What became of the detections: ``pairs`` in the order of before, rows ``lost`` of before, ``new`` of after.

    Law: each row of before is in one pair or lost, each row of after in one pair or new.
    """

    pairs: tuple[Pair, ...]
    lost: tuple[int, ...]
    new: tuple[int, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether all detections stayed as they were, to the last bit of their scores and pixel of their masks."""
        same = all(p.score_change == 0 and p.kept_class and p.mask_iou == p.box_iou == 1 for p in self.pairs)
        return same and not self.lost and not self.new


class Support(NamedTuple):
    """Probability of a class, and its log-odds, nat: they still tell 0.9999 from 0.999999, where a score saturates."""

    prob: float
    log_odds: float


def find_effect(before: Trace, after: Trace, threshold: float = 0.5) -> Effect:
    """Match the detections of two traces of one image by their boxes (IoU >= ``threshold``), one to one.

    First within classes of one name, since two classes may be reported at one place; then what is left.
    """
    found = find_partners(before, after, threshold)
    pairs = tuple(
        _pair(before, after, (row, int(other)), float(found.iou[other, row]), bool(found.same[other, row]))
        for row, other in enumerate(found.of_before)
        if other >= 0
    )
    lost = tuple(np.flatnonzero(found.of_before < 0).tolist())
    new = tuple(np.setdiff1d(np.arange(len(found.iou)), found.of_before).tolist())
    return Effect(pairs, lost, new)


class Partners(NamedTuple):
    """of_before: (d,) the row after of each detection before, or -1. iou, same (e, d): of boxes, of class names."""

    of_before: np.ndarray
    iou: np.ndarray
    same: np.ndarray


def find_partners(before: Trace, after: Trace, threshold: float = 0.5) -> Partners:
    """Match the detections as ``find_effect`` does, without looking at their masks."""
    boxes = [trace["detections.boxes"] for trace in (before, after)]
    iou = np.asarray(box_algebra.iou(boxes[1], boxes[0], config_of(before).box_corner))
    scores, no_crowd = after["detections.scores"], np.zeros(len(boxes[0]), bool)
    same = _class_names(after)[:, None] == _class_names(before)[None]
    of_before = match(iou, scores, no_crowd, threshold, same).of_truth
    free = (of_before < 0)[None] & ~np.isin(np.arange(len(boxes[1])), of_before)[:, None]
    second: Matches = match(iou, scores, no_crowd, threshold, free)
    return Partners(np.where(of_before < 0, second.of_truth, of_before), iou, same)


def _class_names(trace: Trace) -> np.ndarray:
    """Return the name of each detection's class."""
    return np.array(config_of(trace).class_names)[trace["detections.class_ids"]]


def _pair(before: Trace, after: Trace, rows: tuple[int, int], box_iou: float, kept_class: bool) -> Pair:
    row, other = rows
    return Pair(
        row,
        other,
        int(before["detections.class_ids"][row]),
        int(after["detections.class_ids"][other]),
        float(before["detections.scores"][row]),
        float(after["detections.scores"][other]),
        box_iou,
        mask_iou(before["pasting.masks"][row], after["pasting.masks"][other]),
        kept_class,
    )


def mask_iou(a: np.ndarray, b: np.ndarray) -> float:
    """Return the IoU of two masks (y, x) bool; 1 where both are empty."""
    union = int((a | b).sum())
    return float((a & b).sum() / union) if union else 1.0


def support(trace: Trace, box: np.ndarray, class_id: int, threshold: float = 0.5) -> Support:
    """Return how sure the box head is that an object of ``class_id`` is at ``box`` (yxyx, network-input px), reported
    or not.

    Of the proposals whose box, before or after refinement, has IoU >= ``threshold`` with ``box`` the surest. It goes
    on where a score ends: below the minimum score, suppressed, or taken for another class.
    """
    config = config_of(trace)
    near, refined = (
        np.asarray(box_algebra.iou(trace[name], box[None], config.box_corner))[:, 0]
        for name in ("proposals.boxes", "detections.clipped")
    )
    if config.detections.candidates == "every":  # a proposal has a refined box for each class
        refined = np.where(trace["detections.candidate_class"] == class_id, refined, 0.0)
    near = near.copy()
    np.maximum.at(near, candidate_proposal(trace), refined)
    logits = trace["box_head.class_logits"][near >= threshold].astype(np.float64)
    own = logits[:, class_id]
    others = np.delete(logits, class_id, axis=1)
    odds = own - np.logaddexp.reduce(others, axis=1)
    best = float(odds.max(initial=NO_SUPPORT))
    return Support(float(1 / (1 + np.exp(-best))), best)


def support_of(before: Trace, detection: int, after: Trace) -> Support:
    """Return the support in ``after`` for ``detection`` of ``before``. Raises: IndexError for a row not there."""
    box, class_id = target_of(before, detection)
    return support(after, box, class_id)


def target_of(trace: Trace, detection: int) -> tuple[np.ndarray, int]:
    """Return box (yxyx, network-input px) and class of a detection. Raises: IndexError for a row that is not there."""
    count = len(trace["detections.boxes"])
    if not 0 <= detection < count:
        raise IndexError(f"wanted a detection of 0 to {count - 1}, received {detection}")
    return trace["detections.boxes"][detection], int(trace["detections.class_ids"][detection])
