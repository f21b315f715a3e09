"""Histograms of whole tensors on axes that outliers cannot squeeze.

Inputs: an array of any shape. Outputs: counts on a range that holds nearly all values, and the counts of the rest.
Law: counts + below + above + not finite = number of values; nothing is left out and nothing sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .moments import finite_values

QUANTILES = (0.001, 0.999)  # share of the values that the range holds at least
MARGIN = 0.25  # of the range, added on both sides
BINS = (12, 80)  # fewest and most


@dataclass(frozen=True)
class Histogram:
    """Counts of all values of a tensor."""

    edges: np.ndarray  # (bins + 1,)
    counts: np.ndarray  # (bins,)
    below: int  # values left of the first edge
    above: int  # values right of the last edge
    not_finite: int
    zeros: int  # of those counted, exactly 0

    @property
    def total(self) -> int:
        """Return the number of values."""
        return int(self.counts.sum()) + self.below + self.above + self.not_finite


def robust_range(arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return a range for all ``arrays``: their 0.1 % to 99.9 % quantiles and a margin, within their extremes."""
    ends = []
    for values in (finite_values(array) for array in arrays):
        if values.size:
            low, high = (float(end) for end in np.quantile(values, QUANTILES))
            margin = MARGIN * (high - low)
            ends.append((max(float(values.min()), low - margin), min(float(values.max()), high + margin)))
    if not ends:
        return -1.0, 1.0
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if high > low:
        return low, high
    pad = abs(low) * 0.5 or 1.0  # all values are one
    return low - pad, high + pad


def histogram_of(values: np.ndarray, extent: tuple[float, float] | None = None) -> Histogram:
    """Return the histogram of all of ``values`` on ``extent``, their robust range by default."""
    low, high = extent or robust_range([values])
    finite = finite_values(values)
    bins = int(np.clip(2 * np.sqrt(finite.size), BINS[0], BINS[1]))
    counts, edges = np.histogram(finite, bins=bins, range=(low, high))
    return Histogram(
        edges=edges,
        counts=counts,
        below=int(np.count_nonzero(finite < low)),
        above=int(np.count_nonzero(finite > high)),
        not_finite=values.size - finite.size,
        zeros=int(finite.size - np.count_nonzero(finite)),
    )


def initial_curve(histogram: Histogram, std: float) -> np.ndarray:
    """Return the counts that a normal distribution of ``std`` around 0 would give, at the middle of each bin."""
    middles = (histogram.edges[1:] + histogram.edges[:-1]) / 2
    width = histogram.edges[1] - histogram.edges[0]
    density = np.exp(-0.5 * (middles / std) ** 2) / (std * np.sqrt(2 * np.pi))
    return np.asarray((histogram.total - histogram.not_finite) * width * density)
