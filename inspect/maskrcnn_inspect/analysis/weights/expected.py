"""The variables that a configuration's model has, by flat name with their shapes, without making the model.

Inputs: a ``Config``. Outputs: names and shapes as ``maskrcnn_core.weights.names.named_variables`` gives them for the
model itself; a test compares the two. The load audit holds a file against them, without TensorFlow.
"""

from __future__ import annotations

from maskrcnn_core.config import Config
from maskrcnn_core.config.resnets import ARCHITECTURES, RESNET_BLOCKS, block_letters

Shapes = dict[str, tuple[int, ...]]

SMALL_WIDTHS = (2, 4, 8, 8)


def expected_variables(config: Config) -> Shapes:
    """Return name -> shape of every variable of the model of ``config``.

    Raises: ValueError for an unknown backbone.
    """
    shapes, channels = _backbone(config)
    shapes |= _fpn(channels, config)
    shapes |= _rpn(config)
    shapes |= _box_head(config)
    return shapes | _mask_head(config)


def _conv(name: str, kernel: tuple[int, ...], units: int | None = None, bias: bool = True) -> Shapes:
    """Return a layer's shapes. units: its filters, where they are not the last axis."""
    return {f"{name}.kernel": kernel} | ({f"{name}.bias": (units or kernel[-1],)} if bias else {})


def _norm(name: str, channels: int) -> Shapes:
    return {f"{name}.{part}": (channels,) for part in ("gamma", "beta", "moving_mean", "moving_variance")}


def _conv_norm(conv: str, norm: str, kernel: tuple[int, ...], bias: bool) -> Shapes:
    return _conv(conv, kernel, bias=bias) | _norm(norm, kernel[-1])


def _backbone(config: Config) -> tuple[Shapes, tuple[int, ...]]:
    """Return the backbone's shapes and the channels of C2 to C5."""
    architecture = config.backbone.architecture
    if architecture in RESNET_BLOCKS:
        return _resnet(config)
    if architecture == "small":
        return _small(config.backbone.width, config)
    raise ValueError(f"wanted backbone.architecture {', '.join(ARCHITECTURES)}, received {architecture!r}")


def _resnet(config: Config) -> tuple[Shapes, tuple[int, ...]]:
    bias, pixels = config.backbone.bias, config.molding.channels
    shapes = _conv_norm("backbone.conv1", "backbone.bn_conv1", (7, 7, pixels, 64), bias)
    deep, entering, channels = config.backbone.bottlenecks, 64, []
    for stage, count in enumerate(config.backbone.blocks, start=2):
        narrow = 64 * 2 ** (stage - 2)
        leaving = 4 * narrow if deep else narrow
        for number in range(count):
            block = f"{stage}{block_letters(number)}_branch"
            kernels = _bottleneck(entering, narrow) if deep else _basic(entering, narrow)
            if entering != leaving:
                kernels["1"] = (1, 1, entering, leaving)
            for branch, kernel in kernels.items():
                names = f"backbone.res{block}{branch}", f"backbone.bn{block}{branch}"
                shapes |= _conv_norm(*names, kernel, bias)
            entering = leaving
        channels.append(leaving)
    return shapes, tuple(channels)


def _bottleneck(entering: int, narrow: int) -> Shapes:
    """Return branch -> kernel of a bottleneck, without its shortcut."""
    return {
        "2a": (1, 1, entering, narrow),
        "2b": (3, 3, narrow, narrow),
        "2c": (1, 1, narrow, 4 * narrow),
    }


def _basic(entering: int, channels: int) -> Shapes:
    """Return branch -> kernel of a basic block, without its shortcut."""
    return {"2a": (3, 3, entering, channels), "2b": (3, 3, channels, channels)}


def _small(width: int, config: Config) -> tuple[Shapes, tuple[int, ...]]:
    bias, pixels = config.backbone.bias, config.molding.channels
    shapes = _conv_norm("backbone.conv1", "backbone.bn_conv1", (3, 3, pixels, width), bias)
    entering = width
    for stage, factor in enumerate(SMALL_WIDTHS, start=2):
        channels, block = width * factor, f"res{stage}a_branch"
        kernels = _basic(entering, channels) | {"1": (1, 1, entering, channels)}
        for branch, kernel in kernels.items():
            shapes |= _conv_norm(f"backbone.{block}{branch}", f"backbone.bn_{block}{branch}", kernel, bias)
        entering = channels
    return shapes, tuple(width * factor for factor in SMALL_WIDTHS)


def _fpn(entering: tuple[int, ...], config: Config) -> Shapes:
    channels, norm = config.fpn.channels, config.fpn.norm
    shapes: Shapes = {}
    for level, inputs in enumerate(entering, start=2):
        for layer, kernel in ((f"c{level}p{level}", (1, 1, inputs)), (f"p{level}", (3, 3, channels))):
            shapes |= _conv(f"fpn.{layer}", (*kernel, channels), bias=not norm)
            shapes |= _norm(f"fpn.bn_{layer}", channels) if norm else {}
    return shapes


def _rpn(config: Config) -> Shapes:
    per_cell, channels = len(config.anchors.ratios), config.rpn.channels
    logits = per_cell if config.rpn.objectness == "sigmoid" else 2 * per_cell
    shapes = _conv("rpn.conv_shared", (3, 3, config.fpn.channels, channels))
    for number in range(2, config.rpn.convolutions + 1):
        shapes |= _conv(f"rpn.conv_shared{number}", (3, 3, channels, channels))
    shapes |= _conv("rpn.class_raw", (1, 1, channels, logits))
    return shapes | _conv("rpn.bbox_pred", (1, 1, channels, 4 * per_cell))


def _box_head(config: Config) -> Shapes:
    head, size, entering = config.box_head, config.box_roi.size, config.fpn.channels
    shapes: Shapes = {}
    for number in range(1, head.convolutions + 1):
        square = (3, 3, entering, head.convolution_channels)
        shapes |= _conv(f"box_head.box_conv{number}", square, bias=not head.convolution_norm)
        if head.convolution_norm:
            shapes |= _norm(f"box_head.box_bn{number}", head.convolution_channels)
        entering = head.convolution_channels
    kernels = ((size, size, entering, head.channels), (head.channels, head.channels))
    for number, kernel in enumerate(kernels[: head.layers], start=1):
        shapes |= _conv(f"box_head.class_conv{number}", kernel)
        shapes |= _norm(f"box_head.class_bn{number}", head.channels) if head.norm else {}
    shapes |= _conv("box_head.class_logits", (head.channels, config.num_classes))
    return shapes | _conv("box_head.bbox_fc", (head.channels, 4 * _outputs(head.boxes, config)))


def _mask_head(config: Config) -> Shapes:
    head, entering = config.mask_head, config.fpn.channels
    shapes: Shapes = {}
    for number in range(1, head.convolutions + 1):
        shapes |= _conv(f"mask_head.mask_conv{number}", (3, 3, entering, head.channels), bias=head.bias)
        if head.norm:
            shapes |= _norm(f"mask_head.mask_bn{number}", head.channels)
        entering = head.channels
    shapes |= _conv("mask_head.mask_deconv", (2, 2, head.channels, entering), head.channels)
    return shapes | _conv("mask_head.mask", (1, 1, head.channels, _outputs(head.masks, config)))


def _outputs(each: str, config: Config) -> int:
    """Return for how many classes a last layer speaks: every "class", every "object", or all at once, "shared"."""
    return {"class": config.num_classes, "object": config.num_classes - 1, "shared": 1}[each]
