"""A small histogram as SVG text, for pages that show hundreds of them.

Inputs: all values of a variable. Outputs: markup whose only texts are numbers. Colours are attributes, as the page's
Content-Security-Policy allows no style inside the text.
"""

from __future__ import annotations

import numpy as np

from ...analysis.weights.histograms import Histogram, histogram_of, initial_curve
from ...palette import BROKEN, NEGATIVE

WIDTH, HEIGHT, FOOT = 240, 56, 14  # px: bars, and the line of numbers below
BLUE = "#0072b2"


def sparkline(values: np.ndarray, initial_std: float = 0.0) -> str:
    """Return the histogram of all of ``values``, with the curve of the initialisation if its std is given."""
    counted = histogram_of(values)
    top = _top(counted)
    bars = _bars(counted, top)
    curve = _curve(counted, top, initial_std) if initial_std else ""
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT + FOOT}" viewBox="0 0 {WIDTH} {HEIGHT + FOOT}" role="img">'
        f'<path d="{bars}" fill="{BLUE}"/>{curve}{_numbers(counted)}</svg>'
    )


def _top(counted: Histogram) -> float:
    """Return the count at the upper edge: the tallest bar, unless a few spikes tower over all others."""
    filled = np.sort(counted.counts[counted.counts > 0])
    if filled.size < 12:
        return float(filled[-1]) if filled.size else 1.0
    return min(float(filled[-1]), 3.0 * float(filled[int(0.95 * (filled.size - 1))]))


def _bars(counted: Histogram, top: float) -> str:
    step = WIDTH / counted.counts.size
    path = [f"M0 {HEIGHT}"]
    for number, count in enumerate(counted.counts):
        y = HEIGHT * (1 - min(float(count) / top, 1.0))
        path.append(f"L{number * step:.1f} {y:.1f}L{(number + 1) * step:.1f} {y:.1f}")
    return "".join([*path, f"L{WIDTH} {HEIGHT}Z"])


def _curve(counted: Histogram, top: float, std: float) -> str:
    heights = initial_curve(counted, std)
    step = WIDTH / heights.size
    points = (
        f"{(number + 0.5) * step:.1f},{HEIGHT * (1 - min(float(height) / top, 1.0)):.1f}"
        for number, height in enumerate(heights)
    )
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{NEGATIVE}" stroke-dasharray="4 3"/>'


def _numbers(counted: Histogram) -> str:
    """Return the ends of the axis, with what lies beyond them, and the count of what is not finite."""
    left = f"{counted.edges[0]:.3g}" + (f" ◀ {counted.below:,}" if counted.below else "")
    right = (f"{counted.above:,} ▶ " if counted.above else "") + f"{counted.edges[-1]:.3g}"
    y = HEIGHT + FOOT - 3
    texts = [_text(0, y, "start", left), _text(WIDTH, y, "end", right)]
    if counted.zeros > 0.01 * counted.total:
        texts.append(_text(2, 10, "start", f"{counted.zeros:,} zeros"))
    if counted.not_finite:
        texts.append(_text(2, 22, "start", f"✖ {counted.not_finite:,} not finite", BROKEN))
    return "".join(texts)


def _text(x: int, y: int, anchor: str, words: str, colour: str = "currentColor") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="10" fill="{colour}">{words}</text>'
