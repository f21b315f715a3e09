"""Resizing inside a graph: the four rules of ``stages.resizing`` in TensorFlow's ops, level by level the same.

Inputs: an image and the size that is wanted, both known when the graph runs. Outputs: its grey levels there. Why beside
the stage: an exported detector takes images of any size, and NumPy, scikit-image and Pillow do not come along. A test
holds every rule against the stage; each export is certified besides.

Shapes: y, x rows and columns of the image or of its resized copy.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..stages.resizing import STEPS

BITS = 22  # of a weight's fraction in Pillow's fixed-point arithmetic for bytes


def resize_in_graph(image: Any, size: Any, resizer: str) -> Any:
    """Return ``image`` (y, x, channel) at ``size`` (y, x) int32 by the rule of ``resizer``, in the input's dtype."""
    rules = {"skimage": _by_skimage, "torch": _by_torch, "pillow": _by_pillow, "opencv": _by_opencv}
    return rules[resizer](image, size)


def _by_skimage(image: Any, size: Any) -> Any:
    """Bilinear, half-pixel centres, 0 outside, cut off to whole levels and to those of the image."""
    values = tf.cast(image, tf.float64)
    (up, down), (left, right) = (_zoom_line(tf.shape(image)[a], size[a]) for a in (0, 1))
    above, below = (_taken(values, *line, 0) for line in (up, down))
    sums = [_taken(rows, *line, 1) for rows in (above, below) for line in (left, right)]
    resized = ((sums[0] + sums[1]) + sums[2]) + sums[3]  # in the order in which SciPy adds
    least, most = tf.reduce_min(values), tf.reduce_max(values)
    clipped = tf.minimum(tf.maximum(resized, least), most)
    return tf.cast(tf.where((resized == 0.0) & (least > 0.0), resized, clipped), image.dtype)


def _zoom_line(source: Any, target: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return for each of ``target`` pixels its two neighbours of ``source``, each an index and a weight."""
    place = (tf.cast(tf.range(target), tf.float64) + 0.5) * (
        tf.cast(source, tf.float64) / tf.cast(target, tf.float64)
    ) - 0.5
    low = tf.floor(place)
    share, index = place - low, tf.cast(low, tf.int32)
    return _inside(index, 1.0 - share, source), _inside(index + 1, share, source)


def _inside(index: Any, weight: Any, source: Any) -> tuple[Any, Any]:
    """Return indices that exist, with a weight of 0 for those that did not."""
    there = (index >= 0) & (index < source)
    return tf.clip_by_value(index, 0, source - 1), tf.where(there, weight, tf.zeros_like(weight))


def _taken(values: Any, index: Any, weight: Any, axis: int) -> Any:
    """Return the rows or columns ``index`` of ``values`` (y, x, channel), each times its weight."""
    shape = [-1, 1, 1] if axis == 0 else [1, -1, 1]
    return tf.gather(values, index, axis=axis) * tf.reshape(weight, shape)


def _by_torch(image: Any, size: Any) -> Any:
    """Bilinear, half-pixel centres, the border's value outside, float32."""
    values = tf.cast(image, tf.float32)
    for axis in (1, 0):
        low, high, share = line_in_graph(tf.shape(image)[axis], size[axis])
        values = _taken(values, low, 1.0 - share, axis) + _taken(values, high, share, axis)
    return tf.cast(values, image.dtype)


def line_in_graph(source: Any, target: Any) -> tuple[Any, Any, Any]:
    """Return what ``stages.resizing.line`` does: two pixels and the share of the second, in float32."""
    step = tf.cast(source, tf.float32) / tf.cast(target, tf.float32)
    place = tf.maximum(step * (tf.cast(tf.range(target), tf.float32) + 0.5) - 0.5, 0.0)
    low = tf.minimum(tf.cast(place, tf.int32), source - 1)
    return low, tf.minimum(low + 1, source - 1), place - tf.cast(low, tf.float32)


def _by_pillow(image: Any, size: Any) -> Any:
    """A downscaled pixel is the mean of all that lie under it; columns first, then rows, whole levels between."""
    values = tf.cast(image, tf.float64)
    wide = _fixed_point(tf.einsum("yxc,tx->ytc", values, _kernels(tf.shape(image)[1], size[1])))
    return tf.cast(
        _fixed_point(tf.einsum("yxc,ty->txc", wide, _kernels(tf.shape(image)[0], size[0]))), image.dtype
    )


def _kernels(source: Any, target: Any) -> Any:
    """Return the (target, source) float64 weights of Pillow's triangle, as whole numbers of 2**-BITS."""
    scale = tf.cast(source, tf.float64) / tf.cast(target, tf.float64)
    reach = tf.maximum(scale, 1.0)
    centre = ((tf.cast(tf.range(target), tf.float64) + 0.5) * scale)[:, None]
    pixel = tf.cast(tf.range(source), tf.float64)[None, :]
    under = (pixel >= tf.floor(centre - reach + 0.5)) & (pixel < tf.floor(centre + reach + 0.5))
    weight = tf.maximum(1.0 - tf.abs((pixel - centre + 0.5) * (1.0 / reach)), 0.0)
    weight = tf.where(under, weight, tf.zeros_like(weight))
    return tf.floor(weight / tf.reduce_sum(weight, axis=1, keepdims=True) * 2.0**BITS + 0.5)


def _fixed_point(sums: Any) -> Any:
    """Return whole grey levels of sums in 2**-BITS."""
    return tf.clip_by_value(tf.floor((sums + 2.0 ** (BITS - 1)) * 2.0**-BITS), 0.0, 255.0)


def _by_opencv(image: Any, size: Any) -> Any:
    """Bilinear as ``cv2.resize`` has it for bytes, in whole weights; half the size exactly is the mean of four."""
    levels, shape = tf.cast(image, tf.int32), tf.shape(image)
    halved = tf.reduce_all(shape[:2] == 2 * size)
    return tf.cast(tf.cond(halved, lambda: _halved(levels), lambda: _in_steps(levels, size)), image.dtype)


def _halved(levels: Any) -> Any:
    pairs = levels[: 2 * (tf.shape(levels)[0] // 2), : 2 * (tf.shape(levels)[1] // 2)]
    return (pairs[::2, ::2] + pairs[::2, 1::2] + pairs[1::2, ::2] + pairs[1::2, 1::2] + 2) // 4


def _in_steps(levels: Any, size: Any) -> Any:
    rows, columns = tf.shape(levels)[0], tf.shape(levels)[1]
    low, share = _places(columns, size[1])
    share = tf.where((low < 0) | (low >= columns - 1), 0.0, share)
    left, right = (tf.clip_by_value(cell, 0, columns - 1) for cell in (low, low + 1))
    first, second = _whole_weights(share)
    wide = (_taken(levels, left, first, 1) + _taken(levels, right, second, 1)) // 16
    low, share = _places(rows, size[0])
    above, below = (tf.clip_by_value(cell, 0, rows - 1) for cell in (low, low + 1))
    first, second = _whole_weights(share)
    return (_taken(wide, above, first, 0) // 2**16 + _taken(wide, below, second, 0) // 2**16 + 2) // 4


def _places(source: Any, target: Any) -> tuple[Any, Any]:
    """Return for each of ``target`` pixels the one of ``source`` before it, and the share of the way to the next."""
    step = 1.0 / (tf.cast(target, tf.float64) / tf.cast(source, tf.float64))
    place = tf.cast((tf.cast(tf.range(target), tf.float64) + 0.5) * step - 0.5, tf.float32)
    low = tf.floor(place)
    return tf.cast(low, tf.int32), place - low


def _whole_weights(share: Any) -> tuple[Any, Any]:
    """Return the weights of both pixels in 1/2048."""
    first, second = (tf.cast(tf.round(part * float(STEPS)), tf.int32) for part in (1.0 - share, share))
    return first, second
