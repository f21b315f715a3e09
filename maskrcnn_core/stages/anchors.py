"""Anchors: the reference boxes that the RPN scores and refines.

Inputs: the size of the network input. Outputs: every anchor's box, level and ratio, in the order level, y, x, ratio
(the last runs fastest). Why: a network regresses small corrections better than coordinates (Faster R-CNN, section
3.1.1); one scale a level lets each pyramid level answer for one size (FPN, section 4.1).

Shapes: A anchors; yxyx network-input px, lower-right corner exclusive.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..config import LEVELS
from ..config import Anchors as AnchorsConfig
from .spec import StageSpec


class Anchors(NamedTuple):
    """Fields are the tensors ``anchors.*``."""

    boxes: np.ndarray  # (A, yxyx) float32, network-input px
    level: np.ndarray  # (A,) int32, 2 to 6
    ratio: np.ndarray  # (A,) float32, width / height


SPECS = (
    StageSpec(
        "anchors",
        Anchors,
        reads=("molding.image",),
        settings=("anchors.scales", "anchors.offset", "anchors.rounded", "anchors.stride_of_grid"),
        in_graph=False,
    ),
)


def grid_sizes(shape: tuple[int, ...], config: AnchorsConfig) -> list[tuple[int, int]]:
    """Return the (rows, columns) of anchor centres a level, for a network input of ``shape`` (y, x) px."""
    cells = [(_ceil(shape[0], stride), _ceil(shape[1], stride)) for stride in config.strides]
    return [(_ceil(rows, config.spacing), _ceil(columns, config.spacing)) for rows, columns in cells]


def grid_steps(shape: tuple[int, ...], config: AnchorsConfig) -> list[tuple[int, int]]:
    """Return the (y, x) px from one anchor centre to the next a level, for a network input of ``shape`` (y, x) px.

    800 px are 13 cells of 61 px to torchvision, which ends short of the border.
    """
    if config.stride_of_grid:
        return [(shape[0] // rows, shape[1] // columns) for rows, columns in grid_sizes(shape, config)]
    return [(stride * config.spacing,) * 2 for stride in config.strides]


@lru_cache(maxsize=16)
def make_anchors(shape: tuple[int, ...], config: AnchorsConfig) -> Anchors:
    """Return all anchors of a network input of ``shape`` (y, x) px.

    A level's anchors have sides h = scale / sqrt(ratio), w = scale * sqrt(ratio) and centres at (index + offset) *
    stride; with an offset of 0 they lie on the upper-left corner of a cell (all four implementations).
    """
    boxes, levels = [], []
    grids, steps = grid_sizes(shape, config), grid_steps(shape, config)
    for level, scale, step, grid in zip(LEVELS, config.scales, steps, grids, strict=True):
        boxes.append(_level_boxes(scale, step, grid, config))
        levels.append(np.full(len(boxes[-1]), level, np.int32))
    count = sum(map(len, boxes)) // len(config.ratios)
    anchors = Anchors(
        np.concatenate(boxes).astype(np.float32),
        np.concatenate(levels),
        np.tile(np.asarray(config.ratios, np.float32), count),
    )
    for array in anchors:
        array.setflags(write=False)  # shared by every image of this size
    return anchors


def _level_boxes(
    scale: float, step: tuple[int, int], grid: tuple[int, int], config: AnchorsConfig
) -> np.ndarray:
    """Return the anchors of one level (y * x * ratio, yxyx) float64; step: (y, x) px from one centre to the next."""
    root = np.sqrt(np.asarray(config.ratios, np.float64))
    half = 0.5 * np.stack([scale / root, scale * root], axis=-1)  # (ratio, yx)
    half = np.rint(half) if config.rounded else half
    cells = np.stack(list(np.mgrid[: grid[0], : grid[1]]), axis=-1)[:, :, None, :]
    centres = (cells + config.offset) * np.asarray(step, np.float64)  # (y, x, 1, yx)
    return np.concatenate([centres - half, centres + half], axis=-1).reshape(-1, 4)


def _ceil(length: int, step: int) -> int:
    return -(-length // step)
