"""Along the depth of the network: norms and spreads of one checkpoint, or what changed between two.

Inputs: a ``Report`` or a ``Difference``. Outputs: figures whose horizontal axis is the order of the network.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from maskrcnn_core.weights.names import STAGES, layer_of

from ...analysis.weights.checks import Report
from ...analysis.weights.difference import Difference
from ...analysis.weights.findings import SEVERITIES
from ...analysis.weights.network import is_kernel, stage_of, variable_of
from ...palette import BROKEN, FAINT, INK, MUTED
from ..framework.drawing import DPI, Drawn, plain
from .overview import MARKS, escaped, headline

STAGE_COLOURS = dict(zip(STAGES, ("#0072b2", "#009e73", "#cc79a7", "#d55e00", "#e69f00"), strict=True))


def figure(report: Report) -> Figure:
    """Draw, kernel by kernel: spread against initialisation, largest weight, rank; and the norms' gammas."""
    kernels = [each for each in report.variables if is_kernel(each.name, each.shape)]
    names = [each.name for each in kernels]
    series = {
        "std / He's": [
            each.moments.std / each.initial_std if each.initial_std else np.nan for each in kernels
        ],
        "largest |w| / std": [
            each.moments.largest / each.moments.std if each.moments.std else np.nan for each in kernels
        ],
        "norm per filter": [each.moments.norm / each.shape[-1] ** 0.5 for each in kernels],
    }
    if any(each.stable_rank for each in kernels):
        series["stable rank / possible"] = [_rank_share(each.shape, each.stable_rank) for each in kernels]
    drawn = Drawn(figsize=(10, 1.0 + 1.5 * len(series)), dpi=DPI, layout="constrained")
    grid = drawn.subplots(len(series), 1, sharex=True, squeeze=False).ravel()
    marked = {layer: _mark(report, layer) for layer in {layer_of(name) for name in names}}
    for axes, (label, values) in zip(grid, series.items(), strict=True):
        along(axes, names, values, [marked[layer_of(name)] for name in names])
        plain(axes, label)
        logarithmic(axes, values)
    grid[0].axhline(1.0, color=MUTED, linewidth=0.8, linestyle="--")
    name_stages(grid[-1], names)
    grid[0].set_title(f"{headline(report)}: kernels in the order of the network\n{grid[0].get_title(loc='left')}",
                      fontsize=9, loc="left", color=INK)  # fmt: skip
    return drawn


def along(axes: Axes, names: Sequence[str], values: Sequence[float], marks: Sequence[str | None]) -> None:
    """Draw a value a variable, coloured by stage, with the symbol of the worst finding where there is one.

    A value that is not finite is marked at the bottom.
    """
    finite = np.array([value if value and np.isfinite(value) else np.nan for value in values], float)
    axes.plot(finite, color="#c9d1d9", linewidth=0.8, zorder=1)
    for stage in ("", *STAGES):
        at = [i for i, name in enumerate(names) if stage_of(name) == stage]
        axes.scatter(at, finite[at], s=12, color=STAGE_COLOURS.get(stage, MUTED), zorder=2)
    for i, value in enumerate(values):
        if not np.isfinite(value):
            axes.text(
                i, 0.04, "✖", transform=axes.get_xaxis_transform(), ha="center", fontsize=9, color=BROKEN
            )
    shapes = {"error": "X", "warning": "^", "info": "o"}
    for severity in SEVERITIES[:2]:
        at = [i for i, mark in enumerate(marks) if mark == severity and np.isfinite(finite[i])]
        axes.scatter(
            at, finite[at], s=46, marker=shapes[severity], color=MARKS[severity][1], edgecolors=INK, zorder=3
        )
    axes.grid(axis="y", color=FAINT)
    axes.set_xlim(-0.8, len(names) - 0.2)


def logarithmic(axes: Axes, values: Sequence[float]) -> None:
    """Make the vertical axis logarithmic, 1.5 decades high at least, if there is anything positive to show."""
    positive = [value for value in values if value > 0 and np.isfinite(value)]
    if not positive:
        return
    low, high = min(positive) / 1.5, max(positive) * 1.5
    widen = max(1.0, (30 / (high / low)) ** 0.5)
    axes.set_yscale("log")
    axes.set_ylim(low / widen, high * widen)
    axes.yaxis.set_minor_formatter(NullFormatter())


def name_stages(axes: Axes, names: Sequence[str]) -> None:
    """Write, below the axis, each stage at its middle and a rule at its end."""
    places, labels = [], []
    for stage in dict.fromkeys(stage_of(name) for name in names):
        at = [i for i, name in enumerate(names) if stage_of(name) == stage]
        places.append((at[0] + at[-1]) / 2)
        labels.append(f"{stage or 'other'}\n{len(at)} kernels")
    axes.set_xticks(places, labels, fontsize=8)
    axes.tick_params(axis="x", length=0)


def changes(difference: Difference) -> Figure:
    """Draw what changed between two checkpoints, kernel by kernel: how far, and in which direction."""
    kernels = [each for each in difference.variables if variable_of(each.name) == "kernel"]
    names = [each.name for each in kernels]
    drawn = Drawn(figsize=(10, 4.4), dpi=DPI, layout="constrained")
    upper, lower = drawn.subplots(2, 1, sharex=True)
    along(upper, names, [each.relative for each in kernels], [None] * len(names))
    along(lower, names, [each.cosine for each in kernels], [None] * len(names))
    logarithmic(upper, [each.relative for each in kernels])
    frozen = [i for i, each in enumerate(kernels) if each.frozen]
    for axes in (upper, lower):
        for i in frozen:
            axes.axvspan(i - 0.5, i + 0.5, color=MUTED, alpha=0.12, zorder=0, linewidth=0)
    layers = len(difference.frozen_layers)
    plain(
        upper,
        f"{escaped(_file_name(difference.before))} to {escaped(_file_name(difference.after))}: "
        f"{layers} of {len(difference.layers)} layers did not change at all (grey)\nrelative change ||dW|| / ||W||",
    )
    plain(lower, "cosine between before and after: 1 = same direction")
    least = min((each.cosine for each in kernels if np.isfinite(each.cosine)), default=1.0)
    lower.set_ylim(min(0.9, least - 0.05), 1.01 + 0.02 * (1 - min(0.9, least)))
    name_stages(lower, names)
    return drawn


def _rank_share(shape: tuple[int, ...], rank: float | None) -> float:
    units = shape[-1]
    return (rank or np.nan) / min(units, int(np.prod(shape)) // units)


def _mark(report: Report, layer: str) -> str | None:
    severities = {each.severity for each in report.of_layer(layer)}
    return next((severity for severity in SEVERITIES if severity in severities), None)


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
