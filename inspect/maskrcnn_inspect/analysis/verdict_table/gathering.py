"""One reading of a journal: all that is made of a data set's records, each record parsed once and let go.

Inputs: a journal. Outputs: ``Gathered``: the sums, the verdict table, what trials made of each image, the detections as
AP reads them, the images' looks. What stays in memory is numbers and the table's texts, never the records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from maskrcnn_core.files.journal import Record, records

from ..candidates.explanation_sums import Sums
from .comparing import ScoredDetections
from .copied import Looks
from .gains import Outcomes
from .rows import VerdictTable


class Collector(Protocol):
    """What takes records as they come."""

    def add(self, record: Record) -> None:
        """Take what is wanted of one image's record."""


@dataclass(frozen=True)
class Gathered:
    """What the records of a data set come to."""

    sums: Sums = field(default_factory=Sums)
    table: VerdictTable = field(default_factory=VerdictTable)
    outcomes: Outcomes = field(default_factory=Outcomes)
    scored: ScoredDetections = field(default_factory=ScoredDetections)
    looks: Looks = field(default_factory=Looks)

    @property
    def collectors(self) -> tuple[Collector, ...]:
        """Return what every record is given to."""
        return (self.sums, self.table, self.outcomes, self.scored, self.looks)


def gather(journal: Path, others: Iterable[Collector] = ()) -> Gathered:
    """Return what the records of ``journal`` come to. others: what else is given each record."""
    gathered = Gathered()
    collectors = (*gathered.collectors, *others)
    for record in records(journal):
        for collector in collectors:
            collector.add(record)
    return gathered
