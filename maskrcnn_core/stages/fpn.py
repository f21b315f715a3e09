"""FPN: strong features at every scale.

Inputs: C2 to C5. Outputs: P2 to P6, all with the same number of channels. Each merged map is the lateral 1x1 of its C
plus the merged map above, upsampled by nearest neighbour; a 3x3 convolution removes the aliasing (FPN, section 3,
figure 3); with ``norm`` each convolution is followed by a batch norm, with its stored statistics or, while training,
those of the batch. P6 is every second cell of P5 and serves the RPN alone.

Shapes: b images; y, x cells of a map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Fpn as FpnConfig
from ..recording.trace import Tap, passthrough
from ..runtime.compiling import added
from .backbone import BackboneMaps, every_cell
from .building import build_conv
from .folding import conv_norm
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
            keras.layers.BatchNormalization(epsilon=norm_epsilon, momentum=0.9, name=f"bn_{conv.name}")
            if config.norm
            else None
            for conv in (*self.laterals, *self.outputs)
        ]

    def build(self, maps_shape: Sequence[tuple[int | None, ...]]) -> None:
        """Make the weights for maps C2 to C5 of ``maps_shape``, each (b, y, x, channel)."""
        seen = [int(shape[-1] or 0) for shape in maps_shape]
        for number, (conv, norm) in enumerate(zip([*self.laterals, *self.outputs], self.norms, strict=True)):
            build_conv(conv, norm, seen[number] if number < len(seen) else self.laterals[0].filters)

    def call(self, maps: BackboneMaps, tap: Tap = passthrough, training: bool = False) -> Pyramid:
        """Merge from the top down, then smooth. training: norms use the statistics of the batch, and learn them."""
        rows = tf.shape(maps[0])[0] if training else None
        merged: list[tf.Tensor] = []
        for number in (5, 4, 3, 2):
            conv, norm = self.laterals[number - 2], self.norms[number - 2]
            with tf.control_dependencies(
                merged[:1]
            ):  # in its turn, not as soon as its map is there: it is held less
                lateral = tap(f"fpn.lateral{number}", conv_norm(maps[number - 2], conv, norm, rows))
            if merged:
                lateral = added(lateral, tap(f"fpn.upsampled{number}", _upsample(merged[0], like=lateral)))
            merged.insert(0, tap(f"fpn.merged{number}", lateral))
        levels = [
            tap(f"fpn.p{number}", conv_norm(m, conv, norm, rows))
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


def _upsample(x: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """Repeat every cell 2x2; an odd map below loses the surplus row or column."""
    doubled = tf.image.resize(x, 2 * tf.shape(x)[1:3], method="nearest")
    return doubled[:, : tf.shape(like)[1], : tf.shape(like)[2]]
