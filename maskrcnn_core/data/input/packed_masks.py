"""Packed masks: one bit a pixel in the file, and unpacked once, in the frame that training sees.

Inputs: masks of an image. Outputs: their packed rows, and in the graph a ``Masks``, which cropping, turning and
resizing change by its two index vectors alone. Why: 300 nuclei on 1388 x 1040 px are 430 MB as bool, most of which a
crop throws away. ``unpack`` touches the pixels of the last frame only.

Shapes: g ground-truth objects; r packed rows of all ground-truth objects; y, x rows and columns of the present frame; n
of them chosen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

OUTSIDE = -1  # index of a row or column that lies beyond the image


class PackedRows(NamedTuple):
    """Masks as they are stored, NumPy or tensors: of each object the rows from its first to its last."""

    bits: np.ndarray  # (r, byte) uint8, rows of all objects in their order, most significant bit left
    top: np.ndarray  # (g,) int32, image row of each ground-truth object's first
    height: np.ndarray  # (g,) int32, number of rows; 0 for a mask of nothing


class Masks(NamedTuple):
    """Packed masks as seen in a frame: pixel (i, j) is source pixel (down[i], across[j]).

    If turned, it is source pixel (across[j], down[i]).
    """

    rows: PackedRows
    down: tf.Tensor  # (y,) int32, source index of each row of the frame, or OUTSIDE
    across: tf.Tensor  # (x,) int32, the same of each column
    turned: tf.Tensor  # () bool: rows of the frame are columns of the source


class Seen(NamedTuple):
    """What of the packed rows a frame shows: ground truth k, row i of the frame is ``pixels[index[k, i]]``."""

    pixels: tf.Tensor  # (r + 1, x) bool, the last one empty
    index: tf.Tensor  # (g, y) int32
    turned: tf.Tensor  # () bool: rows here are columns of the frame


def pack(masks: np.ndarray) -> PackedRows:
    """Pack ``masks`` (g, y, x) bool: ``unpack(whole(pack(m), size)) == m``."""
    filled: np.ndarray = np.any(masks, axis=2)
    top = filled.argmax(axis=1)
    height = np.where(filled.any(axis=1), masks.shape[1] - filled[:, ::-1].argmax(axis=1) - top, 0)
    rows = [mask[start : start + count] for mask, start, count in zip(masks, top, height, strict=True)]
    pixels = np.concatenate([np.zeros((0, masks.shape[2]), bool), *rows])
    return PackedRows(np.packbits(pixels, axis=1), top.astype(np.int32), height.astype(np.int32))


def whole(rows: PackedRows, size: tf.Tensor) -> Masks:
    """Return stored masks in the frame of their image, ``size`` (y, x) px."""
    return Masks(rows, tf.range(size[0]), tf.range(size[1]), tf.constant(False))


def pick(masks: Masks, down: tf.Tensor, across: tf.Tensor) -> Masks:
    """Return the masks in a new frame: its rows are rows ``down`` of the present one, its columns columns ``across``.

    An index beyond the frame gives an empty row or column.
    """
    return masks._replace(down=_looked_up(masks.down, down), across=_looked_up(masks.across, across))


def transpose(masks: Masks) -> Masks:
    """Return the masks with rows and columns in each other's place."""
    return Masks(masks.rows, masks.across, masks.down, ~masks.turned)


def look(masks: Masks) -> Seen:
    """Return what the frame shows of every ground-truth object, before anything of size g * y * x is made."""
    upright, lying = (masks.down, masks.across), (masks.across, masks.down)
    rows, columns = tf.cond(masks.turned, lambda: lying, lambda: upright)
    column = tf.maximum(columns, 0)
    byte = tf.gather(masks.rows.bits, column // 8, axis=1)
    bit = tf.gather(tf.constant([128, 64, 32, 16, 8, 4, 2, 1], tf.uint8), column % 8)
    bit = tf.where(columns >= 0, bit, tf.zeros_like(bit))
    pixels = tf.pad(tf.bitwise.bitwise_and(byte, bit) != 0, [[0, 1], [0, 0]])

    first = tf.cumsum(masks.rows.height, exclusive=True)[:, None]
    place = rows[None, :] - masks.rows.top[:, None]
    inside = (rows >= 0)[None, :] & (place >= 0) & (place < masks.rows.height[:, None])
    return Seen(pixels, tf.where(inside, first + place, tf.shape(pixels)[0] - 1), masks.turned)


def visible(seen: Seen) -> tf.Tensor:
    """Return (g,) bool: whether any pixel of a ground-truth object is in the frame."""
    return tf.reduce_any(tf.gather(tf.reduce_any(seen.pixels, axis=1), seen.index), axis=1)


def show(seen: Seen, chosen: tf.Tensor) -> tf.Tensor:
    """Return the masks (n, y, x) bool of the ``chosen`` (n,) ground-truth objects."""
    masks = tf.gather(seen.pixels, tf.gather(seen.index, chosen))
    return tf.cond(seen.turned, lambda: transpose_pixels(masks, first=1), lambda: masks)


def transpose_pixels(pixels: tf.Tensor, first: int = 0) -> tf.Tensor:
    """Return ``pixels`` with axes ``first`` and the next, rows and columns, in each other's place.

    By one gather: ``tf.transpose`` of whole numbers makes TensorFlow print an error that is none where oneDNN is on
    and the processor has no AVX-512.
    """
    shape = tf.shape(pixels)
    rows, columns = shape[first], shape[first + 1]
    source = tf.range(rows)[None, :] * columns + tf.range(columns)[:, None]  # (x, y): where each pixel was
    flat = tf.reshape(pixels, tf.concat([shape[:first], [rows * columns], shape[first + 2 :]], 0))
    turned = tf.gather(flat, source, axis=first)
    static = pixels.shape.as_list()
    static[first], static[first + 1] = static[first + 1], static[first]
    turned.set_shape(static)
    return turned


def unpack(masks: Masks) -> tf.Tensor:
    """Return all masks (g, y, x) bool."""
    return show(look(masks), tf.range(tf.size(masks.rows.top)))


def boxes_of(masks: tf.Tensor) -> tf.Tensor:
    """Return the boxes (g, yxyx) float32 of ``masks`` (g, y, x) bool; zeros for a mask of nothing."""
    sides = [_extent(tf.reduce_any(masks, axis=axis)) for axis in (2, 1)]
    return tf.cast(tf.stack([sides[0][0], sides[1][0], sides[0][1], sides[1][1]], axis=1), tf.float32)


def _looked_up(index: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    """Return ``index[wanted]``, OUTSIDE where ``wanted`` is beyond it."""
    inside = (wanted >= 0) & (wanted < tf.size(index))
    return tf.where(inside, tf.gather(index, tf.where(inside, wanted, 0)), OUTSIDE)


def _extent(filled: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the first True of each row of ``filled`` (g, length), and the place after the last; 0, 0 without any."""
    numbers = tf.cast(filled, tf.int32)
    first = tf.argmax(numbers, axis=1, output_type=tf.int32)
    last = tf.shape(filled)[1] - tf.argmax(tf.reverse(numbers, axis=[1]), axis=1, output_type=tf.int32)
    return first, tf.where(tf.reduce_any(filled, axis=1), last, 0)
