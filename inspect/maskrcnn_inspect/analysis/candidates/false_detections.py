"""False detections: what each detection is, by the types of error that its AP is explained with.

Inputs: a trace with its ground truth. Outputs: a verdict for every detection, exactly one. The types are those of
``evaluation.error_types`` (TIDE), so that the story of one image and the report on a data set agree.

Shapes: d detections; g ground-truth objects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.data.reading.sample import name_of_class
from maskrcnn_core.evaluation.metrics.error_types import (
    BKG,
    BOTH,
    CLS,
    CORRECT,
    DUPE,
    IGNORED,
    LOC,
    Judgement,
    Thresholds,
    judge,
)
from maskrcnn_core.evaluation.metrics.matching import Matches
from maskrcnn_core.recording.trace import Trace, config_of

from .matching import match_masks, objects_of_trace

DETECTION_VERDICTS = {
    CORRECT: "correct",
    DUPE: "duplicate",  # of an object that a better detection found
    CLS: "confusion",  # with an object of another class
    BOTH: "confusion and localisation",  # another class, and badly placed
    LOC: "localisation",  # the right class, badly placed
    BKG: "background",  # nothing is there
    IGNORED: "crowd",  # lies in a crowd: neither right nor wrong
}
NOT_JUDGED = "not judged"  # of a class that the ground truth does not speak of


@dataclass(frozen=True)
class DetectionVerdict:
    """What one detection is: ``verdict`` is a name of ``DETECTION_VERDICTS`` or ``NOT_JUDGED``.

    truth: the ground truth that it found, doubles, confuses or nearly hits; None for background and crowd.
    iou: of the masks, with that ground truth; else the highest with any.
    """

    detection: int
    class_id: int
    score: float
    verdict: str
    truth: int | None
    iou: float
    sentence: str


def judge_detections(
    trace: Trace,
    threshold: float = 0.5,
    judged_classes: frozenset[int] | None = None,
    matches: Matches | None = None,
) -> list[DetectionVerdict]:
    """Return a verdict for every detection of ``trace``, in their order.

    judged_classes: what the ground truth speaks of; all classes by default. matches: of this trace and ``threshold``,
    where they are known already. Raises: KeyError where the trace holds no ground truth.
    """
    detections, truths = objects_of_trace(trace)
    matches = matches or match_masks(trace, threshold)
    counted = np.ones(len(detections), bool)
    judgement = judge(truths, detections, matches.iou, Thresholds(positive=threshold), counted)
    return [
        _verdict(trace, row, judgement, matches, judged_classes is None or int(class_id) in judged_classes)
        for row, class_id in enumerate(detections.class_ids)
    ]


def _verdict(
    trace: Trace, row: int, judgement: Judgement, matches: Matches, judged: bool
) -> DetectionVerdict:
    kind, iou = int(judgement.type[row]), matches.iou[row]
    single = np.where(trace["truth.is_crowd"], -1.0, iou)
    truth = int(judgement.truth[row])
    if kind == BOTH:
        truth = int(single.argmax())
    overlap = float(iou[truth] if truth >= 0 else iou.max(initial=0.0))
    class_id, score = int(trace["detections.class_ids"][row]), float(trace["detections.scores"][row])
    if not judged:
        text = "the ground truth says nothing of this class"
        return DetectionVerdict(row, class_id, score, NOT_JUDGED, None, overlap, text)
    text = _sentence(trace, kind, truth, overlap, matches)
    found = truth if truth >= 0 else None
    return DetectionVerdict(row, class_id, score, DETECTION_VERDICTS[kind], found, overlap, text)


def _sentence(trace: Trace, kind: int, truth: int, overlap: float, matches: Matches) -> str:
    """Say what a detection is and which object it concerns; rows are those of the trace, from 0."""
    if kind == IGNORED:
        return "lies in a crowd, which is neither right nor wrong"
    if kind == BKG:
        return f"no object is there; the highest mask IoU is {overlap:.2f}"
    name = name_of_class(config_of(trace).class_names, int(trace["truth.class_ids"][truth]))
    what = f"object {truth}, a {name} (mask IoU {overlap:.2f})"
    if kind == DUPE:
        return f"doubles {what}, which detection {int(matches.of_truth[truth])} found"
    words = {
        CORRECT: "finds",
        CLS: "takes for another class",
        BOTH: "takes for another class and misplaces",
        LOC: "is badly placed on",
    }
    return f"{words[kind]} {what}"
