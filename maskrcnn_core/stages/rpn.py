"""RPN: at each anchor, is there an object, and how should the anchor be moved?

Inputs: the pyramid P2 to P6. Outputs: objectness logits and scores and raw deltas of all anchors, in the anchors'
order. The same small network slides over every level (Faster R-CNN, section 3.1; FPN, section 4.1).

Shapes: b images; A anchors; objectness (background, object), or object alone; dydxdhdw raw deltas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import LEVELS, Config
from ..recording.trace import Tap, passthrough
from .building import build_conv
from .folding import relu
from .spec import StageSpec


class RpnOutput(NamedTuple):
    """Fields are the tensors ``rpn.*``."""

    logits: tf.Tensor  # (b, A, objectness)
    scores: tf.Tensor  # (b, A), probability of object
    deltas: tf.Tensor  # (b, A, dydxdhdw), raw


SPECS = (StageSpec("rpn", RpnOutput, reads=("fpn.p?",), batched=True),)


class Rpn(keras.layers.Layer):
    """3x3 convolutions with ReLU, then 1x1 convolutions to one or two logits and four deltas an anchor."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="rpn")
        per_cell = len(config.anchors.ratios)
        self.single = config.rpn.objectness == "sigmoid"
        self.conv_shared = _shared("conv_shared", config.rpn.channels, config.anchors.spacing)
        self.deeper = [
            _shared(f"conv_shared{number}", config.rpn.channels)
            for number in range(2, config.rpn.convolutions + 1)
        ]
        self.hidden = [*(f"hidden{number}" for number in range(1, config.rpn.convolutions)), "hidden"]
        logits = per_cell if self.single else 2 * per_cell
        small = keras.initializers.RandomNormal(stddev=0.01)  # Faster R-CNN, section 3.1.3
        self.class_raw = keras.layers.Conv2D(logits, 1, kernel_initializer=small, name="class_raw")
        self.bbox_pred = keras.layers.Conv2D(4 * per_cell, 1, kernel_initializer=small, name="bbox_pred")

    def build(self, pyramid_shape: Sequence[tuple[int | None, ...]]) -> None:
        """Make the weights for maps of ``pyramid_shape``, each (b, y, x, channel) with as many channels."""
        channels = int(pyramid_shape[0][-1] or 0)
        for conv in (self.conv_shared, *self.deeper):
            channels = build_conv(conv, None, channels)
        for conv in (self.class_raw, self.bbox_pred):
            build_conv(conv, None, channels)

    def call(self, pyramid: Sequence[tf.Tensor], tap: Tap = passthrough) -> RpnOutput:
        """Score and refine the anchors of ``pyramid``, maps (b, y, x, channel) from P2 to P6."""
        logits: list[tf.Tensor] = []
        deltas: list[tf.Tensor] = []
        for number, level in enumerate(pyramid, start=LEVELS[0]):
            shared = level
            # a level at a time: the hidden map of P2 is the largest of all, and those of others beside it add to it
            with tf.control_dependencies(deltas[-1:]):
                for conv, name in zip((self.conv_shared, *self.deeper), self.hidden, strict=True):
                    shared = relu(conv(shared), f"rpn.{name}.p{number}", tap)
            batch = tf.shape(shared)[0]
            logits.append(tf.reshape(self.class_raw(shared), [batch, -1, 1 if self.single else 2]))
            deltas.append(tf.reshape(self.bbox_pred(shared), [batch, -1, 4]))
        all_logits = tap("rpn.logits", tf.concat(logits, axis=1))
        probs = tf.sigmoid(all_logits)[..., 0] if self.single else tf.nn.softmax(all_logits)[..., 1]
        scores = tap("rpn.scores", probs)
        return RpnOutput(all_logits, scores, tap("rpn.deltas", tf.concat(deltas, axis=1)))


def _shared(name: str, channels: int, strides: int = 1) -> keras.layers.Conv2D:
    """Return a 3x3 convolution, to be followed by a ReLU, that all anchors of a cell share."""
    return keras.layers.Conv2D(
        channels,
        3,
        strides=strides,
        padding="same",
        kernel_initializer="he_normal",
        name=name,
    )
