"""Preprocessing and anchors inside a graph: ``stages.molding`` and ``stages.anchors`` for an image of any size.

Inputs: the image, (y, x, channel) uint8. Outputs: what the stages return, as tensors. Sizes are counted in float64 and
rounded as the stages do, so that no side differs by a pixel. Why beside the stages: see ``graph_resizing``.

Shapes: y, x rows and columns; A anchors; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from ..config import LEVELS, Molding
from ..config import Anchors as AnchorsConfig
from ..stages.anchors import Anchors, make_anchors
from ..stages.molding import STRIDE, Molded
from .graph_resizing import resize_in_graph


class Place(NamedTuple):
    """Where an image lands in its network input: ``stages.molding.Layout`` as tensors."""

    scale: Any  # () float64
    content: Any  # (y, x) int32
    shape: Any  # (y, x) int32
    offset: Any  # (y, x) int32


def mold_in_graph(image: Any, config: Molding) -> Molded:
    """Return what ``stages.molding.mold`` returns of ``image`` (y, x, channel) uint8."""
    place = place_in_graph(tf.shape(image)[:2], config)
    colours = image if config.channel_order == "rgb" else image[..., ::-1]

    def resized(levels: Any) -> Any:
        return levels if config.mode == "none" else resize_in_graph(levels, place.content, config.resizer)

    molded = molded_by(colours, config, resized, lambda content: _padded(content, place))
    if config.mode == "square":
        molded = tf.ensure_shape(molded, [config.max_dim, config.max_dim, config.channels])
    window = tf.cast(tf.concat([place.offset, place.offset + place.content], axis=0), tf.float32)
    return Molded(molded, window, tf.cast(place.scale, tf.float32))


def molded_by(
    colours: Any, config: Molding, resized: Callable[[Any], Any], padded: Callable[[Any], Any]
) -> Any:
    """Return ``colours`` (y, x, channel) resized, padded and normalised, in the order of ``config``."""
    if config.mode != "corner":
        return _normalised(padded(resized(colours)), config)
    if config.resizer == "torch":
        return padded(resized(_normalised(colours, config)))
    return padded(_normalised(resized(colours), config))


def _normalised(image: Any, config: Molding) -> Any:
    """Return (grey levels / full_scale - mean) / std, float32."""
    levels = tf.cast(image, tf.float32)
    levels = levels / config.full_scale if config.full_scale != 1.0 else levels
    levels = levels - np.asarray(config.mean, np.float32)
    return levels if set(config.std) == {1.0} else levels / np.asarray(config.std, np.float32)


def _padded(content: Any, place: Place) -> Any:
    """Put zeros around ``content`` up to the size of the network input."""
    after = place.shape - place.content - place.offset
    around = tf.concat([tf.stack([place.offset, after], axis=1), [[0, 0]]], axis=0)
    whole = tf.pad(tf.cast(content, tf.float32), around)
    return tf.cast(whole, content.dtype)


def place_in_graph(size: Any, config: Molding) -> Place:
    """Return what ``stages.molding.layout`` returns for ``size`` (y, x) int32."""
    none, exact = tf.zeros([2], tf.int32), tf.cast(size, tf.float64)
    if config.mode == "none":
        return Place(tf.constant(1.0, tf.float64), size, size, none)
    if config.mode == "corner":
        scale, content = _fitted(exact, size, config)
        return Place(scale, content, _next_multiple(content, config.multiple), none)
    scale = tf.constant(1.0, tf.float64)
    if config.min_dim:
        scale = tf.maximum(scale, config.min_dim / tf.reduce_min(exact))
    scale = tf.maximum(scale, tf.constant(config.min_scale, tf.float64))
    if config.mode == "square":
        long = tf.reduce_max(exact)
        scale = tf.where(tf.round(long * scale) > config.max_dim, config.max_dim / long, scale)
    content = tf.maximum(1, tf.cast(tf.round(exact * scale), tf.int32))
    shape = _next_multiple(content, STRIDE)
    if config.mode == "square":
        shape = tf.constant([config.max_dim] * 2)
    return Place(scale, content, shape, (shape - content) // 2)


def _fitted(exact: Any, size: Any, config: Molding) -> tuple[Any, Any]:
    """Return what ``stages.resizing.fitted`` returns."""
    if not config.min_dim:
        return tf.constant(1.0, tf.float64), size
    short, long = tf.reduce_min(exact), tf.reduce_max(exact)
    half = 0.0 if config.resizer == "torch" else 0.5
    if config.resizer == "pillow":
        scale = config.min_dim / short
        sides = tf.where(exact == short, tf.constant(config.min_dim, tf.float64), scale * exact)
        longest = tf.reduce_max(sides)
        smaller = tf.where(longest > config.max_dim, config.max_dim / longest, tf.ones_like(longest))
        scale, sides = scale * smaller, sides * smaller
    else:
        scale = tf.minimum(config.max_dim / long, config.min_dim / short)
        sides = exact * scale
    return scale, tf.maximum(1, tf.cast(tf.floor(sides + half), tf.int32))


def _next_multiple(length: Any, step: int) -> Any:
    return (length + step - 1) // step * step


def anchors_in_graph(shape: Any, config: AnchorsConfig) -> Anchors:
    """Return what ``stages.anchors.make_anchors`` returns for a network input of ``shape`` (y, x) int32.

    A size that is known beforehand gives the stage's own arrays.
    """
    known = tf.get_static_value(shape)
    if known is not None:
        return Anchors(*map(tf.constant, make_anchors((int(known[0]), int(known[1])), config)))
    boxes, levels = [], []
    for level, scale, stride in zip(LEVELS, config.scales, config.strides, strict=True):
        grid = _ceil(_ceil(shape, stride), config.spacing)
        step = shape // grid if config.stride_of_grid else tf.fill([2], stride * config.spacing)
        boxes.append(_level_boxes(scale, step, grid, config))
        levels.append(tf.fill(tf.shape(boxes[-1])[:1], level))
    count = sum(tf.shape(each)[0] for each in boxes) // len(config.ratios)
    ratio = tf.tile(tf.constant(config.ratios, tf.float32), [count])
    return Anchors(tf.concat(boxes, axis=0), tf.concat(levels, axis=0), ratio)


def _level_boxes(scale: float, step: Any, grid: Any, config: AnchorsConfig) -> Any:
    """Return the anchors of one level (y * x * ratio, yxyx) float32."""
    root = np.sqrt(np.asarray(config.ratios, np.float64))
    half = 0.5 * np.stack([scale / root, scale * root], axis=-1)  # (ratio, yx)
    half = np.rint(half) if config.rounded else half
    lines = [tf.cast(tf.range(grid[axis]), tf.float64) + config.offset for axis in (0, 1)]
    cells = tf.stack(tf.meshgrid(*lines, indexing="ij"), axis=-1)[:, :, None, :]
    centres = cells * tf.cast(step, tf.float64)
    corners = tf.concat([centres - half, centres + half], axis=-1)
    return tf.cast(tf.reshape(corners, [-1, 4]), tf.float32)


def _ceil(length: Any, step: int) -> Any:
    return (length + step - 1) // step
