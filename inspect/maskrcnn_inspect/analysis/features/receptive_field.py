"""Receptive field: the pixels of the molded image that can reach a cell at all.

Enters: a configuration, the size of the molded image, a tensor's name and a cell. Leaves: a box, molded px. This is
the theoretical field, from kernels, strides and padding alone, exact at the borders: no pixel outside changes the
cell. The effective field, from which most of the influence comes, is much smaller and strongest in the middle (Luo et
al. 2016, "Understanding the effective receptive field").

A span is the first and last index, both inside, along one axis. Rows and columns are alike and walked one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from maskrcnn_core.config import Backbone, Config

RESNET_BLOCKS = {
    "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3),
}  # as stages.backbone, without TensorFlow
LEVELS = (2, 3, 4, 5)


class Span(NamedTuple):
    """First and last index along an axis."""

    first: int
    last: int


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
        return Span(max(first, 0), min(last, size - 1))


def backbone_steps(config: Backbone) -> list[list[Step]]:
    """Return the steps to C2, then from each to the next: the widest branch of every block; shortcuts lie inside.

    Raises: ValueError for an architecture that is not known.
    """
    pool = Step(3, 2)
    if config.architecture == "small":
        stem, blocks = [Step(3, 2, 1), pool], (1, 1, 1, 1)
    elif config.architecture in RESNET_BLOCKS:
        stem, blocks = [Step(7, 2, 3), pool], RESNET_BLOCKS[config.architecture]
    else:
        known = ", ".join((*RESNET_BLOCKS, "small"))
        raise ValueError(f"receptive field: wanted a backbone of {known}, received {config.architecture!r}")
    stages = []
    for level, count in zip(LEVELS, blocks, strict=True):
        stride = 1 if level == LEVELS[0] else 2
        if config.architecture == "small":
            stages.append([Step(3, stride), Step(3)])
        else:  # 1x1 with the stride, 3x3, 1x1
            stages.append([Step(1, stride), Step(3), *[Step(3)] * (count - 1)])
    return [[*stem, *stages[0]], *stages[1:]]


def receptive_field(
    config: Config, size: tuple[int, ...], name: str, cell: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the box (y1, x1, y2, x2), molded px, lower-right corner exclusive, that a cell (row, column) can see.

    size: of the molded image (y, x). name: of a map, such as ``backbone.c3``, ``fpn.merged3``, ``fpn.p3``; or
    ``rpn.p3``: what the RPN sees on that level. Raises: ValueError for another name, IndexError for no such cell.
    """
    rows, columns = (_Axis(config, one).field(name, at) for one, at in zip(size[:2], cell, strict=True))
    return rows.first, columns.first, rows.last + 1, columns.last + 1


class _Axis:
    """One axis of the network on an image of ``size`` px."""

    def __init__(self, config: Config, size: int) -> None:
        self.spacing = config.anchors.spacing
        self.steps: list[tuple[Step, int]] = []  # with the size that goes in
        self.until: dict[int, int] = {}  # level -> number of steps to its map
        self.sizes: dict[int, int] = {}  # level -> cells
        for level, steps in zip(LEVELS, backbone_steps(config.backbone), strict=True):
            for step in steps:
                self.steps.append((step, size))
                size = step.size(size)
            self.until[level], self.sizes[level] = len(self.steps), size
        self.sizes[LEVELS[-1] + 1] = -(-size // 2)

    def field(self, name: str, cell: int) -> Span:
        """Return the pixels that ``cell`` of the map ``name`` can see."""
        maps = {
            "backbone.c": self.backbone,
            "fpn.merged": self.merged,
            "fpn.p": self.pyramid,
            "rpn.p": self.rpn,
        }
        kind, level = name[:-1], int(name[-1]) if name[-1:].isdigit() else 0
        coarsest = LEVELS[-1] + (kind in ("fpn.p", "rpn.p"))
        if kind not in maps or not LEVELS[0] <= level <= coarsest:
            raise ValueError(
                f"receptive field: wanted a map such as backbone.c3 or fpn.p3, received {name!r}"
            )
        count = -(-self.sizes[level] // (self.spacing if kind == "rpn.p" else 1))
        if not 0 <= cell < count:
            raise IndexError(f"{name}: wanted a cell of 0 to {count - 1} along the axis, received {cell}")
        return maps[kind](level, Span(cell, cell))

    def backbone(self, level: int, span: Span) -> Span:
        """Walk back through all steps to C ``level``."""
        for step, size in reversed(self.steps[: self.until[level]]):
            span = step.back(span, size)
        return span

    def merged(self, level: int, span: Span) -> Span:
        """Join what the lateral sees with what the coarser map above sees, repeated twice."""
        seen = self.backbone(level, span)
        if level == LEVELS[-1]:
            return seen
        above = self.merged(level + 1, Span(span.first // 2, span.last // 2))
        return Span(min(seen.first, above.first), max(seen.last, above.last))

    def pyramid(self, level: int, span: Span) -> Span:
        """Step back over the 3x3 that smooths; P6 is every second cell of P5."""
        if level > LEVELS[-1]:
            return self.pyramid(level - 1, Span(2 * span.first, 2 * span.last))
        return self.merged(level, Step(3).back(span, self.sizes[level]))

    def rpn(self, level: int, span: Span) -> Span:
        """Step back over the 3x3 that the RPN slides over a level."""
        return self.pyramid(level, Step(3, self.spacing).back(span, self.sizes[level]))
