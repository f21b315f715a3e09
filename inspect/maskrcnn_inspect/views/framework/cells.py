"""Cells of the pyramid: where an anchor sits, and which anchors sit where.

A cell is named by its level, so that the same cell is marked in every map of that level: ``"P3 cells"``.

Shapes: A anchors (level, y, x, ratio; the last runs fastest); r ratios.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.anchors import grid_sizes, grid_steps

from ...session import Selection
from .panel import Panel


class Cell(NamedTuple):
    """A cell of a level's grid of anchors; ``ratio`` is the place of one of its anchors."""

    level: int
    row: int
    column: int
    ratio: int = 0


class LevelGrid(NamedTuple):
    """The anchors of one level: ``first`` of them, rows and columns of cells, ``step`` (y, x) px apart."""

    first: int
    rows: int
    columns: int
    step: tuple[int, int]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Return the yxyx network-input px that the cells cover, which may reach beyond the image."""
        return 0.0, 0.0, float(self.rows * self.step[0]), float(self.columns * self.step[1])


def cells_name(level: int) -> str:
    """Return what the cells of a map are called in every view."""
    return f"P{level} cells"


def cells_of(trace: Trace, level: int) -> str:
    """Return what the cells of a grid of anchors are called: as the map's, unless anchors sit on every second alone."""
    spacing = config_of(trace).anchors.spacing
    return cells_name(level) if spacing == 1 else f"{cells_name(level)}, every {spacing}"


def grid_of(trace: Trace, level: int) -> LevelGrid:
    """Return the grid of a level. Raises: ValueError for a level without anchors."""
    if level not in LEVELS:
        raise ValueError(f"wanted a level of {LEVELS[0]} to {LEVELS[-1]}, received {level}")
    config, place = config_of(trace).anchors, LEVELS.index(level)
    shape = trace.shape("molding.image")[:2]
    grids = grid_sizes(shape, config)
    first = sum(rows * columns for rows, columns in grids[:place]) * len(config.ratios)
    return LevelGrid(first, *grids[place], grid_steps(shape, config)[place])


def anchors_of(trace: Trace, cell: Cell) -> np.ndarray:
    """Return the anchors (r,) of a cell, one a ratio. Raises: IndexError where the level has no such cell."""
    grid, count = grid_of(trace, cell.level), len(config_of(trace).anchors.ratios)
    if not (0 <= cell.row < grid.rows and 0 <= cell.column < grid.columns):
        raise IndexError(f"level P{cell.level} has no cell at row {cell.row}, column {cell.column}")
    return grid.first + (cell.row * grid.columns + cell.column) * count + np.arange(count)


def cell_of(trace: Trace, anchor: int) -> Cell:
    """Return the cell and ratio of an anchor. Law: ``anchors_of(cell_of(a))[cell_of(a).ratio] == a``."""
    level = int(trace["anchors.level"][anchor])
    grid, count = grid_of(trace, level), len(config_of(trace).anchors.ratios)
    number, ratio = divmod(anchor - grid.first, count)
    return Cell(level, *divmod(number, grid.columns), ratio)


def selected_cell(trace: Trace, selection: Selection) -> Cell | None:
    """Return the cell of the selected anchor."""
    return None if selection.anchor is None else cell_of(trace, selection.anchor)


def cell_at(trace: Trace, level: int, y: float, x: float) -> Cell:
    """Return the cell of a level whose centre is nearest to (y, x), network-input px."""
    grid, offset = grid_of(trace, level), config_of(trace).anchors.offset
    row, column = (
        int(np.clip(np.rint(place / step - offset), 0, count - 1))
        for place, step, count in zip((y, x), grid.step, (grid.rows, grid.columns), strict=True)
    )
    return Cell(level, row, column)


def centre_of(trace: Trace, cell: Cell) -> tuple[float, float]:
    """Return the (y, x) network-input px at which the anchors of a cell are centred: its upper-left corner, or further
    in where there is an offset.
    """
    (down, right), offset = grid_of(trace, cell.level).step, config_of(trace).anchors.offset
    return (cell.row + offset) * down, (cell.column + offset) * right


class CellPanel(Panel):
    """A live view in which a click on a cell selects the best anchor of that cell."""

    def _on_click(self, change: Any) -> None:
        anchor = best_anchor(self.session.trace, change["new"])
        if anchor is None:
            super()._on_click(change)
        else:
            self.session.select(anchor=anchor)


def best_anchor(trace: Trace, rows: dict[str, int]) -> int | None:
    """Return the anchor of the highest objectness in the cell that ``rows`` selects; None where it selects none."""
    for level in LEVELS:
        name = cells_of(trace, level)
        if name in rows:
            grid = grid_of(trace, level)
            index = anchors_of(trace, Cell(level, *divmod(rows[name], grid.columns)))
            if "rpn.scores" not in trace:
                return int(index[0])
            return int(index[np.argmax(np.nan_to_num(trace["rpn.scores"][index], nan=-1.0))])
    return None
