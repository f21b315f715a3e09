"""Regions as they are pooled: where ROIAlign reads its map, and what RoIPool would have read instead.

The places and weights are those of the stage (``stages.roi_sampling``). RoIPool is a what-if: the model never runs it.
It rounds the region to cells and then its bins to cells (Fast R-CNN, section 2.1; Mask R-CNN, section 3), and shows by
how much.

Shapes: y, x cells of the level's map or bins; s points of one bin; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.roi_sampling import Line, Regions, lines, octave, operator_boxes, points_a_side

BOXES = {"box_roi": "proposals.boxes", "mask_roi": "detections.boxes"}  # what each stage pools
FARTHEST = 1e6  # px beyond which a broken box is cut, for integers to hold it
AGGREGATES = ("max", "mean")  # of the cells of a bin; max is RoIPool's own


@dataclass(frozen=True, eq=False)
class Region:
    """One pooled region: ``box`` (yxyx) is row ``row`` of what ``stage`` pooled, from P``level``.

    cells: (y, x) of that map. shape: (y, x) of the network input, px. corner: see ``boxes``.
    """

    stage: str
    row: int
    box: np.ndarray
    level: int
    cells: tuple[int, int]
    shape: tuple[int, int]
    corner: float
    config: RoiAlign

    @property
    def stride(self) -> int:
        """Network-input px a cell."""
        return int(2**self.level)

    @property
    def regions(self) -> Regions:
        """The region as the stage's own functions take it."""
        return Regions(self.box[None], None, np.asarray(self.shape, np.float32), self.corner)

    @property
    def octave(self) -> float:
        """How often its side doubles that of a box that is pooled from P4, before rounding."""
        with np.errstate(divide="ignore"):
            return float(octave(self.regions, self.config)[0])

    @property
    def lines(self) -> tuple[Line, Line]:
        """How its rows and columns of points read the map."""
        cells = np.asarray(self.cells, np.float32)
        box = operator_boxes(self.regions, cells, self.config, self.stride)[0]
        rows, columns = np.broadcast_to(points_a_side(self.regions, self.config, self.stride), (1, 2))[0]
        return lines(box, self.cells, self.config, (int(rows), int(columns)))

    def to_molded(self, places: np.ndarray) -> np.ndarray:
        """Return where ``places`` (…, yx) of the map, the value of cell i at i, lie on the network input, px."""
        if self.config.sampling == "corners":  # outermost cells on the image's corners
            last = np.maximum(np.asarray(self.cells) - 1, 1)
            return np.asarray(
                places * (np.asarray(self.shape) - self.corner) / last + 0.5 * self.corner, np.float32
            )
        return np.asarray((places + (0.5 if self.config.aligned else 0.0)) * self.stride, np.float32)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The part of the network input (yxyx) px that the map covers."""
        top, left = self.to_molded(np.array([-0.5, -0.5]))
        bottom, right = self.to_molded(np.asarray(self.cells) - 0.5)
        return float(top), float(left), float(bottom), float(right)


class Reading(NamedTuple):
    """What one bin reads. points: (s, yx) cells. cells: (c, yx) int, each once. weights: (c,) its share of the bin."""

    points: np.ndarray
    cells: np.ndarray
    weights: np.ndarray


class Bins(NamedTuple):
    """Bins of whole cells. rows, columns: (bin, 2) int32, first cell and the one after the last."""

    rows: np.ndarray
    columns: np.ndarray


def region_of(trace: Trace, stage: str, row: int) -> Region:
    """Return row ``row`` of what ``stage`` pooled. Raises: ValueError for a row that is not there."""
    boxes, config = trace[BOXES[stage]], config_of(trace)
    if not 0 <= row < len(boxes):
        kind = BOXES[stage].split(".")[0]
        if not len(boxes):
            raise ValueError(f"there are no {kind}, so nothing is pooled for this head")
        raise ValueError(f"{kind}: wanted a row of 0 to {len(boxes) - 1}, received {row}")
    level = int(trace[f"{stage}.level"][row])
    height, width, _ = trace.shape("molding.image")
    rows, columns, _ = trace.shape(f"fpn.p{level}")
    return Region(
        stage, row, boxes[row], level, (rows, columns), (height, width), config.box_corner, getattr(config, stage)
    )  # fmt: skip


def points_of(region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Return all points (point, yx) in cells, row by row, and the bin (point,) that each belongs to."""
    y, x = region.lines
    size = region.config.size
    own = np.arange(len(y.place)) // (len(y.place) // size)
    places = np.stack(np.meshgrid(y.place, x.place, indexing="ij"), axis=-1).reshape(-1, 2)
    return places, (own[:, None] * size + own[None, :]).reshape(-1)


def reading_of(region: Region, cell: int) -> Reading:
    """Return what bin ``cell`` (row by row) reads: its points, and the weight of every cell of the map in its value.

    Law: the weighted sum of the cells is the recorded value; the weights add up to 1 where all points lie inside.
    """
    each = len(region.lines[0].place) // region.config.size
    down, across = (
        _weights(line, slice(each * place, each * (place + 1)))
        for line, place in zip(region.lines, divmod(cell, region.config.size), strict=True)
    )
    cells = np.array([(y, x) for y in down for x in across], np.int32).reshape(-1, 2)
    weights = np.array([a * b for a in down.values() for b in across.values()], np.float32)
    points, own = points_of(region)
    return Reading(points[own == cell], cells, weights)


def _weights(line: Line, part: slice) -> dict[int, float]:
    """Return the mean weight of each cell that the points ``part`` of a line read."""
    total: dict[int, float] = {}
    count = len(line.place[part])
    for low, high, share, inside in zip(*(values[part] for values in line[1:]), strict=True):
        for cell, weight in ((int(low), 1.0 - share), (int(high), share)):
            if inside and weight > 0:
                total[cell] = total.get(cell, 0.0) + float(weight) / count
    return total


def quantised(region: Region) -> Bins:
    """Return the bins of RoIPool: the region rounded to whole cells, at least one, and cut into bins of whole cells.

    Bin i of a side of m cells covers floor(i m / size) to ceil((i + 1) m / size), so that neighbours may share cells.
    """
    box = np.clip(np.nan_to_num(region.box), -FARTHEST, FARTHEST)
    edges = box_algebra.shift_corner(box, region.corner) / region.stride
    first, last = np.rint(edges[:2]).astype(int), np.rint(edges[2:]).astype(int)
    bins = []
    for start, end, cells in zip(first, last, region.cells, strict=True):
        place, side = np.arange(region.config.size), max(int(end - start), 1)
        low = np.floor(place * side / region.config.size) + start
        high = np.ceil((place + 1) * side / region.config.size) + start
        bins.append(np.clip(np.stack([low, high], axis=1), 0, cells).astype(np.int32))
    return Bins(*bins)


def roi_pool(features: np.ndarray, bins: Bins, aggregate: str = "max") -> np.ndarray:
    """Return (y, x, channel): each bin's maximum or mean of ``features`` (y, x, channel); 0 where it has no cell."""
    if aggregate not in AGGREGATES:
        raise ValueError(f"wanted {' or '.join(AGGREGATES)}, received {aggregate!r}")
    pooled = np.zeros((len(bins.rows), len(bins.columns), features.shape[2]), np.float32)
    for i, (top, bottom) in enumerate(bins.rows):
        for j, (left, right) in enumerate(bins.columns):
            part = features[top:bottom, left:right]
            if part.size:
                pooled[i, j] = part.max(axis=(0, 1)) if aggregate == "max" else part.mean(axis=(0, 1))
    return pooled
