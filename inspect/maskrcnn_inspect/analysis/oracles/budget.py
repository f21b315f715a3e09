"""Oracle budget: how much AP each stage costs, measured by putting the ground truth in its place.

Inputs: a model and a reader. Outputs: AP of the model as it is, with each oracle alone, and with one oracle after the
other in the order of the pipeline; and the ceiling: what is reached with all of them, for masks of several sizes. A
image at a time; what stays of it are pycocotools' judgements.

Shapes: g ground-truth objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.dataset import ClassMap, in_dataset_classes, map_classes, result_of
from maskrcnn_core.evaluation.metrics.coco_ap import CocoAp
from maskrcnn_core.evaluation.metrics.objects import objects_of_result, objects_of_sample
from maskrcnn_core.pipeline.given_truth import give_truth
from maskrcnn_core.recording.trace import Edit, Trace

from ..candidates.explanation import SIZES, Explainer, size_of
from ..candidates.matching import match_masks
from .stages import ORACLES, correct, perfect_masks

BASELINE = "as it is"
FIGURES = {  # column -> kind and name of the figure
    "mask AP": ("segm", "AP"),
    "mask AP50": ("segm", "AP50"),
    "mask AP75": ("segm", "AP75"),
    "box AP": ("bbox", "AP"),
}
READS = (
    "image.original", "molding.*", "fpn.p?", "anchors.*", "rpn.*", "proposals.*", "box_roi.*", "box_head.*",
    "detections.*", "mask_roi.*", "mask_head.*", "pasting.*",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One state of the model: its name, and its figures by the names of ``FIGURES``."""

    name: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Ceiling:
    """What masks of ``side`` x ``side`` cells can reach when everything else is true.

    iou: mean IoU of a mask of that size with the object that it was made of, by size of the object and "all".
    """

    side: int
    figures: dict[str, float]
    iou: dict[str, float]


@dataclass(frozen=True)
class Budget:
    """What each stage costs. rows: figures as it is, ``alone`` with one oracle, ``together`` with all up to it."""

    images: int
    objects: int
    baseline: Row
    alone: list[Row]
    together: list[Row]
    ceilings: list[Ceiling]
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return plain values; None where nothing was there to measure."""
        return {
            "images": self.images,
            "objects": self.objects,
            "as_it_is": _plain(self.baseline.figures),
            "alone": {row.name: _plain(row.figures) for row in self.alone},
            "together": {row.name: _plain(row.figures) for row in self.together},
            "ceilings": [
                {"mask_cells": one.side, **_plain(one.figures), "mean_mask_iou": _plain(one.iou)}
                for one in self.ceilings
            ],
            "unreadable": [{"image": name, "why": why} for name, why in self.unreadable],
        }


def measure_budget(
    model: Any,
    reader: Reader,
    count: int | None = None,
    max_detections: int = 100,
    sides: tuple[int, ...] = (14, 28, 56),
    progress: Callable[[int], None] = lambda done: None,
) -> Budget:
    """Run ``model`` with every oracle on the first ``count`` images of ``reader``.

    max_detections: best of an image and class that count. sides: cells of masks whose ceiling is measured; even.
    Raises: ValueError where the model lacks a class of the data set.
    """
    sums = _Sums(model, reader, sides)
    for index in range(min(count or len(reader), len(reader))):
        try:
            sample, _ = reader.read(index)
        except (ValueError, OSError) as error:
            sums.unreadable.append((reader.source(index), str(error)))
        else:
            sums.add(sample)
        progress(index + 1)
    return sums.budget(max_detections)


class _Sums:
    """Judgements by state, an image after the other."""

    def __init__(self, model: Any, reader: Reader, sides: tuple[int, ...]) -> None:
        self.model, self.names, self.sides = model, tuple(reader.class_names), sides
        self.classes: ClassMap = map_classes(self.names, model.config.class_names)
        self.to_model = Explainer(model, self.names).to_model
        self.judged: dict[Any, CocoAp] = {}
        self.overlaps: dict[int, dict[str, list[float]]] = {side: {} for side in sides}
        self.images = self.objects = 0
        self.unreadable: list[tuple[str, str]] = []

    def add(self, sample: Sample) -> None:
        """Judge one image in every state."""
        trace = self.model.trace(sample.image, keep=READS)
        give_truth(trace, replace(sample, class_ids=self.to_model[sample.class_ids]))
        self._judge(BASELINE, sample, trace)
        edits: dict[str, Edit] = {}
        chained = trace
        for name, oracle in ORACLES.items():
            self._judge(("alone", name), sample, correct(self.model, trace, oracle(trace)))
            correction = oracle(chained)
            before, edits = edits, {**edits, **correction.edits}
            unmasked, chained = chained, correct(self.model, chained, correction, before)
            self._judge(("together", name), sample, chained)
        for side in self.sides:
            self._measure_masks(side, sample, unmasked)
        self.images += 1
        self.objects += int((~sample.is_crowd).sum())

    def _measure_masks(self, side: int, sample: Sample, trace: Trace) -> None:
        """Judge masks of ``side`` cells on detections that are the ground truth."""
        settings = {"mask_roi.size": side // 2}
        assert trace.config is not None
        edits, _ = perfect_masks(trace, trace.config.replace(**settings))
        finest: Trace = self.model.replay(trace, edits, **settings)
        self._judge(side, sample, finest)
        finest.update({name: trace[name] for name in trace if name.startswith("truth.")})
        best = match_masks(finest).iou.max(axis=0, initial=0.0)
        for row in np.flatnonzero(~sample.is_crowd):
            size = size_of(float(sample.masks[row].sum()))
            for key in (size, "all"):
                self.overlaps[side].setdefault(key, []).append(float(best[row]))

    def _judge(self, state: Any, sample: Sample, trace: Trace) -> None:
        found = in_dataset_classes(objects_of_result(result_of(trace)), self.classes)
        self.judged.setdefault(state, CocoAp(self.names)).add_objects(objects_of_sample(sample), found)

    def budget(self, max_detections: int) -> Budget:
        """Return the figures of all images so far."""
        counted = (1, 10, max_detections)

        def figures(state: Any) -> dict[str, float]:
            judged = self.judged.get(state, CocoAp(self.names))
            by_kind = {kind: judged.figures(kind, counted) for kind in ("segm", "bbox")}
            return {name: by_kind[kind][figure] for name, (kind, figure) in FIGURES.items()}

        ceilings = [
            Ceiling(side, figures(side), {key: float(np.mean(values)) for key, values in _by_size(overlaps)})
            for side, overlaps in self.overlaps.items()
        ]
        return Budget(
            self.images,
            self.objects,
            Row(BASELINE, figures(BASELINE)),
            [Row(name, figures(("alone", name))) for name in ORACLES],
            [Row(name, figures(("together", name))) for name in ORACLES],
            ceilings,
            self.unreadable,
        )


def _by_size(overlaps: Mapping[str, list[float]]) -> list[tuple[str, list[float]]]:
    """Return the overlaps of all objects, then by size from small to large; none where there is none."""
    return [(key, overlaps[key]) for key in ("all", *(name for name, _ in SIZES)) if key in overlaps]


def _plain(figures: Mapping[str, float]) -> dict[str, float | None]:
    """Put None for pycocotools' -1, which stands for nothing there to measure."""
    return {name: value if value > -1 else None for name, value in figures.items()}
