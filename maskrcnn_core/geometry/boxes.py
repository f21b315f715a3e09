"""The algebra of boxes: one formula for NumPy arrays and TensorFlow tensors.

Boxes are ``(y1, x1, y2, x2)`` in the last axis, float32, in pixels; any leading axes. ``corner`` says what the
lower-right corner is: 0 = the edge, so that a side is ``y2 - y1``; 1 = the classic implementation's, in which the
last pixel inside counts and a side is ``y2 - y1 - 1``. (The classic code normalises boxes by
``(box - (0, 0, 1, 1)) / (h - 1, w - 1)``; sides, deltas, IoU and clipping commute with that division, so the same
numbers come out of pixels.)

Shapes: n, m boxes; yxyx the four coordinates; dydxdhdw the four deltas.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

Boxes = Any  # np.ndarray or tf.Tensor (..., yxyx)


def library(array: Any) -> Any:
    """Return the module whose ``maximum``, ``exp``, ``stack`` … act on ``array``."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow if tensorflow is not None and tensorflow.is_tensor(array) else np


def coordinates(boxes: Boxes) -> tuple[Any, Any, Any, Any]:
    """Return y1, x1, y2, x2, each with the leading axes of ``boxes``; for tensors by one operation instead of four."""
    lib = library(boxes)
    y1, x1, y2, x2 = np.moveaxis(boxes, -1, 0) if lib is np else lib.unstack(boxes, 4, axis=-1)
    return y1, x1, y2, x2


def sides(boxes: Boxes, corner: float = 0.0) -> tuple[Any, Any]:
    """Return heights and widths, px."""
    y1, x1, y2, x2 = coordinates(boxes)
    return y2 - y1 - corner, x2 - x1 - corner


def area(boxes: Boxes, corner: float = 0.0) -> Any:
    """Return the areas, px²; 0 for a box turned inside out."""
    lib = library(boxes)
    height, width = sides(boxes, corner)
    return lib.maximum(height, 0.0) * lib.maximum(width, 0.0)


def intersection(a: Boxes, b: Boxes, corner: float = 0.0) -> Any:
    """Return (n, m) areas, px², that boxes ``a`` (n, yxyx) and ``b`` (m, yxyx) share."""
    lib = library(a)
    top_a, left_a, bottom_a, right_a = coordinates(a[:, None, :])
    top_b, left_b, bottom_b, right_b = coordinates(b[None, :, :])
    height = lib.minimum(bottom_a, bottom_b) - lib.maximum(top_a, top_b) - corner
    width = lib.minimum(right_a, right_b) - lib.maximum(left_a, left_b) - corner
    return lib.maximum(height, 0.0) * lib.maximum(width, 0.0)


def iou(a: Boxes, b: Boxes, corner: float = 0.0) -> Any:
    """Return (n, m) intersection over union of ``a`` (n, yxyx) and ``b`` (m, yxyx); 0 where a box has no area.

    Laws: ``iou(a, b) == iou(b, a).T``; 0 <= iou <= 1; ``iou(a, a)`` has ones on its diagonal where area > 0.
    """
    lib = library(a)
    shared = intersection(a, b, corner)
    union = area(a, corner)[:, None] + area(b, corner)[None, :] - shared
    return lib.where(
        shared > 0.0, shared / lib.where(union > 0.0, union, lib.ones_like(union)), lib.zeros_like(shared)
    )


def clip(boxes: Boxes, limits: Any, corner: float = 0.0) -> Boxes:
    """Return ``boxes`` moved inside ``limits`` (yxyx, px, broadcast): ``clip(clip(b)) == clip(b)``."""
    lib = library(boxes)
    top, left, bottom, right = coordinates(limits)
    y1, x1, y2, x2 = coordinates(boxes)
    return lib.stack(
        [
            lib.maximum(lib.minimum(y1, bottom - corner), top),
            lib.maximum(lib.minimum(x1, right - corner), left),
            lib.maximum(lib.minimum(y2, bottom), top + corner),
            lib.maximum(lib.minimum(x2, right), left + corner),
        ],
        axis=-1,
    )


def encode(boxes: Boxes, targets: Boxes, corner: float = 0.0) -> Any:
    """Return the deltas (dy, dx, log dh, log dw) that turn ``boxes`` into ``targets``: centres relative to the side.

    Source: R-CNN, appendix C, eqs. 6 to 9. Law: ``decode(a, encode(a, b)) == b``.
    """
    lib = library(boxes)
    log = lib.math.log if lib is not np else np.log
    height, width = sides(boxes, corner)
    target_height, target_width = sides(targets, corner)
    top, left, *_ = coordinates(boxes)
    centre_y, centre_x = top + 0.5 * height, left + 0.5 * width
    top, left, *_ = coordinates(targets)
    target_y, target_x = top + 0.5 * target_height, left + 0.5 * target_width
    return lib.stack(
        [
            (target_y - centre_y) / height,
            (target_x - centre_x) / width,
            log(target_height / height),
            log(target_width / width),
        ],
        axis=-1,
    )


def decode(boxes: Boxes, deltas: Any, corner: float = 0.0) -> Boxes:
    """Return ``boxes`` refined by ``deltas`` (dy, dx, log dh, log dw), already multiplied by their std.

    Source: R-CNN, appendix C, eqs. 1 to 4. Law: ``decode(a, encode(a, b)) == b``; zero deltas change nothing.
    """
    lib = library(boxes)
    height, width = sides(boxes, corner)
    y1, x1, *_ = coordinates(boxes)
    dy, dx, dh, dw = coordinates(deltas)
    centre_y = y1 + 0.5 * height + dy * height
    centre_x = x1 + 0.5 * width + dx * width
    height, width = height * lib.exp(dh), width * lib.exp(dw)
    top, left = centre_y - 0.5 * height, centre_x - 0.5 * width
    return lib.stack([top, left, top + height + corner, left + width + corner], axis=-1)


def limit_sides(deltas: Any, growth: float, shrink: float) -> Any:
    """Return ``deltas`` (…, dydxdhdw) that lengthen sides ``growth`` times and shorten them ``shrink`` times at most.

    0 is no limit. Why: a wild logarithm gives a box without end, and the next step no number at all.
    """
    if not growth and not shrink:
        return deltas
    lib = library(deltas)
    scale = deltas[..., 2:]
    scale = lib.minimum(scale, np.float32(np.log(growth))) if growth else scale
    scale = lib.maximum(scale, np.float32(-np.log(shrink))) if shrink else scale
    return lib.concat([deltas[..., :2], scale], axis=-1)


def shift_corner(boxes: Boxes, corner: float) -> Boxes:
    """Return boxes whose lower-right corner is an edge, for libraries that know no other kind."""
    lib = library(boxes)
    y1, x1, y2, x2 = coordinates(boxes)
    return lib.stack([y1, x1, y2 - corner, x2 - corner], axis=-1)


def from_xywh(boxes: np.ndarray) -> np.ndarray:
    """Return yxyx boxes from COCO's (x, y, width, height)."""
    x, y, width, height = np.moveaxis(np.asarray(boxes, np.float32).reshape(-1, 4), -1, 0)
    return np.stack([y, x, y + height, x + width], axis=-1)


def to_xywh(boxes: np.ndarray) -> np.ndarray:
    """Return COCO's (x, y, width, height) from yxyx boxes."""
    y1, x1, y2, x2 = coordinates(np.asarray(boxes).reshape(-1, 4))
    return np.stack([x1, y1, x2 - x1, y2 - y1], axis=-1)


def from_masks(masks: np.ndarray) -> np.ndarray:
    """Return the tight boxes (n, yxyx) int32 of ``masks`` (n, y, x) bool, lower-right corner exclusive; 0 if empty."""
    boxes = np.zeros((len(masks), 4), np.int32)
    for index, mask in enumerate(masks):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if rows.size:
            boxes[index] = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
    return boxes
