"""Judging: what becomes of the objects of an image in training, as another package sees it.

The verdicts are those of ``maskrcnn_inspect``, on which this package does not stand: its command hands a ``Judge`` in,
and ``train`` takes one by keyword. Needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Judgement:
    """What became of one object that is to be found (no crowd).

    truth: its row in ``truth.*``. kept: how many of the judge's stages kept it; all of them where it was found.
    verdict: the stage that lost it, in the judge's words, or that it was found. sentence: its story in short.
    """

    truth: int
    kept: int
    verdict: str
    sentence: str


class Judge(Protocol):
    """Says of every object in a trace how far it came.

    stages: those that can lose an object, in the order of the pipeline. reads: the tensors that it wants in the trace,
    beside ``truth.*``.
    """

    @property
    def stages(self) -> Sequence[str]:
        """Names of stages."""

    @property
    def reads(self) -> Sequence[str]:
        """Names or glob patterns of tensors."""

    def __call__(self, trace: Any) -> list[Judgement]:
        """Return a judgement for every object of ``trace``; nothing where it has none."""


def shares_kept(judgements: Sequence[Judgement], stages: Sequence[str]) -> dict[str, float]:
    """Return the share of objects that were still alive after each stage; nothing where there are no objects.

    Law: no share is larger than the one before it, and the last is the share that was found.
    """
    if not judgements:
        return {}
    return {
        stage: sum(one.kept > place for one in judgements) / len(judgements)
        for place, stage in enumerate(stages)
    }
