"""Sums of explanations over a data set: where does this model lose its objects?

Inputs: records, one an image, from a journal: a file of JSON lines that is appended to as images are done. Outputs:
verdicts summed by class, size and stage. A run that broke goes on where its journal ends; only sums stay in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maskrcnn_core.files import journal
from maskrcnn_core.files.journal import Record
from maskrcnn_core.terminal.former_names import HEADINGS, warn_of
from maskrcnn_core.terminal.former_names import VERDICTS as VERDICTS_OF_BEFORE

from .explanation import KEPT, RIGHT, SIZES
from .verdicts import VERDICTS

# verdict -> the stage of the pipeline that lost the object
STAGES = {
    "no anchor": "anchors",
    "objectness": "rpn",
    "top k": "proposals",
    "proposal localisation": "rpn",
    "proposal size": "proposals",
    "proposal NMS": "proposals",
    "proposal count": "proposals",
    "background": "box_head",
    "wrong class": "box_head",
    "localisation": "box_head",
    "score": "detections",
    "size": "detections",
    "class NMS": "detections",
    "over the maximum of detections": "detections",
    "mask": "mask_head",
    "matched another object": "detections",
}
ORDER = ("anchors", "rpn", "proposals", "box_head", "detections", "mask_head")
EXAMPLES = 12  # of each verdict that are named
SHOWN = 3  # of each verdict that a page has an image of


@dataclass(frozen=True)
class Example:
    """An object that was missed, or a false detection, as a page shows it.

    index: of the image in the data set. value: of the detection its score, of the object its area in words. truths,
    detections: boxes (yxyx) image px to outline.
    """

    index: int
    image: str
    class_name: str
    value: str
    sentence: str
    truths: list[list[float]]
    detections: list[list[float]]


class VerdictCounts(Counter[str]):
    """How many objects got each verdict. A former name of a verdict counts as, and is read as, today's."""

    def __missing__(self, verdict: str) -> int:
        """Return the count of today's name, with a warning; 0 for a verdict that nothing got."""
        if verdict not in VERDICTS_OF_BEFORE:
            return 0
        warn_of(verdict, VERDICTS_OF_BEFORE[verdict])
        return self[VERDICTS_OF_BEFORE[verdict]]


@dataclass
class Sums:
    """Counts of verdicts: in all, by class, by size, by stage, of detections, of settings that would help; examples."""

    images: int = 0
    verdicts: VerdictCounts = field(default_factory=VerdictCounts)
    by_class: dict[str, VerdictCounts] = field(default_factory=dict)
    by_size: dict[str, VerdictCounts] = field(default_factory=dict)
    by_stage: Counter[str] = field(default_factory=Counter)
    detections: Counter[str] = field(default_factory=Counter)
    setting_changes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    missed_shown: dict[str, list[Example]] = field(default_factory=dict)  # the first of each verdict
    false_shown: dict[str, list[Example]] = field(default_factory=dict)
    num_unreadable: int = 0
    unreadable: list[str] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Add one image's record."""
        if "picture" in record:  # of an older journal
            record = {**record, "image": record["picture"]}
        if "unreadable" in record:
            if len(self.unreadable) < EXAMPLES:
                self.unreadable.append(f"{record['image']}: {record['unreadable']}")
            self.num_unreadable += 1
            return
        self.images += 1
        self.detections.update(one["verdict"] for one in record["detections"])
        for one in record["truths"]:
            verdict = VERDICTS_OF_BEFORE.get(one["verdict"], one["verdict"])  # of an older journal
            self.verdicts[verdict] += 1
            self.by_class.setdefault(one["class"], VerdictCounts())[verdict] += 1
            self.by_size.setdefault(one["size"], VerdictCounts())[verdict] += 1
            if verdict in KEPT:
                continue
            self.by_stage[STAGES[verdict]] += 1
            if "remedy" in one:
                self.setting_changes[" and ".join(one["remedy"]["settings"]) or "none"] += 1
            named = self.examples.setdefault(verdict, [])
            if len(named) < EXAMPLES:
                named.append(f"{record['image']}, object {one['truth']}, a {one['class']}: {one['sentence']}")
            _show(self.missed_shown, verdict, record, _missed(record, one))
        for one in record["detections"]:
            if one["verdict"] not in RIGHT:
                _show(self.false_shown, one["verdict"], record, _false(record, one))

    @property
    def shown_images(self) -> list[str]:
        """Return the images that a page shows a part of, each once."""
        shown = [*self.missed_shown.values(), *self.false_shown.values()]
        return list(dict.fromkeys(one.image for examples in shown for one in examples))

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
            "images": self.images,
            "objects": self.truths,
            "missed": self.missed,
            "verdicts": ordered(self.verdicts),
            "by_stage": {stage: self.by_stage[stage] for stage in ORDER},
            "by_class": {name: ordered(counts) for name, counts in sorted(self.by_class.items())},
            "by_size": {name: ordered(counts) for name, counts in sizes.items()},
            "detections": dict(self.detections.most_common()),
            "remedies": dict(self.setting_changes.most_common()),
            "examples": self.examples,
            "num_unreadable": self.num_unreadable,
            "unreadable": self.unreadable,
        }


def _show(shown: dict[str, list[Example]], verdict: str, record: Record, fields: dict[str, Any]) -> None:
    """Keep an example of ``verdict``, unless there are enough."""
    kept = shown.setdefault(verdict, [])
    if len(kept) < SHOWN:
        kept.append(Example(record["index"], record["image"], **fields))


def _missed(record: Record, truth: Record) -> dict[str, Any]:
    """Return what is shown of a missed object: itself, and the detections that are said to be of it."""
    near = [one["box"] for one in record["detections"] if one["truth"] == truth["truth"]]
    value = f"{truth['area']:.0f} px²"
    return _fields(truth, value, [truth["box"]], near)


def _false(record: Record, detection: Record) -> dict[str, Any]:
    """Return what is shown of a false detection: itself, and the object that it confuses, doubles or nearly hits."""
    near = [one["box"] for one in record["truths"] if one["truth"] == detection["truth"]]
    return _fields(detection, f"score {detection['score']:.2f}", near, [detection["box"]])


def _fields(one: Record, value: str, truths: list[list[float]], detections: list[list[float]]) -> Record:
    named = {"class_name": one["class"], "value": value, "sentence": one["sentence"]}
    return {**named, "truths": truths, "detections": detections}


def ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts of verdicts in the order of the pipeline, without those of nothing."""
    return {name: counts[name] for name in VERDICTS if counts.get(name)}


def resume(path: Path, heading: Mapping[str, Any]) -> int:
    """Return how many images the journal of explanations ``path`` holds; see ``files.journal``."""
    return journal.resume(
        path, heading, lambda found: {HEADINGS.get(name, name): value for name, value in found.items()}
    )
