"""Anchors: the boxes from which the RPN starts.

Look for: objects smaller than the smallest anchor or longer than the longest; a centre off the middle of its cell.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS
from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, draw_points, panels, show_picture
from ..palette import LEVELS as LEVEL_COLOURS
from .common import config_of, molded_picture


def of_cell(trace: Trace, level: int, row: int, column: int) -> np.ndarray:
    """Return the indices into ``anchors.boxes`` of the anchors of one cell, one a ratio.

    Raises: IndexError where the level has no such cell.
    """
    config = config_of(trace).anchors
    step = config.strides[LEVELS.index(level)] * config.spacing
    boxes = trace["anchors.boxes"]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    here = (trace["anchors.level"] == level) & (np.abs(centres - np.array([row, column]) * step) < 0.25).all(
        axis=1
    )
    if not here.any():
        raise IndexError(f"level P{level} has no cell at row {row}, column {column}")
    return np.flatnonzero(here)


def figure(trace: Trace, place: tuple[float, float] = (0.5, 0.5)) -> Figure:
    """Draw, a level a panel, the anchors of the cell at ``place`` (y, x as shares of the molded image)."""
    picture = molded_picture(trace)
    drawn, axes = panels(len(LEVELS), columns=5, size=2.6)
    config = config_of(trace).anchors
    for level, stride, one in zip(LEVELS, config.strides, axes, strict=True):
        step = stride * config.spacing
        row, column = (
            int(share * length // step) for share, length in zip(place, picture.shape[:2], strict=True)
        )
        index = of_cell(trace, level, row, column)
        count = int((trace["anchors.level"] == level).sum())
        show_picture(
            one,
            picture,
            f"P{level}: stride {stride} px, {count} anchors\nscale {config.scales[level - 2]:g} px",
        )
        draw_boxes(one, trace["anchors.boxes"][index], colours=LEVEL_COLOURS[level])
        draw_points(one, np.array([[row * step, column * step]]), LEVEL_COLOURS[level])
    return drawn
