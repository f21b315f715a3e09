"""Objects found: which objects of validation were found after which epoch, and so which were forgotten.

Inputs: the matches of each epoch's validation, by masks at IoU 0.5 as in mask AP50. Outputs: a file with a line an
object, written whole after every epoch, and how many objects were found, learned and forgotten. An object is learned
where it is found and was not the epoch before, forgotten where it was (Toneva et al. 2019, section 3); what is
forgotten again and again is often labelled wrongly, or hard.

A history is a text with a letter an epoch: 1 found, 0 not, - not looked at.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...data.reading.sample import Sample
from ...evaluation.metrics.matching import match_objects
from ...evaluation.metrics.objects import Objects
from ...files.atomic import replacing

NAME = "validation_objects.csv"  # in the run's folder
FOUND, MISSED, UNKNOWN = "1", "0", "-"


@dataclass(frozen=True)
class History:
    """One object of validation. image: its number in the data set. truth: its row among the image's objects.

    area: px² of its mask. found: see the module.
    """

    image: int
    source: str
    truth: int
    class_name: str
    area: int
    found: str

    @property
    def forgotten(self) -> int:
        """How often it was found and then, at the next look, was not."""
        return self.looks.count(FOUND + MISSED)

    @property
    def learned(self) -> int | None:
        """The epoch, from 1, after which it was found for the first time; None where it never was."""
        return self.found.index(FOUND) + 1 if FOUND in self.found else None

    @property
    def looks(self) -> str:
        """Its history without the epochs in which nobody looked."""
        return self.found.replace(UNKNOWN, "")


class Change(NamedTuple):
    """What an epoch did: number of objects found, learned and forgotten in it, of ``of``."""

    found: int
    learned: int
    forgotten: int
    of: int


class ObjectsFound:
    """Writes the file: objects of one epoch are added, then ``close_epoch`` puts them down."""

    def __init__(self, path: Path, class_names: Sequence[str]) -> None:
        self.path, self.class_names = path, tuple(class_names)
        self._added: list[History] = []

    def add(self, image: int, sample: Sample, truths: Objects, detections: Objects) -> None:
        """Take in which objects of ``sample``, crowds left out, the detections of its image have found.

        truths, detections: those of sample and result, as every measure here takes them.
        """
        found = match_objects(detections, truths).of_truth[~truths.is_crowd] >= 0
        areas = truths.areas("segm")[~truths.is_crowd]
        for row, is_found, area in zip(np.flatnonzero(~sample.is_crowd), found, areas, strict=True):
            name = self.class_names[sample.class_ids[row]]
            mark = FOUND if is_found else MISSED
            self._added.append(History(image, sample.source, int(row), name, int(area), mark))

    def close_epoch(self, epoch: int) -> Change:
        """Write down what was added as ``epoch`` (from 1), and return what it did.

        What the file knows of this epoch and later ones is of a run that was broken off, and goes.
        """
        before = {(one.image, one.truth): one for one in read_histories(self.path)}
        now, self._added = self._added, []
        longer = [_longer(before.pop((one.image, one.truth), None), one, epoch) for one in now]
        rest = [
            _longer(one, None, epoch) for one in before.values()
        ]  # of images that are no longer looked at
        known = [one for one in [*longer, *rest] if one.looks]
        write_histories(self.path, sorted(known, key=lambda one: (one.image, one.truth)))
        ends = [one.looks[-2:] for one in longer]
        return Change(
            sum(end[-1:] == FOUND for end in ends),
            sum(end in (FOUND, MISSED + FOUND) for end in ends),
            ends.count(FOUND + MISSED),
            len(longer),
        )


def _longer(before: History | None, now: History | None, epoch: int) -> History:
    """Return the history until ``epoch``: what was known before, then what was seen now."""
    known = before.found[: epoch - 1] if before else ""
    found = known.ljust(epoch - 1, UNKNOWN) + (now.found if now else UNKNOWN)
    one = now or before
    assert one is not None
    return dataclasses.replace(one, found=found)


_FIELDS = tuple(field.name for field in dataclasses.fields(History))


def read_histories(path: Path) -> list[History]:
    """Return what the file says; nothing where there is none. Raises: ValueError for another kind of file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != _FIELDS:
            raise ValueError(
                f"{path}: wanted the columns {', '.join(_FIELDS)}; is it a file of `maskrcnn train`?"
            )
        try:
            return [
                History(int(i), source, int(t), name, int(a), found) for i, source, t, name, a, found in rows
            ]
        except ValueError as error:
            raise ValueError(f"{path}: {error}; delete it, and the next epoch begins it anew") from error


def write_histories(path: Path, histories: Iterable[History]) -> None:
    """Write the file, whole or not at all."""
    with replacing(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_FIELDS)
        writer.writerows(dataclasses.astuple(one) for one in histories)
