"""Explanation: one image's verdicts in one record, ready to print, to write and to sum.

Inputs: a model and a sample. Outputs: an ``Explanation``: why each object was found or missed, what each detection is,
how many candidates each stage left.

Shapes: g ground-truth objects; d detections; yxyx image px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from maskrcnn_core.data.reading.sample import Sample, name_of_class
from maskrcnn_core.evaluation.dataset import map_classes
from maskrcnn_core.pipeline.given_truth import give_truth
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.terminal.former_names import warn_of

from .false_detections import DetectionVerdict, judge_detections
from .fates import find_fates
from .funnel import FunnelStep, funnel
from .matching import match_masks
from .setting_changes import SettingChange, find_setting_change
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
KEPT = ("found", "crowd")  # verdicts of ground-truth objects that were not missed
RIGHT = ("correct", "crowd", "not judged")  # verdicts of detections that are not false


@dataclass(frozen=True)
class Explanation:
    """What became of one image's objects.

    areas: (g,) px² of the ground-truth objects' masks. truth_boxes, boxes: (g, yxyx), (d, yxyx) image px.
    setting_changes: by ground truth, of missed ones, where asked for. fates: anchors by fate. near_box: the funnel
    of a box, where one was given.
    """

    image: str
    class_names: tuple[str, ...]
    truths: list[TruthVerdict]
    detections: list[DetectionVerdict]
    areas: np.ndarray
    truth_boxes: np.ndarray
    boxes: np.ndarray
    fates: dict[str, int]
    funnel: list[FunnelStep]
    setting_changes: dict[int, SettingChange] = field(default_factory=dict)
    near_box: list[FunnelStep] = field(default_factory=list)

    @property
    def remedies(self) -> dict[int, SettingChange]:
        """The former name of ``setting_changes``."""
        warn_of("remedies", "setting_changes")
        return self.setting_changes

    @property
    def missed(self) -> list[TruthVerdict]:
        """Return the verdicts on objects that were not found."""
        return [one for one in self.truths if one.verdict not in KEPT]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, classes by name; boxes are yxyx image px."""
        return {
            "image": self.image,
            "truths": [self._truth(one) for one in self.truths],
            "detections": [self._detection(one) for one in self.detections],
            "fates": self.fates,
            "funnel": [asdict(step) for step in self.funnel],
            "near_box": [asdict(step) for step in self.near_box],
        }

    def _truth(self, one: TruthVerdict) -> dict[str, Any]:
        area = float(self.areas[one.truth])
        entry = {
            **asdict(one),
            "class": name_of_class(self.class_names, one.class_id),
            "area": area,
            "size": size_of(area),
        }
        entry["box"] = [float(v) for v in self.truth_boxes[one.truth]]
        if one.truth in self.setting_changes:
            change = self.setting_changes[one.truth]
            entry["remedy"] = {
                "settings": change.settings,
                "reason": change.reason,
                "is_smallest": change.is_smallest,
            }
        return _finite(entry)

    def _detection(self, one: DetectionVerdict) -> dict[str, Any]:
        entry = {**asdict(one), "class": name_of_class(self.class_names, one.class_id)}
        entry["box"] = [float(v) for v in self.boxes[one.detection]]
        return _finite(entry)


class Explainer:
    """Explains images of one data set by one model.

    dataset_names: the data set's classes, found among the model's by name. threshold: IoU from which an object is
    found. setting_changes: look for the smallest change that keeps each missed object, which takes replays; formerly
    ``remedies``.
    Raises: ValueError where the model lacks a class of the data set.
    """

    def __init__(
        self,
        model: Any,
        dataset_names: Sequence[str],
        threshold: float = 0.5,
        setting_changes: bool = False,
        remedies: bool | None = None,
    ) -> None:
        if remedies is not None:
            warn_of("remedies", "setting_changes")
            setting_changes = remedies
        self.model, self.threshold, self.setting_changes = model, threshold, setting_changes
        classes = map_classes(dataset_names, model.config.class_names)
        self.judged = frozenset(np.flatnonzero(classes.to_dataset).tolist())
        self.to_model = classes.to_model

    def explain(self, sample: Sample, box_image: Sequence[float] | None = None) -> Explanation:
        """Return what became of the objects of ``sample``, whose class ids are the data set's.

        box_image: (yxyx) image px, whose candidates are to be followed as well.
        """
        return self.judge(self.trace_of(sample, "*" if self.setting_changes else READS), sample, box_image)

    def trace_of(self, sample: Sample, keep: str | Sequence[str]) -> Trace:
        """Return the trace of ``sample`` with its ground truth, in the model's classes. keep: see ``model.trace``."""
        trace: Trace = self.model.trace(sample.image, keep=keep)
        give_truth(trace, replace(sample, class_ids=self.to_model[sample.class_ids]))
        return trace

    def judge(self, trace: Trace, sample: Sample, box_image: Sequence[float] | None = None) -> Explanation:
        """Return what became of the objects of ``sample`` in its own ``trace``, see ``trace_of``."""
        fates, matches = find_fates(trace), match_masks(trace, self.threshold)
        truths = judge_truths(trace, self.threshold, fates, matches)
        missed = [one for one in truths if one.verdict not in KEPT] if self.setting_changes else []
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
            {one.truth: find_setting_change(self.model, trace, one, self.threshold) for one in missed},
            funnel(trace, box_image, self.threshold) if box_image is not None else [],
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
