"""Anchors: the boxes from which the RPN starts, one a cell, level and ratio, and what the ground truth makes of them.

Shapes: A anchors (level, y, x, ratio); r ratios; g ground-truth objects; yxyx network-input px.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace, config_of

from ....canvas import NEUTRAL, Frames, Grid, Points
from ....canvas.standalone import Part
from ....palette import LEVELS as LEVEL_COLOURS
from ....session import Selection, Session
from ...framework.cells import (
    Cell,
    CellPanel,
    LevelGrid,
    anchors_of,
    cell_at,
    cell_of,
    cells_of,
    centre_of,
    grid_of,
    selected_cell,
)
from ...framework.chart_cache import kept_chart
from ...framework.common import molded_image
from ...framework.drawing import draw_boxes, draw_points, panels, show_image
from ...framework.panel import Panel
from ...framework.rows import anchor_boxes, truth_boxes
from ...framework.scene import Scene, Shown, View, static_parts
from ...framework.selector import selector
from .labels import counts, labelled, truth_lines

PLACES = 5  # a side: places whose anchors a page without a kernel shows


def of_cell(trace: Trace, level: int, row: int, column: int) -> np.ndarray:
    """Return the indices into ``anchors.boxes`` of the anchors of one cell, one a ratio.

    Raises: IndexError where the level has no such cell.
    """
    return anchors_of(trace, Cell(level, row, column))


def figure(trace: Trace, place: tuple[float, float] = (0.5, 0.5)) -> Figure:
    """Draw, a level a panel, the anchors of the cell at ``place`` (y, x as shares of the network input)."""
    image = molded_image(trace)
    drawn, axes = panels(len(LEVELS), columns=5, size=2.6)
    config = config_of(trace).anchors
    for level, one in zip(LEVELS, axes, strict=True):
        cell = cell_at(
            trace, level, *(share * side for share, side in zip(place, image.shape[:2], strict=True))
        )
        count = int((trace["anchors.level"] == level).sum())
        show_image(
            one,
            image,
            f"P{level}: stride {config.strides[level - 2]} px, {count} anchors\nscale {config.scales[level - 2]:g} px",
        )
        draw_boxes(one, trace["anchors.boxes"][anchors_of(trace, cell)], colours=LEVEL_COLOURS[level])
        draw_points(one, np.array([centre_of(trace, cell)]), LEVEL_COLOURS[level])
    return drawn


def draw(
    trace: Trace,
    selection: Selection,
    level: int | None = None,
    ratio: float | None = None,
    baked: bool = False,
) -> list[Shown]:
    """Return the anchors at a place, their counts, and with ground truth their labels and the ground-truth objects they
    reach.

    level: one alone; by default all, or that of the selected anchor. ratio: one alone. baked: places on a slider.
    """
    shown: list[Shown] = [here(trace, selection, level, ratio, baked)]
    if "anchor_targets.labels" in trace and "truth.boxes" in trace:
        shown.append(labelled(trace, selection, level))
    truth = [trace[name] for name in ("anchor_targets.labels", "truth.boxes") if name in trace]
    chart = kept_chart("Anchors by level", lambda: counts(trace), [trace["anchors.level"]], truth)
    return [*shown, chart]


def here(
    trace: Trace,
    selection: Selection,
    level: int | None = None,
    ratio: float | None = None,
    baked: bool = False,
) -> Scene:
    """Return the anchors of one place: of the selected anchor's cell, or of the middle of the image."""
    image, own = molded_image(trace), selected_cell(trace, selection)
    levels = [level] if level is not None else list(LEVELS) if own is None else [own.level]
    middle = (image.shape[0] / 2, image.shape[1] / 2)
    places = _raster(image) if baked else [middle if own is None else centre_of(trace, own)]
    cells = [[cell_at(trace, one, *place) for one in levels] for place in places]
    index = [_of_cells(trace, some, ratio) for some in cells]
    rows, frames = np.unique(np.concatenate(index)), None
    if baked and len(places) > 1:
        frames = Frames("Place", [f"y {y:.0f}, x {x:.0f}" for y, x in places], len(places) // 2)
    layer = anchor_boxes(
        trace, trace["anchors.boxes"][rows], rows, "anchors",
        labels=[_label(trace, int(a)) for a in rows], filtered=False, numbered=False,
        frames=[np.searchsorted(rows, some) for some in index] if frames else (),
    )  # fmt: skip
    centres = [] if baked else [_centres(trace, cells[0])]
    grids = [_grid(trace, one, visible=len(levels) == 1) for one in levels]
    which = f"P{levels[0]}" if len(levels) == 1 else "all levels"
    return Scene(
        f"Anchors of {which} at {'a place' if baked else _place(cells[0], trace)}, network-input px",
        image,
        [*grids, *truth_boxes(trace), layer, *centres],
        "Is there a box about as large and as long as each object? Centres lie on the corners of cells."
        + ("" if baked else " Click a cell of the grid to go there."),
        frames=frames,
    )


def explain(
    trace: Trace,
    selection: Selection,
    level: int | None = None,
    ratio: float | None = None,
    baked: bool = False,
) -> list[str]:
    """Tell how the selected anchor is made and numbered, and what the ground truth makes of it."""
    config = config_of(trace).anchors
    if selection.anchor is None:
        return [_level_line(trace, one) for one in LEVELS]
    a, cell = selection.anchor, cell_of(trace, selection.anchor)
    grid, shape = grid_of(trace, cell.level), config.ratios[cell.ratio]
    y, x = centre_of(trace, cell)
    scale, (y1, x1, y2, x2) = config.scales[LEVELS.index(cell.level)], trace["anchors.boxes"][a]
    offset = f" + {config.offset:g}" if config.offset else ""
    sides = [f"{y2 - y1:.2f}", f"{x2 - x1:.2f}"]
    if config.rounded:  # halves in whole px
        exact = (scale / np.sqrt(shape), scale * np.sqrt(shape))
        sides = [f"{side:.2f}, its half in whole px: {kept}" for side, kept in zip(exact, sides, strict=True)]
    lines = [
        f"anchor {a} = {grid.first} (first of P{cell.level}) + ({cell.row} * {grid.columns} + {cell.column})"
        f" * {len(config.ratios)} ratios + {cell.ratio}",
        f"centre (y, x) = ({cell.row}, {cell.column}){offset} * {_step(grid)} = ({y:g}, {x:g}) network-input px",
        f"ratio w/h {shape:g}: height = {scale:g} / sqrt({shape:g}) = {sides[0]},"
        f" width = {scale:g} * sqrt({shape:g}) = {sides[1]}",
        f"box ({y1:.2f}, {x1:.2f}, {y2:.2f}, {x2:.2f}) network-input px",
    ]
    return [*lines, *truth_lines(trace, a)]


def _step(grid: LevelGrid) -> str:
    """Return ``4``, or ``(48, 64)`` where the steps down and right differ."""
    return f"{grid.step[0]}" if grid.step[0] == grid.step[1] else f"{grid.step}"


def _level_line(trace: Trace, level: int) -> str:
    config, grid = config_of(trace).anchors, grid_of(trace, level)
    count = grid.rows * grid.columns * len(config.ratios)
    return (
        f"P{level}: {grid.rows} x {grid.columns} cells every {_step(grid)} px * {len(config.ratios)} ratios ="
        f" {count} anchors, scale {config.scales[LEVELS.index(level)]:g} px"
    )


def _place(cells: list[Cell], trace: Trace) -> str:
    y, x = centre_of(trace, cells[0])
    if len(cells) == 1:
        return f"cell ({cells[0].row}, {cells[0].column}), y {y:g}, x {x:g}"
    return f"y {y:g}, x {x:g}"


def _of_cells(trace: Trace, cells: list[Cell], ratio: float | None) -> np.ndarray:
    index = np.concatenate([anchors_of(trace, cell) for cell in cells])
    return index if ratio is None else index[np.isclose(trace["anchors.ratio"][index], ratio)]


def _label(trace: Trace, anchor: int) -> str:
    label = f"P{trace['anchors.level'][anchor]}, w/h {trace['anchors.ratio'][anchor]:g}"
    if "rpn.scores" in trace:
        label += f", objectness {trace['rpn.scores'][anchor]:.3f}"
    if "anchor_targets.iou" in trace:
        label += f", IoU {trace['anchor_targets.iou'][anchor]:.2f}"
    return label


def _centres(trace: Trace, cells: list[Cell]) -> Points:
    names = [f"cell ({cell.row}, {cell.column}) of P{cell.level}" for cell in cells]
    points = np.array([centre_of(trace, cell) for cell in cells], np.float32)
    return Points(points, "centres", labels=names, colours=NEUTRAL, filtered=False)


def _grid(trace: Trace, level: int, visible: bool) -> Grid:
    grid = grid_of(trace, level)
    name = f"cells of P{level}"
    return Grid(grid.rows, grid.columns, name, of=cells_of(trace, level), extent=grid.extent, visible=visible)


def _raster(image: np.ndarray) -> list[tuple[float, float]]:
    """Return places (y, x) px spread over the image."""
    shares = (np.arange(PLACES) + 0.5) / PLACES
    return [(float(y), float(x)) for y in shares * image.shape[0] for x in shares * image.shape[1]]


VIEW = View(
    "Anchors: the boxes to start from",
    "Look for objects smaller than the smallest anchor or longer than the longest: the RPN hardly learns them.",
    draw,
    explain,
    follows=True,
    stage="anchors",
    section="stages",
)


def widget(session: Session) -> Panel:
    """Return the live view: choose level and ratio, click a cell, see its anchors."""
    config = session.config.anchors
    choices = {
        "level": selector(
            "level", [("of the selected anchor, or all", None), *((f"P{level}", level) for level in LEVELS)]
        ),
        "ratio": selector(
            "width / height", [("all", None), *((f"{ratio:g}", ratio) for ratio in config.ratios)]
        ),
    }
    return CellPanel(session, VIEW, choices)


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: places on a slider."""
    return static_parts(VIEW, session.trace, session.selection, baked=True)
