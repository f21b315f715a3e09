"""Box head: what is in a proposal, and how should its box be moved?

Enters: pooled features of the proposals. Leaves: class logits and probabilities and, for every class, raw deltas (Fast
R-CNN, section 2.1; two fully connected layers as in FPN, section 4.2).

Shapes: n proposals; K classes, 0 background; dydxdhdw raw deltas.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Config
from ..recording.trace import Tap, passthrough
from .spec import StageSpec


class BoxHeadOutput(NamedTuple):
    """Fields are the tensors ``box_head.*``."""

    class_logits: tf.Tensor  # (n, K)
    class_probs: tf.Tensor  # (n, K)
    deltas: tf.Tensor  # (n, K, dydxdhdw), raw


SPECS = (StageSpec("box_head", BoxHeadOutput, reads=("box_roi.pooled",)),)


class BoxHead(keras.layers.Layer):
    """Two layers over the whole region, then class logits and deltas."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="box_head")
        head, dense = config.box_head, keras.layers.Dense
        self.num_classes = config.num_classes
        self.conv1 = RegionDense(head.channels, name="class_conv1")
        self.conv2 = dense(head.channels, kernel_initializer="he_normal", name="class_conv2")
        self.norm1, self.norm2 = (
            keras.layers.BatchNormalization(epsilon=config.backbone.norm_epsilon, name=f"class_bn{n}")
            if head.norm
            else None
            for n in (1, 2)
        )
        normal = keras.initializers.RandomNormal
        self.logits = dense(config.num_classes, kernel_initializer=normal(stddev=0.01), name="class_logits")
        self.bbox_fc = dense(4 * config.num_classes, kernel_initializer=normal(stddev=0.001), name="bbox_fc")

    def call(self, pooled: tf.Tensor, tap: Tap = passthrough) -> BoxHeadOutput:
        """Classify and refine regions ``pooled`` (n, y, x, channel). Batch norm keeps its stored statistics."""
        x = pooled
        for layer, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            x = layer(x)
            x = tf.nn.relu(x if norm is None else norm(x, training=False))
        logits = tap("box_head.class_logits", self.logits(x))
        probs = tap("box_head.class_probs", tf.nn.softmax(logits))
        deltas = tf.reshape(self.bbox_fc(x), [-1, self.num_classes, 4])
        return BoxHeadOutput(logits, probs, tap("box_head.deltas", deltas))


class RegionDense(keras.layers.Layer):
    """A convolution as large as the region, which is one matrix product: (n, y, x, channel) to (n, units).

    Its kernel keeps the convolution's shape (y, x, channel, units), as the classic weights have it.
    """

    def __init__(self, units: int, name: str) -> None:
        super().__init__(name=name)
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make kernel and bias for regions of ``input_shape`` (n, y, x, channel)."""
        shape = (*input_shape[1:], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="he_normal", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return x . kernel + bias."""
        length = self.kernel.shape[0] * self.kernel.shape[1] * self.kernel.shape[2]
        flat = tf.reshape(x, [-1, length])
        return tf.matmul(flat, tf.reshape(self.kernel, [length, self.units])) + self.bias
