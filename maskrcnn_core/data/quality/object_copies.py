"""Copies of objects: the same object in two images, as where it was cut out and pasted, or where two tiles overlap.

Inputs: looks of objects (``object_looks``) and the images that they are in, of one data set or of two parts of it.
Outputs: for each object the one of another image that it is most a copy of, if any. Two objects are as alike as the
cosine between their textures, the best of the eight ways to turn one.

Not all pairs are judged: a copy has nearly the area, the colour and the contrast of what it was made of, also where it
was resized by a tenth and stored anew as JPEG. Objects are sorted into cells by area and colour, and compared with
those of the cells around, first by the bound that ``near_copies`` has, then in every of the eight ways, then by the
outlines of their masks.

Shapes: n objects; m of the other part; k candidates; v ways to turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .looks import TURNS
from .near_copies import alike_of, sizes_of
from .object_looks import masks_of

ALIKE = 0.88  # from which two objects are copies; how often that is right is measured, see the docs
OUTLINE = 0.8  # IoU of the masks of their boxes, resized to one size, from which outlines are the same
# by which copies differ at most: logarithms, grey values, logarithms
AREA, COLOUR, CONTRAST = 0.3, 8, 0.5
ROUNDING = 1e-4  # of float32, by which sums may be off
ROWS, COLUMNS, CANDIDATES = 512, 8192, 4096  # judged at once


class ObjectCopy(NamedTuple):
    """object is a copy of ``of``, both by their rows. alike: 0 to 1. turn: what was done to ``of``, of ``TURNS``."""

    object: int
    of: int
    alike: float
    turn: str


def object_copies(
    looks: np.ndarray,
    images: np.ndarray,
    others: np.ndarray | None = None,
) -> list[ObjectCopy]:
    """Return the objects of ``looks`` (n,) that are copies of one of an earlier image, or of one of ``others`` (m,).

    images: (n,) the place of the image that each object is in, ascending. Each object is named once, with the one that
    it is most alike; the first of several.
    """
    against = looks if others is None else others
    best = _Best(len(looks))
    sizes, their_sizes = sizes_of(looks["numbers"]), sizes_of(against["numbers"])
    for rows, columns in _neighbours(looks, against):
        bound = sizes[rows] @ their_sizes[columns].T
        places = divmod(np.flatnonzero(bound >= ALIKE - ROUNDING), bound.shape[1])
        ours, theirs = rows[places[0]], columns[places[1]]
        kept = _may_be_copies(looks[ours], against[theirs])
        if others is None:
            kept &= images[theirs] < images[ours]
        ours, theirs = ours[kept], theirs[kept]
        for first in range(0, len(ours), CANDIDATES):
            part = np.s_[first : first + CANDIDATES]
            best.take(ours[part], theirs[part], _alike(looks[ours[part]], against[theirs[part]]))
    return best.copies()


def _neighbours(looks: np.ndarray, against: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows of ``looks`` and of ``against`` among which there may be copies, so few that all pairs fit memory."""
    cells, theirs = _cells(looks), _cells(against)
    for (area, colour), rows in cells.items():
        around = [(area + i, colour + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        columns = np.sort(np.concatenate([theirs.get(cell, np.zeros(0, int)) for cell in around]))
        for top in range(0, len(rows), ROWS):
            for left in range(0, len(columns), COLUMNS):
                yield rows[top : top + ROWS], columns[left : left + COLUMNS]


def _cells(looks: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Return the rows of looks by cell: so wide that copies lie in the same or in neighbouring ones."""
    area = np.floor(np.log(looks["area"]) / AREA).astype(int)
    colour = np.floor(looks["colour"].astype(float).mean(axis=1) / COLOUR).astype(int)
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, cell in enumerate(zip(area.tolist(), colour.tolist(), strict=True)):
        found[cell].append(row)
    return {cell: np.array(rows) for cell, rows in found.items()}


def _may_be_copies(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Tell (k,) of pairs whether they differ no more than copies do in area, colour and contrast."""
    colours = np.abs(ours["colour"].astype(int) - theirs["colour"]).max(axis=1, initial=0)
    area, contrast = (np.abs(np.log(ours[name] / theirs[name])) for name in ("area", "contrast"))
    return np.asarray((colours <= COLOUR) & (area <= AREA) & (contrast <= CONTRAST))


def _alike(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return (v, k): how alike pairs are, each way to turn; 0 where their outlines are not."""
    alike = alike_of(ours["numbers"], theirs["numbers"])
    wanted = masks_of(theirs)
    for way, masks in zip(alike, _turned_masks(masks_of(ours)), strict=True):
        shared, both = ((masks & wanted).sum(axis=(1, 2)), (masks | wanted).sum(axis=(1, 2)))
        way[shared < OUTLINE * both] = 0
    return alike


def _turned_masks(masks: np.ndarray) -> Iterator[np.ndarray]:
    """Yield masks (k, y, x) each way to turn, in the order of ``looks.turned``."""
    for one in (masks, masks.swapaxes(1, 2)):
        yield from (one, one[:, :, ::-1], one[:, ::-1], one[:, ::-1, ::-1])


class _Best:
    """The best that was found so far for each object: alike, of, turn (n,)."""

    def __init__(self, count: int) -> None:
        self.alike = np.zeros(count, np.float32)
        self.of = np.full(count, -1)
        self.turn = np.zeros(count, int)

    def take(self, objects: np.ndarray, of: np.ndarray, alike: np.ndarray) -> None:
        """Take the candidates (k,) that are better than what there is; of equal ones the first by its row."""
        turn, value = alike.argmax(axis=0), alike.max(axis=0)
        for k in np.flatnonzero(value >= ALIKE):
            one, better = objects[k], value[k] - self.alike[objects[k]]
            if better > ROUNDING or (better > -ROUNDING and of[k] < self.of[one]):
                self.alike[one], self.of[one], self.turn[one] = value[k], of[k], turn[k]

    def copies(self) -> list[ObjectCopy]:
        """Return what was found, in the order of the objects."""
        return [
            ObjectCopy(int(i), int(self.of[i]), float(min(self.alike[i], 1)), TURNS[self.turn[i]])
            for i in np.flatnonzero(self.of >= 0)
        ]
