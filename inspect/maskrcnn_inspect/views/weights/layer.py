"""One layer: histograms of all its values, its filters, its singular values, its batch norm.

Inputs: a layer's arrays by variable, and the report for what was measured on them. Outputs: figures. Look for: spikes
at 0, two humps, a histogram far from the initialisation's curve, one singular value far above the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter

from ...analysis.weights.histograms import Histogram, histogram_of, initial_curve, robust_range
from ...analysis.weights.network import he_std, is_kernel, unit_axis
from ...analysis.weights.rules.filters import as_filters
from ...analysis.weights.rules.spectra import (
    measured_effective_rank,
    measured_stable_rank,
    singular_values,
)
from ...palette import BROKEN, INK, MUTED, NEGATIVE
from ..framework.drawing import DPI, Drawn, frame, panels, plain
from .overview import escaped

Arrays = Mapping[str, np.ndarray]
Panel = Callable[[Axes], object]
BLUE, ORANGE = "#0072b2", "#e69f00"


def figure(layer: str, arrays: Arrays, spectra: bool = True, size: float = 3.4) -> Figure:
    """Draw everything there is to see of ``layer``: a panel a variable, singular values of kernels, norm statistics."""
    drawing: list[Panel] = []
    for variable, values in arrays.items():
        name = f"{layer}.{variable}"
        drawing.append(partial(histogram, name=name, values=values))
        if spectra and is_kernel(name, values.shape):
            drawing.append(partial(spectrum, name=name, values=values))
    if {"gamma", "moving_mean", "moving_variance"} <= set(arrays):
        drawing.append(partial(channels, arrays=arrays))
    drawn, grid = panels(len(drawing), columns=3, size=size, aspect=0.72)
    for draw, axes in zip(drawing, grid, strict=True):
        draw(axes)
    return drawn


def histogram(axes: Axes, name: str, values: np.ndarray, log: bool = False) -> Histogram:
    """Draw the histogram of all of ``values``; for a kernel with the curve of He's initialisation."""
    counted = histogram_of(values)
    axes.stairs(counted.counts, counted.edges, fill=True, color=BLUE, alpha=0.85)
    if is_kernel(name, values.shape):
        middles = (counted.edges[1:] + counted.edges[:-1]) / 2
        axes.plot(
            middles, initial_curve(counted, he_std(name, values.shape)), "--", color=NEGATIVE, linewidth=1.2
        )
        axes.plot([], [], "--", color=NEGATIVE, linewidth=1.2, label="He initialisation")
        axes.legend(fontsize=7, frameon=False, loc="upper right")
    if log:
        axes.set_yscale("symlog", linthresh=1)
    else:
        limit_spike(axes, [counted])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    shape = " x ".join(str(side) for side in values.shape) or "scalar"
    plain(axes, f"{escaped(name.rpartition('.')[2])}, {shape}: all {values.size:,} values", "value", "values")
    notes(axes, counted)
    return counted


def limit_spike(axes: Axes, histograms: Sequence[Histogram]) -> None:
    """Cut the axis where a few bars (zeros, mostly) tower over all others, which would be a line at the bottom."""
    counts = np.concatenate([each.counts for each in histograms])
    filled = np.sort(counts[counts > 0])
    if filled.size < 12:  # two spikes and nothing else are the image
        return
    usual = float(filled[int(0.95 * (filled.size - 1))])
    axes.set_ylim(0, 1.12 * min(float(filled[-1]), 3 * usual))


def notes(axes: Axes, counted: Histogram) -> None:
    """Write what the bars cannot show: values beyond the axis, zeros, what is not finite."""
    for count, x, align in ((counted.below, 0.01, "left"), (counted.above, 0.99, "right")):
        if count:
            arrow = f"◀ {count:,}" if align == "left" else f"{count:,} ▶"
            axes.text(x, 0.03, arrow, transform=axes.transAxes, ha=align, fontsize=7, color=INK)
    lines = []
    if counted.zeros > 0.01 * counted.total:
        lines.append((f"{counted.zeros:,} zeros", MUTED))
    if counted.not_finite:
        lines.append((f"✖ {counted.not_finite:,} not finite", BROKEN))
    tallest = int(counted.counts.max(initial=0))
    if tallest > axes.get_ylim()[1]:
        lines.append((f"tallest bar: {tallest:,}", MUTED))
    for place, (text, colour) in enumerate(lines):
        axes.text(
            0.02, 0.95 - 0.1 * place, text, transform=axes.transAxes, fontsize=8, color=colour, va="top",
            fontweight="bold" if colour == BROKEN else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )  # fmt: skip


def spectrum(axes: Axes, name: str, values: np.ndarray) -> None:
    """Draw the singular values of a kernel as (fan-in, filter), and a random kernel's of the same size and norm."""
    filters = as_filters(values, unit_axis(name))
    filters = filters[:, np.isfinite(filters).all(axis=0)]
    sigma = singular_values(filters) if filters.size else np.zeros(0)
    if not sigma.size or sigma[0] == 0:
        plain(axes, "singular values: none (nothing finite, or all zero)")
        axes.set_axis_off()
        return
    rank = np.arange(1, sigma.size + 1)
    axes.plot(
        rank,
        random_spectrum(filters.shape, sigma),
        "--",
        color=NEGATIVE,
        linewidth=1.2,
        label="random kernel",
    )
    axes.plot(
        rank, sigma, color=BLUE, marker="." if sigma.size < 40 else None, linewidth=1.4, label="this kernel"
    )
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(max(sigma[0] * 1e-4, min(float(sigma[sigma > 0].min()) / 2, sigma[0] / 20)), sigma[0] * 2)
    stable, effective = measured_stable_rank(sigma), measured_effective_rank(sigma)
    plain(
        axes,
        f"rank: stable {stable:.1f}, effective {effective:.0f} of {sigma.size}",
        "rank",
        "singular value",
    )
    axes.legend(fontsize=7, frameon=False, loc="best")


def random_spectrum(shape: tuple[int, int], sigma: np.ndarray) -> np.ndarray:
    """Return the singular values that a random kernel of this shape and norm would have (Marchenko & Pastur 1967)."""
    ratio = min(shape) / max(shape)
    ends = (1 - ratio**0.5) ** 2, (1 + ratio**0.5) ** 2
    x = np.linspace(*ends, 2001)[1:-1]
    density = np.sqrt((ends[1] - x) * (x - ends[0])) / x
    share = np.cumsum(density) / density.sum()
    wanted = 1 - (np.arange(sigma.size) + 0.5) / sigma.size
    lambdas = np.interp(wanted, share, x)
    return np.asarray(np.sqrt(lambdas * np.sum(sigma**2) / lambdas.sum()))


def channels(axes: Axes, arrays: Arrays) -> None:
    """Draw a batch norm channel by channel: |gamma| against the stored standard deviation."""
    gamma, variance = np.abs(arrays["gamma"]), arrays["moving_variance"]
    if gamma.shape != variance.shape:
        plain(axes, "gamma and variance differ in length")
        return
    spread = np.sqrt(np.maximum(variance, 0))
    axes.scatter(spread, gamma, s=10, color=BLUE, alpha=0.6, linewidths=0)
    sound = spread[np.isfinite(spread) & (spread > 0)]
    if sound.size and sound.max() > 100 * sound.min():
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    broken = int(np.count_nonzero(~np.isfinite(gamma + spread)))
    note = f", {broken} not finite" if broken else ""
    plain(axes, f"{gamma.size} channels{note}", "stored standard deviation", "|gamma|")


def filters(name: str, kernel: np.ndarray, count: int = 64) -> Figure:
    """Draw the filters of a first layer (y, x, colour, filter) as images: grey is 0, full colour the largest |w|.

    Kernels of other than three input channels are drawn as their mean over the channels, orange to purple around 0.
    """
    shown = [kernel[..., i] for i in range(min(count, kernel.shape[-1]))]
    columns = min(16, len(shown))
    rows = -(-len(shown) // columns)
    side = 9.6 / max(columns, 8)
    drawn = Drawn(figsize=(max(side * columns, 7.5), side * rows + 0.5), dpi=DPI, layout="constrained")
    grid = drawn.subplots(rows, columns, squeeze=False).ravel()
    scale = float(np.abs(kernel[np.isfinite(kernel)]).max(initial=0.0)) or 1.0
    for axes, one in zip(grid, shown, strict=False):
        _draw_filter(axes, one, scale)
    for spare in grid:
        frame(spare, "")
    drawn.suptitle(
        f"{escaped(name)}: {len(shown)} of {kernel.shape[-1]} filters, {kernel.shape[0]} x {kernel.shape[1]}, "
        f"each to its own largest weight; all together reach {scale:.3g}",
        fontsize=9, x=0.01, ha="left",
    )  # fmt: skip
    return drawn


def _draw_filter(axes: Axes, one: np.ndarray, scale: float) -> None:
    """Draw a filter (y, x, channel) to its own largest weight; a dead one stays grey, a broken one is marked."""
    finite = np.isfinite(one)
    largest = float(np.abs(one[finite]).max(initial=0.0))
    own = largest if largest > 1e-3 * scale else scale
    if one.shape[-1] == 3:
        image = np.clip(0.5 + 0.5 * np.where(finite, one, 0.0) / own, 0, 1)
        image[~finite.all(axis=-1)] = (1.0, 0.0, 1.0)
        axes.imshow(image, interpolation="nearest")
        return
    axes.imshow(one.mean(axis=-1), cmap="PuOr", vmin=-own, vmax=own, interpolation="nearest")


def compared(name: str, before: np.ndarray, after: np.ndarray) -> Figure:
    """Draw the histograms of a variable in two checkpoints over each other, and of their difference."""
    drawn, grid = panels(2, columns=2, size=4.2, aspect=0.62)
    extent = robust_range([before, after])
    drawn_both: list[Histogram] = []
    for values, colour, label in ((before, ORANGE, "before"), (after, BLUE, "after")):
        counted = histogram_of(values, extent=extent)
        grid[0].stairs(counted.counts, counted.edges, color=colour, linewidth=1.5, label=label)
        drawn_both.append(counted)
    limit_spike(grid[0], drawn_both)
    notes(grid[0], drawn_both[1])
    grid[0].legend(fontsize=7, frameon=False)
    plain(grid[0], f"{escaped(name)}: all {after.size:,} values", "value", "values")
    change = (after.reshape(before.shape) - before).ravel()
    if not change.any():
        grid[1].set_axis_off()
        plain(grid[1], "no value changed")
        return drawn
    counted = histogram_of(change)
    grid[1].stairs(counted.counts, counted.edges, fill=True, color=BLUE, alpha=0.85)
    limit_spike(grid[1], [counted])
    notes(grid[1], counted)
    plain(grid[1], "change of each value", "after - before", "values")
    return drawn
