"""Channels block by block: which say nothing on this image, and which are never cut.

A channel of a block's output is dead where it is 0 in every cell, and saturated where it is above 0 in every cell: then
its ReLU does nothing on this image. Inputs: a trace that holds the blocks' outputs, or a model, whose backbone runs
once more on the recorded network input while nothing but the numbers is kept. Outputs: numbers, a block at a time.

Shapes: y, x cells of a map; channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from maskrcnn_core.recording.tensors import detail_of
from maskrcnn_core.recording.trace import Trace, config_of

OUTPUTS = ("backbone.stem.relu", "backbone.*.output")


@dataclass(frozen=True)
class BlockChannels:
    """A block of ``count`` channels by the name of its output; dead, saturated: (channel,) their numbers."""

    name: str
    count: int
    dead: np.ndarray
    saturated: np.ndarray

    @property
    def block(self) -> str:
        """The block in short: ``c3.block2``."""
        return self.name.removeprefix("backbone.").removesuffix(".output").removesuffix(".relu")


def channels_of_block(name: str, features: np.ndarray) -> BlockChannels:
    """Return the numbers of a block's output ``features`` (y, x, channel)."""
    least, most = features.min(axis=(0, 1)), features.max(axis=(0, 1))  # NaN is neither
    dead = np.flatnonzero((least == 0) & (most == 0))
    return BlockChannels(name, features.shape[-1], dead, np.flatnonzero(least > 0))


def outputs_of(trace: Trace) -> list[str]:
    """Return the names of the blocks' outputs, the stem's first."""
    return [n for n in detail_of(config_of(trace)) if any(fnmatchcase(n, one) for one in OUTPUTS)]


def block_channels(trace: Trace, model: Any = None) -> list[BlockChannels]:
    """Return the channels of every block, in order: as they were recorded, or as ``model`` makes them again.

    Raises: ValueError where the trace holds no outputs and there is no model.
    """
    names = outputs_of(trace)
    held = [name for name in names if name in trace]
    if len(held) < len(names) and model is not None:
        return _run(model, trace, names)
    if not held:
        raise ValueError(
            'this trace holds no outputs of blocks; record them with keep=["*", "backbone.*.output"]'
        )
    return [channels_of_block(name, np.asarray(trace[name])) for name in held]


def _run(model: Any, trace: Trace, names: list[str]) -> list[BlockChannels]:
    """Return the channels as the model's own backbone makes them, of which no map is kept."""
    found: list[BlockChannels] = []

    def tap(name: str, value: Any) -> Any:
        if name in names:
            found.append(channels_of_block(name, np.asarray(value[0])))
        return value

    model.backbone(np.asarray(trace["molding.image"])[None], tap=tap)
    return found
