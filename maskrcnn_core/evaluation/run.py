"""A run of the evaluation: every measure over a data set or over result files, in one pass.

Inputs: ground-truth objects and detections, an image at a time. Outputs: a ``Report``.

Shapes: d detections; g ground-truth objects; K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .metrics.average import NOTHING, RECALLS, THRESHOLDS, Average
from .metrics.coco_ap import CocoAp
from .metrics.confusion import Confusion
from .metrics.error_costs import ErrorReport
from .metrics.error_types import ErrorTypes
from .metrics.objects import KINDS, Objects, overlaps
from .metrics.worst_cases import Case, WorstCases


@dataclass(frozen=True)
class Settings:
    """What is counted.

    max_detections: best an image and class, for AP, AR and error types. confusion_iou, confusion_score: IoU and score
    from which a pair counts in the confusion matrix. worst: cases of each kind that are kept.
    """

    max_detections: int = 100
    confusion_iou: float = 0.5
    confusion_score: float = 0.5
    worst: int = 12

    @property
    def counted(self) -> tuple[int, int, int]:
        """Return the numbers of detections of the three AR."""
        return (1, 10, self.max_detections)


@dataclass(frozen=True)
class Report:
    """What was measured.

    heading: what was evaluated, name -> value. averages, errors: by kind, masks before boxes. recall: share of
    ground-truth objects by IoU and step, None where it was not asked for. left_out: objects that could not be used.
    unreadable: (image, why) of images left out.
    """

    heading: Mapping[str, str]
    images: int
    detections: int
    averages: dict[str, Average]
    errors: dict[str, ErrorReport]
    confusion: Confusion
    missed: list[Case]
    false: list[Case]
    recall: dict[float, dict[str, float]] | None = None
    left_out: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the names of the classes, background first."""
        return self.confusion.class_names

    @property
    def truths(self) -> int:
        """Return the number of ground-truth objects, crowds not counted."""
        return int(self.confusion.matrix[1:].sum())

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values, None where nothing was there to measure; images of cases left out."""
        return {
            "heading": dict(self.heading),
            "images": self.images,
            "objects": self.truths,
            "detections": self.detections,
            "class_names": list(self.class_names),
            "figures": {kind: _plain(average.figures()) for kind, average in self.averages.items()},
            "max_detections": list(next(iter(self.averages.values())).max_detections),
            "by_class": {kind: _by_class(average) for kind, average in self.averages.items()},
            "curves": {kind: _curves(average) for kind, average in self.averages.items()},
            "errors": {kind: report.as_json() for kind, report in self.errors.items()},
            "confusion": {
                "kind": self.confusion.kind,
                "iou": self.confusion.threshold,
                "min_score": self.confusion.min_score,
                "rows": "class of the ground truth, background first",
                "columns": "class of the detection, background first",
                "matrix": self.confusion.matrix.tolist(),
            },
            "stage_recall": self.recall and {f"{iou:g}": _plain(steps) for iou, steps in self.recall.items()},
            "missed": [_case(case, "area") for case in self.missed],
            "false": [_case(case, "score") for case in self.false],
            "objects_left_out": self.left_out,
            "unreadable": [{"image": name, "why": why} for name, why in self.unreadable],
        }


class Evaluation:
    """Takes images one by one and reports."""

    def __init__(
        self,
        class_names: Sequence[str],
        kinds: Sequence[str] = KINDS,
        settings: Settings = Settings(),
    ) -> None:
        self.settings, self.kinds = settings, tuple(kinds)
        self.average = CocoAp(class_names, kinds)
        self.errors = {
            kind: ErrorTypes(class_names, kind, max_detections=settings.max_detections) for kind in kinds
        }
        self.confusion = Confusion(
            class_names, self.kinds[0], settings.confusion_iou, settings.confusion_score
        )
        self.worst = WorstCases(class_names, settings.worst)
        self.images = self.detections = self.left_out = 0
        self.unreadable: list[tuple[str, str]] = []

    def add(self, name: str, truths: Objects, detections: Objects, image: np.ndarray | None = None) -> None:
        """Add one image. image: (y, x, channel) uint8, for the images of the worst cases."""
        self.average.add_objects(truths, detections)
        for kind, errors in self.errors.items():
            iou = overlaps(detections, truths, kind)
            judged = errors.add(truths, detections, iou)
            if kind == self.kinds[0]:
                self.confusion.add(truths, detections, iou)
                self.worst.add(name, (truths, detections), judged, iou, image)
        self.images += 1
        self.detections += len(detections)

    def report(
        self, heading: Mapping[str, str] | None = None, recall: dict[float, dict[str, float]] | None = None
    ) -> Report:
        """Return what was measured so far."""
        return Report(
            heading or {},
            self.images,
            self.detections,
            {kind: self.average.average(kind, self.settings.counted) for kind in self.kinds},
            {kind: errors.report() for kind, errors in self.errors.items()},
            self.confusion,
            self.worst.missed,
            self.worst.false,
            recall,
            self.left_out,
            self.unreadable,
        )


def _plain(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if value > NOTHING else None for name, value in figures.items()}


def _by_class(average: Average) -> dict[str, dict[str, float | None]]:
    """Return the figures of every class by name, with its number of ground-truth objects."""
    counts = dict(zip(average.class_names[1:], average.num_truths[:, 0].tolist(), strict=True))
    return {name: {"truths": counts[name], **_plain(row)} for name, row in average.by_class().items()}


def _curves(average: Average) -> dict[str, Any]:
    """Return precision at the 101 recalls by class and IoU, to four decimals."""
    by_class = {
        name: {
            f"{threshold:.2f}": np.round(average.curve(threshold, class_id), 4).tolist()
            for threshold in THRESHOLDS
        }
        for class_id, name in enumerate(average.class_names[1:], start=1)
        if average.num_truths[class_id - 1, 0]
    }
    return {"recall": np.round(RECALLS, 2).tolist(), "precision": by_class}


def _case(case: Case, value: str) -> dict[str, Any]:
    return {"image": case.image, "class": case.class_name, value: case.value, "what": case.sentence}
