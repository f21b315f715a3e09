"""COCO: one json for all images, with polygons, and runs for crowds.

Inputs: the json, or the folder that holds ``annotations/instances_*.json``. Outputs: samples, with class ids 1 to
K - 1 in the order of COCO's category ids (which have gaps), and ``image_ids`` and ``category_ids`` to go back.
Images without annotations are kept: they are what teaches a model to find nothing.

Options: ``split`` (train2017), ``images`` (the folder of images, or
``PREFIX=FOLDER`` for names that begin with PREFIX), ``classes`` (names to keep, in this order).
Source: https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.suggestions import unknown
from ...files.values import numbers, recorded_size, shorten
from ...geometry.polygons import ring_from_flat
from ...geometry.rle import decode_rle
from ..reading.classes import Classes, class_name_of
from ..reading.files import image_folder, locate, read_json, relative
from ..reading.frames import Fit, open_canvas
from ..reading.peek import any_holds, files, holds
from ..reading.reader import Finding, Reader, doubtful_size
from ..reading.sample import IGNORED, Sample
from ..reading.truths import Truths
from .coco_layout import Id, find_images, find_json, id_of

BOX_OVERLAP = 0.25  # share of the larger box in the other from which the two are of one object


class _Object(NamedTuple):
    id: object
    class_id: int
    is_crowd: bool
    segmentation: Any
    box: Any  # as recorded, x y width height


class _Image(NamedTuple):
    id: Id
    path: Path
    size: tuple[int, int] | None
    objects: list[_Object]


class Coco(Reader):
    """A COCO json.

    image_ids: COCO's id of each image; category_ids: COCO's id of class k at k - 1.
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
        self._names = self._read_categories(content["categories"])
        self._classes = self._choose_classes(content, classes)
        self.class_names = self._classes.names
        first = {name: key for key, name in reversed(self._names.items())}
        self.category_ids = tuple(first[name] for name in self.class_names[1:])
        self.root, self._prefix = (
            image_folder(images) if images else (find_images(self.path, content["images"]), "")
        )
        self._image_ids_seen: set[Id] = set()
        self._images = self._read_images(content["images"])
        self._read_annotations(content["annotations"], content["categories"])
        self.image_ids = tuple(image.id for image in self._images)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        found = files(path, "annotations/instances_*.json", "*.json", "*/*.json")
        jsons = [one for one in found if not holds(one, '"segments_info"')]
        return "COCO" if any_holds(jsons, '"images"', '"annotations"', '"categories"') else ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the json."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._images[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and its objects."""
        image = self._images[index]
        canvas, found = open_canvas(image.path, relative(image.path, self.root))
        fit, fit_found = canvas.fit_recorded(image.size)
        truths = Truths(canvas)
        truths.findings += found + fit_found
        for one in image.objects:
            _add(truths, one, fit)
        return truths.sample(self.source(index))

    def _read_categories(self, categories: list[Any]) -> dict[Id, str]:
        """Return names by category id, in the order of the ids."""
        names: dict[Id, str] = {}
        for category in categories:
            key = id_of(category, "id")
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
                names[key] = name
        return dict(sorted(names.items(), key=lambda item: (isinstance(item[0], str), item[0])))

    def _choose_classes(self, content: dict[str, Any], wanted: tuple[str, ...]) -> Classes:
        """Return the classes: all names but those that only group others, or those wanted."""
        keys = Counter(id_of(one, "category_id") for one in content["annotations"])
        counts = Counter({name: 0 for name in self._names.values()})
        for key, name in self._names.items():
            counts[name] += keys[key]
        parents = {
            class_name_of(category.get("supercategory"))
            for category in content["categories"]
            if isinstance(category, dict) and category.get("supercategory") != category.get("name")
        }
        for name in [name for name in counts if name in parents and not counts[name]]:
            self._find(
                "group-class",
                "info",
                f"the category {shorten(name)} has no object and only groups others; left out",
            )
            del counts[name]
        for name in wanted:
            if name not in counts:
                raise ValueError(unknown(f"class {name!r}", counts, name))
        order = tuple(name for name in self._names.values() if name in counts)
        classes = Classes(counts, wanted, order)
        self._findings += [
            one for one in classes.findings(self.path.name) if one.kind != "other-class" or not wanted
        ]
        return classes

    def _read_images(self, entries: list[Any]) -> list[_Image]:
        """Return the images that are there."""
        images: dict[Id, _Image] = {}
        for entry in entries:
            key = id_of(entry, "id")
            if key is None or key in self._image_ids_seen:
                kind, problem = (
                    ("duplicate-id", "an id that was there before")
                    if key is not None
                    else ("bad-id", "no id")
                )
                self._find(kind, "error", f"an image has {problem}: {shorten(entry)}; left out")
                continue
            self._image_ids_seen.add(key)
            path, found = locate(self.root, entry.get("file_name"), self.path.name, prefix=self._prefix)
            self._findings += found
            if path is not None:
                sides = entry.get("height"), entry.get("width")
                images[key] = _Image(key, path, recorded_size(*sides), [])
                self._findings += doubtful_size(
                    *sides, relative(path, self.root), f"its entry in {self.path.name}"
                )
        return list(images.values())

    def _read_annotations(self, annotations: list[Any], categories: list[Any]) -> None:
        """Give each image its objects."""
        images = {image.id: image for image in self._images}
        class_ids = {key: self._classes.id(name) for key, name in self._names.items()}
        known, ids = {id_of(category, "id") for category in categories}, Counter[Id]()
        ignored = deleted = 0
        for annotation in annotations:
            key, category = id_of(annotation, "image_id"), id_of(annotation, "category_id")
            if key is None or key not in self._image_ids_seen:
                self._find(
                    "unknown-image",
                    "error",
                    f"an annotation names no image: {shorten(annotation)}; left out",
                )
            elif category is None or category not in known:
                self._find(
                    "empty-class",
                    "error",
                    f"an annotation names no category: {shorten(annotation)}; left out",
                )
            elif annotation.get("deleted") is True:  # COCO Annotator keeps what was deleted
                deleted += 1
            elif key in images and (class_id := class_ids.get(category)) is not None:
                crowd = self._is_crowd(annotation)
                if annotation.get("ignore") in (1, True, "1"):
                    class_id, ignored = IGNORED, ignored + 1
                outline, box = annotation.get("segmentation"), annotation.get("bbox")
                one = _Object(annotation.get("id"), class_id, crowd, outline, box)
                images[key].objects.append(one)
            own = id_of(annotation, "id")
            if own is not None:
                ids[own] += 1
        if deleted:
            self._find("deleted", "info", f"{deleted} annotations say that they were deleted; left out")
        if ignored:
            detail = f"{ignored} annotations say ignore = 1: regions, neither learnt nor counted as mistakes"
            self._find("ignored", "info", detail)
        for own, count in ids.items():
            if count > 1:
                self._find("duplicate-id", "warning", f"{count} annotations have the id {own}; all are kept")

    def _is_crowd(self, annotation: dict[str, Any]) -> bool:
        """Return what ``iscrowd`` says, also where a program wrote it as text."""
        value = annotation.get("iscrowd")
        text = str(value).strip().casefold()
        if text in ("1", "1.0", "true"):
            return True
        if value is not None and text not in ("0", "0.0", "false", ""):
            what = f"annotation {shorten(annotation.get('id'))}"
            self._find(
                "bad-crowd", "warning", f"{what}: wanted iscrowd 0 or 1, received {shorten(value)}; 0 taken"
            )
        return False

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
        pass  # an integer of too many digits: refused by name when its image is read
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
        points: np.ndarray = np.argwhere(runs)[:, ::-1]
    else:
        truths.add_rings(rings, fit, one.class_id, what, one.is_crowd)
        points = np.concatenate(rings) if rings else np.zeros((0, 2))
    if wrong := _wrong_box(points, one.box):
        truths.warn("box-mismatch", f"{what}: its bbox {shorten(one.box)} {wrong}; the outline is used")


def _wrong_box(points: np.ndarray, box: Any) -> str:
    """Say what is wrong with ``box`` (x, y, width, height) of an outline of points (p, xy); "" where nothing is.

    Without an area it says nothing: some programs write zeros, or none.
    """
    try:
        x, y, width, height = numbers(box or [0.0] * 4, "bbox").tolist()
    except ValueError:
        return "is no box"
    if width <= 0 or height <= 0 or not len(points):
        return ""
    (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
    across = max(0.0, min(x + width, x2 + 1) - max(x, x1))
    down = max(0.0, min(y + height, y2 + 1) - max(y, y1))
    around = across * down >= BOX_OVERLAP * max(width * height, (x2 - x1) * (y2 - y1))
    return "" if around else "is not around its outline"


def _rings(segmentation: Any) -> list[np.ndarray]:
    """Return the outlines of one object; raise ValueError if they are none."""
    if not isinstance(segmentation, list):
        raise ValueError(f"wanted polygons or runs, received {shorten(segmentation)}")
    parts = segmentation if isinstance(segmentation[0], list | np.ndarray) else [segmentation]
    return [ring_from_flat(part) for part in parts]
