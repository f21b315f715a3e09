"""Backbone: the bottom-up feature maps C2 to C5.

Inputs: network inputs. Outputs: one map a stage, at strides 4, 8, 16 and 32. ``resnet18`` to ``resnet152`` are those of
He et al. 2016: classic with the stride on the first 1x1 of a stage, biases everywhere and padding as TensorFlow's SAME
has it, all of which settings change; ``small`` has two 3x3 convolutions a stage for small images.

Shapes: b images; y, x cells of a map.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ..config import Backbone as BackboneConfig
from ..config.resnets import ARCHITECTURES, RESNET_BLOCKS, block_letters
from ..recording.trace import Tap, passthrough, within
from ..runtime.compiling import added
from .building import build_conv
from .folding import conv_with_norm
from .operators import operator
from .spec import StageSpec

SMALL_WIDTHS = (2, 4, 8, 8)  # channels of C2 to C5 in multiples of the stem's
BOTH_SIDES = [[0, 0], [1, 1], [1, 1], [0, 0]]  # padding of a 3x3 window by one cell; b, y, x, channel


class BackboneMaps(NamedTuple):
    """Fields are the tensors ``backbone.*``."""

    c2: tf.Tensor  # (b, y, x, channel), stride 4
    c3: tf.Tensor  # stride 8
    c4: tf.Tensor  # stride 16
    c5: tf.Tensor  # stride 32


class Resumed(NamedTuple):
    """Where a replay enters the backbone: everything before was recorded.

    first: level and number, from 1, of the block to run first. entering: its input (b, y, x, channel). maps: C2 to the
    level before.
    """

    first: tuple[int, int]
    entering: tf.Tensor
    maps: tuple[tf.Tensor, ...]


SPECS = (StageSpec("backbone", BackboneMaps, reads=("molding.image",), batched=True),)


class Backbone(keras.layers.Layer):
    """Network inputs to C2, C3, C4, C5."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__(name="backbone")
        self.config = config
        if config.architecture in RESNET_BLOCKS:
            self.stem = ConvNorm("conv1", "bn_conv1", 64, 7, config, strides=2, padding="valid")
            self.stem_padding = 3
            self.stages = [_resnet_stage(stage, n, config) for stage, n in enumerate(config.blocks, start=2)]
        elif config.architecture == "small":
            self.stem = ConvNorm("conv1", "bn_conv1", config.width, 3, config, strides=2, padding="valid")
            self.stem_padding = 1
            self.stages = [_small_stage(stage, n, config) for stage, n in enumerate(SMALL_WIDTHS, start=2)]
        else:
            known = ", ".join(ARCHITECTURES)
            raise ValueError(f"wanted backbone.architecture {known}, received {config.architecture!r}")

    @property
    def channels(self) -> tuple[int, ...]:
        """How many channels C2 to C5 have."""
        return tuple(blocks[-1].channels for blocks in self.stages)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for images of ``input_shape`` (b, y, x, channel)."""
        self.stem.build(input_shape)
        channels = self.stem.channels
        for block in (block for blocks in self.stages for block in blocks):
            block.build((None, None, None, channels))
            channels = block.channels

    def call(self, images: tf.Tensor, tap: Tap = passthrough, training: bool = False) -> BackboneMaps:
        """Return C2 to C5 of ``images`` (b, y, x, channel), already preprocessed."""
        return self.resume(Resumed((2, 1), self._stem(images, tap, training), ()), tap, training)

    def resume(self, at: Resumed, tap: Tap = passthrough, training: bool = False) -> BackboneMaps:
        """Return C2 to C5, going on from a block whose input is known."""
        x, maps = at.entering, list(at.maps)
        for level, blocks in enumerate(self.stages, start=2):
            for number, block in enumerate(blocks, start=1):
                if (level, number) >= at.first:
                    x = block(x, tap=within(tap, f"backbone.c{level}.block{number}"), training=training)
            if level >= at.first[0]:
                x = tap(f"backbone.c{level}", x)
                maps.append(x)
        return BackboneMaps(*maps)

    def c2(self, images: tf.Tensor) -> tf.Tensor:
        """Return C2 of ``images`` (b, y, x, channel) alone, by the stem and the blocks that lead to it."""
        x = self._stem(images, passthrough, training=False)
        for block in self.stages[0]:
            x = block(x)
        return x

    def _stem(self, images: tf.Tensor, tap: Tap, training: bool) -> tf.Tensor:
        """Return the map at stride 4 that the first block reads."""
        edge = self.stem_padding
        x = tf.pad(images, [[0, 0], [edge, edge], [edge, edge], [0, 0]])
        x = tap("backbone.stem.conv", self.stem(x, training=training))
        x = tap("backbone.stem.relu", tf.nn.relu(x))
        return tap("backbone.stem.pool", operator(max_pool)(x, self.config.symmetric))


def max_pool(x: tf.Tensor, symmetric: bool) -> tf.Tensor:
    """Return the largest of 3x3 cells at every second one of ``x`` (b, y, x, channel), which a ReLU made."""
    return tf.nn.max_pool2d(x, ksize=3, strides=2, padding=BOTH_SIDES if symmetric else "SAME")


class ConvNorm(keras.layers.Layer):
    """A convolution, with bias if the configuration says so, then batch norm."""

    def __init__(
        self,
        conv: str,
        norm: str,
        channels: int,
        size: int,
        config: BackboneConfig,
        strides: int = 1,
        padding: str = "same",
    ) -> None:
        super().__init__(name=conv)
        self.trains_norm = config.norm_trainable
        # SAME puts the odd cell of a stride of 2 at the end; symmetric puts one at both
        self.pads = config.symmetric and padding == "same" and size == 3 and strides == 2
        self.conv = keras.layers.Conv2D(
            channels,
            size,
            strides=strides,
            padding="valid" if self.pads else padding,
            use_bias=config.bias,
            kernel_initializer="he_normal",
            name=conv,
        )
        self.norm = keras.layers.BatchNormalization(
            epsilon=config.norm_epsilon, momentum=0.9, synchronized=config.norm_trainable, name=norm
        )
        self.channels = channels
        self.norm.trainable = not config.norm_frozen

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for maps of ``input_shape`` (b, y, x, channel)."""
        build_conv(self.conv, self.norm, int(input_shape[-1] or 0))

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Use batch statistics only when training and if the configuration lets the norm learn."""
        x = tf.pad(x, BOTH_SIDES) if self.pads else x
        if training and self.trains_norm:
            return self.norm(self.conv(x), training=True)
        return conv_with_norm(x, self.conv, self.norm)


class Bottleneck(keras.layers.Layer):
    """1x1, 3x3, 1x1 and a shortcut (He et al. 2016, figure 5 right), stride on the first 1x1 or on the 3x3."""

    def __init__(self, name: str, channels: int, strides: int, project: bool, config: BackboneConfig) -> None:
        super().__init__(name=f"res{name}")
        conv, norm = f"res{name}_branch", f"bn{name}_branch"
        self.every = strides
        self.first = config.stride_on == "1x1"
        strides = 1 if self.first else strides
        self.branch2a = ConvNorm(f"{conv}2a", f"{norm}2a", channels, 1, config)
        self.branch2b = ConvNorm(f"{conv}2b", f"{norm}2b", channels, 3, config, strides=strides)
        self.branch2c = ConvNorm(f"{conv}2c", f"{norm}2c", 4 * channels, 1, config)
        self.branch1 = ConvNorm(f"{conv}1", f"{norm}1", 4 * channels, 1, config) if project else None
        self.channels = 4 * channels

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for maps of ``input_shape`` (b, y, x, channel)."""
        between = (*input_shape[:-1], self.branch2a.channels)
        if self.branch1 is not None:
            self.branch1.build(input_shape)
        self.branch2a.build(input_shape)
        self.branch2b.build(between)
        self.branch2c.build(between)

    def call(self, x: tf.Tensor, tap: Tap = passthrough, training: bool = False) -> tf.Tensor:
        """Return relu(shortcut(x) + residual(x))."""
        seen = every_cell(x, self.every)
        shortcut = tap("shortcut", seen if self.branch1 is None else self.branch1(seen, training=training))
        residual = tap("conv1", self.branch2a(seen if self.first else x, training=training))
        residual = tap("relu1", tf.nn.relu(residual))
        residual = tap("conv2", self.branch2b(residual, training=training))
        residual = tap("relu2", tf.nn.relu(residual))
        residual = tap("conv3", self.branch2c(residual, training=training))
        return tap("output", tf.nn.relu(tap("sum", added(residual, shortcut))))


class BasicBlock(keras.layers.Layer):
    """Two 3x3 and a shortcut (He et al. 2016, figure 5 left), stride on the first."""

    def __init__(
        self, conv: str, norm: str, channels: int, strides: int, project: bool, config: BackboneConfig
    ) -> None:
        super().__init__(name=conv)
        conv, norm = f"{conv}_branch", f"{norm}_branch"
        self.every = strides
        self.branch2a = ConvNorm(f"{conv}2a", f"{norm}2a", channels, 3, config, strides=strides)
        self.branch2b = ConvNorm(f"{conv}2b", f"{norm}2b", channels, 3, config)
        self.branch1 = ConvNorm(f"{conv}1", f"{norm}1", channels, 1, config) if project else None
        self.channels = channels

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for maps of ``input_shape`` (b, y, x, channel)."""
        self.branch2a.build(input_shape)
        self.branch2b.build((*input_shape[:-1], self.channels))
        if self.branch1 is not None:
            self.branch1.build(input_shape)

    def call(self, x: tf.Tensor, tap: Tap = passthrough, training: bool = False) -> tf.Tensor:
        """Return relu(shortcut(x) + residual(x))."""
        residual = tap("conv1", self.branch2a(x, training=training))
        residual = tap("relu1", tf.nn.relu(residual))
        seen = every_cell(x, self.every)
        shortcut = tap("shortcut", seen if self.branch1 is None else self.branch1(seen, training=training))
        residual = tap("conv2", self.branch2b(residual, training=training))
        return tap("output", tf.nn.relu(tap("sum", added(residual, shortcut))))


Block = Bottleneck | BasicBlock


def every_cell(x: tf.Tensor, step: int) -> tf.Tensor:
    """Return every ``step``-th cell of ``x`` (b, y, x, channel): all that a 1x1 kernel with that stride sees.

    Taking them first is the same and less work, once for both branches, and goes round a gradient of oneDNN that writes
    beyond its memory (16x16x8 to 16 channels, one image). The mean of one cell is that cell, and is taken 17 times
    faster than the slice ``x[:, ::step, ::step]`` (256x256x256, measured).
    """
    return x if step == 1 else tf.nn.avg_pool2d(x, 1, step, "VALID")


def _resnet_stage(stage: int, count: int, config: BackboneConfig) -> list[Block]:
    """Return the blocks a, b, c … of ResNet stage 2 to 5; all but stage 2 halve the map in block a.

    A shortcut is projected where the number of channels changes: in every block a of bottlenecks, and of basic blocks
    but in stage 2.
    """
    channels = 64 * 2 ** (stage - 2)
    names = [f"{stage}{block_letters(i)}" for i in range(count)]
    strides = [2 if i == 0 and stage > 2 else 1 for i in range(count)]
    if config.bottlenecks:
        return [
            Bottleneck(name, channels, step, i == 0, config)
            for i, (name, step) in enumerate(zip(names, strides, strict=True))
        ]
    return [
        BasicBlock(f"res{name}", f"bn{name}", channels, step, step > 1, config)
        for name, step in zip(names, strides, strict=True)
    ]


def _small_stage(stage: int, factor: int, config: BackboneConfig) -> list[Block]:
    """Return the one block of a stage of ``small``: projected, and all but that of stage 2 halve the map."""
    name = f"res{stage}a"
    return [BasicBlock(name, f"bn_{name}", config.width * factor, 2 if stage > 2 else 1, True, config)]
