"""Findings: what the verdicts of a data set say that no setting mends: anchors, classes, masks, weights.

Inputs: the verdict table. Outputs: findings, the one with the most objects first, each with its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .rows import FALSE, OBJECT, VerdictTable

LEAST = 2  # objects: one alone says nothing of a data set
PAIRS = 5  # of classes that are taken for each other

# verdict -> what is the matter, and the next step
SENTENCES = {
    "no anchor": "No anchor is near them, whose longer side is {extent} px: change anchors.scales or the image's size.",
    "proposal localisation": "Anchors reach them, and the RPN moves them away: train longer, or on more like these.",
    "background": "Proposals lie on them, and the box head calls them background: label more like these, or train on.",
    "localisation": "The box head moves a good proposal away: look at how their boxes are labelled.",
    "mask": "Their box is right and their mask overlaps too little: finer masks or larger images.",
    "size": "Their boxes are smaller than detections.min_size allows.",
    "proposal size": "Their boxes are smaller than proposals.min_size allows.",
    "matched another object": "One detection covers two objects: they lie on each other, or are labelled twice.",
}


class Finding(NamedTuple):
    """What is the matter with some rows of the table."""

    title: str
    sentence: str
    rows: list[int]


def findings_of(table: VerdictTable) -> list[Finding]:
    """Return what many objects share."""
    found = [*_by_verdict(table), *_confused(table)]
    return sorted(found, key=lambda one: -len(one.rows))


def _by_verdict(table: VerdictTable) -> Iterator[Finding]:
    objects = sum(
        kind == OBJECT and verdict != "crowd"
        for kind, verdict in zip(table["kind"], table["verdict"], strict=True)
    )
    for verdict, sentence in SENTENCES.items():
        rows = [
            row for row, one in enumerate(table["verdict"]) if one == verdict and table["kind"][row] == OBJECT
        ]
        if len(rows) >= LEAST:
            title = f"{verdict}: {len(rows)} objects, {len(rows) / objects:.1%}"
            yield Finding(title, sentence.format(extent=_extent(table, rows)), rows)


def _confused(table: VerdictTable) -> Iterator[Finding]:
    """Yield the pairs of classes that are taken for each other most; rows are those of the false detections."""
    classes = {
        (table["index"][row], table["number"][row]): table["class"][row]
        for row, kind in enumerate(table["kind"])
        if kind == OBJECT
    }
    pairs: Counter[tuple[str, str]] = Counter()
    rows: dict[tuple[str, str], list[int]] = {}
    for row, verdict in enumerate(table["verdict"]):
        label = classes.get((table["index"][row], table["partner"][row]))
        if table["kind"][row] == FALSE and verdict.startswith("confusion") and label is not None:
            pair = (label, table["class"][row])
            pairs[pair] += 1
            rows.setdefault(pair, []).append(row)
    for (label, name), count in pairs.most_common(PAIRS):
        if count >= LEAST:
            sentence = f"Objects labelled {label} are detected as {name}: compare how the two are labelled."
            yield Finding(f"{label} taken for {name}: {count}", sentence, rows[label, name])


def _extent(table: VerdictTable, rows: list[int]) -> str:
    """Return the range of the longer sides of rows' boxes."""
    boxes = np.array([table.box(row) for row in rows])
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return f"{sides.min():.0f} to {sides.max():.0f}"
