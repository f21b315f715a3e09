"""Error types: what kind of mistake each false detection and each missed ground-truth object is.

Inputs: ground-truth objects and detections, an image at a time. Outputs: a type for every detection and ground truth,
and with ``error_costs`` the AP that each type costs.

Types, with IoU_own and IoU_other the highest overlap of an unmatched detection with a ground-truth object of its class
and of another class (TIDE, section 2.2; Bolya et al. 2020), t_f = 0.5 and t_b = 0.1:
- ``Loc``: t_b <= IoU_own < t_f: right class, badly placed
- ``Cls``: IoU_other >= t_f: well placed, wrong class
- ``Dupe``: IoU_own >= t_f: the ground truth was found already, by a better score
- ``Bkg``: IoU_own <= t_b and IoU_other <= t_b: nothing is there
- ``Both``: what is left: t_b < IoU_other < t_f: wrong class and badly placed
- ``Miss``: a ground-truth object that no detection found, and none of type Cls or Loc would find if it were put right
A detection has the first of these that holds, in this order, which is that of the authors' program (dbolya/tide). At
exactly t_f and t_b, where the paper's ranges overlap, a detection that would match if the ground truth were free is a
Dupe.

Shapes: d detections; g ground-truth objects; K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .error_costs import ErrorReport, Row, cost_of_errors
from .matching import Matches, match, rank_in_class, same_class
from .objects import Objects, overlaps

TYPES = ("Cls", "Loc", "Both", "Dupe", "Bkg", "Miss")
CLS, LOC, BOTH, DUPE, BKG = range(5)
CORRECT, IGNORED = -1, -2


@dataclass(frozen=True)
class Thresholds:
    """IoU limits. positive: from which a detection has found an object (t_f); background: up to which it hit
    nothing.
    """

    positive: float = 0.5  # TIDE, section 2.2
    background: float = 0.1  # TIDE, section 2.2


class Judgement(NamedTuple):
    """What one image's detections and ground-truth objects are.

    type: (d,) int, an index into ``TYPES``, ``CORRECT`` or ``IGNORED`` (in a crowd, or beyond the maximum).
    truth: (d,) int -> g, the ground truth it found, would find if put right, or doubles; -1 for none.
    fixed_class: (d,) int, the class in which it is right once its error is fixed; 0 where fixing takes it away.
    undetected, missed: (g,) bool, ground-truth objects without a detection, and those of type Miss among them.
    """

    type: np.ndarray
    truth: np.ndarray
    fixed_class: np.ndarray
    undetected: np.ndarray
    missed: np.ndarray


class ErrorTypes:
    """Collects the types of a data set's errors.

    max_detections: best detections an image and class that count, as in AP.
    Memory: 25 bytes a detection.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        kind: str = "segm",
        thresholds: Thresholds = Thresholds(),
        max_detections: int = 100,
    ) -> None:
        self.class_names, self.kind = tuple(class_names), kind
        self.thresholds, self.max_detections = thresholds, max_detections
        self._rows: list[np.ndarray] = []
        self._truths = np.zeros((3, len(self.class_names)), np.int64)  # all, undetected, missed; by class

    def add(self, truths: Objects, detections: Objects, iou: np.ndarray | None = None) -> Judgement:
        """Add one image and return what its detections and ground-truth objects are; ``iou`` (d, g) saves computing
        it.
        """
        iou = overlaps(detections, truths, self.kind) if iou is None else iou
        counted = rank_in_class(detections.class_ids, detections.scores) < self.max_detections
        judged = judge(truths, detections, iou, self.thresholds, counted)
        keep = judged.type != IGNORED
        rows = np.zeros(int(keep.sum()), Row)
        rows["class_id"], rows["score"] = detections.class_ids[keep], detections.scores[keep]
        rows["type"], rows["fixed_class"] = judged.type[keep], judged.fixed_class[keep]
        self._rows.append(rows)
        for place, chosen in enumerate((~truths.is_crowd, judged.undetected, judged.missed)):
            np.add.at(self._truths[place], truths.class_ids[chosen], 1)
        return judged

    def report(self) -> ErrorReport:
        """Return the number of errors of each type and the AP that they cost."""
        rows = np.concatenate([np.zeros(0, Row), *self._rows])
        return cost_of_errors(rows, self._truths, TYPES)


def judge(
    truths: Objects, detections: Objects, iou: np.ndarray, limits: Thresholds, counted: np.ndarray
) -> Judgement:
    """Return the types of one image. iou: (d, g). counted: (d,) bool, detections within the maximum."""
    same, real = same_class(detections, truths), ~truths.is_crowd
    matches = match(iou, detections.scores, truths.is_crowd, limits.positive, same & counted[:, None])
    own, own_truth = _highest(np.where(same & real, iou, 0.0))
    other, other_truth = _highest(np.where(~same & real, iou, 0.0))
    types = np.select(
        [
            (limits.background <= own) & (own < limits.positive),
            other >= limits.positive,
            own >= limits.positive,
            np.maximum(own, other) <= limits.background,
        ],
        [LOC, CLS, DUPE, BKG],
        BOTH,
    )
    types[matches.of_detection >= 0] = CORRECT
    types[matches.ignored | ~counted] = IGNORED
    truth = np.select(
        [types == CORRECT, types == CLS, (types == LOC) | (types == DUPE)],
        [matches.of_detection, other_truth, own_truth],
        -1,
    )
    undetected = (matches.of_truth < 0) & real
    fixed, usable = _fixes(types, truth, matches, truths, detections.scores)
    return Judgement(types, truth, fixed, undetected, undetected & ~usable)


def _fixes(
    types: np.ndarray, truth: np.ndarray, matches: Matches, truths: Objects, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the class in which each detection is right once fixed, (d,), and which ground-truth objects would be found
    so, (g,).

    An object takes one detection only: that of the best score among its Cls and Loc errors, if nothing found it
    yet. The others are taken away (TIDE, section 2.3: "suppress the lower scoring detection").
    """
    fixed, usable = np.zeros(len(types), np.int64), np.zeros(len(truths), bool)
    for detection in np.argsort(-scores, kind="stable"):
        wanted = truth[detection]
        if types[detection] in (CLS, LOC) and matches.of_truth[wanted] < 0 and not usable[wanted]:
            fixed[detection], usable[wanted] = truths.class_ids[wanted], True
    return fixed, usable


def _highest(iou: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each detection's highest IoU and the ground truth it is with; 0 and -1 where there are no ground-truth
    objects.
    """
    if not iou.shape[1]:
        return np.zeros(len(iou)), np.full(len(iou), -1)
    return iou.max(axis=1), iou.argmax(axis=1)
