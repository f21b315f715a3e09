"""Stage recall: which stage loses the objects.

Inputs: traces of images whose ground truth is known. Outputs: the share of ground-truth objects that are still covered
after each stage.

An object is covered at a step when a box of that step, which may still become a detection of it, overlaps its box
with an IoU of at least the threshold. One definition for all steps: every box of the step counts, every object
counts once, one box may cover two ground-truth objects, crowds do not count. (The classic notebook compared 50
proposals with all anchors, and gave a box to one object only, so that two objects under one box came
to a recall of one half.)

Steps:
1. ``anchors``: all anchors
2. ``top_k``: the anchors of the best scores, refined and clipped
3. ``nms``: the proposals that NMS and their maximum number leave
4. ``classification``: refined boxes whose most probable class is the object's; a box of another class is lost for it
5. ``end``: detections of the object's class: what minimum score, NMS in a class and the maximum leave
Refining can bring a box nearer to a ground-truth object, so a later step may cover more than an earlier one.

Shapes: g ground-truth objects; A anchors, k of the top scores, n proposals, d detections, each yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...config import Config
from ...data.reading.sample import Sample
from ...geometry import boxes as box_algebra
from ...recording.trace import Trace, config_of
from ...stages.molding import layout, mold_boxes
from .average import NOTHING

# step -> its boxes, and the class of each where it has one
STEPS = {
    "anchors": ("anchors.boxes", None),
    "top_k": ("proposals.clipped", None),
    "nms": ("proposals.boxes", None),
    "classification": ("detections.clipped", "detections.candidate_class"),
    "end": ("detections.boxes", "detections.class_ids"),
}
# what a trace has to keep
READS = tuple(name for names in STEPS.values() for name in names if name is not None)
TRUTH = ("truth.boxes", "truth.class_ids", "truth.is_crowd")  # and these, where no sample is given
THRESHOLDS = (0.5, 0.7)  # IoU: where a detection counts, and where an anchor is positive
AT_ONCE = 2**22  # overlaps computed in one go: 16 MB a table


class StageRecall:
    """Counts covered ground-truth objects over images."""

    def __init__(self, thresholds: Sequence[float] = THRESHOLDS) -> None:
        self.thresholds = tuple(thresholds)
        self.num_truths = 0
        self._covered = np.zeros((len(self.thresholds), len(STEPS)), np.int64)

    def add(self, trace: Trace, sample: Sample | None = None) -> None:
        """Add one image. sample: its ground truth; without one the trace holds it (``model.trace(...,
        truth=sample)``).
        """
        best = best_overlaps(trace, sample)
        self.num_truths += len(next(iter(best.values())))
        for place, overlap in enumerate(best.values()):
            for row, threshold in enumerate(self.thresholds):
                self._covered[row, place] += int((overlap >= threshold).sum())

    def shares(self) -> dict[float, dict[str, float]]:
        """Return the share of ground-truth objects covered by threshold and step; -1 where there were no ground-truth
        objects.
        """
        total = self.num_truths
        return {
            threshold: {
                step: int(covered) / total if total else NOTHING
                for step, covered in zip(STEPS, row, strict=True)
            }
            for threshold, row in zip(self.thresholds, self._covered, strict=True)
        }


def best_overlaps(trace: Trace, sample: Sample | None = None) -> dict[str, np.ndarray]:
    """Return by step the (g,) highest IoU of each ground-truth object with a box of the step; crowds are left out.

    sample: the ground truth; without one the trace holds the tensors ``TRUTH``.
    Raises: ValueError for a trace without a configuration, KeyError for one without the tensors ``READS``.
    """
    config = config_of(trace)
    boxes, class_ids = _truths(trace, sample, config)
    return {
        step: covered_by(
            trace[name], boxes, config.box_corner, trace[classes] if classes else None, class_ids
        )
        for step, (name, classes) in STEPS.items()
    }


def covered_by(
    boxes: np.ndarray,
    truths: np.ndarray,
    corner: float = 0.0,
    classes: np.ndarray | None = None,
    truth_classes: np.ndarray | None = None,
) -> np.ndarray:
    """Return (g,) the highest IoU of each of ``truths`` (g, yxyx) with any of ``boxes`` (n, yxyx); 0 without boxes.

    classes, truth_classes: where given, a box counts for ground-truth objects of its class alone.
    """
    best = np.zeros(len(truths))
    if not len(boxes):
        return best
    block = max(1, AT_ONCE // len(boxes))
    for start in range(0, len(truths), block):
        part = slice(start, start + block)
        overlap = box_algebra.iou(boxes, truths[part], corner)
        if classes is not None and truth_classes is not None:
            overlap = np.where(classes[:, None] == truth_classes[None, part], overlap, 0.0)
        best[part] = overlap.max(axis=0)
    return best


def _truths(trace: Trace, sample: Sample | None, config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (g, yxyx), network-input px, and classes of the ground-truth objects that are not crowds."""
    if sample is None:
        single = ~trace["truth.is_crowd"]
        return trace["truth.boxes"][single], trace["truth.class_ids"][single]
    place = layout((sample.image.shape[0], sample.image.shape[1]), config.molding)
    single = ~sample.is_crowd
    return mold_boxes(sample.boxes[single], place), sample.class_ids[single]
