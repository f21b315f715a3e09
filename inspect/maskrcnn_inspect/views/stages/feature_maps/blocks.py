"""Channels block by block: the share that is dead, and the share that is never cut.

Look for: blocks most of whose channels are dead, on this image and on others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....analysis.features.blocks import BlockChannels, block_channels, outputs_of
from ....session import Session
from ...framework.bar_chart import GREY, Bars
from ...framework.keeping import kept

DEAD = "#d55e00"
FEW = 12  # channels that are told by number


def of_session(session: Session) -> list[BlockChannels]:
    """Return the channels of the blocks of the shown trace; nothing where there is neither model nor record."""
    trace = session.trace
    if not session.has_model and not any(name in trace for name in outputs_of(trace)):
        return []
    given = [trace[name] for name in ("molding.image", "backbone.c2", "backbone.c5") if name in trace]
    return kept("channels by block", lambda: block_channels(trace, session.model), given)


def charts(blocks: Sequence[BlockChannels]) -> list[Bars]:
    """Return two charts: the dead and the saturated channels of each block."""
    if not blocks:
        return []
    return [
        _bars("Dead channels by block: 0 in every cell", blocks, [block.dead for block in blocks], DEAD),
        _bars(
            "Saturated channels by block: above 0 in every cell, so that the ReLU does nothing",
            blocks, [block.saturated for block in blocks], GREY,
        ),
    ]  # fmt: skip


def lines(blocks: Sequence[BlockChannels]) -> list[str]:
    """Tell the numbers of the dead channels of each block."""
    told = [f"{block.block}: {_few(block.dead)}" for block in blocks if len(block.dead)]
    return ["dead channels of each block, by number:", *(told or ["none"])] if blocks else []


def _bars(title: str, blocks: Sequence[BlockChannels], found: list[np.ndarray], colour: str) -> Bars:
    shares = [len(channels) / block.count for channels, block in zip(found, blocks, strict=True)]
    texts = [f"{len(c)} of {block.count}" for c, block in zip(found, blocks, strict=True)]
    return Bars(title, [block.block for block in blocks], shares, colour, texts, greatest=1.0)


def _few(numbers: np.ndarray) -> str:
    return ", ".join(map(str, numbers[:FEW])) + (f" and {len(numbers) - FEW} more" * (len(numbers) > FEW))
