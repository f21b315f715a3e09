"""A scene: one image with its ground-truth objects in the graph, and the moves that preprocessing and augmentation are
made of.

Every move changes image, boxes and masks alike. The image's pixels move at once; masks stay packed and only their
index vectors change; boxes move as numbers, which keeps fractions of a pixel.

Shapes: g ground-truth objects; y, x rows and columns of the present frame, px; yxyx a box in it.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from .packed_masks import Masks, pick, transpose_pixels
from .packed_masks import transpose as transpose_masks

SLACK = 1e-3  # px that a box may stick out of a frame by rounding, without being cut


class Scene(NamedTuple):
    """An image with its ground-truth objects."""

    image: tf.Tensor  # (y, x, channel) uint8
    boxes: tf.Tensor  # (g, yxyx) float64; may stick out of the frame
    class_ids: tf.Tensor  # (g,) int32
    is_crowd: tf.Tensor  # (g,) bool
    is_whole: tf.Tensor  # (g,) bool: no frame has cut the ground truth, so that its box is still true
    masks: Masks

    @property
    def size(self) -> tf.Tensor:
        """(y, x) of the frame, int32."""
        return tf.shape(self.image)[:2]


def flip_left_right(scene: Scene) -> Scene:
    """Return the mirrored scene. Law: twice is the identity."""
    rows, columns = _all(scene.size[0]), _all(scene.size[1])[::-1]
    width = tf.cast(scene.size[1], tf.float64)
    y1, x1, y2, x2 = tf.unstack(scene.boxes, axis=1)
    return scene._replace(
        image=scene.image[:, ::-1],
        boxes=tf.stack([y1, width - x2, y2, width - x1], axis=1),
        masks=pick(scene.masks, rows, columns),
    )


def flip_up_down(scene: Scene) -> Scene:
    """Return the scene upside down. Law: twice is the identity."""
    rows, columns = _all(scene.size[0])[::-1], _all(scene.size[1])
    height = tf.cast(scene.size[0], tf.float64)
    y1, x1, y2, x2 = tf.unstack(scene.boxes, axis=1)
    return scene._replace(
        image=scene.image[::-1],
        boxes=tf.stack([height - y2, x1, height - y1, x2], axis=1),
        masks=pick(scene.masks, rows, columns),
    )


def transpose(scene: Scene) -> Scene:
    """Return the scene with rows and columns in each other's place. Law: twice is the identity."""
    return scene._replace(
        image=transpose_pixels(scene.image),
        boxes=tf.gather(scene.boxes, [1, 0, 3, 2], axis=1),
        masks=transpose_masks(scene.masks),
    )


def frame(scene: Scene, corner: tf.Tensor, size: tf.Tensor) -> Scene:
    """Return what a frame of ``size`` (y, x) shows whose first pixel is ``corner`` (y, x) of the present one.

    Beyond the present frame the image is 0. A ground-truth object that the new frame cuts is no longer whole.
    """
    before = tf.maximum(-corner, 0)
    first, last = tf.maximum(corner, 0), tf.minimum(corner + size, scene.size)
    image = scene.image[first[0] : last[0], first[1] : last[1]]
    after = size - before - tf.shape(image)[:2]
    boxes, limit = scene.boxes - tf.cast(tf.tile(corner, [2]), tf.float64), tf.cast(size, tf.float64) + SLACK
    inside = tf.reduce_all((boxes[:, :2] >= -SLACK) & (boxes[:, 2:] <= limit), axis=1)
    return scene._replace(
        image=tf.pad(image, [[before[0], after[0]], [before[1], after[1]], [0, 0]]),
        boxes=boxes,
        is_whole=scene.is_whole & inside,
        masks=pick(scene.masks, corner[0] + _all(size[0]), corner[1] + _all(size[1])),
    )


def resize(scene: Scene, size: tf.Tensor, image: tf.Tensor | None = None) -> Scene:
    """Return the scene at ``size`` (y, x): image, masks and boxes as ``stages.molding`` resizes them.

    image: what its image is at that size, where that is known already.
    """
    unchanged = tf.reduce_all(size == scene.size)
    rows, columns = (_nearest(scene.size[axis], size[axis]) for axis in (0, 1))
    return scene._replace(
        image=tf.cond(unchanged, lambda: scene.image, lambda: resize_image(scene.image, size))
        if image is None
        else image,
        boxes=scene.boxes * tf.tile(size / scene.size, [2]),
        masks=pick(scene.masks, rows, columns),
    )


def resize_image(image: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Return ``image`` (y, x, channel) uint8 at ``size``: bilinear, half-pixel centres, 0 outside, truncated.

    The order of the operations is that of scikit-image and SciPy, in float64, so that even their rounding is theirs:
    a grey level of 99.99999999999999 becomes 99, there and here.
    """
    vertical, horizontal = (taps(tf.shape(image)[axis], size[axis]) for axis in (0, 1))
    total = tf.constant(0.0, tf.float64)
    for row, row_weight in vertical:
        weighted = tf.cast(tf.gather(image, row), tf.float64) * row_weight[:, None, None]
        for column, column_weight in horizontal:
            total += tf.gather(weighted, column, axis=1) * column_weight[None, :, None]
    low, high = (tf.cast(limit, tf.float64) for limit in (tf.reduce_min(image), tf.reduce_max(image)))
    return tf.cast(tf.clip_by_value(total, low, high), tf.uint8)


def taps(source: tf.Tensor, target: tf.Tensor) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Return index and weight, (..., target) int32 and float64, of the two pixels that each new pixel lies between.

    source: (...) old lengths; target: () the new one. A pixel outside has weight 0.
    """
    length = tf.cast(source, tf.float64)[..., None]
    centre = (tf.cast(tf.range(target), tf.float64) + 0.5) * (length / tf.cast(target, tf.float64)) - 0.5
    low = tf.floor(centre)
    near = 1.0 - (centre - low)
    return [_tap(low, near, length), _tap(low + 1.0, 1.0 - near, length)]


def _tap(place: tf.Tensor, weight: tf.Tensor, length: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    inside = (place >= 0.0) & (place < length)
    index = tf.cast(tf.where(inside, place, tf.zeros_like(place)), tf.int32)
    return index, tf.where(inside, weight, tf.zeros_like(weight))


def _nearest(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Return the source index (target,) int32 of each target pixel as ``stages.molding`` takes it: corners aligned."""
    last, steps = tf.cast(source - 1, tf.float64), tf.cast(target - 1, tf.float64)
    step = tf.math.divide_no_nan(last, steps)
    return tf.cast(tf.floor(tf.cast(tf.range(target), tf.float64) * step + 0.5), tf.int32)


def _all(length: tf.Tensor) -> tf.Tensor:
    return tf.range(length)
