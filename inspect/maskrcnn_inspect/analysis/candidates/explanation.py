"""Explanation: one picture's verdicts in one record, ready to print, to write and to sum.

Enters: a model and a sample. Leaves: an ``Explanation``: why each object was found or missed, what each detection is,
how many candidates each stage left.

Shapes: g truths; d detections; yxyx picture px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.dataset import map_classes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import layout, mold_boxes

from .false_detections import DetectionVerdict, judge_detections
from .fates import config_of, find_fates
from .funnel import FunnelStep, funnel
from .matching import match_masks
from .remedies import Remedy, find_remedy
from .verdicts import TruthVerdict, judge_truths

SIZES = (("small", 32.0**2), ("medium", 96.0**2), ("large", float("inf")))  # px² of the mask, below (COCO)
READS = (
    "image.original",
    "molding.*",
    "anchors.*",
    "rpn.*",
    "proposals.*",
    "box_head.*",
    "detections.*",
    "pasting.*",
)
KEPT = ("found", "crowd")  # verdicts of truths that were not missed


@dataclass(frozen=True)
class Explanation:
    """What became of one picture's objects.

    areas: (g,) px² of the truths' masks. truth_boxes, boxes: (g, yxyx), (d, yxyx) picture px.
    remedies: by truth, of missed ones, where they were asked for. fates: anchors by fate. near_box: the funnel of a
    box, where one was given.
    """

    picture: str
    class_names: tuple[str, ...]
    truths: list[TruthVerdict]
    detections: list[DetectionVerdict]
    areas: np.ndarray
    truth_boxes: np.ndarray
    boxes: np.ndarray
    fates: dict[str, int]
    funnel: list[FunnelStep]
    remedies: dict[int, Remedy] = field(default_factory=dict)
    near_box: list[FunnelStep] = field(default_factory=list)

    @property
    def missed(self) -> list[TruthVerdict]:
        """Return the verdicts on objects that were not found."""
        return [one for one in self.truths if one.verdict not in KEPT]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, classes by name; boxes are yxyx picture px."""
        return {
            "picture": self.picture,
            "truths": [self._truth(one) for one in self.truths],
            "detections": [self._detection(one) for one in self.detections],
            "fates": self.fates,
            "funnel": [asdict(step) for step in self.funnel],
            "near_box": [asdict(step) for step in self.near_box],
        }

    def _truth(self, one: TruthVerdict) -> dict[str, Any]:
        area = float(self.areas[one.truth])
        entry = {**asdict(one), "class": self.class_names[one.class_id], "area": area, "size": size_of(area)}
        entry["box"] = [float(v) for v in self.truth_boxes[one.truth]]
        if one.truth in self.remedies:
            remedy = self.remedies[one.truth]
            entry["remedy"] = {
                "settings": remedy.settings,
                "reason": remedy.reason,
                "is_smallest": remedy.is_smallest,
            }
        return _finite(entry)

    def _detection(self, one: DetectionVerdict) -> dict[str, Any]:
        entry = {**asdict(one), "class": self.class_names[one.class_id]}
        entry["box"] = [float(v) for v in self.boxes[one.detection]]
        return _finite(entry)


class Explainer:
    """Explains pictures of one data set by one model.

    dataset_names: the data set's classes, found among the model's by name. threshold: IoU from which an object is
    found. remedies: look for the smallest change that keeps each missed object, which takes replays.
    Raises: ValueError where the model lacks a class of the data set.
    """

    def __init__(
        self, model: Any, dataset_names: Sequence[str], threshold: float = 0.5, remedies: bool = False
    ) -> None:
        self.model, self.threshold, self.remedies = model, threshold, remedies
        classes = map_classes(dataset_names, model.config.class_names)
        self.judged = frozenset(np.flatnonzero(classes.to_dataset).tolist())
        self.to_model = classes.to_model

    def explain(self, sample: Sample, box_image: Sequence[float] | None = None) -> Explanation:
        """Return what became of the objects of ``sample``, whose class ids are the data set's.

        box_image: (yxyx) picture px, whose candidates are to be followed as well.
        """
        sample = replace(sample, class_ids=self.to_model[sample.class_ids])
        trace = self.model.trace(sample.image, keep="*" if self.remedies else READS)
        give_truth(trace, sample)
        fates, matches = find_fates(trace), match_masks(trace, self.threshold)
        truths = judge_truths(trace, self.threshold, fates, matches)
        missed = [one for one in truths if one.verdict not in KEPT] if self.remedies else []
        return Explanation(
            sample.source,
            config_of(trace).class_names,
            truths,
            judge_detections(trace, self.threshold, self.judged, matches),
            np.count_nonzero(sample.masks, axis=(1, 2)),
            sample.boxes,
            trace["pasting.boxes"],
            fates.counts(),
            funnel(trace),
            {one.truth: find_remedy(self.model, trace, one, self.threshold) for one in missed},
            funnel(trace, box_image, self.threshold) if box_image is not None else [],
        )


def give_truth(trace: Trace, sample: Sample) -> None:
    """Add ``truth.*`` to ``trace``, as ``model.trace(truth=sample)`` does, without targets and losses."""
    place = layout(sample.image.shape[:2], config_of(trace).molding)
    trace.update(
        {
            "truth.boxes": mold_boxes(sample.boxes, place),
            "truth.class_ids": sample.class_ids.astype(np.int32),
            "truth.is_crowd": sample.is_crowd,
            "truth.masks": sample.masks,
        }
    )


def size_of(area: float) -> str:
    """Return COCO's word for a mask of ``area`` px²."""
    return next(name for name, limit in SIZES if area < limit)


def _finite(entry: dict[str, Any]) -> dict[str, Any]:
    """Put None for numbers that JSON does not know: a diverged network's scores are NaN."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in entry.items()
    }
