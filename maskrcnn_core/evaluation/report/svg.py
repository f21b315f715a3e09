"""Small charts as SVG text: precision over recall, and bars.

Inputs: numbers of 0 to 1. Outputs: inline SVG without scripts, fonts or anything from elsewhere; text is escaped.

Shapes: R recalls 0.00, 0.01 … 1.00.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

# Okabe and Ito 2008, with a dash each, so that colour is not the only difference
STYLES = (("#0072b2", ""), ("#d55e00", "7 3"), ("#009e73", "2 3"), ("#cc79a7", "9 3 2 3"))
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 420, 300, 46, 40, 32, 12  # px


class Series(NamedTuple):
    """One curve: its name, and (R,) precision."""

    name: str
    precision: np.ndarray


def chart(series: Sequence[Series], title: str) -> str:
    """Return precision over recall, with axes and a legend."""
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">',
        f"<title>{escape(title)}</title>",
    ]
    for step in range(6):
        share = step / 5
        x, y = LEFT + across * share, TOP + up * (1 - share)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{LEFT + across}M{x:.1f} {TOP}V{TOP + up}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:g}</text>')
        parts.append(f'<text x="{x:.1f}" y="{TOP + up + 16}" text-anchor="middle">{share:g}</text>')
    parts.append(f'<text x="{LEFT + across / 2}" y="{HEIGHT - 6}" text-anchor="middle">recall</text>')
    middle = TOP + up / 2
    parts.append(
        f'<text transform="translate(12 {middle}) rotate(-90)" text-anchor="middle">precision</text>'
    )
    for number, one in enumerate(series):
        colour, dash = STYLES[number % len(STYLES)]
        line = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<path {line} d="{_path(one.precision, (LEFT, TOP), (across, up))}"/>')
        x = LEFT + 100 * number
        parts.append(f'<path {line} d="M{x} 12h26"/><text x="{x + 32}" y="16">{escape(one.name)}</text>')
    return "".join([*parts, "</svg>"])


def spark(precision: np.ndarray, title: str) -> str:
    """Return a curve the size of a line of text."""
    line = f'<path fill="none" stroke="{STYLES[0][0]}" stroke-width="1.5" d="{_path(precision, (1, 1), (78, 22))}"/>'
    return (
        f'<svg role="img" class="spark" viewBox="0 0 80 24" width="80" height="24"><title>{escape(title)}</title>'
        f'<path class="grid" d="M1 1V23H79"/>{line}</svg>'
    )


def bar(share: float, title: str = "") -> str:
    """Return a bar of a share of 0 to 1."""
    width = 100 * min(max(share, 0.0), 1.0)
    return (
        f'<svg role="img" class="bar" viewBox="0 0 100 10" width="100" height="10"><title>{escape(title)}</title>'
        f'<path class="grid" d="M0 9.5H100"/><rect width="{width:.1f}" height="9" fill="{STYLES[0][0]}"/></svg>'
    )


def _path(precision: np.ndarray, corner: tuple[float, float], size: tuple[float, float]) -> str:
    """Return a line through (R,) values from the left of a box at ``corner`` (x, y) px of ``size``."""
    if not len(precision) or precision[0] < 0:
        return ""  # nothing was there to measure
    x = corner[0] + size[0] * np.linspace(0, 1, len(precision))
    y = corner[1] + size[1] * (1 - precision)
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
