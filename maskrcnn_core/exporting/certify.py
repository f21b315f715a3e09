"""Certification: an export beside TensorFlow on the same images, tensor by tensor.

Inputs: the tensors that both made of an image, by name. Outputs: of each tensor the largest difference, relative to the
tensor's largest magnitude, and how many rows only one of both has.

Why rows: engines sum in different orders, so that scores differ in their last bits. Where two anchors are nearly tied,
the two engines may rank them the other way round, and NMS then keeps the other one. Rows are therefore matched as
sets, by what they are (an anchor; a proposal's anchor and a class), and compared with their own counterpart.

Shapes: as in ``TENSORS``; k, n, c, d are the axes of rows that the network chooses.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..config import Config
from ..recording.tensors import spec_of

TOLERANCE = 1e-4  # of a difference, relative to the tensor's largest magnitude
MOST_APART = 0.01  # share of rows that near ties may cost; at least one
CHOSEN = "kncd"  # axes of rows that depend on comparisons

Tensors = Mapping[str, Any]


class Difference(NamedTuple):
    """How far a tensor is from TensorFlow's. rows: compared; apart: that one of both lacks, or rounds otherwise."""

    name: str
    largest: float  # relative to the largest magnitude; infinite where shapes differ
    rows: int
    apart: int

    def exceeds(self, tolerance: float) -> bool:
        """Return whether it is more than ``tolerance``, or more rows are apart than near ties explain."""
        return not self.largest <= tolerance or self.apart > max(1, math.ceil(MOST_APART * self.rows))


def worst_of(images: Iterable[Sequence[Difference]]) -> list[Difference]:
    """Return the largest difference of each tensor over several images, in their order; rows are summed."""
    found: dict[str, Difference] = {}
    for one in (difference for image in images for difference in image):
        before = found.get(one.name, Difference(one.name, 0.0, 0, 0))
        largest = max(before.largest, one.largest)
        found[one.name] = Difference(one.name, largest, before.rows + one.rows, before.apart + one.apart)
    return list(found.values())


def compare(expected: Tensors, received: Tensors, config: Config) -> list[Difference]:
    """Return how far each of ``received`` is from ``expected``, TensorFlow's, of the same image.

    Raises: ValueError for a tensor that was not expected.
    """
    strange = [name for name in received if name not in expected]
    if strange:
        raise ValueError(f"wanted tensors that TensorFlow made too, received {', '.join(strange)} besides")
    matches = {axis: _match(axis, expected, received) for axis in CHOSEN}
    return [_difference(name, expected, received, matches, config) for name in received]


def _match(axis: str, expected: Tensors, received: Tensors) -> tuple[np.ndarray, np.ndarray] | None:
    """Return which rows of an axis are the same in both, as two index arrays; None where nothing tells."""
    mine, theirs = _identities(axis, expected), _identities(axis, received)
    if mine is None or theirs is None:
        return _match_boxes(expected, received) if axis == "d" else None
    places = {identity: row for row, identity in enumerate(theirs)}
    pairs = [(row, places[identity]) for row, identity in enumerate(mine) if identity in places]
    return _columns(pairs)


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.intp).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _identities(axis: str, tensors: Tensors) -> list[Hashable] | None:
    """Return what each row of an axis is, whatever its place; None where the tensors do not tell."""
    names = {
        "k": ("proposals.top_k_index",),
        "n": ("proposals.anchor_index",),
        "c": ("proposals.anchor_index", "detections.candidate_proposal", "detections.candidate_class"),
        "d": ("proposals.anchor_index", "detections.proposal_index", "detections.class_ids"),
    }[axis]
    if not all(name in tensors for name in names):
        return None
    first, *more = (np.asarray(tensors[name]) for name in names)
    if not more:
        return first.tolist()
    return list(zip(first[more[0]].tolist(), more[1].tolist(), strict=True))


def _match_boxes(expected: Tensors, received: Tensors) -> tuple[np.ndarray, np.ndarray] | None:
    """Match detections by class and the nearest box, at most two pixels away."""
    name = next((n for n in ("detections.boxes", "pasting.boxes") if n in received and n in expected), None)
    if name is None:
        return None
    mine, theirs = (np.asarray(tensors[name], np.float64) for tensors in (expected, received))
    classes = [np.asarray(tensors["detections.class_ids"]) for tensors in (expected, received)]
    free, pairs = set(range(len(theirs))), list[tuple[int, int]]()
    for row, box in enumerate(mine):
        near = {other: np.abs(theirs[other] - box).max() for other in free}
        same = [other for other in near if classes[1][other] == classes[0][row] and near[other] <= 2]
        if same:
            best = min(same, key=near.__getitem__)
            free.remove(best)
            pairs.append((row, best))
    return _columns(pairs)


def _difference(
    name: str,
    expected: Tensors,
    received: Tensors,
    matches: Mapping[str, tuple[np.ndarray, np.ndarray] | None],
    config: Config,
) -> Difference:
    """Compare one tensor, row by row of those that are the same in both."""
    spec = spec_of(name, config)
    mine, theirs = np.asarray(expected[name]), np.asarray(received[name])
    match = matches.get(spec.axes[0]) if spec.axes else None
    apart = 0
    if match is not None:
        apart = len(mine) + len(theirs) - 2 * len(match[0])
        mine, theirs = mine[match[0]], theirs[match[1]]
    rows = len(mine) if mine.ndim else 1
    if mine.shape != theirs.shape:
        return Difference(name, math.inf, rows, apart)
    if spec.unit.startswith("->"):
        return Difference(name, 0.0, rows, apart + _elsewhere(spec.unit, mine, theirs, matches))
    if mine.dtype.kind in "bi":  # whole: a rounding or a threshold decides, not a difference
        return Difference(name, *_of_whole(mine, theirs, rows, apart))
    return Difference(name, _relative(mine, theirs), rows, apart)


def _relative(mine: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference over the largest magnitude; NaN has to meet NaN, infinity infinity."""
    if not mine.size:
        return 0.0
    finite = np.isfinite(mine)
    if (
        not np.array_equal(mine[~finite], theirs[~finite], equal_nan=True)
        or not np.isfinite(theirs[finite]).all()
    ):
        return math.inf
    most = np.abs(mine[finite]).max(initial=0.0)
    away = np.abs(mine[finite].astype(np.float64) - theirs[finite]).max(initial=0.0)
    return float(away / max(most, 1e-12))


def _of_whole(mine: np.ndarray, theirs: np.ndarray, rows: int, apart: int) -> tuple[float, int, int]:
    """Compare whole numbers: masks by their share of pixels, boxes in whole px by rows that rounded otherwise."""
    if mine.dtype == bool:
        return float((mine != theirs).sum() / max(int(mine.sum()), 1)), rows, apart
    away = np.abs(mine.astype(np.int64) - theirs)
    rounded = int((away == 1).any(axis=tuple(range(1, away.ndim))).sum()) if away.ndim else 0
    return (math.inf if (away > 1).any() else 0.0), rows, apart + rounded


def _elsewhere(
    unit: str,
    mine: np.ndarray,
    theirs: np.ndarray,
    matches: Mapping[str, tuple[np.ndarray, np.ndarray] | None],
) -> int:
    """Return how many rows point at different rows of the axis that ``unit`` names."""
    match = matches.get(unit.removeprefix("->").strip())
    if match is None:
        return int((mine != theirs).sum())
    ours = dict(zip(match[1].tolist(), match[0].tolist(), strict=True))
    return sum(ours.get(int(other), -1) != int(row) for row, other in zip(mine, theirs, strict=True))
