"""Two models on one data set: which objects were won and lost, where, and whether that may be chance.

Inputs: the tables of two journals over the same images, and their detections. Outputs: ``Comparison``. The test is
McNemar's, exact (McNemar 1947): of the objects that one model finds and the other does not, are there more on one side
than a fair coin gives? AP is that of masks at the IoU of the run, over 101 recalls, mean over the classes that have
objects; its interval is the percentile bootstrap over images (Efron 1979), the same images drawn for both.

Shapes: d detections; g ground-truth objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ..candidates.explanation import RIGHT
from .rows import OBJECT, VerdictTable

RESAMPLES = 300
COVERED = 0.95
SEED = 20170320
RECALLS = np.linspace(0, 1, 101)


class Change(NamedTuple):
    """An object that one of two models finds. row: of the second model's table. before, after: its verdicts."""

    row: int
    before: str
    after: str


class Interval(NamedTuple):
    """A number with the bounds that cover it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """What the second model does otherwise than the first.

    won, lost: objects that it alone finds, and that it alone misses. p_value: McNemar's. before, after: AP of each,
    0 to 1; difference: of the two, with its interval. images: how many both explained.
    """

    won: list[Change]
    lost: list[Change]
    p_value: float
    before: float
    after: float
    difference: Interval
    images: int


def compare(
    first: VerdictTable, second: VerdictTable, scored: tuple[ScoredDetections, ScoredDetections]
) -> Comparison:
    """Compare two tables, with the detections of the records that they were made of.

    Raises: ValueError where they are not about the same objects.
    """
    before, after = _verdicts(first), _verdicts(second)
    _require_same(first, second, before, after)
    won: list[Change] = []
    lost: list[Change] = []
    for key, (row, verdict) in after.items():
        other = before[key][1]
        if (verdict == "found") != (other == "found"):
            (won if verdict == "found" else lost).append(Change(row, other, verdict))
    before_ap, after_ap = (one.ap() for one in scored)
    return Comparison(
        won,
        lost,
        mcnemar(len(won), len(lost)),
        before_ap,
        after_ap,
        _difference(*scored),
        scored[0].num_images,
    )


def mcnemar(won: int, lost: int) -> float:
    """Return the p-value, two-sided and exact, of so many changes each way where both ways are equally likely.

    Source: McNemar 1947, as a test of the binomial distribution: twice the share of the 2 ** (won + lost) ways in which
    the rarer change is no more frequent.
    """
    tried, ways, term = won + lost, 0, 1
    for rarer in range(min(won, lost) + 1):
        ways += term
        term = term * (tried - rarer) // (rarer + 1)
    return min(1.0, 2 * ways / 2**tried)


class ScoredDetections:
    """The detections of a data set as AP reads them, so that AP of images drawn anew is a matter of weights."""

    def __init__(self) -> None:
        self.num_images = 0
        self._found: dict[str, list[tuple[float, int, bool]]] = {}  # by class: score, image, whether right
        self._objects: dict[str, list[int]] = {}  # by class: the image of each object

    def add(self, record: dict[str, Any]) -> None:
        """Add an image; detections that no image can be judged by are left out, and images that cannot be read."""
        if "unreadable" in record:
            return
        for one in record["truths"]:
            if one["verdict"] != "crowd":
                self._objects.setdefault(one["class"], []).append(self.num_images)
        for one in record["detections"]:
            right = one["verdict"] == "correct"
            if right or one["verdict"] not in RIGHT:
                self._found.setdefault(one["class"], []).append((one["score"] or 0.0, self.num_images, right))
        self.num_images += 1

    @cached_property
    def classes(self) -> dict[str, tuple[np.ndarray, ...]]:
        """Return of each class, once all is added: image (d,), right (d,), by falling score; objects (images,)."""
        return {
            name: _ordered(self._found.get(name, []), np.bincount(of, minlength=self.num_images))
            for name, of in self._objects.items()
        }

    def ap(self, drawn: np.ndarray | None = None) -> float:
        """Return AP, 0 to 1; drawn: how often each image counts (images,), once by default."""
        weights = np.ones(self.num_images) if drawn is None else drawn
        values = [_ap(one, weights) for one in self.classes.values()]
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else 0.0


def _ordered(found: list[tuple[float, int, bool]], objects: np.ndarray) -> tuple[np.ndarray, ...]:
    scores = np.array([one[0] for one in found])
    order = np.argsort(-scores, kind="stable")
    images, right = (np.array([one[place] for one in found], int)[order] for place in (1, 2))
    return images, right.astype(bool), objects


def _ap(of_class: tuple[np.ndarray, ...], weights: np.ndarray) -> float | None:
    """Return the mean of the best precision at or beyond each of ``RECALLS``; None for a class without objects."""
    images, right, objects = of_class
    total = float(weights @ objects)
    if not total:
        return None
    weight = weights[images]
    true, false = np.cumsum(weight * right), np.cumsum(weight * ~right)
    precision = true / np.maximum(true + false, np.finfo(float).tiny)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(true / total, RECALLS, side="left")
    return float(np.append(best, 0.0)[places].mean())


def _difference(first: ScoredDetections, second: ScoredDetections) -> Interval:
    images = first.num_images
    generator = np.random.default_rng(SEED)
    draws = generator.multinomial(images, np.full(images, 1 / images), size=RESAMPLES) if images else ()
    spread = [second.ap(drawn) - first.ap(drawn) for drawn in draws] or [0.0]
    low, high = np.quantile(spread, [(1 - COVERED) / 2, (1 + COVERED) / 2])
    return Interval(second.ap() - first.ap(), float(low), float(high))


def _verdicts(table: VerdictTable) -> dict[tuple[int, int], tuple[int, str]]:
    """Return row and verdict of each object by image and number, crowds left out."""
    return {
        (table["index"][row], table["number"][row]): (row, table["verdict"][row])
        for row, kind in enumerate(table["kind"])
        if kind == OBJECT and table["verdict"][row] != "crowd"
    }


def _require_same(
    first: VerdictTable,
    second: VerdictTable,
    before: dict[tuple[int, int], tuple[int, str]],
    after: dict[tuple[int, int], tuple[int, str]],
) -> None:
    if first.images != second.images or before.keys() != after.keys():
        raise ValueError(
            f"wanted two runs over the same images and objects, received {len(first.images)} images with "
            f"{len(before)} objects and {len(second.images)} with {len(after)}; run `maskrcnn explain` of both models "
            "on one data set, with the same --limit"
        )
    for key, (row, _) in after.items():
        if not np.allclose(first.box(before[key][0]), second.box(row), atol=0.5):
            raise ValueError(
                f"{second['image'][row]}: object {key[1]} is elsewhere in the other run: the data set has changed; "
                "run both again"
            )
