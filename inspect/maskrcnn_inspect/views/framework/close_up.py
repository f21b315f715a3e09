"""Close-up: a panel that shows one box and its neighbourhood, and boxes and small masks that are seen on any ground.

Shapes: yxyx px of the image drawn on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from ...palette import INK
from .drawing import draw_boxes, show_map

LEAST = 8.0  # px: a smaller box is shown with as much around it as one of this side
BEYOND = "#e5e7eb"  # what lies outside the image


def zoom(axes: Axes, box: Sequence[float] | np.ndarray, margin: float = 0.6) -> None:
    """Show a square around ``box`` (yxyx) with ``margin`` times its longer side all around; NaN counts as 0."""
    y1, x1, y2, x2 = (float(v) for v in np.nan_to_num(np.asarray(box, np.float64)))
    half = max(y2 - y1, x2 - x1, LEAST) * (0.5 + margin)
    axes.set_xlim((x1 + x2) / 2 - half, (x1 + x2) / 2 + half)
    axes.set_ylim((y1 + y2) / 2 + half, (y1 + y2) / 2 - half)
    axes.set_facecolor(BEYOND)


def draw_rimmed(
    axes: Axes, boxes: np.ndarray, colours: Sequence[str] | str, dotted: bool = False, width: float = 1.2
) -> None:
    """Draw ``boxes`` (n, yxyx) with a dark rim, so that a sky-blue one is seen on a sky."""
    draw_boxes(axes, boxes, colours, dotted=dotted, width=width)
    axes.collections[-1].set_path_effects([withStroke(linewidth=width + 1.2, foreground=INK, alpha=0.7)])


def show_bits(axes: Axes, grid: np.ndarray, title: str) -> None:
    """Show a mask (y, x) of 0 and 1, a full one as bright as any."""
    show_map(axes, np.asarray(grid, np.float64), title).set_clim(0.0, 1.0)
