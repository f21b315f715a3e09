"""COCO: one json for all pictures, with polygons, and runs for crowds.

Enters: the json, or the folder that holds ``annotations/instances_*.json``. Leaves: samples, with class ids 1 to
K - 1 in the order of COCO's category ids (which have gaps), and ``image_ids`` and ``category_ids`` to go back.
Pictures without annotations are kept: they are what teaches a model to find nothing.

Options: ``split`` (train2017), ``images`` (the folder of pictures), ``classes`` (names to keep, in this order).
Source: https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.suggestions import unknown
from ...files.values import recorded_size, shorten
from ...geometry.polygons import ring_from_flat
from ...geometry.rle import decode_rle
from ..reading.classes import BACKGROUND, class_name_of
from ..reading.files import locate, read_json, relative
from ..reading.frames import Fit, open_canvas
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths
from .coco_layout import find_json, find_pictures

Id = int | str


class _Object(NamedTuple):
    id: object
    class_id: int
    is_crowd: bool
    segmentation: Any


class _Picture(NamedTuple):
    id: Id
    path: Path
    size: tuple[int, int] | None
    objects: list[_Object]


class Coco(Reader):
    """A COCO json.

    image_ids: COCO's id of each picture; category_ids: COCO's id of class k at k - 1.
    """

    def __init__(self, path: str, images: str = "", split: str = "", classes: tuple[str, ...] = ()) -> None:
        self.path = find_json(Path(path), split)
        content, self._findings = read_json(self.path, _compact)
        if not isinstance(content, dict) or not all(
            isinstance(content.get(part), list) for part in ("images", "annotations", "categories")
        ):
            raise ValueError(
                f"{self.path}: wanted COCO instances (lists images, annotations, categories), received none"
            )
        names = self._read_categories(content["categories"], classes)
        self.class_names, self.category_ids = (BACKGROUND, *names.values()), tuple(names)
        self.root = Path(images) if images else find_pictures(self.path, content["images"])
        self._image_ids_seen: set[Id] = set()
        self._pictures = self._read_pictures(content["images"])
        self._read_annotations(content["annotations"], content["categories"])
        self.image_ids = tuple(picture.id for picture in self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the json."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the picture's file."""
        return str(self._pictures[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode picture ``index`` and its objects."""
        picture = self._pictures[index]
        canvas, found = open_canvas(picture.path, relative(picture.path, self.root))
        fit, fit_found = canvas.fit_recorded(picture.size)
        truths = Truths(canvas)
        truths.findings += found + fit_found
        for one in picture.objects:
            _add(truths, one, fit)
        return truths.sample(self.source(index))

    def _read_categories(self, categories: list[Any], wanted: tuple[str, ...]) -> dict[Id, str]:
        """Return names by category id, in class order."""
        names: dict[Id, str] = {}
        taken: set[str] = set()
        for category in categories:
            key = _id(category, "id")
            name = class_name_of(category.get("name")) if isinstance(category, dict) else None
            if key is None or name is None:
                self._find(
                    "empty-class", "error", f"a category has no id or no name: {shorten(category)}; left out"
                )
            elif key in names:
                self._find(
                    "duplicate-id", "error", f"two categories have the id {key}; {shorten(name)} is left out"
                )
            else:
                if name in taken:
                    self._find(
                        "duplicate-name",
                        "warning",
                        f"two categories are called {shorten(name)}; both are kept",
                    )
                names[key] = name
                taken.add(name)
        names = dict(sorted(names.items(), key=lambda item: (isinstance(item[0], str), item[0])))
        by_name = {name: key for key, name in names.items()}
        for name in wanted:
            if name not in by_name:
                raise ValueError(unknown(f"class {name!r}", by_name, name))
        return {by_name[name]: name for name in wanted} if wanted else names

    def _read_pictures(self, images: list[Any]) -> list[_Picture]:
        """Return the pictures that are there."""
        pictures: dict[Id, _Picture] = {}
        for image in images:
            key = _id(image, "id")
            if key is None or key in self._image_ids_seen:
                kind, problem = (
                    ("duplicate-id", "an id that was there before")
                    if key is not None
                    else ("bad-id", "no id")
                )
                self._find(kind, "error", f"an image has {problem}: {shorten(image)}; left out")
                continue
            self._image_ids_seen.add(key)
            path, found = locate(self.root, image.get("file_name"), self.path.name)
            self._findings += found
            if path is not None:
                pictures[key] = _Picture(
                    key, path, recorded_size(image.get("height"), image.get("width")), []
                )
        return list(pictures.values())

    def _read_annotations(self, annotations: list[Any], categories: list[Any]) -> None:
        """Give each picture its objects."""
        pictures = {picture.id: picture for picture in self._pictures}
        class_ids = {key: class_id for class_id, key in enumerate(self.category_ids, start=1)}
        known, ids = {_id(category, "id") for category in categories}, Counter[Id]()
        for annotation in annotations:
            key, category = _id(annotation, "image_id"), _id(annotation, "category_id")
            if key is None or key not in self._image_ids_seen:
                self._find(
                    "unknown-picture",
                    "error",
                    f"an annotation names no image: {shorten(annotation)}; left out",
                )
            elif category is None or category not in known:
                self._find(
                    "empty-class",
                    "error",
                    f"an annotation names no category: {shorten(annotation)}; left out",
                )
            elif key in pictures and category in class_ids:
                crowd = annotation.get("iscrowd") in (1, True)
                one = _Object(
                    annotation.get("id"), class_ids[category], crowd, annotation.get("segmentation")
                )
                pictures[key].objects.append(one)
            own = _id(annotation, "id")
            if own is not None:
                ids[own] += 1
        for own, count in ids.items():
            if count > 1:
                self._find("duplicate-id", "warning", f"{count} annotations have the id {own}; all are kept")

    def _find(self, kind: str, severity: str, detail: str) -> None:
        self._findings.append(Finding(kind, severity, self.path.name, detail))


def _compact(part: dict[str, Any]) -> dict[str, Any]:
    """Hold polygons as arrays, an eighth of the memory; what is none stays as it is, to be judged when it is read."""
    segmentation = part.get("segmentation")
    counts = part.get("counts")
    try:
        if isinstance(segmentation, list):
            part["segmentation"] = [
                np.array(ring, np.float64) if _is_flat(ring) else ring for ring in segmentation
            ]
        elif isinstance(counts, list) and all(type(count) is int for count in counts):
            part["counts"] = np.array(counts, np.int64)
    except OverflowError:
        pass  # an integer of too many digits: refused by name when its picture is read
    return part


def _is_flat(ring: Any) -> bool:
    return isinstance(ring, list) and all(type(value) in (int, float) for value in ring)


def _add(truths: Truths, one: _Object, fit: Fit) -> None:
    """Add one annotation, or say why not."""
    what = f"annotation {shorten(one.id)}"
    if not one.segmentation:
        return truths.drop("no-mask", f"{what}: has no segmentation, and a box alone is no mask; left out")
    try:
        runs = decode_rle(one.segmentation, fit.size) if isinstance(one.segmentation, dict) else None
        rings = _rings(one.segmentation) if runs is None else []
    except ValueError as error:
        return truths.drop("bad-coordinates", f"{what}: {error}; left out")
    if runs is not None:
        truths.add_mask(runs, fit, one.class_id, what, one.is_crowd)
    else:
        truths.add_rings(rings, fit, one.class_id, what, one.is_crowd)


def _rings(segmentation: Any) -> list[np.ndarray]:
    """Return the outlines of one object; raise ValueError if they are none."""
    if not isinstance(segmentation, list):
        raise ValueError(f"wanted polygons or runs, received {shorten(segmentation)}")
    parts = segmentation if isinstance(segmentation[0], list | np.ndarray) else [segmentation]
    return [ring_from_flat(part) for part in parts]


def _id(part: Any, key: str) -> Id | None:
    """Return an id, a whole number or text; None for anything else."""
    value = part.get(key) if isinstance(part, dict) else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
