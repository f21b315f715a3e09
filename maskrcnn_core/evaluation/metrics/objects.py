"""Objects: the ground-truth objects or the detections of one image, as every measure here takes them.

Inputs: samples, results, masks. Outputs: classes, scores, boxes and run-length codes of masks. Why: a mask of a
photograph is a megabyte as pixels and some hundred bytes as runs, and pycocotools compares runs without unpacking them.

Shapes: n objects; d detections; g ground-truth objects; xywh a box as COCO writes it, image px; y, x image px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools import mask as run_length

from ...data.reading.sample import IGNORED, Sample
from ...geometry import boxes as box_algebra
from ...geometry.rle import encode_masks
from ...stages.composing import Result

KINDS = ("segm", "bbox")  # pycocotools' words for: by masks, by boxes


@dataclass(frozen=True)
class Objects:
    """The ground-truth objects or detections of one image.

    class_ids: (n,) int. boxes: (n, xywh) float64, image px. scores: (n,) float64; 1 for ground-truth objects.
    is_crowd: (n,) bool, ground-truth objects that are neither to be found nor mistakes. codes: n run-length codes; None
    where only boxes are known. annotated_areas: (n,) float64, px², of ground-truth objects; None for detections, whose
    area is that of what is judged, their mask or their box.
    """

    class_ids: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray
    is_crowd: np.ndarray
    codes: tuple[dict[str, Any], ...] | None
    annotated_areas: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.class_ids)

    def shapes(self, kind: str) -> list[Any]:
        """Return what is compared by ``kind``: run-length codes, or boxes xywh."""
        if kind == "bbox":
            return self.boxes.tolist()
        if self.codes is None:
            raise ValueError("wanted objects with masks, received boxes alone; measure by kind bbox")
        return list(self.codes)

    def areas(self, kind: str) -> np.ndarray:
        """Return (n,) px²: as annotated, else of the mask or the box.

        ``COCO.loadRes`` takes the box's area for masks too where a result has both; detectron2 deletes the boxes
        before it for that reason, and so the areas here are those of the masks.
        """
        if self.annotated_areas is not None:
            return self.annotated_areas
        if kind == "bbox" or not len(self):
            return self.boxes[:, 2] * self.boxes[:, 3]
        return _areas(self.shapes(kind))

    def only(self, rows: np.ndarray) -> Objects:
        """Return the objects of ``rows``, a bool array or indices, in that order."""
        index = np.arange(len(self))[rows]
        codes = None if self.codes is None else tuple(self.codes[i] for i in index)
        areas = None if self.annotated_areas is None else self.annotated_areas[index]
        return Objects(
            self.class_ids[index], self.boxes[index], self.scores[index], self.is_crowd[index], codes, areas
        )


def objects_of_sample(sample: Sample) -> Objects:
    """Return the ground-truth objects of ``sample``; areas are those of its masks.

    Its ignored regions are one, the last: a detection may lie across several.
    """
    ignored = sample.class_ids == IGNORED
    if ignored.sum() > 1:
        whole = sample.masks[ignored].any(axis=0, keepdims=True)
        rest = (sample.class_ids[~ignored], sample.masks[~ignored], sample.is_crowd[~ignored])
        joined = Sample(
            sample.image,
            np.append(rest[0], IGNORED).astype(np.int32),
            np.concatenate([rest[1], whole]),
            np.append(rest[2], True),
            np.concatenate([sample.boxes[~ignored], box_algebra.from_masks(whole).astype(np.float32)]),
        )
        return objects_of_sample(joined)
    codes = encode_masks(sample.masks)
    areas = _areas(codes)
    boxes = box_algebra.to_xywh(sample.boxes.astype(np.float64))
    return Objects(sample.class_ids, boxes, np.ones(len(sample)), sample.is_crowd, codes, areas)


def objects_of_result(result: Result) -> Objects:
    """Return the detections of ``result``."""
    boxes = box_algebra.to_xywh(result.boxes.astype(np.float64))
    scores, crowd = result.scores.astype(np.float64), np.zeros(len(result), bool)
    return Objects(result.class_ids, boxes, scores, crowd, encode_masks(result.masks))


def objects_of_masks(
    masks: np.ndarray,
    class_ids: np.ndarray,
    scores: np.ndarray | None = None,
    is_crowd: np.ndarray | None = None,
) -> Objects:
    """Return objects of ``masks`` (n, y, x) bool, with the boxes around them; ground-truth objects where ``scores`` is
    None.
    """
    boxes = box_algebra.to_xywh(box_algebra.from_masks(masks).astype(np.float64))
    count = len(masks)
    crowd = np.zeros(count, bool) if is_crowd is None else np.asarray(is_crowd, bool)
    if scores is not None:
        return Objects(class_ids, boxes, np.asarray(scores, np.float64), crowd, encode_masks(masks))
    areas = np.count_nonzero(masks, axis=(1, 2)).astype(np.float64)
    return Objects(class_ids, boxes, np.ones(count), crowd, encode_masks(masks), areas)


def _areas(codes: Sequence[dict[str, Any]]) -> np.ndarray:
    """Return (n,) float64 px². One by one: pycocotools counts the objects of a list in 8 bits and fails from 256 on."""
    return np.array([float(run_length.area(code)) for code in codes], np.float64)


def overlaps(detections: Objects, truths: Objects, kind: str = "segm") -> np.ndarray:
    """Return (d, g) float64 IoU of masks or boxes; with a crowd COCO's share of the detection in it."""
    if not len(detections) or not len(truths):
        return np.zeros((len(detections), len(truths)))
    crowd = truths.is_crowd.astype(np.uint8).tolist()
    return np.asarray(run_length.iou(detections.shapes(kind), truths.shapes(kind), crowd))
