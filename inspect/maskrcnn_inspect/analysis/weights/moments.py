"""Numbers that sum up a whole tensor, in one careful pass: never a slice of it.

Inputs: an array of any shape. Outputs: count, extremes, mean, standard deviation, excess kurtosis and norm of what is
finite in it, summed in float64, a piece at a time, so that a layer of 50 MB needs no second 100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_PIECE = 2**17  # values at a time: 1 MB in float64, which stays in the cache


@dataclass(frozen=True)
class Moments:
    """Moments of the finite values; NaN where there are none."""

    count: int  # finite values
    minimum: float
    maximum: float
    mean: float
    std: float
    kurtosis: float  # excess: 0 for a normal distribution
    norm: float  # sqrt of the sum of squares

    @property
    def largest(self) -> float:
        """Return max |w|."""
        return max(abs(self.minimum), abs(self.maximum))

    @property
    def deviation(self) -> float:
        """Return max |w - mean| / std; 0 for a constant."""
        reach = max(self.maximum - self.mean, self.mean - self.minimum)
        return reach / self.std if self.std > 0 else 0.0


def finite_values(values: np.ndarray) -> np.ndarray:
    """Return the finite values, flat; without a copy where all are."""
    flat = values.reshape(-1)
    keep = np.isfinite(flat)
    return flat if keep.all() else flat[keep]


def moments_of(values: np.ndarray) -> Moments:
    """Return the moments of the finite part of ``values``."""
    flat = finite_values(values)
    count = flat.size
    if not count:
        return Moments(0, *[float("nan")] * 6)
    mean = float(flat.mean(dtype=np.float64))
    second = fourth = 0.0
    for start in range(0, count, _PIECE):
        square = flat[start : start + _PIECE].astype(np.float64)
        square -= mean
        np.square(square, out=square)
        second += float(square.sum())
        np.square(square, out=square)
        fourth += float(square.sum())
    variance = second / count
    kurtosis = fourth / count / variance**2 - 3.0 if variance > 1e-150 else 0.0
    norm = float(np.sqrt(second + count * mean**2))
    return Moments(count, float(flat.min()), float(flat.max()), mean, variance**0.5, kurtosis, norm)
