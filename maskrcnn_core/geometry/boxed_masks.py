"""Masks of one image that take memory for their objects alone: one bit a pixel, inside each object's bounds.

Inputs: masks as they are made, one after the other. Outputs: the same, one at a time, at image size or inside their
bounds. Why: 400 objects on a page of 4677 x 3307 px are 6 GB as arrays of bool, and 0.8 GB at most here.
Law: ``np.asarray(BoxedMasks.of(masks)) == masks``.

Shapes: d masks; y, x image px, or px inside a mask's bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

Part = tuple[slice, slice]  # rows and columns of an image


class Crop(NamedTuple):
    """One mask inside its bounds."""

    part: Part  # of the image
    bits: np.ndarray  # (y, byte) uint8, most significant bit left

    @property
    def pixels(self) -> np.ndarray:
        """The mask's (y, x) bool inside its bounds."""
        width = self.part[1].stop - self.part[1].start
        return np.unpackbits(self.bits, axis=1, count=width).astype(bool)


class BoxedMasks(Sequence[np.ndarray]):
    """(d, y, x) bool, of which ``masks[row]`` makes one (y, x) at a time, and ``np.asarray`` all."""

    dtype = np.dtype(bool)

    def __init__(self, crops: Iterable[Crop], size: tuple[int, int]) -> None:
        self.crops, self.size = tuple(crops), size

    @classmethod
    def of(cls, masks: Iterable[np.ndarray], size: tuple[int, int]) -> BoxedMasks:
        """Pack ``masks``, each (y, x) bool of an image of ``size``, one after the other."""
        return cls((pack(mask, extent(mask)) for mask in masks), size)

    @property
    def shape(self) -> tuple[int, int, int]:
        """How large an array of all would be."""
        return len(self.crops), *self.size

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, row: int) -> np.ndarray:  # type: ignore[override]  # rows are picked by ``rows``
        mask = np.zeros(self.size, bool)
        mask[self.crops[row].part] = self.crops[row].pixels
        return mask

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[row] for row in range(len(self)))

    def __array__(self, dtype: object = None, copy: bool | None = None) -> np.ndarray:
        return self.write(np.zeros(self.shape, bool))

    def write(self, masks: np.ndarray) -> np.ndarray:
        """Set the pixels of ``masks`` (d, y, x), all False before, and return it; the rest is not touched."""
        for mask, crop in zip(masks, self.crops, strict=True):
            mask[crop.part] = crop.pixels
        return masks

    def rows(self, rows: Iterable[int]) -> BoxedMasks:
        """Return some of the masks; they share their bits."""
        return BoxedMasks((self.crops[row] for row in rows), self.size)


Masks = np.ndarray | BoxedMasks  # (d, y, x) bool


def pack(mask: np.ndarray, part: Part) -> Crop:
    """Return ``mask`` (y, x) inside ``part``, outside of which it is empty."""
    return Crop(part, np.packbits(mask[part], axis=1))


def inside(masks: Masks, row: int) -> tuple[Part, np.ndarray]:
    """Return where in the image one of ``masks`` has pixels, and its (y, x) bool there."""
    if isinstance(masks, BoxedMasks):
        return masks.crops[row].part, masks.crops[row].pixels
    part = extent(masks[row])
    return part, masks[row][part]


def extent(mask: np.ndarray) -> Part:
    """Return the rows and columns of ``mask`` (y, x) that hold its pixels: the rest of an image costs nothing."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
