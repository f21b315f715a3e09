"""COCO average precision through pycocotools: the twelve figures, for boxes and for masks.

Enters: truths and results, a picture at a time. Leaves: the figures under pycocotools' own definitions (Lin et al. 2014), so that they
compare with published ones. Masks are held as run-length codes: memory grows with objects, not with pixels.

Shapes: g truths; d detections; y, x picture px.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools import mask as run_length
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from .. import boxes as box_algebra
from ..data.sample import Sample
from ..stages.composing import Result

FIGURES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")


class CocoAp:
    """Collects truths and results, then gives the figures."""

    def __init__(self, class_names: Sequence[str]) -> None:
        self.class_names = tuple(class_names)
        self._images: list[dict[str, Any]] = []
        self._truths: list[dict[str, Any]] = []
        self._results: list[dict[str, Any]] = []

    def add(self, sample: Sample, result: Result) -> None:
        """Add one picture's truths and detections."""
        image_id = len(self._images) + 1
        height, width = sample.image.shape[:2]
        self._images.append({"id": image_id, "height": height, "width": width})
        for class_id, mask, crowd in zip(sample.class_ids, sample.masks, sample.is_crowd, strict=True):
            code = encode_mask(mask)
            self._truths.append(
                {
                    "id": len(self._truths) + 1,
                    "image_id": image_id,
                    "category_id": int(class_id),
                    "segmentation": code,
                    "area": float(run_length.area(code)),
                    "bbox": [float(v) for v in run_length.toBbox(code)],
                    "iscrowd": int(crowd),
                }
            )
        boxes = box_algebra.to_xywh(result.boxes)
        for class_id, score, box, mask in zip(result.class_ids, result.scores, boxes, result.masks, strict=True):
            self._results.append(
                {
                    "image_id": image_id,
                    "category_id": int(class_id),
                    "score": float(score),
                    "bbox": [float(v) for v in box],
                    "segmentation": encode_mask(mask),
                }
            )

    def figures(self, kind: str = "segm", max_detections: Sequence[int] = (1, 10, 100)) -> dict[str, float]:
        """Return the twelve figures by name; -1 where nothing is there to measure, as pycocotools says it.

        kind: ``segm`` or ``bbox``. max_detections: detections a picture that count for the three AR.
        """
        categories = [{"id": i, "name": name} for i, name in enumerate(self.class_names) if i]
        truth = COCO()
        truth.dataset = {"images": self._images, "annotations": self._truths, "categories": categories}
        with contextlib.redirect_stdout(io.StringIO()):
            truth.createIndex()
            found = truth.loadRes(self._results) if self._results else _nothing(truth)
            judge = COCOeval(truth, found, kind)
            judge.params.maxDets = list(max_detections)
            judge.evaluate()
            judge.accumulate()
        return summarise(judge)


def summarise(judge: COCOeval) -> dict[str, float]:
    """Return the twelve figures of an accumulated evaluation, for whatever numbers of detections it counts."""
    precision, recall = judge.eval["precision"], judge.eval["recall"]  # (T, R, K, area, M), (T, K, area, M)
    thresholds = np.round(judge.params.iouThrs, 2)

    def mean(values: np.ndarray) -> float:
        real = values[values > -1]
        return float(real.mean()) if real.size else -1.0

    at_50, at_75 = thresholds == 0.5, thresholds == 0.75
    values = [mean(precision[..., 0, -1]), mean(precision[at_50][..., 0, -1]), mean(precision[at_75][..., 0, -1])]
    values += [mean(precision[..., area, -1]) for area in (1, 2, 3)]
    values += [mean(recall[..., 0, m]) for m in range(3)]
    values += [mean(recall[..., area, -1]) for area in (1, 2, 3)]
    return dict(zip(FIGURES, values, strict=True))


def encode_mask(mask: np.ndarray) -> dict[str, Any]:
    """Return COCO's run-length code of ``mask`` (y, x) bool, its counts as text."""
    code = run_length.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [int(v) for v in code["size"]], "counts": code["counts"].decode("ascii")}


def _nothing(truth: COCO) -> COCO:
    """Return an empty set of results, which ``loadRes`` cannot."""
    empty = COCO()
    empty.dataset = {**truth.dataset, "annotations": []}
    empty.createIndex()
    return empty
