"""Folding: batch norm with its stored statistics, done by the convolution before it.

Inputs: a map. Outputs: the map after convolution and norm. With stored statistics a norm is a factor and an offset a
channel (Ioffe and Szegedy 2015, section 3.1, algorithm 2), and

    norm(conv(x, kernel) + bias) = conv(x, kernel * factor) + (bias - mean) * factor + beta

so that the large map is written once instead of three times. Gradients go through the small product to all weights.

Shapes: b images; y, x cells of a map.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from ..recording.detail import BEFORE_RELU
from ..recording.trace import Tap, wants


def conv_with_norm(
    x: tf.Tensor, conv: keras.layers.Conv2D, norm: keras.layers.BatchNormalization
) -> tf.Tensor:
    """Return ``norm(conv(x))`` (b, y, x, channel) of a map ``x`` (b, y, x, channel), with stored statistics."""
    factor = norm.gamma.value * tf.math.rsqrt(norm.moving_variance.value + norm.epsilon)
    bias = tf.cast(conv.bias.value, tf.float32) if conv.use_bias else 0.0
    offset = (bias - norm.moving_mean.value) * factor + norm.beta.value
    # in its turn: all kernels are there from the start, and all products at once would double their memory. Not after
    # padding, which TensorFlow makes one with the convolution: that would wait for itself
    before = [x] if conv.padding == "same" else []
    with tf.control_dependencies(before):
        kernel = tf.cast(tf.cast(conv.kernel.value, tf.float32) * factor, x.dtype)
    mapped = tf.nn.conv2d(x, kernel, conv.strides, conv.padding.upper())
    return tf.nn.bias_add(mapped, tf.cast(offset, x.dtype))


def conv_norm(
    x: tf.Tensor,
    conv: keras.layers.Conv2D,
    norm: keras.layers.BatchNormalization | None,
    rows: tf.Tensor | None = None,
) -> tf.Tensor:
    """Return the map ``x`` (b, y, x, channel) after ``conv``, and ``norm`` if there is one.

    rows: () int32, how many of ``x`` are real: then the norm uses, and learns, the statistics of the batch, as while
    training under ``training.head_norms`` batch. Without a real one there are none to learn.
    """
    if norm is None:
        return conv(x)
    if rows is None:
        return conv_with_norm(x, conv, norm)
    return tf.cond(rows > 0, lambda: norm(conv(x), training=True), lambda: conv_with_norm(x, conv, norm))


def relu(x: tf.Tensor, name: str, tap: Tap) -> tf.Tensor:
    """Return what a layer ``name`` hands on, the ReLU of ``x``; ``x`` itself has a name too."""
    return tap(name, tf.nn.relu(tap(f"{name}.{BEFORE_RELU}", x)))


def at_least_one(regions: tf.Tensor) -> tf.Tensor:
    """Add a row of zeros where there is none: TensorFlow's convolutions give a wrong shape for an empty batch."""
    missing = tf.cast(tf.shape(regions)[0] == 0, tf.int32)
    return tf.pad(regions, [[0, missing], [0, 0], [0, 0], [0, 0]])


def without_added(tap: Tap, count: tf.Tensor) -> Tap:
    """Return ``tap`` for rows that went through ``at_least_one``: it sees the ``count`` that were there before.

    Nothing is added to a graph whose tap does not want the tensor.
    """

    def seen(name: str, value: tf.Tensor) -> tf.Tensor:
        if not wants(tap, name):
            return value
        rows = value[:count]
        tapped = tap(name, rows)
        # the added row is put back, not padded again: TensorFlow makes a padding one with the convolution after it,
        # and does so wrongly for one of rows
        return value if tapped is rows else tf.concat([tapped, value[count:]], axis=0)

    return seen
