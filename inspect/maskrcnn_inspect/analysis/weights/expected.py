"""The variables that a configuration's model has, by flat name with their shapes, without making the model.

Enters: a ``Config``. Leaves: names and shapes as ``maskrcnn_core.weights.names.named_variables`` gives them for the
model itself; a test compares the two. The load audit holds a file against them, without TensorFlow.
"""

from __future__ import annotations

from maskrcnn_core.config import Config

Shapes = dict[str, tuple[int, ...]]

RESNET_BLOCKS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
SMALL_WIDTHS = (2, 4, 8, 8)


def expected_variables(config: Config) -> Shapes:
    """Return name -> shape of every variable of the model of ``config``.

    Raises: ValueError for an unknown backbone.
    """
    shapes, channels = _backbone(config)
    shapes |= _fpn(channels, config.fpn.channels)
    shapes |= _rpn(config)
    shapes |= _box_head(config)
    return shapes | _mask_head(config)


def _conv(name: str, kernel: tuple[int, ...], units: int | None = None) -> Shapes:
    return {f"{name}.kernel": kernel, f"{name}.bias": (units or kernel[-1],)}


def _norm(name: str, channels: int) -> Shapes:
    return {f"{name}.{part}": (channels,) for part in ("gamma", "beta", "moving_mean", "moving_variance")}


def _conv_norm(conv: str, norm: str, kernel: tuple[int, ...]) -> Shapes:
    return _conv(f"backbone.{conv}", kernel) | _norm(f"backbone.{norm}", kernel[-1])


def _backbone(config: Config) -> tuple[Shapes, tuple[int, ...]]:
    """Return the backbone's shapes and the channels of C2 to C5."""
    architecture, pixels = config.backbone.architecture, config.molding.channels
    if architecture in RESNET_BLOCKS:
        return _resnet(RESNET_BLOCKS[architecture], pixels)
    if architecture == "small":
        return _small(config.backbone.width, pixels)
    raise ValueError(
        f"wanted backbone.architecture {', '.join((*RESNET_BLOCKS, 'small'))}, received {architecture!r}"
    )


def _resnet(counts: tuple[int, ...], pixels: int) -> tuple[Shapes, tuple[int, ...]]:
    shapes = _conv_norm("conv1", "bn_conv1", (7, 7, pixels, 64))
    entering = 64
    for stage, count in enumerate(counts, start=2):
        narrow = 64 * 2 ** (stage - 2)
        for number in range(count):
            block = f"{stage}{chr(ord('a') + number)}_branch"
            kernels = {
                "2a": (1, 1, entering, narrow),
                "2b": (3, 3, narrow, narrow),
                "2c": (1, 1, narrow, 4 * narrow),
            }
            if number == 0:
                kernels["1"] = (1, 1, entering, 4 * narrow)
            for branch, kernel in kernels.items():
                shapes |= _conv_norm(f"res{block}{branch}", f"bn{block}{branch}", kernel)
            entering = 4 * narrow
    return shapes, tuple(4 * 64 * 2**n for n in range(len(counts)))


def _small(width: int, pixels: int) -> tuple[Shapes, tuple[int, ...]]:
    shapes = _conv_norm("conv1", "bn_conv1", (3, 3, pixels, width))
    entering = width
    for stage, factor in enumerate(SMALL_WIDTHS, start=2):
        channels, block = width * factor, f"res{stage}a_branch"
        kernels = {
            "2a": (3, 3, entering, channels),
            "2b": (3, 3, channels, channels),
            "1": (1, 1, entering, channels),
        }
        for branch, kernel in kernels.items():
            shapes |= _conv_norm(f"{block}{branch}", f"bn_{block}{branch}", kernel)
        entering = channels
    return shapes, tuple(width * factor for factor in SMALL_WIDTHS)


def _fpn(entering: tuple[int, ...], channels: int) -> Shapes:
    shapes: Shapes = {}
    for level, inputs in enumerate(entering, start=2):
        shapes |= _conv(f"fpn.c{level}p{level}", (1, 1, inputs, channels))
        shapes |= _conv(f"fpn.p{level}", (3, 3, channels, channels))
    return shapes


def _rpn(config: Config) -> Shapes:
    per_cell, channels = len(config.anchors.ratios), config.rpn.channels
    shapes = _conv("rpn.conv_shared", (3, 3, config.fpn.channels, channels))
    shapes |= _conv("rpn.class_raw", (1, 1, channels, 2 * per_cell))
    return shapes | _conv("rpn.bbox_pred", (1, 1, channels, 4 * per_cell))


def _box_head(config: Config) -> Shapes:
    size, channels, K = config.box_roi.size, config.box_head.channels, config.num_classes
    shapes = _conv("box_head.class_conv1", (size, size, config.fpn.channels, channels))
    shapes |= _conv("box_head.class_conv2", (channels, channels))
    if config.box_head.norm:
        shapes |= _norm("box_head.class_bn1", channels) | _norm("box_head.class_bn2", channels)
    return (
        shapes | _conv("box_head.class_logits", (channels, K)) | _conv("box_head.bbox_fc", (channels, 4 * K))
    )


def _mask_head(config: Config) -> Shapes:
    head, entering = config.mask_head, config.fpn.channels
    shapes: Shapes = {}
    for number in range(1, head.convolutions + 1):
        shapes |= _conv(f"mask_head.mask_conv{number}", (3, 3, entering, head.channels))
        if head.norm:
            shapes |= _norm(f"mask_head.mask_bn{number}", head.channels)
        entering = head.channels
    shapes |= _conv("mask_head.mask_deconv", (2, 2, head.channels, entering), head.channels)
    return shapes | _conv("mask_head.mask", (1, 1, head.channels, config.num_classes))
