"""Receptive field: the pixels of the network input that can reach a cell at all.

Inputs: a configuration, the size of the network input, a tensor's name and a cell. Outputs: a box, network-input px.
This is the theoretical field, from kernels, strides and padding alone, exact at the borders: no pixel outside changes
the cell. The effective field, from which most of the influence comes, is much smaller and strongest in the middle (Luo
et al. 2016, "Understanding the effective receptive field").

A span is the first and last index, both inside, along one axis; or those of many cells at once. Rows and columns are
alike and walked one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskrcnn_core.config import Backbone, Config
from maskrcnn_core.config.resnets import ARCHITECTURES
from maskrcnn_core.recording.detail import BEFORE_RELU

LEVELS = (2, 3, 4, 5)


MAPS = re.compile(
    r"(?P<kind>fpn\.lateral|fpn\.upsampled|fpn\.merged|fpn\.p|rpn\.hidden(?P<layer>\d*)\.p|rpn\.p)(?P<level>\d)"
)


Index = int | np.ndarray  # of one cell, or (n,) of n


class Span(NamedTuple):
    """First and last index along an axis."""

    first: Index
    last: Index


@dataclass(frozen=True)
class Step:
    """A convolution or a pooling along one axis: cells of its ``kernel``, its ``stride``, padding before and after.

    padding: cells on either side; None = "same": what ceil(size / stride) outputs take, the odd one after.
    """

    kernel: int
    stride: int = 1
    padding: int | None = None

    def size(self, size: int) -> int:
        """Return the number of outputs of ``size`` inputs."""
        if self.padding is None:
            return -(-size // self.stride)
        return (size + 2 * self.padding - self.kernel) // self.stride + 1

    def before(self, size: int) -> int:
        """Return the padding before the first of ``size`` inputs."""
        if self.padding is not None:
            return self.padding
        return max((self.size(size) - 1) * self.stride + self.kernel - size, 0) // 2

    def back(self, span: Span, size: int) -> Span:
        """Return the inputs, of ``size``, that the outputs ``span`` see; padding is constant and so not seen."""
        first = span.first * self.stride - self.before(size)
        last = span.last * self.stride - self.before(size) + self.kernel - 1
        return Span(np.maximum(first, 0), np.minimum(last, size - 1))


@dataclass(frozen=True)
class Block:
    """A block of the backbone, or its stem: ``name`` as tensors have it, and the steps of its convolutions, in order.

    stride: of its shortcut.
    """

    name: str
    steps: tuple[Step, ...]
    stride: int = 1


def blocks_of(config: Backbone) -> list[Block]:
    """Return the stem and all blocks, in order. Raises: ValueError for an architecture that is not known."""
    if config.architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ValueError(f"receptive field: wanted a backbone of {known}, received {config.architecture!r}")
    edge = 1 if config.symmetric else None  # padding of a 3x3 that moves by 2
    first = Step(3, 2, 1) if config.architecture == "small" else Step(7, 2, 3)
    found = [Block("stem", (first, Step(3, 2, edge)))]
    for level, count in zip(LEVELS, config.blocks, strict=True):
        for number in range(1, count + 1):
            stride = 2 if number == 1 and level > LEVELS[0] else 1
            three = Step(3, stride, edge if stride == 2 else None)
            steps: tuple[Step, ...]
            if not config.bottlenecks:
                steps = (three, Step(3))
            elif config.stride_on == "1x1":
                steps = (Step(1, stride), Step(3), Step(1))
            else:
                steps = (Step(1), three, Step(1))
            found.append(Block(f"c{level}.block{number}", steps, stride))
    return found


def receptive_field(
    config: Config, size: tuple[int, ...], name: str, cell: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the box (y1, x1, y2, x2), network-input px, lower-right corner exclusive, that a cell (row, column) can
    see.

    size: of the network input (y, x). name: of a map, such as ``backbone.c3``, ``backbone.c3.block2.conv1``,
    ``fpn.merged3``, ``fpn.p3``, ``rpn.hidden.p3``; or ``rpn.p3``: what the RPN sees on that level.
    Raises: ValueError for another name, IndexError for no such cell.
    """
    rows, columns = (_Axis(config, one).field(name, at) for one, at in zip(size[:2], cell, strict=True))
    return int(rows.first), int(columns.first), int(rows.last) + 1, int(columns.last) + 1


def fields_along(config: Config, side: int, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Return the pixels (cell, first and last) int64, last exclusive, that all cells along a ``side`` can see, by map.

    side: of the network input, px. names: such as ``backbone.c3`` or ``fpn.p3``. Law: cell i sees what row i does by
    ``receptive_field``.
    """
    axis, found = _Axis(config, side), {}
    for name in names:
        first, last = axis.field(name, np.arange(axis.sizes[int(name[-1])]))
        found[name] = np.stack([first, last + 1], axis=-1)
    return found


Walk = tuple[Step, int]  # a step and the size that goes into it


class _Axis:
    """One axis of the network on an image of ``size`` px."""

    def __init__(self, config: Config, size: int) -> None:
        self.config = config
        self.walks: dict[str, list[Walk]] = {}  # map of the backbone -> the steps to it
        self.sizes: dict[int, int] = {}  # level -> cells
        walk: list[Walk] = []
        for block in blocks_of(config.backbone):
            walk, size = self._through(block, walk, size)
            if block.name != "stem":
                self.walks[block.name.split(".")[0]] = walk
                self.sizes[int(block.name[1])] = size
        self.sizes[LEVELS[-1] + 1] = -(-size // 2)

    def _through(self, block: Block, walk: list[Walk], size: int) -> tuple[list[Walk], int]:
        """Note the steps to every tensor of a block; return those to its output, and its size."""
        names = ("conv", "pool") if block.name == "stem" else ("conv1", "conv2", "conv3")
        self.walks[f"{block.name}.shortcut"] = [*walk, (Step(1, block.stride), size)]
        for name, step in zip(names, block.steps, strict=False):
            walk, size = [*walk, (step, size)], step.size(size)
            for alike in (name, name.replace("conv", "relu"), "sum", "output"):  # the last steps stay
                self.walks[f"{block.name}.{alike}"] = walk
        return walk, size

    def field(self, name: str, cell: Index) -> Span:
        """Return the pixels that ``cell`` of the map ``name`` can see."""
        stage, _, rest = name.removesuffix(f".{BEFORE_RELU}").partition(".")
        if stage == "backbone" and rest in self.walks:
            walk = self.walks[rest]
            return self._back(walk, self._checked(name, cell, walk[-1][0].size(walk[-1][1])))
        found = MAPS.fullmatch(f"{stage}.{rest}")
        level = int(found["level"]) if found else 0
        kind = f"{found['kind']}" if found else ""
        coarsest = LEVELS[-1] + (kind == "fpn.p" or kind.startswith("rpn."))
        if not LEVELS[0] <= level <= coarsest:
            raise ValueError(
                f"receptive field: wanted a map such as backbone.c3 or fpn.p3, received {name!r}"
            )
        spacing = self.config.anchors.spacing if kind.startswith("rpn.") else 1
        span = self._checked(name, cell, -(-self.sizes[level] // spacing))
        if kind.startswith("rpn."):
            return self.rpn(level, span, int(found["layer"] or 0) if found else 0)
        ways = {"fpn.lateral": self.backbone, "fpn.upsampled": self.upsampled, "fpn.merged": self.merged}
        return ways.get(kind, self.pyramid)(level, span)

    @staticmethod
    def _checked(name: str, cell: Index, count: int) -> Span:
        if np.min(cell) < 0 or np.max(cell) >= count:
            raise IndexError(f"{name}: wanted a cell of 0 to {count - 1} along the axis, received {cell}")
        return Span(cell, cell)

    @staticmethod
    def _back(walk: list[Walk], span: Span) -> Span:
        for step, size in reversed(walk):
            span = step.back(span, size)
        return span

    def backbone(self, level: int, span: Span) -> Span:
        """Walk back through all steps to C ``level``."""
        return self._back(self.walks[f"c{level}"], span)

    def upsampled(self, level: int, span: Span) -> Span:
        """Return what the coarser map above sees, repeated twice."""
        return self.merged(level + 1, Span(span.first // 2, span.last // 2))

    def merged(self, level: int, span: Span) -> Span:
        """Join what the lateral sees with what comes from above."""
        seen = self.backbone(level, span)
        if level == LEVELS[-1]:
            return seen
        above = self.upsampled(level, span)
        return Span(np.minimum(seen.first, above.first), np.maximum(seen.last, above.last))

    def pyramid(self, level: int, span: Span) -> Span:
        """Step back over the 3x3 that smooths; P6 is every second cell of P5."""
        if level > LEVELS[-1]:
            return self.pyramid(level - 1, Span(2 * span.first, 2 * span.last))
        return self.merged(level, Step(3).back(span, self.sizes[level]))

    def rpn(self, level: int, span: Span, layer: int = 0) -> Span:
        """Step back over the 3x3 that the RPN slides over a level, up to its convolution ``layer``; 0 = all."""
        first = Step(3, self.config.anchors.spacing)
        for _ in range((layer or self.config.rpn.convolutions) - 1):
            span = Step(3).back(span, first.size(self.sizes[level]))
        return self.pyramid(level, first.back(span, self.sizes[level]))
