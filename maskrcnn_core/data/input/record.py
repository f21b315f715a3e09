"""A record: one sample as bytes, which the graph decodes without Python.

An image whose own file decodes to the sample's very pixels is not copied: the record names the file. Others are stored
as PNG. Masks are packed (``packed_masks``) and deflated.

Shapes: y, x px; g ground-truth objects; r packed rows of masks.
"""

from __future__ import annotations

import io
import os
import zlib
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from ..reading.sample import Sample
from .packed_masks import PackedRows, pack, whole
from .scene import Scene

_TEXT = tf.io.FixedLenFeature([], tf.string)
_INTEGERS = tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True)
FIELDS = {
    "file": _TEXT,  # the image's own file, or empty
    "image": _TEXT,  # else the image as PNG
    "size": tf.io.FixedLenFeature([3], tf.int64),  # y, x, channel
    "boxes": tf.io.FixedLenSequenceFeature([4], tf.float32, allow_missing=True),  # (g, yxyx) image px
    "class_ids": _INTEGERS,  # (g,)
    "is_crowd": _INTEGERS,  # (g,) 0 or 1
    "mask_bits": _TEXT,  # (r, byte) uint8, deflated
    "mask_top": _INTEGERS,  # (g,)
    "mask_height": _INTEGERS,  # (g,)
}


def encode_sample(sample: Sample) -> bytes:
    """Return the record of ``sample``. Law: ``decode_record(encode_sample(s))`` holds what ``s`` holds."""
    rows = pack(sample.masks)
    own_file = _own_file(sample)
    values: dict[str, Any] = {
        "file": os.fsencode(own_file),
        "image": b"" if own_file else _png(_as_planes(sample.image)),
        "size": sample.image.shape,
        "boxes": sample.boxes.astype(np.float32).ravel(),
        "class_ids": sample.class_ids,
        "is_crowd": sample.is_crowd,
        "mask_bits": zlib.compress(rows.bits.tobytes()),
        "mask_top": rows.top,
        "mask_height": rows.height,
    }
    features = {name: _feature(FIELDS[name].dtype, value) for name, value in values.items()}
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def decode_record(record: tf.Tensor) -> Scene:
    """Return the scene that ``record`` () string holds, in the graph."""
    part = tf.io.parse_single_example(record, FIELDS)
    size = tf.cast(part["size"], tf.int32)
    bits = tf.io.decode_raw(tf.io.decode_compressed(part["mask_bits"], "ZLIB"), tf.uint8)
    top, height = (tf.cast(part[name], tf.int32) for name in ("mask_top", "mask_height"))
    rows = PackedRows(tf.reshape(bits, [tf.reduce_sum(height), (size[1] + 7) // 8]), top, height)
    own_file = tf.strings.length(part["file"]) > 0
    encoded = tf.cond(own_file, lambda: tf.io.read_file(part["file"]), lambda: part["image"])
    class_ids = tf.cast(part["class_ids"], tf.int32)
    return Scene(
        decode_image(encoded, size),
        tf.cast(part["boxes"], tf.float64),
        class_ids,
        is_crowd=part["is_crowd"] > 0,
        is_whole=tf.ones_like(class_ids, tf.bool),
        masks=whole(rows, size[:2]),
    )


def decode_image(encoded: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Return the image (y, x, channel) uint8 of ``size`` that ``encoded`` () string holds as JPEG or PNG.

    Channels other than rgb lie below each other in one grey image.
    """

    # This operation reads PNG too. Its default transform for JPEG is a fast one; the accurate one gives the pixels
    # that other programs see.
    def decode(channels: int) -> tf.Tensor:
        return tf.io.decode_jpeg(encoded, channels=channels, dct_method="INTEGER_ACCURATE")

    def from_planes() -> tf.Tensor:
        # no transposition: where oneDNN has none for uint8, TensorFlow says so in an error line at every training, also
        # where it is of int32, since Grappler moves the cast behind it
        pixels = size[0] * size[1]
        index = tf.range(pixels)[:, None] + pixels * tf.range(size[2])[None]
        return tf.reshape(tf.gather(tf.reshape(decode(1), [-1]), index), size)

    return tf.cond(size[2] == 3, lambda: decode(3), from_planes)


def _own_file(sample: Sample) -> str:
    """Return the file that ``sample`` comes from if the graph decodes it to the sample's pixels; empty otherwise."""
    path, channels = os.path.abspath(sample.source), sample.image.shape[2]
    if channels not in (1, 3) or not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as stream:
            pixels = decode_image(tf.constant(stream.read()), tf.constant(sample.image.shape)).numpy()
    except (tf.errors.OpError, OSError):  # not a JPEG or PNG, or not of this size
        return ""
    return path if np.array_equal(pixels, sample.image) else ""


def _as_planes(image: np.ndarray) -> np.ndarray:
    """Return rgb as it is, other channels (y, x, channel) below each other (channel * y, x)."""
    return image if image.shape[2] == 3 else np.moveaxis(image, 2, 0).reshape(-1, image.shape[1])


def _png(levels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(levels).save(stream, "PNG", compress_level=3)  # half the time of 6 for 3 % more bytes
    return stream.getvalue()


def _feature(dtype: tf.DType, value: Any) -> tf.train.Feature:
    if dtype == tf.string:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
    if dtype == tf.float32:
        return tf.train.Feature(float_list=tf.train.FloatList(value=value))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(entry) for entry in value]))
