"""LabelMe: one json (the desktop program) or one XML (MIT's web tool) an image.

Inputs: a folder of such files, or one of them. Outputs: samples. The image is the file that the annotation names,
or, where that is absent, the one that the json carries. Shapes with the same ``group_id`` and label are parts of one
object, whatever their kind. What has no area (points, lines) cannot be a mask and is left out.

Options: ``classes`` (to keep, in this order), ``images`` (the folder of images, or ``PREFIX=FOLDER``).
Source: https://github.com/wkentaro/labelme; ``labelme_xml`` for the older format
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.values import recorded_size, shorten
from ...geometry.polygons import ellipse, rectangle, ring_from_points
from ..reading.classes import Classes, class_name_of
from ..reading.drawn import Drawn, Part
from ..reading.files import (
    UnusableError,
    embedded,
    hidden,
    image_folder,
    locate,
    passed_over,
    read_json,
    relative,
)
from ..reading.frames import Fit, open_canvas
from ..reading.mask_files import read_mask
from ..reading.peek import any_holds, files
from ..reading.reader import Finding, Reader, doubtful_size
from ..reading.sample import Sample
from ..reading.truths import Truths
from .labelme_xml import Annotation, read_xml
from .mask_folder import add_mask_file

ANNOTATIONS = (".json", ".xml")


class _Image(NamedTuple):
    annotation: Path
    path: Path | None  # None = the json carries it


class Labelme(Reader):
    """A folder of LabelMe annotations, those in folders below it included."""

    def __init__(self, path: str, images: str = "", classes: tuple[str, ...] = ()) -> None:
        self.root = Path(path)
        files = _annotation_files(self.root)
        self.root = self.root if self.root.is_dir() else self.root.parent
        self._image_root, self._prefix = image_folder(images) if images else (self.root, "")
        self._findings: list[Finding] = []
        self._images: list[_Image] = []
        counts: Counter[str] = Counter()
        for file in files:
            self._index(file, counts)
        self._classes = Classes(counts, classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(".")
        if Path(path).is_dir():
            self._findings += passed_over(self.root, self.root, deep=True, besides=ANNOTATIONS)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        jsons, trees = files(path, "*.json", "*/*.json"), files(path, "*.xml", "Annotations/*/*.xml")
        if any_holds(jsons, '"shapes"', '"imagePath"') or any_holds(trees, "<annotation>", "<polygon>"):
            return "LabelMe"
        return ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return which annotations cannot be read and which images are not there."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file, or the annotation that carries it."""
        return str(self._images[index].path or self._images[index].annotation)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and its shapes."""
        image = self._images[index]
        file = relative(image.annotation, self.root)
        try:
            annotation = read_annotation(image.annotation, self.root)
            source = image.path or embedded(annotation.carried)
        except ValueError as error:
            raise UnusableError("broken-annotation", file, str(error)) from None
        canvas, found = open_canvas(source, file if image.path is None else relative(image.path, self.root))
        fit, fit_found = canvas.fit_recorded(annotation.size)
        truths = Truths(canvas, file)
        truths.findings += annotation.findings + found + fit_found
        for one in annotation.objects:
            class_id = self._classes.id(one.label) if one.label else None
            if one.label is None:
                truths.drop("empty-class", f"{one.what}: has no label; left out")
            elif class_id is not None:
                _add(truths, one, fit, class_id)
        return truths.sample(self.source(index))

    def _index(self, file: Path, counts: Counter[str]) -> None:
        """Note the image of one annotation and count its labels."""
        name = relative(file, self.root)
        try:
            annotation = read_annotation(file, self.root)
        except ValueError as error:
            self._findings.append(Finding("broken-annotation", "error", name, f"{error}; left out"))
            return
        base = annotation.image_folder if self._image_root == self.root else None
        path, found = locate(self._image_root, annotation.image, name, base, self._prefix)
        if path is None and annotation.carried is None:
            self._findings += found
            return
        self._findings += found if path is not None else []
        self._images.append(_Image(file, path))
        counts.update(one.label for one in annotation.objects if one.label)


def read_annotation(file: Path, root: Path) -> Annotation:
    """Return what an annotation file says; raise ValueError if it is none."""
    if file.suffix.lower() == ".xml":
        return read_xml(file, root)
    content, found = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
        raise ValueError(f"{file}: wanted LabelMe's json with a list of shapes, received something else")
    objects: dict[object, Drawn] = {}
    for index, shape in enumerate(content["shapes"]):
        try:
            one = _drawn(shape, f"shape {index}")
        except ValueError as error:
            detail = f"shape {index}: {error}; left out"
            found.append(Finding("bad-coordinates", "error", relative(file, root), detail))
            continue
        group = shape.get("group_id")
        key: object = ("group", str(group), one.label) if group is not None else index
        first = objects.get(key)
        objects[key] = one if first is None else first.joined(one)
    sides = content.get("imageHeight"), content.get("imageWidth")
    size = recorded_size(*sides)
    found += doubtful_size(*sides, relative(file, root), "it")
    return Annotation(
        content.get("imagePath"), file.parent, content.get("imageData"), size, list(objects.values()), found
    )


def _drawn(shape: Any, what: str) -> Drawn:
    """Return one shape of the json; raise ValueError for one without an area."""
    if not isinstance(shape, dict):
        raise ValueError(f"wanted a shape, received {shorten(shape)}")
    points = ring_from_points(shape.get("points"))
    label, kind = class_name_of(shape.get("label")), shape.get("shape_type") or "polygon"
    wanted = {"rectangle": 2, "circle": 2, "mask": 2}.get(kind) if isinstance(kind, str) else None
    if wanted and len(points) != wanted and not (kind == "rectangle" and len(points) == 4):
        raise ValueError(f"wanted {wanted} points for a {kind}, received {len(points)}")
    if kind == "mask":
        mask, _ = read_mask(io.BytesIO(embedded(shape.get("mask"))))
        return Drawn(what, label, parts=[Part(mask, (round(points[0, 1]), round(points[0, 0])))])
    if kind == "circle":
        centre, edge = points
        points = ellipse(*centre, *[float(np.hypot(*(edge - centre)))] * 2)
    elif kind == "rectangle" and len(points) == 2:
        points = rectangle(*points[0], *points[1])
    elif kind not in ("polygon", "rectangle", "oriented_rectangle", "rotation"):
        raise ValueError(f"wanted a shape with an area, received {shorten(kind)}")
    return Drawn(what, label, [points])


def _add(truths: Truths, one: Drawn, fit: Fit, class_id: int) -> None:
    """Add an object from its pieces or its mask file."""
    if one.file is None:
        truths.add(one, fit, class_id)
    else:
        add_mask_file(truths, one.file, f"{one.what}, {one.file.name}", class_id)


def _annotation_files(path: Path) -> list[Path]:
    """Return the annotations that ``path`` is or holds; raise ValueError if there are none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ValueError(f"wanted LabelMe's json or XML, or a folder of them; {path} is not there")
    files = [
        file for file in sorted(path.rglob("*")) if file.suffix.lower() in ANNOTATIONS and not hidden(file)
    ]
    if not files:
        raise ValueError(f"wanted LabelMe's json or XML in {path}, received none")
    return files
