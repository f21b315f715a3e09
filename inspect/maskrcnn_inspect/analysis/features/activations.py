"""Activations in numbers: what a map of many channels holds, channel by channel and summed up.

Nothing is clipped or cast: what is not finite stays so, all the way into every sum that it goes into.

Shapes: y, x cells of a map; channel; tile y, x cells of a small copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SUMMARIES = ("energy", "mean", "max")


def summarise(features: np.ndarray, how: str = "energy") -> np.ndarray:
    """Return a map (y, x) of ``features`` (y, x, channel): root mean square, mean or maximum over channels."""
    with np.errstate(invalid="ignore"):  # infinity less infinity is no number, and is shown as that
        if how == "energy":
            return np.sqrt(np.mean(np.square(features, dtype=np.float64), axis=-1))
        if how == "mean":
            return np.asarray(features.mean(axis=-1, dtype=np.float64))
        if how == "max":
            return np.asarray(features.max(axis=-1))
    raise ValueError(f"wanted {', '.join(SUMMARIES)}, received {how!r}")


@dataclass(frozen=True)
class Channels:
    """The channels of a map, each as one number.

    energy: (channel,) float64, root mean square over the cells, NaN or infinity where a cell is. dead: (channel,)
    bool, 0 in every cell. nan, infinite: (channel,) int, how many cells are that.
    """

    energy: np.ndarray
    dead: np.ndarray
    nan: np.ndarray
    infinite: np.ndarray

    @property
    def order(self) -> np.ndarray:
        """Return the channels (channel,): first those that are not finite, then by energy, the strongest first."""
        return np.argsort(-np.nan_to_num(self.energy, nan=np.inf, posinf=np.inf), kind="stable")

    def mark(self, channel: int) -> str:
        """Say what is wrong with a channel; "" for nothing."""
        if self.nan[channel] or self.infinite[channel]:
            counts = {"NaN": self.nan[channel], "infinite": self.infinite[channel]}
            return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        return "dead" if self.dead[channel] else ""


def channels_of(features: np.ndarray) -> Channels:
    """Return the numbers of each channel of ``features`` (y, x, channel)."""
    cells = (0, 1)
    energy = np.sqrt(np.square(features, dtype=np.float64).mean(axis=cells))
    dead = (features == 0).all(axis=cells)
    return Channels(energy, dead, np.isnan(features).sum(axis=cells), np.isinf(features).sum(axis=cells))


def shrink(features: np.ndarray, most: int) -> tuple[np.ndarray, int]:
    """Return ``features`` (y, x, channel) with at most ``most`` cells a side, and how many cells a side became one.

    A cell is the mean of its block; a block with NaN or infinity is not finite either, so that none gets lost.
    """
    rows, columns = features.shape[:2]
    step = max(1, -(-max(rows, columns) // most))
    if step == 1:
        return features, 1
    starts = [np.arange(0, length, step) for length in (rows, columns)]
    with np.errstate(invalid="ignore"):
        sums = np.add.reduceat(np.add.reduceat(features.astype(np.float64), starts[0], 0), starts[1], 1)
    sizes = [
        np.minimum(start + step, length) - start
        for start, length in zip(starts, (rows, columns), strict=True)
    ]
    return (sums / (sizes[0][:, None, None] * sizes[1][None, :, None])).astype(np.float32), step


def contact_sheet(tiles: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay ``tiles`` (y, x, channel) out in rows of ``columns`` with a cell of 0 between.

    Returns: the sheet (y, x), and the box (channel, yxyx) of each tile in cells of the sheet.
    """
    height, width, count = tiles.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + 1) + 1, columns * (width + 1) + 1), tiles.dtype)
    boxes = np.zeros((count, 4), np.float32)
    for place in range(count):
        row, column = divmod(place, columns)
        top, left = row * (height + 1) + 1, column * (width + 1) + 1
        sheet[top : top + height, left : left + width] = tiles[..., place]
        boxes[place] = top, left, top + height, left + width
    return sheet, boxes
