"""Mask head: which pixels of a detection belong to the object?

Enters: pooled features of the detections and their classes. Leaves: for every class a small mask as logits, and the
probabilities of the detected class. Classes do not compete: each has its own sigmoid (Mask R-CNN, section 3, figure 4).

Shapes: d detections; K classes; y, x cells of the mask, twice those of the pooled region.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Config
from ..recording.trace import Tap, passthrough
from .folding import at_least_one, conv_norm_relu
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
                keras.layers.BatchNormalization(epsilon=epsilon, name=f"mask_bn{number}")
                if head.norm
                else None
            )
            self.norms.append(norm)
        self.deconv = keras.layers.Conv2DTranspose(
            head.channels, 2, strides=2, activation="relu", kernel_initializer="he_normal", name="mask_deconv"
        )
        self.num_classes, self.masks = config.num_classes, head.masks
        count = {"class": config.num_classes, "object": config.num_classes - 1, "shared": 1}[head.masks]
        self.mask = conv(count, 1, kernel_initializer="glorot_uniform", name="mask")

    def call(self, pooled: tf.Tensor, class_ids: tf.Tensor, tap: Tap = passthrough) -> MaskHeadOutput:
        """Return the masks of regions ``pooled`` (d, y, x, channel) of classes ``class_ids`` (d,)."""
        count = tf.shape(pooled)[0]
        x = at_least_one(pooled)
        for layer, norm in zip(self.convs, self.norms, strict=True):
            x = conv_norm_relu(x, layer, norm)
        logits = tap("mask_head.logits", self._by_class(self.mask(self.deconv(x))[:count]))
        return MaskHeadOutput(logits, tap("mask_head.probs", mask_probs(logits, class_ids)))

    def _by_class(self, logits: tf.Tensor) -> tf.Tensor:
        """Return (d, y, x, K) of the last layer's output: 0 for a class without a mask, the shared one for all."""
        if self.masks == "object":
            return tf.pad(logits, [[0, 0], [0, 0], [0, 0], [1, 0]])
        return tf.tile(logits, [1, 1, 1, self.num_classes]) if self.masks == "shared" else logits


def mask_probs(logits: tf.Tensor, class_ids: tf.Tensor) -> tf.Tensor:
    """Return the probabilities (d, y, x) of each detection's own class from ``logits`` (d, y, x, K)."""
    return tf.sigmoid(tf.gather(logits, class_ids, axis=3, batch_dims=1))
