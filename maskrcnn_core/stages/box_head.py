"""Box head: what is in a proposal, and how should its box be moved?

Inputs: pooled features of the proposals. Outputs: class logits and probabilities and, for every class, raw deltas (Fast
R-CNN, section 2.1; two fully connected layers as in FPN, section 4.2, or four convolutions and one such layer as in
Group Normalization, section 4.2, and torchvision v2).

Shapes: n proposals; K classes, 0 background; dydxdhdw raw deltas.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from ..config import BoxHead as BoxHeadConfig
from ..config import Config
from ..recording.trace import Tap, passthrough
from .building import build, build_conv
from .folding import at_least_one, conv_norm, relu, without_added
from .spec import StageSpec


class BoxHeadOutput(NamedTuple):
    """Fields are the tensors ``box_head.*``."""

    class_logits: tf.Tensor  # (n, K)
    class_probs: tf.Tensor  # (n, K)
    deltas: tf.Tensor  # (n, K, dydxdhdw), raw


SPECS = (StageSpec("box_head", BoxHeadOutput, reads=("box_roi.pooled",)),)


class BoxHead(keras.layers.Layer):
    """Convolutions if there are any, one or two layers over the whole region, then class logits and deltas."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="box_head")
        head, dense, epsilon = config.box_head, keras.layers.Dense, config.backbone.norm_epsilon
        self.num_classes, self.boxes = config.num_classes, head.boxes
        numbers = range(1, head.convolutions + 1)
        self.convs = [_conv(f"box_conv{number}", head) for number in numbers]
        self.conv_norms = [
            keras.layers.BatchNormalization(epsilon=epsilon, momentum=0.9, name=f"box_bn{number}")
            if head.convolution_norm
            else None
            for number in numbers
        ]
        self.conv1 = RegionDense(head.channels, name="class_conv1")
        self.conv2 = (
            dense(head.channels, kernel_initializer="he_normal", name="class_conv2")
            if head.layers > 1
            else None
        )
        self.norm1, self.norm2 = (
            keras.layers.BatchNormalization(epsilon=epsilon, name=f"class_bn{n}")
            if head.norm and n <= head.layers
            else None
            for n in (1, 2)
        )
        normal, refined = keras.initializers.RandomNormal, _refined(head.boxes, config.num_classes)
        self.logits = dense(config.num_classes, kernel_initializer=normal(stddev=0.01), name="class_logits")
        self.bbox_fc = dense(4 * refined, kernel_initializer=normal(stddev=0.001), name="bbox_fc")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for regions of ``input_shape`` (n, y, x, channel)."""
        channels = int(input_shape[-1] or 0)
        for conv, norm in zip(self.convs, self.conv_norms, strict=True):
            channels = build_conv(conv, norm, channels)
        build(self.conv1, channels, input_shape[1:-1])
        for layer in (self.norm1, self.conv2, self.norm2, self.logits, self.bbox_fc):
            if layer is not None:
                build(layer, self.conv1.units, ())

    def call(self, pooled: tf.Tensor, tap: Tap = passthrough, training: bool = False) -> BoxHeadOutput:
        """Classify and refine regions ``pooled`` (n, y, x, channel).

        training: norms of convolutions use the statistics of the batch, and learn them; the layers' keep their own.
        """
        x, rows = at_least_one(pooled) if self.convs else pooled, tf.shape(pooled)[0]
        for number, (layer, norm) in enumerate(zip(self.convs, self.conv_norms, strict=True), start=1):
            mapped = conv_norm(x, layer, norm, rows if training else None)
            x = relu(mapped, f"box_head.conv{number}", without_added(tap, rows))
        x = x[:rows] if self.convs else x
        for number, layer, norm in ((1, self.conv1, self.norm1), (2, self.conv2, self.norm2)):
            if layer is not None:
                x = layer(x)
                x = relu(x if norm is None else norm(x, training=False), f"box_head.fc{number}", tap)
        logits = tap("box_head.class_logits", self.logits(x))
        probs = tap("box_head.class_probs", tf.nn.softmax(logits))
        return BoxHeadOutput(logits, probs, tap("box_head.deltas", self._by_class(self.bbox_fc(x))))

    def _by_class(self, deltas: tf.Tensor) -> tf.Tensor:
        """Return (n, K, dydxdhdw) of the last layer's output: 0 for a class without a box, the shared one for all."""
        deltas = tf.reshape(deltas, [-1, _refined(self.boxes, self.num_classes), 4])
        if self.boxes == "object":
            return tf.pad(deltas, [[0, 0], [1, 0], [0, 0]])
        return tf.tile(deltas, [1, self.num_classes, 1]) if self.boxes == "shared" else deltas


def _refined(boxes: str, num_classes: int) -> int:
    """Return how many boxes the last layer refines."""
    return {"class": num_classes, "object": num_classes - 1, "shared": 1}[boxes]


def _conv(name: str, head: BoxHeadConfig) -> keras.layers.Conv2D:
    """Return a 3x3 convolution over the region; a norm after it has an offset, so it needs no bias."""
    return keras.layers.Conv2D(
        head.convolution_channels,
        3,
        padding="same",
        use_bias=not head.convolution_norm,
        kernel_initializer="he_normal",
        name=name,
    )


class RegionDense(keras.layers.Layer):
    """A convolution as large as the region, which is one matrix product: (n, y, x, channel) to (n, units).

    Its kernel keeps the convolution's shape (y, x, channel, units), as the classic weights have it.
    """

    def __init__(self, units: int, name: str) -> None:
        super().__init__(name=name)
        self.units = units
        self.kernel_initializer: Any = "he_normal"

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make kernel and bias for regions of ``input_shape`` (n, y, x, channel)."""
        shape = (*input_shape[1:], self.units)
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return x . kernel + bias."""
        length = self.kernel.shape[0] * self.kernel.shape[1] * self.kernel.shape[2]
        flat = tf.reshape(x, [-1, length])
        return tf.matmul(flat, tf.reshape(self.kernel, [length, self.units])) + self.bias
