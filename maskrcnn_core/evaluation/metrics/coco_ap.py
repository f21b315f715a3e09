"""COCO average precision through pycocotools: the twelve figures, for boxes and for masks.

Inputs: ground-truth objects and detections, an image at a time. Outputs: ``Average`` under pycocotools' own definitions
(Lin et al. 2014), so that it compares with published figures. Every image is judged when it is added, by pycocotools'
own function; what stays of a detection is its score and a bit for each IoU, size and question (was it matched, does it
count): some twenty bytes, and nothing of the size of an image.

Shapes: n detections and g ground-truth objects of one class in one image; T IoU thresholds; S sizes; C classes.
"""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from pycocotools.cocoeval import COCOeval

from ...data.reading.sample import IGNORED, Sample
from ...stages.composing import Result
from .average import FIGURES, MAX_DETECTIONS, NOTHING, RECALLS, SIZES, THRESHOLDS, Average
from .objects import KINDS, Objects, objects_of_result, objects_of_sample

__all__ = ["FIGURES", "CocoAp"]
S, T, R = len(SIZES), len(THRESHOLDS), len(RECALLS)


class _Judged(NamedTuple):
    """One class of one image: scores (n,), packed bits (S, T, n) matched and ignored, (S, g) ground-truth objects
    ignored.
    """

    scores: np.ndarray
    matched: np.ndarray
    ignored: np.ndarray
    truths_ignored: np.ndarray


class CocoAp:
    """Collects judgements of images, then gives the figures.

    class_names: with the background first. kinds: what to measure, ``segm`` (masks) and ``bbox`` (boxes).
    """

    def __init__(self, class_names: Sequence[str], kinds: Sequence[str] = KINDS) -> None:
        self.class_names, self.kinds = tuple(class_names), tuple(kinds)
        self._judged: dict[tuple[str, int], list[_Judged]] = defaultdict(list)

    def add(self, sample: Sample, result: Result) -> None:
        """Add one image's ground-truth objects and detections."""
        self.add_objects(objects_of_sample(sample), objects_of_result(result))

    def add_objects(self, truths: Objects, detections: Objects) -> None:
        """Add one image's ground-truth objects and detections, masks as runs."""
        for kind in self.kinds:
            for class_id, judged in _judge(truths, detections, kind).items():
                self._judged[kind, class_id].append(judged)

    def average(self, kind: str = "segm", max_detections: Sequence[int] = MAX_DETECTIONS) -> Average:
        """Return precision and recall of all images so far.

        max_detections: best detections an image and class that count, for the three AR; AP counts the last.
        """
        if (
            kind not in self.kinds
            or len(max_detections) != 3
            or list(max_detections) != sorted(max_detections)
        ):
            raise ValueError(
                f"wanted a kind of {', '.join(self.kinds)} and three rising numbers of detections, "
                f"received {kind!r} and {tuple(max_detections)}"
            )
        C, M = len(self.class_names) - 1, len(max_detections)
        precision = np.full((T, R, C, S, M), NOTHING)
        recall, num_truths = np.full((T, C, S, M), NOTHING), np.zeros((C, S), np.int64)
        for place in range(C):
            images = self._judged.get((kind, place + 1))
            if images:
                one = _accumulate(images, kind, max_detections)
                precision[:, :, place], recall[:, place] = one["precision"][:, :, 0], one["recall"][:, 0]
                num_truths[place] = sum((~judged.truths_ignored).sum(axis=1) for judged in images)
        return Average(kind, self.class_names, tuple(max_detections), precision, recall, num_truths)

    def figures(self, kind: str = "segm", max_detections: Sequence[int] = MAX_DETECTIONS) -> dict[str, float]:
        """Return the twelve figures by name; -1 where nothing is there to measure, as pycocotools says it."""
        return self.average(kind, max_detections).figures()


def _judge(truths: Objects, detections: Objects, kind: str) -> dict[int, _Judged]:
    """Return pycocotools' judgement of one image, by class."""
    judge = COCOeval(iouType=kind)
    judge.params.maxDets = [max(1, len(detections))]  # all; the best are counted when they are averaged
    classes = {*truths.class_ids.tolist(), *detections.class_ids.tolist()} - {IGNORED}
    _fill(judge._gts, truths, kind, classes)  # where pycocotools' own _prepare puts them
    _fill(judge._dts, detections, kind)
    judged = {}
    for image, class_id in sorted({*judge._gts, *judge._dts}):
        judge.ious[image, class_id] = judge.computeIoU(image, class_id)
        sizes = [
            judge.evaluateImg(image, class_id, size, judge.params.maxDets[0]) for size in judge.params.areaRng
        ]
        judged[class_id] = _Judged(
            np.asarray(sizes[0]["dtScores"], np.float64),
            np.packbits([one["dtMatches"] > 0 for one in sizes]),
            np.packbits([one["dtIgnore"] for one in sizes]),
            np.asarray([one["gtIgnore"] for one in sizes], bool),
        )
    return judged


def _fill(
    places: dict[tuple[int, int], list[dict[str, Any]]],
    objects: Objects,
    kind: str,
    classes: Collection[int] = (),
) -> None:
    """Put ``objects`` into pycocotools' lists by image and class; ids begin at 1, for it takes 0 as not matched.

    classes: those that an ignored region counts for, each of which gets one.
    """
    field = {"segm": "segmentation", "bbox": "bbox"}[kind]
    rows = zip(
        objects.class_ids,
        objects.shapes(kind),
        objects.areas(kind),
        objects.scores,
        objects.is_crowd,
        strict=True,
    )
    for number, (class_id, shape, area, score, crowd) in enumerate(rows, start=1):
        one = {"id": number, field: shape, "area": float(area), "score": float(score)}
        one |= {"iscrowd": int(crowd), "ignore": int(crowd)}
        for place in classes if class_id == IGNORED else (int(class_id),):
            places[0, place].append(one | {})


def _accumulate(images: list[_Judged], kind: str, max_detections: Sequence[int]) -> dict[str, Any]:
    """Return pycocotools' precision and recall of one class over all images that hold it."""
    judge = COCOeval(iouType=kind)
    settings = judge.params
    settings.catIds, settings.imgIds = [0], list(range(len(images)))
    settings.maxDets = list(max_detections)
    judge._paramsEval = settings  # which evaluate() would have set
    judge.evalImgs = [_restored(judged, size) for size in range(S) for judged in images]
    with contextlib.redirect_stdout(io.StringIO()):  # it prints how long it takes
        judge.accumulate()
    return dict(judge.eval)


def _restored(judged: _Judged, size: int) -> dict[str, np.ndarray]:
    """Return the judgement for one size as pycocotools has it."""
    shape = (S, T, len(judged.scores))
    matched, ignored = (
        np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape)[size].astype(bool)
        for bits in (judged.matched, judged.ignored)
    )
    return {
        "dtScores": judged.scores,
        "dtMatches": matched,
        "dtIgnore": ignored,
        "gtIgnore": judged.truths_ignored[size],
    }
