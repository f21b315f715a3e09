"""Oracles: what each stage costs, as the AP that the truth in its place would give.

Look for: the stage whose oracle alone gains most; a stage that gains nothing until another one is true as well; the
ceiling, which no weights can pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..analysis.oracle_budget import FIGURES, Budget
from ..drawing import INK, panels, plain
from ..palette import MUTED, NEGATIVE, POSITIVE


def figure(budget: Budget, measure: str = "mask AP") -> Figure:
    """Draw the gain of each oracle alone, and the climb from the model as it is to the ceiling.

    measure: a name of ``FIGURES``. Raises: ValueError for another.
    """
    if measure not in FIGURES:
        raise ValueError(f"wanted a measure of {', '.join(FIGURES)}, received {measure!r}")
    drawn, (alone, together) = panels(2, columns=2, size=5.2, aspect=0.55)
    start = budget.baseline.figures[measure]
    gains = [row.figures[measure] - start for row in budget.alone]
    _steps(alone, [row.name for row in budget.alone], [0.0] * len(gains), gains)
    plain(alone, f"one stage true: change of {measure} from {start:.3f}")
    before = [start, *(row.figures[measure] for row in budget.together)]
    climbs = [b - a for a, b in pairwise(before)]
    _steps(
        together, [row.name for row in budget.together], before[:-1], climbs, [f"{v:.3f}" for v in before[1:]]
    )
    together.axvline(start, color=MUTED, linewidth=1, linestyle=":")
    title = f"one after the other: {measure} from {start:.3f} to the ceiling of {before[-1]:.3f}"
    plain(together, title)
    return drawn


def _steps(
    axes: Axes,
    names: Sequence[str],
    starts: Sequence[float],
    lengths: Sequence[float],
    labels: Sequence[str] | None = None,
) -> None:
    """Draw a bar a step, the first on top, losses in another colour and with their sign."""
    places = np.arange(len(names))
    colours = [POSITIVE if length >= 0 else NEGATIVE for length in lengths]
    axes.barh(places, lengths, left=starts, color=colours)
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    for place, start, length in zip(places, starts, lengths, strict=True):
        text = f" {length:+.3f}" + (f" = {labels[place]}" if labels else "")
        axes.text(max(start, start + length), float(place), text, va="center", fontsize=8, color=INK)
    ends = [*starts, *(start + length for start, length in zip(starts, lengths, strict=True))]
    low, high = min(ends), max(ends)
    room = (high - low) or 0.01
    axes.set_xlim(low - 0.08 * room, high + 0.4 * room)
