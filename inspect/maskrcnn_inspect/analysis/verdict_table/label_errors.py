"""Likely label errors: places where the model and the ground truth contradict each other, the surest first.

Inputs: the verdict table. Outputs: suspicions, each of a row of the table. A suspicion is a reason to look, not a
proof: ``suspicion`` orders them within a kind, from 0 to 1. How often they are right is measured on planted errors
(``benchmarks/label_errors.py``).

A missing label shows as a sure detection where no object is; a label without an object as one that no candidate took
for anything; a wrong class as a sure detection of another class in the same place; a moved label as a sure detection
of the class that overlaps too little; a doubled one as two labels on one place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from maskrcnn_core.geometry.boxes import iou

from .rows import FALSE, NONE, OBJECT, VerdictTable

MISSING, NOTHING, CLASS, MOVED, DOUBLED = (
    "missing label",
    "label without an object",
    "wrong class",
    "moved label",
    "doubled label",
)
KINDS = (MISSING, NOTHING, CLASS, MOVED, DOUBLED)
SURE = 0.9  # score from which a detection counts against a label
UNSEEN = 0.1  # class probability up to which no candidate took an object for what its label says
DOUBLE = 0.8  # IoU of boxes from which two labels lie on one place
EARLY = ("no anchor", "objectness", "top k", "background")  # verdicts of what no candidate took for an object


class Suspicion(NamedTuple):
    """A likely label error: its kind, the row of the table, how sure (0 to 1), and why in words."""

    kind: str
    row: int
    suspicion: float
    sentence: str


def label_errors(table: VerdictTable) -> list[Suspicion]:
    """Return the suspicions, kind by kind in the order of ``KINDS``, the surest of a kind first."""
    found = [*_of_detections(table), *_of_objects(table), *_doubled(table)]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), -one.suspicion, one.row))


def _of_detections(table: VerdictTable) -> Iterator[Suspicion]:
    """Sure detections against a label, or against none. Rows of wrong and moved labels are those of the object."""
    objects = rows_of_objects(table)
    for row in _rows(table, FALSE):
        score, overlap, verdict = table["score"][row], table["iou"][row], table["verdict"][row]
        if not score >= SURE:
            continue
        name, partner = table["class"][row], objects.get((table["index"][row], table["partner"][row]))
        if verdict == "background":
            yield Suspicion(MISSING, row, score, f"a {name} with {score:.2f} where nothing is labelled")
        elif partner is None or table["verdict"][partner] == "found":
            continue  # another detection agrees with the label
        elif verdict == "confusion":
            text = f"labelled {table['class'][partner]}, detected as {name} with {score:.2f}"
            yield Suspicion(CLASS, partner, score, text)
        elif verdict == "localisation":
            text = f"a {name} is detected with {score:.2f}, and overlaps the label by {overlap:.2f} only"
            yield Suspicion(MOVED, partner, score * (1 - overlap), text)


def _of_objects(table: VerdictTable) -> Iterator[Suspicion]:
    for row in _rows(table, OBJECT):
        score = table["score"][row]
        if table["verdict"][row] in EARLY and score <= UNSEEN:
            text = f"no candidate takes it for a {table['class'][row]}: {score:.3f} at most"
            yield Suspicion(NOTHING, row, 1 - score, text)


def _doubled(table: VerdictTable) -> Iterator[Suspicion]:
    """Pairs of labels on one place; the row is the later one's."""
    images = defaultdict(list)
    for row in _rows(table, OBJECT):
        if table["verdict"][row] != "crowd":
            images[table["index"][row]].append(row)
    for rows in images.values():
        boxes = np.array([table.box(row) for row in rows], np.float32)
        overlaps = np.triu(np.asarray(iou(boxes, boxes)), 1)
        for first, second in zip(*np.nonzero(overlaps >= DOUBLE), strict=True):
            overlap = float(overlaps[first, second])
            text = f"lies on object {table['number'][rows[first]]} (IoU of boxes {overlap:.2f})"
            yield Suspicion(DOUBLED, rows[second], overlap, text)


def _rows(table: VerdictTable, kind: str) -> list[int]:
    return [row for row, one in enumerate(table["kind"]) if one == kind]


def rows_of_objects(table: VerdictTable) -> dict[tuple[int, int], int]:
    """Return the row of each object by image and number; nothing has the number ``NONE``."""
    found = {(table["index"][row], table["number"][row]): row for row in _rows(table, OBJECT)}
    assert all(number != NONE for _, number in found)
    return found
