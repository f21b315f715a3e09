"""FPN: strong features at every scale.

Enters: C2 to C5. Leaves: P2 to P6, all with the same number of channels. Each merged map is the lateral 1x1 of its C
plus the merged map above, upsampled by nearest neighbour; a 3x3 convolution removes the aliasing (FPN, section 3,
figure 3); with ``norm`` each convolution is followed by a batch norm with its stored statistics. P6 is every second
cell of P5 and serves the RPN alone.

Shapes: b pictures; y, x cells of a map.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Fpn as FpnConfig
from ..recording.trace import Tap, passthrough
from .backbone import BackboneMaps, every_cell
from .folding import conv_with_norm
from .spec import StageSpec


class Pyramid(NamedTuple):
    """Fields are the tensors ``fpn.*``."""

    merged2: tf.Tensor  # (b, y, x, channel)
    merged3: tf.Tensor
    merged4: tf.Tensor
    merged5: tf.Tensor
    p2: tf.Tensor
    p3: tf.Tensor
    p4: tf.Tensor
    p5: tf.Tensor
    p6: tf.Tensor

    @property
    def rpn_levels(self) -> tuple[tf.Tensor, ...]:
        """P2 to P6, where anchors live."""
        return self[4:]

    @property
    def roi_levels(self) -> tuple[tf.Tensor, ...]:
        """P2 to P5, where ROIs are pooled."""
        return self[4:8]


SPECS = (StageSpec("fpn", Pyramid, reads=("backbone.c?",), batched=True),)


class Fpn(keras.layers.Layer):
    """C2 to C5 to P2 to P6."""

    def __init__(self, config: FpnConfig, norm_epsilon: float = 1e-5) -> None:
        super().__init__(name="fpn")
        self.laterals = [_conv(f"c{n}p{n}", 1, config) for n in (2, 3, 4, 5)]
        self.outputs = [_conv(f"p{n}", 3, config) for n in (2, 3, 4, 5)]
        self.norms = [
            keras.layers.BatchNormalization(epsilon=norm_epsilon, name=f"bn_{conv.name}")
            if config.norm
            else None
            for conv in (*self.laterals, *self.outputs)
        ]

    def call(self, maps: BackboneMaps, tap: Tap = passthrough) -> Pyramid:
        """Merge from the top down, then smooth."""
        merged: list[tf.Tensor] = []
        above = None
        for number in (5, 4, 3, 2):
            lateral = _mapped(maps[number - 2], self.laterals[number - 2], self.norms[number - 2])
            if above is not None:
                lateral += _upsample(above, like=lateral)
            above = tap(f"fpn.merged{number}", lateral)
            merged.insert(0, above)
        levels = [
            tap(f"fpn.p{number}", _mapped(m, conv, norm))
            for number, m, conv, norm in zip((2, 3, 4, 5), merged, self.outputs, self.norms[4:], strict=True)
        ]
        levels.append(tap("fpn.p6", every_cell(levels[-1], 2)))
        return Pyramid(*merged, *levels)


def _conv(name: str, size: int, config: FpnConfig) -> keras.layers.Conv2D:
    """Return a convolution of the pyramid; a norm after it has an offset, so it needs no bias."""
    return keras.layers.Conv2D(
        config.channels,
        size,
        padding="same",
        use_bias=not config.norm,
        kernel_initializer="he_normal",
        name=name,
    )


def _mapped(
    x: tf.Tensor, conv: keras.layers.Conv2D, norm: keras.layers.BatchNormalization | None
) -> tf.Tensor:
    return conv(x) if norm is None else conv_with_norm(x, conv, norm)


def _upsample(x: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """Repeat every cell 2x2; an odd map below loses the surplus row or column."""
    doubled = tf.image.resize(x, 2 * tf.shape(x)[1:3], method="nearest")
    return doubled[:, : tf.shape(like)[1], : tf.shape(like)[2]]
