"""Result files: COCO's ground truth json and COCO's results json, from any program, measured here.

Inputs: ``{"images", "annotations", "categories"}`` and ``[{"image_id", "category_id", "score", "bbox" or
"segmentation"}]``. Outputs: ground-truth objects and detections of each image. Polygons are drawn by pycocotools, so
that figures are those of COCO's authors to the last digit; runs are decoded by our own reader first, since pycocotools
reads and writes outside its memory where a file lies about its sizes.

Source: https://cocodataset.org/#format-results
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pycocotools import mask as run_length

from ..data.reading.classes import BACKGROUND
from ..data.reading.files import read_json
from ..files.values import number, numbers, recorded_size, shorten
from ..geometry.rle import decode_rle, encode_masks
from .metrics.average import MAX_DETECTIONS
from .metrics.coco_ap import CocoAp
from .metrics.objects import KINDS, Objects

# image sides that a polygon may reach beyond its image: pycocotools' memory grows with its length
FURTHEST = 10
Entry = dict[str, Any]


class Pair(NamedTuple):
    """One image of a result file: its name, ground-truth objects and detections."""

    name: str
    truths: Objects
    detections: Objects


class ResultFiles:
    """A ground-truth file and a results file; iterating gives a ``Pair`` for every image of the ground truth, in order
    of id.

    class_names: by category id, with the background first. kinds: what both files can be measured by.
    Raises: ValueError for what is not such a file, and for results on images or categories that the ground truth lacks.
    """

    def __init__(self, truth_json: str | Path, results_json: str | Path) -> None:
        self.truth_path, self.results_path = Path(truth_json), Path(results_json)
        truth = _read_truth(self.truth_path)
        try:
            self._sizes = _sizes(truth["images"])
            names = {_key(one, "id"): str(one.get("name")) for one in truth["categories"]}
            self._class_ids = {key: place for place, key in enumerate(_sorted(names), start=1)}
            self._truths, _ = self._grouped(truth["annotations"])
        except ValueError as error:
            raise ValueError(f"{self.truth_path}: {error}") from None
        self.class_names = (BACKGROUND, *(names[key] for key in self._class_ids))
        results, _ = read_json(self.results_path)
        if not isinstance(results, list):
            raise ValueError(f"{self.results_path}: wanted a list of detections, received {shorten(results)}")
        try:
            self._results, self.kinds = self._grouped(results)
        except ValueError as error:
            raise ValueError(f"{self.results_path}: {error}") from None
        if any("segmentation" not in one for rows in self._truths.values() for one in rows):
            self.kinds = tuple(kind for kind in self.kinds if kind == "bbox")

    def __len__(self) -> int:
        return len(self._sizes)

    def __iter__(self) -> Iterator[Pair]:
        for key in _sorted(self._sizes):
            yield Pair(str(key), self._objects(key, True), self._objects(key, False))

    def _grouped(self, entries: list[Any]) -> tuple[dict[Any, list[Entry]], tuple[str, ...]]:
        """Return entries by image, and what all of them can be measured by."""
        groups: dict[Any, list[Entry]] = defaultdict(list)
        kinds = set(KINDS)
        for entry in entries:
            image, category = _key(entry, "image_id"), _key(entry, "category_id")
            if image not in self._sizes or category not in self._class_ids:
                raise ValueError(
                    f"wanted an image and a category of {self.truth_path}, received {shorten(entry)}"
                )
            groups[image].append(entry)
            if not entry.get("segmentation"):
                kinds.discard("segm")
                entry.pop("segmentation", None)
        return groups, tuple(kind for kind in KINDS if kind in kinds)

    def _objects(self, image: Any, is_truth: bool) -> Objects:
        """Return the ground-truth objects or detections of one image."""
        path = self.truth_path if is_truth else self.results_path
        entries = (self._truths if is_truth else self._results).get(image, [])
        try:
            codes = [_code(one.get("segmentation"), self._sizes[image]) for one in entries]
            boxes = [_box(one, code) for one, code in zip(entries, codes, strict=True)]
            areas = [_area(one, code, box) for one, code, box in zip(entries, codes, boxes, strict=True)]
            scores = [1.0 if is_truth else number(one.get("score"), "score") for one in entries]
        except ValueError as error:
            raise ValueError(f"{path}: image {shorten(image)}: {error}") from None
        return Objects(
            np.array([self._class_ids[one["category_id"]] for one in entries], np.int64),
            np.array(boxes, np.float64).reshape(-1, 4),
            np.array(scores, np.float64),
            np.array([bool(is_truth and one.get("iscrowd")) for one in entries], bool),
            None if any(code is None for code in codes) else tuple(codes),  # type: ignore[arg-type]  # none is None
            np.array(areas, np.float64) if is_truth else None,
        )


def figures_of_files(
    truth_json: str | Path,
    results_json: str | Path,
    kind: str = "segm",
    max_detections: Sequence[int] = MAX_DETECTIONS,
) -> dict[str, float]:
    """Return the twelve figures of a results file, as pycocotools prints them for it.

    Raises: ValueError for files that are not COCO's, or that hold no masks where ``kind`` is ``segm``.
    """
    files = ResultFiles(truth_json, results_json)
    if kind not in files.kinds:
        raise ValueError(
            f"{results_json}: wanted objects to measure by {kind}, received {', '.join(files.kinds)} alone"
        )
    average = CocoAp(files.class_names, [kind])
    for pair in files:
        average.add_objects(pair.truths, pair.detections)
    return average.figures(kind, max_detections)


def _read_truth(path: Path) -> dict[str, list[Entry]]:
    truth, _ = read_json(path)
    for part in ("images", "annotations", "categories"):
        rows = truth.get(part) if isinstance(truth, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{path}: wanted COCO instances with a list of {part}, received none")
    return dict(truth)


def _sizes(images: list[Entry]) -> dict[Any, tuple[int, int]]:
    """Return the size (y, x) of every image by its id."""
    sizes = {}
    for image in images:
        size = recorded_size(image.get("height"), image.get("width"))
        if size is None:
            raise ValueError(f"wanted an image with height and width, received {shorten(image)}")
        sizes[_key(image, "id")] = size
    return sizes


def _key(entry: Any, name: str) -> int | str:
    value = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(value, int | str) or isinstance(value, bool):
        raise ValueError(f"wanted an entry with {name}, received {shorten(entry)}")
    return value


def _sorted(keys: Any) -> list[Any]:
    """Return ids in order, numbers before text."""
    return sorted(keys, key=lambda key: (isinstance(key, str), key))


def _code(segmentation: Any, size: tuple[int, int]) -> Entry | None:
    """Return a run-length code of polygons or runs; None for none."""
    if segmentation is None:
        return None
    if isinstance(segmentation, dict):
        return encode_masks(decode_rle(segmentation, size)[None])[0]
    if not isinstance(segmentation, list):
        raise ValueError(f"wanted polygons or runs, received {shorten(segmentation)}")
    rings = [numbers(ring, "a polygon") for ring in segmentation]
    for ring in rings:
        if len(ring) < 6 or len(ring) % 2 or np.abs(ring).max() > FURTHEST * max(size):
            raise ValueError(
                f"wanted polygons of 3 points or more near the image, received {shorten(ring.tolist())}"
            )
    return dict(run_length.merge(run_length.frPyObjects([ring.tolist() for ring in rings], *size)))


def _box(entry: Entry, code: Entry | None) -> list[float]:
    """Return the box xywh of an entry: its own, else that of its mask."""
    if not entry.get("bbox"):
        if code is None:
            raise ValueError(f"wanted a bbox or a segmentation, received {shorten(entry)}")
        return [float(value) for value in run_length.toBbox(code)]
    box = numbers(entry["bbox"], "bbox").tolist()
    if len(box) != 4 or min(box[2:]) < 0:
        raise ValueError(f"wanted a bbox [x, y, width, height], received {shorten(entry['bbox'])}")
    return [float(value) for value in box]


def _area(entry: Entry, code: Entry | None, box: list[float]) -> float:
    """Return px²: as annotated, else of the mask, else of the box."""
    if "area" in entry:
        return number(entry["area"], "area")
    return float(run_length.area(code)) if code is not None else box[2] * box[3]
