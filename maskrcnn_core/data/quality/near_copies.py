"""Near copies: images that were stored anew, resized, made brighter, cropped a little, mirrored or turned.

Inputs: looks, of one data set or of two parts of it. Outputs: for each image the one that it is most a copy of, if
any. Two images are as alike as the cosine between their structures, the best of the eight ways to turn one.

All pairs are judged, without trying eight ways for each: mirroring and turning keep the size of each number together
with the one that it may swap places with, so the cosine of these sizes is never below that of the structures, whichever
way is the best (Cauchy-Schwarz). What it leaves is few pairs.

Shapes: n looks; m looks of the other part; f, f frequencies; c colours; v ways to turn; k candidates;
s sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .looks import DIGEST, FREQUENCIES, TURNS, numbers_of, structures_of, turned

ALIKE = 0.88  # from which two images are near copies; how often that is right is measured, see the docs
SURE = 0.995  # from which no better one is looked for, so that 100,000 frames of one scene are no 10^10 pairs
ROUNDING = 1e-4  # of float32, by which sums may be off
ROWS, COLUMNS, CANDIDATES = 512, 8192, 512  # judged at once


class Copy(NamedTuple):
    """image is a near copy of ``of``, both by their places. alike: 0 to 1, 1 for the same pixels.

    turn: what was done to ``of``, one of ``TURNS``.
    """

    image: int
    of: int
    alike: float
    turn: str
    same_pixels: bool

    @property
    def how(self) -> str:
        """Return in words how alike they are."""
        return (
            "the same pixels"
            if self.same_pixels
            else f"{self.alike:.3f} alike" + f", {self.turn}" * bool(self.turn)
        )


def near_copies(looks: Sequence[bytes], others: Sequence[bytes] | None = None) -> list[Copy]:
    """Return the images of ``looks`` that are near copies of one before them, or of one of ``others``, in order.

    Each is named once, with the one that it is most alike; the first of several.
    """
    within = others is None
    against = looks if others is None else others
    best = _Best(len(looks))
    kept = best.take_same_pixels(looks, against, within)
    numbers, theirs = numbers_of(looks), numbers_of([against[place] for place in kept])
    their_sizes = sizes_of(theirs)
    for top in range(0, len(looks), ROWS):
        images = top + np.flatnonzero(~best.same[top : top + ROWS])
        sizes = sizes_of(numbers[images])
        stop = np.searchsorted(kept, top + ROWS) if within else len(kept)
        for left in range(0, stop, COLUMNS):
            bound = sizes @ their_sizes[left : min(left + COLUMNS, stop)].T
            bound[best.alike[images] >= SURE] = 0
            rows, columns = divmod(np.flatnonzero(bound >= ALIKE - ROUNDING), bound.shape[1])
            columns += left
            if within:
                before = kept[columns] < images[rows]
                rows, columns = rows[before], columns[before]
            for first in range(0, len(rows), CANDIDATES):
                part = np.s_[first : first + CANDIDATES]
                ours = images[rows[part]]
                best.take(ours, kept[columns[part]], alike_of(numbers[ours], theirs[columns[part]]))
    return best.copies()


def sizes_of(numbers: np.ndarray) -> np.ndarray:
    """Return (n, s) of length 1: the size of each number of the structure together with the one it may swap with."""
    down, across = np.triu_indices(FREQUENCIES)
    found = np.zeros((len(numbers), len(down) * numbers.shape[-1]), np.float32)
    for first in range(0, len(numbers), CANDIDATES):
        squares = np.square(structures_of(numbers[first : first + CANDIDATES]))
        pairs = squares[:, down, across] + (down != across)[:, None] * squares[:, across, down]
        found[first : first + CANDIDATES] = np.sqrt(pairs).reshape(len(pairs), found.shape[1])
    return found


def alike_of(numbers: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return (v, k): how alike pairs of looks are, each way to turn; of both their numbers (k, f, f, c)."""
    ways, wanted = turned(structures_of(numbers)), structures_of(theirs)
    return np.stack([(way * wanted).sum(axis=(1, 2, 3)) for way in ways])


class _Best:
    """The best that was found so far for each image: alike, of, turn (n,)."""

    def __init__(self, count: int) -> None:
        self.alike = np.zeros(count, np.float32)
        self.of = np.full(count, -1)
        self.turn = np.zeros(count, int)
        self.same = np.zeros(count, bool)

    def take_same_pixels(self, looks: Sequence[bytes], against: Sequence[bytes], within: bool) -> np.ndarray:
        """Take images with the same pixels; return the places of ``against``, of the same pixels the first."""
        first: dict[bytes, int] = {}
        for place, look in enumerate(against):
            first.setdefault(look[:DIGEST], place)
        for image, look in enumerate(looks):
            of = first.get(look[:DIGEST])
            if of is not None and not (within and of == image):
                self.alike[image], self.of[image], self.same[image] = 1, of, True
        return np.array(list(first.values()), int)

    def take(self, images: np.ndarray, of: np.ndarray, alike: np.ndarray) -> None:
        """Take the candidates (k,), first come first served, that are better than what there is."""
        turn, value = alike.argmax(axis=0), alike.max(axis=0)
        for k in np.flatnonzero((value >= ALIKE) & (value > self.alike[images] + ROUNDING)):
            image = images[k]
            if value[k] > self.alike[image] + ROUNDING:
                self.alike[image], self.of[image], self.turn[image] = value[k], of[k], turn[k]

    def copies(self) -> list[Copy]:
        """Return what was found."""
        return [
            Copy(
                int(i), int(self.of[i]), float(min(self.alike[i], 1)), TURNS[self.turn[i]], bool(self.same[i])
            )
            for i in np.flatnonzero(self.of >= 0)
        ]
