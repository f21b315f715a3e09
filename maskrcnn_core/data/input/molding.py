"""Molding in the graph: a scene of any size becomes the network's input, with its truths.

The geometry is that of ``stages.molding``, which detection uses; a test holds the two against each other. Here is more
to do: truths come along, a random crop (mode crop) is possible, and masks may be stored small, each within its box.

Shapes: g truths; y, x molded px, or cells of a mini mask.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ...config import Config, Molding
from ...stages.molding import STRIDE
from .packed_masks import boxes_of, look, show, visible
from .scene import Scene, frame, resize, taps


class Place(NamedTuple):
    """Where a picture lands in its molded image; fields of ``stages.molding.Layout`` as tensors."""

    content: tf.Tensor  # (y, x) int32, size of the resized picture
    shape: tf.Tensor  # (y, x) int32, size of the molded image
    offset: tf.Tensor  # (y, x) int32 of the picture's first pixel; negative where a crop begins inside


class Molded(NamedTuple):
    """A molded picture with the truths that are seen in it."""

    image: tf.Tensor  # (y, x, channel) float32
    boxes: tf.Tensor  # (g, yxyx) float32
    class_ids: tf.Tensor  # (g,) int32
    is_crowd: tf.Tensor  # (g,) bool
    masks: tf.Tensor  # (g, y, x) bool


def mold_scene(scene: Scene, config: Config, seed: tf.Tensor | None) -> Molded:
    """Resize, pad or crop ``scene``, and keep the truths that have a pixel left, ``max_truths`` of them at most.

    seed: (2,) int32, what the crop and the choice of truths depend on; None = the middle, and the first truths.
    """
    place = layout(scene.size, config.molding, seed)
    scene = frame(resize(scene, place.content), -place.offset, place.shape)
    image = tf.cast(scene.image, tf.float32) - tf.constant(config.molding.mean)
    seen = look(scene.masks)
    chosen = choose(visible(seen), config.training.max_truths, seed)
    masks = show(seen, chosen)
    if config.training.mini_mask is not None:
        boxes = boxes_of(masks)
        masks = mini_masks(masks, boxes, config.training.mini_mask)
    else:
        boxes = _with_cut_ones_measured(scene, chosen, masks)
    return Molded(image, boxes, tf.gather(scene.class_ids, chosen), tf.gather(scene.is_crowd, chosen), masks)


def _with_cut_ones_measured(scene: Scene, chosen: tf.Tensor, masks: tf.Tensor) -> tf.Tensor:
    """Return the boxes (n, yxyx) float32 of ``chosen`` truths; where a frame cut one, that of what is left of it."""
    boxes = tf.cast(tf.gather(scene.boxes, chosen), tf.float32)
    is_whole = tf.gather(scene.is_whole, chosen)
    return tf.cond(
        tf.reduce_all(is_whole),
        lambda: boxes,
        lambda: tf.where(is_whole[:, None], boxes, boxes_of(masks)),
    )


def layout(size: tf.Tensor, config: Molding, seed: tf.Tensor | None = None) -> Place:
    """Return size and place of a picture of ``size`` (y, x) px; see ``stages.molding.layout``.

    Mode crop: a square of min_dim px anywhere in the picture, which is scaled up first where it is smaller than that,
    or by min_scale (the classic mode for training on parts of large pictures).
    """
    if config.mode == "none":
        return Place(size, size, tf.zeros_like(size))
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
        wanted = "square, pad64, none or crop (with molding.min_dim above 0)"
        raise ValueError(f"wanted molding.mode {wanted}, received {config.mode!r}")
    return Place(content, shape, (shape - content) // 2)


def choose(visible: tf.Tensor, most: int, seed: tf.Tensor | None) -> tf.Tensor:
    """Return (n,) int32, ascending: which of the ``visible`` (g,) bool truths to train on, ``most`` at the most."""
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
