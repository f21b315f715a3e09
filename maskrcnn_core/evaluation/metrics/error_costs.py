"""Error costs: the AP that a model would gain if one type of its errors were put right.

Inputs: every detection with its type, and the number of ground-truth objects. Outputs: AP at one IoU, and for each type
by how much it rises when that type alone is fixed (TIDE, section 2.3, eq. 1: dAP_o = AP_o - AP).

How each type is fixed:
- ``Cls``, ``Loc``: the detection becomes right, or goes where its ground truth is taken
- ``Dupe``, ``Bkg``, ``Both``: the detection goes
- ``Miss``: the ground truth is no longer asked for
- ``FP``: all false detections go, whatever type; ``FN``: no ground truth that was not found is asked for

Shapes: n detections of all images; K classes; R recalls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .average import NOTHING, RECALLS

Row = np.dtype([("class_id", np.int64), ("score", np.float64), ("type", np.int8), ("fixed_class", np.int64)])


@dataclass(frozen=True)
class ErrorReport:
    """What goes wrong, and what it costs.

    ap50: mean AP over classes at the IoU t_f, 0 to 1; -1 without ground-truth objects. It equals COCO's AP50 at t_f =
    0.5.
    counts: errors by type. costs: AP gained by fixing a type alone, 0 to 1, by type; likewise ``FP`` and ``FN``.
    The costs do not add up to what is missing to 1: fixing one type uncovers another.
    """

    ap50: float
    counts: dict[str, int]
    costs: dict[str, float]
    summary: dict[str, float]

    def as_json(self) -> dict[str, object]:
        """Return plain values; None where nothing is there to measure."""
        measured = self.ap50 > NOTHING
        return {
            "AP50": self.ap50 if measured else None,
            "counts": self.counts,
            "dAP50": self.costs if measured else None,
            "summary": self.summary if measured else None,
        }


def cost_of_errors(rows: np.ndarray, truths: np.ndarray, types: Sequence[str]) -> ErrorReport:
    """Return counts and costs.

    rows: (n,) ``Row``, type -1 for right detections. truths: (3, K) numbers of all, undetected and missed ground-truth
    objects.
    types: names; the last, Miss, is of ground-truth objects.
    """
    every, undetected, missed = truths
    asked = every > 0
    base = _mean_ap(rows, every, asked)
    fixed_rows = [_fixed(rows, number) for number in range(len(types) - 1)]
    fixed = [_mean_ap(changed, every, asked) for changed in fixed_rows]
    fixed.append(_mean_ap(rows, every - missed, asked))
    counts = [int((rows["type"] == number).sum()) for number in range(len(types) - 1)] + [int(missed.sum())]
    special = {
        "FP": _mean_ap(rows[rows["type"] == -1], every, asked),
        "FN": _mean_ap(rows, every - undetected, asked),
    }
    return ErrorReport(
        base,
        dict(zip(types, counts, strict=True)),
        # below 0 by the 101 recalls alone, which a fix shifts against the curve; dbolya/tide cuts it off as well
        {name: max(0.0, value - base) for name, value in zip(types, fixed, strict=True)},
        {name: max(0.0, value - base) for name, value in special.items()},
    )


def _fixed(rows: np.ndarray, number: int) -> np.ndarray:
    """Return ``rows`` with the errors of one type put right."""
    wrong = rows["type"] == number
    changed = rows[~wrong | (rows["fixed_class"] > 0)]
    right = changed["type"] == number
    changed["class_id"][right] = changed["fixed_class"][right]
    changed["type"][right] = -1
    return changed


def _mean_ap(rows: np.ndarray, num_truths: np.ndarray, asked: np.ndarray) -> float:
    """Return the mean AP over the classes ``asked`` (K,) bool; -1 if there are none.

    A class of which a fix left neither ground-truth objects nor detections is left out; if that is all, nothing is
    wrong any more: 1.
    """
    if not asked.any():
        return NOTHING
    values = []
    for class_id in np.flatnonzero(asked):
        of_class = rows[rows["class_id"] == class_id]
        if num_truths[class_id] or len(of_class):
            values.append(
                average_precision(of_class["score"], of_class["type"] == -1, int(num_truths[class_id]))
            )
    return float(np.mean(values)) if values else 1.0


def average_precision(scores: np.ndarray, correct: np.ndarray, num_truths: int) -> float:
    """Return the mean over R recalls of the best precision at that recall or beyond, 0 where it is not reached.

    scores: (n,); of equal scores the earlier counts first. correct: (n,) bool. Without ground-truth objects, 0.
    Source: ``COCOeval.accumulate`` for one IoU, class, size and maximum.
    """
    if not num_truths or not len(scores):
        return 0.0
    precision, recall = precision_recall(scores, correct, num_truths)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(best, 0.0)[np.minimum(place, len(best))].mean())


def precision_recall(
    scores: np.ndarray, correct: np.ndarray, num_truths: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall (n,) of the best detection, the best two and so on."""
    found = np.cumsum(correct[np.argsort(-scores, kind="stable")])
    return found / np.arange(1, len(scores) + 1), found / num_truths
