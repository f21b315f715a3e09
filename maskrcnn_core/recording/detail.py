"""Detail: the tensors inside a stage, block by block and layer by layer.

How many there are depends on the configuration, so they are derived from it. They are recorded when a pattern names
them, and not by ``keep="*"``: those of one image take many times the memory of all others.

In the backbone, where sums stand between, a convolution and its ReLU have names of their own: ``conv1`` (after its
norm), ``relu1``, … ``shortcut``, ``sum``, ``output``. In the RPN and the heads a name is what the layer hands on, after
norm and ReLU: ``fc1``; what goes into the ReLU is ``fc1.before_relu``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..config import LEVELS, Config
from .tensor_spec import TensorSpec

BEFORE_RELU = "before_relu"
AFTER_RELU = re.compile(
    r"backbone\.stem\.(relu|pool)|backbone\.c\d\.block\d+\.(relu\d|output)|rpn\.hidden\d*\.p\d"
    r"|(box|mask)_head\.(conv\d+|fc\d|deconv)"
)


class Inside(NamedTuple):
    """How many blocks and layers the stages of a model have.

    blocks: of C2 to C5. convolutions: in a block. halves_first: whether the first one of a block halves the map.
    spacing: cells from one anchor centre to the next.
    """

    blocks: tuple[int, ...]
    convolutions: int
    halves_first: bool
    spacing: int
    rpn: int
    box_convolutions: int
    box_layers: int
    mask_convolutions: int


# as many as a configuration may ask for (``config.checks``): the names that any model may have
WIDEST = Inside((64, 64, 64, 64), 3, True, 1, rpn=64, box_convolutions=64, box_layers=2, mask_convolutions=64)


def inside_of(config: Config) -> Inside:
    """Return how many blocks and layers a model of ``config`` has."""
    backbone = config.backbone
    return Inside(
        blocks=backbone.blocks,
        convolutions=3 if backbone.bottlenecks else 2,
        halves_first=not backbone.bottlenecks or backbone.stride_on == "1x1",
        spacing=config.anchors.spacing,
        rpn=config.rpn.convolutions,
        box_convolutions=config.box_head.convolutions,
        box_layers=config.box_head.layers,
        mask_convolutions=config.mask_head.convolutions,
    )


def is_rectified(name: str) -> bool:
    """Return whether a tensor inside a block or layer is what a ReLU makes."""
    return AFTER_RELU.fullmatch(name) is not None


def block_of(name: str, blocks: tuple[int, ...]) -> tuple[int, int]:
    """Return level and number of the block that makes a tensor of the backbone; the stem's come before level 2.

    blocks: of C2 to C5; C itself is made by the last one of its level.
    """
    _, part, *rest = name.split(".")
    if part == "stem":
        return 1, 1
    level = int(part[1:])
    return level, int(rest[0].removeprefix("block")) if rest else blocks[level - 2]


def entering_of(level: int, number: int) -> str:
    """Return the name of what goes into a block."""
    if number > 1:
        return f"backbone.c{level}.block{number - 1}.output"
    return f"backbone.c{level - 1}" if level > 2 else "backbone.stem.pool"


def last_hidden(config: Config) -> str:
    """Return the name of the vector from which the box head tells class and box of a proposal."""
    return f"box_head.fc{config.box_head.layers}"


def vectors_read(config: Config) -> tuple[str, str]:
    """Return the names of the tensors that ``vectors_of`` reads."""
    return last_hidden(config), "detections.proposal_index"


def vectors_of(tensors: Mapping[str, Any], config: Config, detections: Sequence[int]) -> np.ndarray:
    """Return (d, channel) float32: of each of ``detections`` the last hidden vector of the proposal it came from."""
    hidden, proposal_index = (np.asarray(tensors[name]) for name in vectors_read(config))
    return hidden[proposal_index[list(detections)]]


def leading_to(name: str, inside: Inside) -> Iterator[TensorSpec]:
    """Yield the detail that is made on the way to the tensor ``name`` from those before it, in order."""
    stage, _, tensor = name.partition(".")
    if stage == "backbone":
        yield from _stem() if tensor == "c2" else ()
        yield from _blocks(int(tensor[1:]), inside)
    elif tensor.startswith("merged"):
        yield from _merging(int(tensor.removeprefix("merged")))
    elif name == "rpn.logits":
        yield from _rpn(inside)
    elif name == "box_head.class_logits":
        yield from _box_head(inside)
    elif name == "mask_head.logits":
        yield from _mask_head(inside)


def _map(name: str, stride: int, source: str) -> TensorSpec:
    return TensorSpec(name, ("y", "x", "channel"), "activation", f"stride {stride}", source)


def _stem() -> Iterator[TensorSpec]:
    yield _map("backbone.stem.conv", 2, "stem: convolution of the network input, after its norm")
    yield _map("backbone.stem.relu", 2, "ReLU of backbone.stem.conv")
    yield _map("backbone.stem.pool", 4, "largest of 3x3 cells of backbone.stem.relu, every second one")


def _blocks(level: int, inside: Inside) -> Iterator[TensorSpec]:
    """Yield the tensors of the blocks of C ``level``."""
    for block in range(1, inside.blocks[level - 2] + 1):
        prefix, stride = f"backbone.c{level}.block{block}", 2**level
        late = level > 2 and block == 1 and not inside.halves_first
        for conv in range(1, inside.convolutions + 1):
            own = stride // 2 if late and conv == 1 else stride
            yield _map(f"{prefix}.conv{conv}", own, f"convolution {conv} of the block, after its norm")
            if conv < inside.convolutions:
                yield _map(f"{prefix}.relu{conv}", own, f"ReLU of conv{conv}")
        yield _map(f"{prefix}.shortcut", stride, "the block's input, or its 1x1 convolution, after its norm")
        yield _map(f"{prefix}.sum", stride, f"conv{inside.convolutions} + shortcut")
        yield _map(f"{prefix}.output", stride, "ReLU of sum")


def _merging(level: int) -> Iterator[TensorSpec]:
    stride = 2**level
    yield _map(f"fpn.lateral{level}", stride, f"1x1 convolution of c{level}, after its norm if it has one")
    if level < 5:
        yield _map(f"fpn.upsampled{level}", stride, f"merged{level + 1}, each cell repeated 2x2")


def _rpn(inside: Inside) -> Iterator[TensorSpec]:
    """Yield the hidden maps of each level; ``rpn.hidden.p2`` is the last one, from which anchors are judged."""
    for level in LEVELS:
        for layer in range(1, inside.rpn + 1):
            name = f"rpn.hidden{'' if layer == inside.rpn else layer}.p{level}"
            which = "3x3 convolution" if inside.rpn == 1 else f"3x3 convolution {layer}"
            stride = 2**level * inside.spacing
            yield _map(f"{name}.{BEFORE_RELU}", stride, f"{which} of p{level}")
            yield _map(name, stride, f"ReLU of {name}.{BEFORE_RELU}")


def _layer(name: str, axes: str, source: str) -> Iterator[TensorSpec]:
    frame = "roi" if "y" in axes.split() else "-"
    yield TensorSpec(f"{name}.{BEFORE_RELU}", tuple(axes.split()), "activation", frame, source)
    yield TensorSpec(name, tuple(axes.split()), "activation", frame, f"ReLU of {name}.{BEFORE_RELU}")


def _box_head(inside: Inside) -> Iterator[TensorSpec]:
    for layer in range(1, inside.box_convolutions + 1):
        source = f"3x3 convolution {layer} of the pooled region, after its norm if it has one"
        yield from _layer(f"box_head.conv{layer}", "n y x channel", source)
    for layer in range(1, inside.box_layers + 1):
        source = f"fully connected layer {layer}, after its norm if it has one"
        yield from _layer(f"box_head.fc{layer}", "n channel", source)


def _mask_head(inside: Inside) -> Iterator[TensorSpec]:
    for layer in range(1, inside.mask_convolutions + 1):
        source = f"3x3 convolution {layer} of the pooled region, after its norm if it has one"
        yield from _layer(f"mask_head.conv{layer}", "d y x channel", source)
    yield from _layer("mask_head.deconv", "d y x channel", "transposed convolution, which doubles the sides")
