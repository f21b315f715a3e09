"""Where ROIAlign samples: the geometry of the stage without its features, for TensorFlow tensors and NumPy arrays.

Inputs: boxes and the size of a map. Outputs: the level before it is rounded, the boxes that ``crop_and_resize`` is
given, and, in NumPy, the cells and weights with which that operator reads. ``roi_align`` computes with the first two;
views show all of them for a saved trace, without TensorFlow.

Shapes: n boxes; yxyx network-input px; p points along a side; y, x cells of the map.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..config import RoiAlign
from ..geometry import boxes as box_algebra

LOG_2 = np.float32(np.log(2.0))
AROUND = 1  # cells that "cells" puts around a map, so that samples near its border find a neighbour


class Regions(NamedTuple):
    """Boxes to pool, and where they live: tensors in the stage, arrays in a view, which needs no ``image``."""

    boxes: Any  # (n, yxyx) network-input px
    image: Any  # (n,) int32 -> b
    shape: Any  # (y, x) of the network inputs, px; float32 for the functions below
    corner: float  # see boxes.py


class Line(NamedTuple):
    """How p points along one axis read the cells of a map: each between two cells, linearly.

    place: (p,) float32, cells; the value of cell i sits at i. low, high: (p,) int32, the two cells, clamped to the
    map. share: (p,) float32, weight of ``high``; the rest is that of ``low``. inside: (p,) bool; others read 0.
    """

    place: np.ndarray
    low: np.ndarray
    high: np.ndarray
    share: np.ndarray
    inside: np.ndarray


def octave(regions: Regions, config: RoiAlign) -> Any:
    """Return (n,) how often the side of each box doubles that of a box that is pooled from P4, before rounding.

    corners: log2(sqrt(h w / ((H - 1)(W - 1))) / (224 / sqrt(H W))), the classic formula, in which h w is normalised by
    the network input's H, W. cells: log2(sqrt(h w) / canonical), FPN, eq. 1; with ``level_epsilon`` added to the ratio
    where the configuration says so (detectron2, MMDetection), else to the logarithm when it is rounded (torchvision).
    """
    lib, image = box_algebra.library(regions.boxes), regions.shape
    size = box_algebra.area(regions.boxes, regions.corner)
    if config.sampling == "corners":
        extent = image - regions.corner
        side = lib.sqrt(size / (extent[0] * extent[1]))
        ratio = side / (config.canonical_size / lib.sqrt(image[0] * image[1]))
    else:
        ratio = lib.sqrt(size) / config.canonical_size
        ratio = ratio + config.level_epsilon if config.level_epsilon_to == "ratio" else ratio
    return (lib.log if lib is np else lib.math.log)(ratio) / LOG_2


def points_a_side(regions: Regions, config: RoiAlign, stride: float) -> Any:
    """Return p: one point a bin for "corners", ``samples`` for "cells"; (n, yx) float32 where these are 0, adaptive.

    Adaptive is as many a bin as it has cells, begun ones included, and at least one.
    """
    if config.sampling == "corners":
        return config.size
    if config.samples:
        return config.size * config.samples
    lib, shift = box_algebra.library(regions.boxes), 0.5 if config.aligned else 0.0
    start, end = _ends(regions, config, stride)
    side = (end - shift) - (start - shift)  # as detectron2 counts: a rounding decides about one point more
    ceil = lib.ceil if lib is np else lib.math.ceil
    return config.size * lib.maximum(ceil(side / config.size), 1.0)


def _ends(regions: Regions, config: RoiAlign, stride: float) -> tuple[Any, Any]:
    """Return the (n, yx) starts and ends of boxes, in cells from the map's border; unaligned at least a cell long."""
    start = regions.boxes[:, :2] / stride
    end = (regions.boxes[:, 2:] - regions.corner) / stride
    return start, end if config.aligned else start + box_algebra.library(end).maximum(end - start, 1.0)


def operator_boxes(regions: Regions, cells: Any, config: RoiAlign, stride: float) -> Any:
    """Return the boxes (n, yxyx) that ``crop_and_resize`` gets: 0 and 1 are the first and last cell of its map.

    cells: (y, x) float32 of the map; for "cells" the operator's map has ``AROUND`` more on each side.
    stride: network-input px a cell, for "cells"; "corners" lays the map's outermost cells on the network input's
    corners.
    """
    lib = box_algebra.library(regions.boxes)
    if config.sampling == "corners":
        high = regions.shape - regions.corner
        return box_algebra.shift_corner(regions.boxes, regions.corner) / lib.concat([high, high], axis=0)
    points = points_a_side(regions, config, stride)
    start, end = _ends(regions, config, stride)
    side, middle = end - start, 0.5 if config.aligned else 0.0
    # the p corner-aligned points are the middles of p cells; one cell was added around the map
    first = start + 0.5 * side / points - middle + AROUND
    last = first + side * (points - 1) / points
    return lib.concat([first, last], axis=1) / lib.concat([cells + 1.0, cells + 1.0], axis=0)


def lines(
    box: np.ndarray, cells: tuple[int, int], config: RoiAlign, points: tuple[int, int] | None = None
) -> tuple[Line, Line]:
    """Return how ``crop_and_resize`` reads a map of ``cells`` (y, x) in one of ``operator_boxes``: rows and columns.

    points: (y, x) of ``points_a_side``, which adaptive sampling has for each box; else the configuration tells them.
    Law: the values at these cells with these weights, averaged over the points of each bin, are ``*_roi.pooled``.
    """
    around = 0 if config.sampling == "corners" else AROUND
    each = config.size * (1 if config.sampling == "corners" else config.samples)
    sides = zip(box[:2], box[2:], cells, points or (each, each), strict=True)
    y, x = (_line(ends, size, count, around) for *ends, size, count in sides)
    return y, x


def _line(ends: list[Any], size: int, points: int, around: int) -> Line:
    """Return the line from ``ends`` (first, last) over ``size`` cells with ``around`` more on each side."""
    first, last = (np.float32(end if np.isfinite(end) else 0.0) for end in ends)
    longest = np.float32(size + 2 * around - 1)
    if points == 1:
        place = np.array([np.float32(0.5) * (first + last) * longest], np.float32)
    else:
        step = (last - first) * longest / np.float32(points - 1)
        place = first * longest + np.arange(points, dtype=np.float32) * step
    low = np.floor(place)
    low_cell, high_cell = (
        np.clip(cell - around, 0, size - 1).astype(np.int32) for cell in (low, np.ceil(place))
    )
    inside = (place >= 0) & (place <= longest)
    return Line(place - around, low_cell, high_cell, place - low, inside)
