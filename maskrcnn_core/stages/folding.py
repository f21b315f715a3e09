"""Folding: batch norm with its stored statistics, done by the convolution before it.

Enters: a map. Leaves: the map after convolution and norm. With stored statistics a norm is a factor and an offset a
channel (Ioffe and Szegedy 2015, section 3.1, algorithm 2), and

    norm(conv(x, kernel) + bias) = conv(x, kernel * factor) + (bias - mean) * factor + beta

so that the large map is written once instead of three times. Gradients go through the small product to all weights.

Shapes: b pictures; y, x cells of a map.
"""

from __future__ import annotations

import keras
import tensorflow as tf


def conv_with_norm(
    x: tf.Tensor, conv: keras.layers.Conv2D, norm: keras.layers.BatchNormalization
) -> tf.Tensor:
    """Return ``norm(conv(x))`` (b, y, x, channel) of a map ``x`` (b, y, x, channel), with stored statistics."""
    if not norm.built:  # the first call makes the weights, as it does of layers that are called
        conv.build(x.shape)
        norm.build((*x.shape[:-1], conv.filters))
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


def conv_norm_relu(
    x: tf.Tensor, conv: keras.layers.Conv2D, norm: keras.layers.BatchNormalization | None
) -> tf.Tensor:
    """Return the map ``x`` (b, y, x, channel) after ``conv``, ``norm`` if there is one, and ReLU."""
    return tf.nn.relu(conv(x) if norm is None else conv_with_norm(x, conv, norm))


def at_least_one(regions: tf.Tensor) -> tf.Tensor:
    """Add a row of zeros where there is none: TensorFlow's convolutions give a wrong shape for an empty batch."""
    missing = tf.cast(tf.shape(regions)[0] == 0, tf.int32)
    return tf.pad(regions, [[0, missing], [0, 0], [0, 0], [0, 0]])
