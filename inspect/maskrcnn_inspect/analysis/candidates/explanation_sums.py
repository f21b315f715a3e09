"""Sums of explanations over a data set: where does this model lose its objects?

Enters: records, one a picture, from a journal: a file of JSON lines that is appended to as pictures are done. Leaves:
verdicts summed by class, size and stage. A run that broke goes on where its journal ends; only sums stay in memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .explanation import KEPT, SIZES
from .verdicts import VERDICTS

# verdict -> the stage of the pipeline that lost the object
STAGES = {
    "no anchor": "anchors",
    "objectness": "rpn",
    "top k": "proposals",
    "proposal localisation": "rpn",
    "proposal suppression": "proposals",
    "proposal count": "proposals",
    "background": "box_head",
    "wrong class": "box_head",
    "localisation": "box_head",
    "score": "detections",
    "class suppression": "detections",
    "maximum": "detections",
    "mask": "mask_head",
    "taken": "detections",
}
ORDER = ("anchors", "rpn", "proposals", "box_head", "detections", "mask_head")
EXAMPLES = 12  # of each verdict that are named

Record = dict[str, Any]


@dataclass
class Sums:
    """Counts of verdicts: in all, by class, by size, by stage, of detections, of settings that would help; examples."""

    pictures: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    by_class: dict[str, Counter[str]] = field(default_factory=dict)
    by_size: dict[str, Counter[str]] = field(default_factory=dict)
    by_stage: Counter[str] = field(default_factory=Counter)
    detections: Counter[str] = field(default_factory=Counter)
    remedies: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    example_pictures: list[str] = field(default_factory=list)  # of each verdict's first example
    num_unreadable: int = 0
    unreadable: list[str] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Add one picture's record."""
        if "unreadable" in record:
            if len(self.unreadable) < EXAMPLES:
                self.unreadable.append(f"{record['picture']}: {record['unreadable']}")
            self.num_unreadable += 1
            return
        self.pictures += 1
        self.detections.update(one["verdict"] for one in record["detections"])
        for one in record["truths"]:
            verdict = one["verdict"]
            self.verdicts[verdict] += 1
            self.by_class.setdefault(one["class"], Counter())[verdict] += 1
            self.by_size.setdefault(one["size"], Counter())[verdict] += 1
            if verdict in KEPT:
                continue
            self.by_stage[STAGES[verdict]] += 1
            if "remedy" in one:
                self.remedies[" and ".join(one["remedy"]["settings"]) or "none"] += 1
            named = self.examples.setdefault(verdict, [])
            if not named and record["picture"] not in self.example_pictures:
                self.example_pictures.append(record["picture"])
            if len(named) < EXAMPLES:
                named.append(
                    f"{record['picture']}, object {one['truth']}, a {one['class']}: {one['sentence']}"
                )

    @property
    def truths(self) -> int:
        """Return the number of objects, crowds left out."""
        return sum(self.verdicts[verdict] for verdict in VERDICTS if verdict != "crowd")

    @property
    def missed(self) -> int:
        """Return the number of objects that were not found."""
        return self.truths - self.verdicts["found"]

    def as_json(self) -> Record:
        """Return plain values, in the order of the pipeline."""
        sizes = {name: self.by_size[name] for name, _ in SIZES if name in self.by_size}
        return {
            "pictures": self.pictures,
            "objects": self.truths,
            "missed": self.missed,
            "verdicts": ordered(self.verdicts),
            "by_stage": {stage: self.by_stage[stage] for stage in ORDER},
            "by_class": {name: ordered(counts) for name, counts in sorted(self.by_class.items())},
            "by_size": {name: ordered(counts) for name, counts in sizes.items()},
            "detections": dict(self.detections.most_common()),
            "remedies": dict(self.remedies.most_common()),
            "examples": self.examples,
            "num_unreadable": self.num_unreadable,
            "unreadable": self.unreadable,
        }


def ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts of verdicts in the order of the pipeline, without those of nothing."""
    return {name: counts[name] for name in VERDICTS if counts.get(name)}


def resume(path: Path, heading: Mapping[str, Any]) -> int:
    """Return how many pictures the journal ``path`` holds, made ready to append to; a line cut short is cut off.

    heading: what the records depend on; its first line. Raises: ValueError where the journal was made otherwise.
    """
    first = json.dumps({"heading": dict(heading)}).encode() + b"\n"
    if not path.exists() or not path.stat().st_size:
        path.write_bytes(first)
        return 0
    done, end = -1, 0
    with path.open("r+b") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            if done < 0 and line != first:
                raise ValueError(
                    f"{path}: made with other settings, weights or data; choose another --output, or --overwrite"
                )
            done, end = done + 1, end + len(line)
        file.truncate(end)
        file.seek(end)
        if done < 0:
            file.write(first)
    return max(done, 0)


def append(path: Path, record: Record) -> None:
    """Add a picture's record to the journal: one line, written at once."""
    with path.open("ab") as file:
        file.write(json.dumps(record, allow_nan=False).encode() + b"\n")


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a journal, one at a time. Raises: ValueError for a line that is none."""
    with path.open(encoding="utf-8") as file:
        next(file, None)
        for number, line in enumerate(file, start=2):
            try:
                yield json.loads(line)
            except ValueError:
                raise ValueError(f"{path}, line {number}: not a record; delete it and run again") from None


def sum_up(path: Path) -> Sums:
    """Return the sums of a journal."""
    sums = Sums()
    for record in records(path):
        sums.add(record)
    return sums
