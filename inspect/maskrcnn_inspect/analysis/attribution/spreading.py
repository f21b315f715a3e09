"""Spreading: numbers that belong to boxes become a map of the image, and not a bit of them is lost.

Inputs: values on a grid within each of several boxes. Outputs: one map in pixels whose sum is the sum of the values.
Why: a loss that is told by anchor or ROI is a list; where on the image the network is wrong is a map.

Shapes: n boxes; h, w cells within a box; y, x px of the map; yxyx px.
"""

from __future__ import annotations

import numpy as np

THIN = 1e-6  # px: what is thinner than that after clipping goes to one pixel


def spread(values: np.ndarray, boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the map (y, x) float64 of ``size`` over which ``values`` (n, h, w) are spread within ``boxes`` (n, yxyx).

    A cell's value is shared out by area; what lies beyond the map goes to the pixel nearest to it. A box that is not
    finite goes to the first pixel. Law: ``spread(v, b, s).sum() == v.sum()``.
    """
    total = np.zeros(size, np.float64)
    values = np.asarray(values, np.float64)
    for grid, box in zip(values, np.nan_to_num(np.asarray(boxes, np.float64)), strict=True):
        if not grid.any():
            continue
        rows, down = _shares(box[0], box[2], grid.shape[0], size[0])
        columns, across = _shares(box[1], box[3], grid.shape[1], size[1])
        total[rows, columns] += down @ grid @ across.T
    return total


def _shares(start: float, end: float, cells: int, length: int) -> tuple[slice, np.ndarray]:
    """Return the pixels that ``cells`` from ``start`` to ``end`` touch, and (pixel, cell) shares; columns sum to 1."""
    edges = np.clip(np.linspace(start, max(start, end), cells + 1), 0.0, length)
    first = min(int(edges[0]), length - 1)
    last = max(first + 1, int(np.ceil(edges[-1])))
    pixels = np.arange(first, last)[:, None]
    shared = np.maximum(np.minimum(pixels + 1, edges[1:]) - np.maximum(pixels, edges[:-1]), 0.0)
    nearest = np.clip(edges[:-1].astype(int), first, last - 1)
    thin = np.diff(edges) < THIN
    shared[:, thin] = pixels == nearest[thin]
    return slice(first, last), shared / shared.sum(axis=0)
