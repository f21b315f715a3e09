"""Preprocessing in the graph: a scene of any size becomes the network's input, with its ground-truth objects.

The geometry is that of ``stages.molding``, which detection uses; a test holds the two against each other. Here is more
to do: ground-truth objects come along, a random crop (mode crop) is possible, and masks may be stored small, each
within its box.

Mode corner leaves the graph for its pixels: each of three libraries' resizing has a rounding of its own, which is the
stage's to know. All other modes stay in it, where no Python holds up the stream.

Shapes: g ground-truth objects; y, x network-input px, or cells of a mini mask.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from ...config import Config, Molding
from ...stages.molding import STRIDE, corner_content
from ...stages.resizing import fitted
from .packed_masks import boxes_of, look, show, visible
from .scene import Scene, frame, resize, taps


class Place(NamedTuple):
    """Where an image lands in its network input; fields of ``stages.molding.Layout`` as tensors."""

    content: tf.Tensor  # (y, x) int32, size of the resized image
    shape: tf.Tensor  # (y, x) int32, size of the network input
    offset: tf.Tensor  # (y, x) int32 of the image's first pixel; negative where a crop begins inside


class Molded(NamedTuple):
    """A network input with the ground-truth objects that are seen in it."""

    image: tf.Tensor  # (y, x, channel) float32
    boxes: tf.Tensor  # (g, yxyx) float32
    class_ids: tf.Tensor  # (g,) int32
    is_crowd: tf.Tensor  # (g,) bool
    masks: tf.Tensor  # (g, y, x) bool
    window: tf.Tensor  # (yxyx) float32, the part of the image that is no padding


def mold_scene(scene: Scene, config: Config, seed: tf.Tensor | None) -> Molded:
    """Resize, pad or crop ``scene``, and keep the ground-truth objects that have a pixel left, ``max_truths`` of them
    at most.

    seed: (2,) int32, what the crop and the choice of ground-truth objects depend on; None = the middle, and the first
    ground-truth objects.
    """
    molding = config.molding
    place = layout(scene.size, molding, seed)
    resized = resize(scene, place.content, _content(scene.image, place, molding))
    scene = frame(resized, -place.offset, place.shape)
    image = scene.image if molding.mode == "corner" else _normalised(scene.image, molding)
    seen = look(scene.masks)
    chosen = choose(visible(seen), config.training.max_truths, seed)
    masks = show(seen, chosen)
    if config.training.mini_mask is not None:
        boxes = boxes_of(masks)
        masks = mini_masks(masks, boxes, config.training.mini_mask)
    else:
        boxes = _with_cut_ones_measured(scene, chosen, masks)
    limits = tf.concat([[0, 0], place.shape], axis=0)
    window = tf.concat([place.offset, place.offset + place.content], axis=0)
    return Molded(
        image,
        boxes,
        tf.gather(scene.class_ids, chosen),
        tf.gather(scene.is_crowd, chosen),
        masks,
        tf.cast(tf.clip_by_value(window, 0, tf.tile(limits[2:], [2])), tf.float32),
    )


def _content(image: tf.Tensor, place: Place, config: Molding) -> tf.Tensor | None:
    """Return the resized and normalised ``image`` (y, x, channel) float32 of mode corner, None for other modes.

    The stage's own function, outside the graph: each of three libraries' resizing has a rounding of its own.
    """
    if config.mode != "corner":
        return None

    def by_stage(pixels: np.ndarray, size: np.ndarray) -> np.ndarray:
        return corner_content(pixels, (int(size[0]), int(size[1])), config)

    content = tf.numpy_function(by_stage, [image, place.content], tf.float32, stateful=False)
    return tf.ensure_shape(content, [None, None, config.channels])


def _normalised(image: tf.Tensor, config: Molding) -> tf.Tensor:
    """Return (grey levels / full_scale - mean) / std of ``image`` (y, x, channel) in the order of channels wanted."""
    levels = tf.cast(image if config.channel_order == "rgb" else image[..., ::-1], tf.float32)
    levels = levels if config.full_scale == 1.0 else levels / config.full_scale
    levels = levels - tf.constant(config.mean)
    return levels if set(config.std) == {1.0} else levels / tf.constant(config.std)


def _with_cut_ones_measured(scene: Scene, chosen: tf.Tensor, masks: tf.Tensor) -> tf.Tensor:
    """Return the boxes (n, yxyx) float32 of ``chosen`` ground-truth objects; where a frame cut one, that of what is
    left of it.
    """
    boxes = tf.cast(tf.gather(scene.boxes, chosen), tf.float32)
    is_whole = tf.gather(scene.is_whole, chosen)
    return tf.cond(
        tf.reduce_all(is_whole),
        lambda: boxes,
        lambda: tf.where(is_whole[:, None], boxes, boxes_of(masks)),
    )


def layout(size: tf.Tensor, config: Molding, seed: tf.Tensor | None = None) -> Place:
    """Return size and place of an image of ``size`` (y, x) px; see ``stages.molding.layout``.

    Mode crop: a square of min_dim px anywhere in the image, which is scaled up first where it is smaller than that,
    or by min_scale (the classic mode for training on parts of large images).
    """
    if config.mode == "none":
        return Place(size, size, tf.zeros_like(size))
    if config.mode == "corner":
        content = tf.ensure_shape(
            tf.numpy_function(lambda sides: _fitted(sides, config), [size], tf.int32, stateful=False), [2]
        )
        shape = -(-content // config.multiple) * config.multiple
        return Place(content, shape, tf.zeros_like(content))
    side = tf.cast(size, tf.float64)
    scale = tf.maximum(tf.constant(1.0, tf.float64), config.min_dim / tf.reduce_min(side))
    scale = tf.maximum(scale, tf.constant(config.min_scale, tf.float64))
    if config.mode == "square":
        fitting = config.max_dim / tf.reduce_max(side)
        scale = tf.where(tf.round(tf.reduce_max(side) * scale) > config.max_dim, fitting, scale)
    content = tf.maximum(1, tf.cast(tf.round(side * scale), tf.int32))
    if config.mode == "square":
        shape = tf.fill([2], config.max_dim)
    elif config.mode == "pad64":
        shape = -(-content // STRIDE) * STRIDE
    elif config.mode == "crop" and config.min_dim:
        shape = tf.fill([2], config.min_dim)
        return Place(content, shape, -_corner(content - shape, seed))
    else:
        wanted = "square, pad64, none, corner or crop (with molding.min_dim above 0)"
        raise ValueError(f"wanted molding.mode {wanted}, received {config.mode!r}")
    return Place(content, shape, (shape - content) // 2)


def _fitted(size: np.ndarray, config: Molding) -> np.ndarray:
    return np.asarray(fitted((int(size[0]), int(size[1])), config)[1], np.int32)


def choose(visible: tf.Tensor, most: int, seed: tf.Tensor | None) -> tf.Tensor:
    """Return (n,) int32, ascending: which of the ``visible`` (g,) bool ground-truth objects to train on, ``most`` at
    the most.
    """
    count = tf.math.count_nonzero(visible, dtype=tf.int32)
    draw = tf.zeros(tf.shape(visible))
    if seed is not None:
        draw = tf.random.stateless_uniform(tf.shape(visible), tf.random.fold_in(seed, 1), alg="philox")
    order = tf.argsort(tf.where(visible, draw, 2.0), stable=True)
    return tf.sort(order[: tf.minimum(count, most)])


def mini_masks(masks: tf.Tensor, boxes: tf.Tensor, shape: tuple[int, int]) -> tf.Tensor:
    """Return (g, *shape) bool: ``masks`` (g, y, x) within their ``boxes`` (g, yxyx), bilinear, True above one half.

    Source: the classic utils.minimize_mask, down to the order of its sums.
    """
    corner = tf.cast(boxes[:, :2], tf.int32)
    length = tf.cast(boxes[:, 2:], tf.int32) - corner
    vertical, horizontal = (taps(length[:, axis], tf.constant(shape[axis])) for axis in (0, 1))
    total = tf.zeros([tf.shape(masks)[0], *shape], tf.float64)
    for row, row_weight in vertical:
        rows = tf.gather(masks, row + corner[:, 0:1], batch_dims=1)  # (g, mini y, x)
        for column, column_weight in horizontal:
            cells = tf.gather(rows, column + corner[:, 1:2], axis=2, batch_dims=1)  # (g, mini y, mini x)
            total += tf.cast(cells, tf.float64) * row_weight[:, :, None] * column_weight[:, None, :]
    filled = tf.reduce_sum(tf.cast(masks, tf.int32), axis=[1, 2]) == length[:, 0] * length[:, 1]
    # a box that is full has no 0 to blend with at its edge: the classic resize clips to the values that were there
    return (total > 0.5) | filled[:, None, None]


def _corner(room: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
    """Return a random corner (y, x) int32 from 0 to ``room`` (y, x) px, both included; the middle without a seed."""
    if seed is None:
        return room // 2
    draw = tf.random.stateless_uniform([2], tf.random.fold_in(seed, 0), alg="philox")
    return tf.minimum(tf.cast(draw * tf.cast(room + 1, tf.float32), tf.int32), room)
