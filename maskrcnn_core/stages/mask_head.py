"""Mask head: which pixels of a detection belong to the object?

Inputs: pooled features of the detections and their classes. Outputs: for every class a small mask as logits, and the
probabilities of the detected class. Classes do not compete: each has its own sigmoid (Mask R-CNN, section 3, figure 4).

Shapes: d detections; K classes; y, x cells of the mask, twice those of the pooled region.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Config
from ..recording.trace import Tap, passthrough
from .building import build_conv
from .folding import at_least_one, conv_norm, relu, without_added
from .spec import StageSpec


class MaskHeadOutput(NamedTuple):
    """Fields are the tensors ``mask_head.*``."""

    logits: tf.Tensor  # (d, y, x, K)
    probs: tf.Tensor  # (d, y, x)


SPECS = (
    StageSpec(
        "mask_head", MaskHeadOutput, reads=("mask_roi.pooled", "detections.class_ids", "molding.image")
    ),
)


class MaskHead(keras.layers.Layer):
    """3x3 convolutions, a transposed convolution that doubles the size, and 1x1 logits a class."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="mask_head")
        head = config.mask_head
        conv = keras.layers.Conv2D
        self.convs, self.norms = [], []
        for number in range(1, head.convolutions + 1):
            name = f"mask_conv{number}"
            self.convs.append(
                conv(
                    head.channels,
                    3,
                    padding="same",
                    use_bias=head.bias,
                    kernel_initializer="he_normal",
                    name=name,
                )
            )
            epsilon = config.backbone.norm_epsilon
            norm = (
                keras.layers.BatchNormalization(epsilon=epsilon, momentum=0.9, name=f"mask_bn{number}")
                if head.norm
                else None
            )
            self.norms.append(norm)
        self.deconv = Doubling(
            head.channels, 2, strides=2, kernel_initializer="he_normal", name="mask_deconv"
        )
        self.num_classes, self.masks = config.num_classes, head.masks
        count = {"class": config.num_classes, "object": config.num_classes - 1, "shared": 1}[head.masks]
        self.mask = conv(count, 1, kernel_initializer="glorot_uniform", name="mask")

    def build(self, pooled_shape: tuple[int | None, ...]) -> None:
        """Make the weights for regions of ``pooled_shape`` (d, y, x, channel)."""
        channels = int(pooled_shape[-1] or 0)
        for conv, norm in zip([*self.convs, self.deconv, self.mask], [*self.norms, None, None], strict=True):
            channels = build_conv(conv, norm, channels)

    def call(
        self, pooled: tf.Tensor, class_ids: tf.Tensor, tap: Tap = passthrough, training: bool = False
    ) -> MaskHeadOutput:
        """Return the masks of regions ``pooled`` (d, y, x, channel) of classes ``class_ids`` (d,).

        training: norms use the statistics of the batch, and learn them.
        """
        count = tf.shape(pooled)[0]
        x = at_least_one(pooled)
        seen = without_added(tap, count)
        for number, (layer, norm) in enumerate(zip(self.convs, self.norms, strict=True), start=1):
            x = relu(conv_norm(x, layer, norm, count if training else None), f"mask_head.conv{number}", seen)
        x = self.deconv(x, tap=seen)
        logits = tap("mask_head.logits", self._by_class(self.mask(x)[:count]))
        return MaskHeadOutput(logits, tap("mask_head.probs", mask_probs(logits, class_ids)))

    def _by_class(self, logits: tf.Tensor) -> tf.Tensor:
        """Return (d, y, x, K) of the last layer's output: 0 for a class without a mask, the shared one for all."""
        if self.masks == "object":
            return tf.pad(logits, [[0, 0], [0, 0], [0, 0], [1, 0]])
        return tf.tile(logits, [1, 1, 1, self.num_classes]) if self.masks == "shared" else logits


class Doubling(keras.layers.Conv2DTranspose):
    """A transposed convolution with its ReLU, both recorded as ``mask_head.deconv``."""

    def call(self, x: tf.Tensor, tap: Tap = passthrough) -> tf.Tensor:
        """Return the map (d, 2 y, 2 x, channel) of ``x`` (d, y, x, channel)."""
        return relu(super().call(x), "mask_head.deconv", tap)


def mask_probs(logits: tf.Tensor, class_ids: tf.Tensor) -> tf.Tensor:
    """Return the probabilities (d, y, x) of each detection's own class from ``logits`` (d, y, x, K)."""
    return tf.sigmoid(tf.gather(logits, class_ids, axis=3, batch_dims=1))
