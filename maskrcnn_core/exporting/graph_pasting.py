"""Pasting inside a graph: ``stages.pasting`` for detections of an image whose size is known when the graph runs.

Inputs: boxes in network-input px and mask probabilities. Outputs: boxes in image px and masks at image size, one
detection after the other, so that memory holds one mask in floats at a time. Why beside the stage: see
``graph_resizing``.

Shapes: d detections; yxyx; y, x of the grid or the image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from ..config import Config
from ..stages.pasting import Pasted

Row = tuple[Any, Any]  # a box and its grid


def paste_in_graph(boxes: Any, probs: Any, window: Any, size: Any, config: Config) -> Pasted:
    """Return what ``stages.pasting.paste`` returns for an image of ``size`` (y, x) int32."""
    placed = boxes_in_graph(boxes, window, size, config)
    return Pasted(placed, masks_in_graph(placed, probs, size, config, _one_by_one))


def boxes_in_graph(boxes: Any, window: Any, size: Any, config: Config) -> Any:
    """Return ``boxes`` (d, yxyx) in px of an image of ``size`` (y, x) int32."""
    placed = _stretched(boxes, window, size, config.box_corner)
    return tf.cast(tf.round(placed), tf.int32) if config.pasting.rule == "box" else placed


def masks_in_graph(
    placed: Any, probs: Any, size: Any, config: Config, each: Callable[[Callable[[Row], Any], Row], Any]
) -> Any:
    """Return masks (d, y, x) of boxes ``placed`` in an image of ``size`` (y, x) int32.

    each: calls a function for the rows of two tensors, and stacks the results.
    """
    lines = {"box": _box_line, "padded": _padded_line, "grid": _grid_line}[config.pasting.rule]

    def put(row: Row) -> Any:
        box, grid = row
        (rows, in_y), (columns, in_x) = (
            lines(tf.shape(grid)[axis], size[axis], box[axis], box[axis + 2]) for axis in (0, 1)
        )
        source = tf.pad(grid, [[1, 1], [1, 1]]) if config.pasting.rule == "padded" else grid
        values = tf.matmul(tf.matmul(rows, source), columns, transpose_b=True)
        if config.pasting.rule == "box":
            values = tf.maximum(values, tf.reduce_min(grid))
        return (values >= config.pasting.threshold) & in_y[:, None] & in_x[None, :]

    return tf.reshape(each(put, (placed, probs)), [tf.shape(placed)[0], size[0], size[1]])


def _one_by_one(put: Callable[[Row], Any], rows: Row) -> Any:
    filled = tuple(map(_at_least_one, rows))  # TensorFlow cannot stack masks of no detection
    masks = tf.map_fn(put, filled, fn_output_signature=tf.TensorSpec([None, None], tf.bool))
    return masks[: tf.shape(rows[0])[0]]


def _at_least_one(rows: Any) -> Any:
    """Return ``rows`` with one of zeros where there is none."""
    missing = tf.cast(tf.shape(rows)[0] == 0, tf.int32)
    return tf.concat([rows, tf.zeros(tf.concat([[missing], tf.shape(rows)[1:]], axis=0), rows.dtype)], axis=0)


def _stretched(boxes: Any, window: Any, size: Any, corner: float) -> Any:
    """Return what ``stages.pasting.stretch_boxes`` returns: (d, yxyx) float32 image px, cut at the image."""
    edge = np.array([0, 0, corner, corner], np.float32)
    top_left = tf.concat([window[:2], window[:2]], axis=0)
    extent = tf.maximum(window[2:] - window[:2] - corner, 1e-6)
    image = tf.cast(size, tf.float32)
    stretch = tf.tile((image - corner) / extent, [2])
    placed = (boxes - edge - top_left) * stretch + edge
    finite = tf.where(tf.math.is_nan(placed), 0.0, placed)
    return tf.minimum(tf.maximum(finite, 0.0), tf.tile(image, [2]))


def _box_line(source: Any, length: Any, start: Any, end: Any) -> tuple[Any, Any]:
    """Return the matrix (length, source) that resizes a line into start … end, and the pixels that lie there."""
    pixels = tf.range(length)
    # counted in 2 * cells * pixels of the box, whole numbers: exact, and formats without float64 can say it
    unit = 2 * tf.maximum(end - start, 1)
    centres = (2 * (pixels - start) + 1) * source - unit // 2
    hats = unit - tf.abs(centres[:, None] - tf.range(source)[None, :] * unit)
    shares = tf.cast(tf.maximum(hats, 0), tf.float32) / tf.cast(unit, tf.float32)
    return shares, (pixels >= start) & (pixels < end)


def _padded_line(source: Any, length: Any, start: Any, end: Any) -> tuple[Any, Any]:
    """Do the same for a grid with a cell of 0 around, in a box that grew with it and is cut to whole px."""
    padded = source + 2
    half, middle = (end - start) * 0.5, (end + start) * 0.5
    half = half * (tf.cast(padded, tf.float32) / tf.cast(source, tf.float32))
    first, last = tf.cast(middle - half, tf.int32), tf.cast(middle + half, tf.int32) + 1
    pixels = tf.range(length)
    step = tf.cast(padded, tf.float32) / tf.cast(tf.maximum(last - first, 1), tf.float32)
    place = tf.maximum(step * (tf.cast(pixels - first, tf.float32) + 0.5) - 0.5, 0.0)
    low = tf.clip_by_value(tf.cast(place, tf.int32), 0, padded - 1)
    share = (place - tf.cast(low, tf.float32))[:, None]
    high = tf.minimum(low + 1, padded - 1)
    matrix = tf.one_hot(low, padded) * (1.0 - share) + tf.one_hot(high, padded) * share
    return matrix, (pixels >= first) & (pixels < last)


def _grid_line(source: Any, length: Any, start: Any, end: Any) -> tuple[Any, Any]:
    """Return the matrix with which centres of pixels read a line from start to end, and the pixels that do."""
    pixels = tf.range(length)
    centres = tf.cast(pixels, tf.float32) + 0.5
    cells = ((centres - start) / (end - start) * 2 - 1 + 1) * tf.cast(source, tf.float32)
    cells = (cells - 1.0) / 2.0
    hats = tf.maximum(1.0 - tf.abs(cells[:, None] - tf.cast(tf.range(source), tf.float32)[None, :]), 0.0)
    first, last = tf.cast(tf.floor(start), tf.int32) - 1, tf.cast(tf.math.ceil(end), tf.int32) + 1
    return hats, (pixels >= first) & (pixels < last) & (end > start)
