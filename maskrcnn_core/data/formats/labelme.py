"""LabelMe: one json (the desktop program) or one XML (MIT's web tool) a picture.

Enters: a folder of such files, or one of them. Leaves: samples. The picture is the file that the annotation names,
or, where that is absent, the one that the json carries. Shapes with the same ``group_id`` and label are parts of one
object. What has no area (points, lines) cannot be a mask and is left out.

Options: ``classes`` (to keep, in this order).
Source: https://github.com/wkentaro/labelme; ``labelme_xml`` for the older format
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.values import recorded_size, shorten
from ...geometry.polygons import ellipse, rectangle, ring_from_points
from ..reading.classes import Classes, class_name_of
from ..reading.files import UnusableError, embedded, hidden, locate, read_json, relative
from ..reading.frames import Fit, open_canvas
from ..reading.mask_files import read_mask
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths
from .labelme_xml import Annotation, Drawn, read_xml
from .mask_folder import add_mask_file


class _Picture(NamedTuple):
    annotation: Path
    path: Path | None  # None = the json carries it


class Labelme(Reader):
    """A folder of LabelMe annotations, those in folders below it included."""

    def __init__(self, path: str, classes: tuple[str, ...] = ()) -> None:
        self.root = Path(path)
        files = _annotation_files(self.root)
        self.root = self.root if self.root.is_dir() else self.root.parent
        self._findings: list[Finding] = []
        self._pictures: list[_Picture] = []
        counts: Counter[str] = Counter()
        for file in files:
            self._index(file, counts)
        self._classes = Classes(counts, classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(".")

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def findings(self) -> list[Finding]:
        """Return which annotations cannot be read and which pictures are not there."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the picture's file, or the annotation that carries it."""
        return str(self._pictures[index].path or self._pictures[index].annotation)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode picture ``index`` and its shapes."""
        picture = self._pictures[index]
        file = relative(picture.annotation, self.root)
        try:
            annotation = read_annotation(picture.annotation, self.root)
            source = picture.path or embedded(annotation.carried)
        except ValueError as error:
            raise UnusableError("broken-annotation", file, str(error)) from None
        canvas, found = open_canvas(
            source, file if picture.path is None else relative(picture.path, self.root)
        )
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
        """Note the picture of one annotation and count its labels."""
        name = relative(file, self.root)
        try:
            annotation = read_annotation(file, self.root)
        except ValueError as error:
            self._findings.append(Finding("broken-annotation", "error", name, f"{error}; left out"))
            return
        path, found = locate(self.root, annotation.picture, name, annotation.picture_folder)
        if path is None and annotation.carried is None:
            self._findings += found
            return
        self._findings += found if path is not None else []
        self._pictures.append(_Picture(file, path))
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
        key: object = ("group", str(group), one.label) if group is not None and one.mask is None else index
        first = objects.get(key)
        objects[key] = one if first is None else replace(first, rings=[*first.rings, *one.rings])
    size = recorded_size(content.get("imageHeight"), content.get("imageWidth"))
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
        return Drawn(what, label, [], mask, (round(points[0, 1]), round(points[0, 0])))
    if kind == "circle":
        centre, edge = points
        points = ellipse(*centre, *[float(np.hypot(*(edge - centre)))] * 2)
    elif kind == "rectangle" and len(points) == 2:
        points = rectangle(*points[0], *points[1])
    elif kind not in ("polygon", "rectangle", "oriented_rectangle", "rotation"):
        raise ValueError(f"wanted a shape with an area, received {shorten(kind)}")
    return Drawn(what, label, [points])


def _add(truths: Truths, one: Drawn, fit: Fit, class_id: int) -> None:
    """Add an object from its outlines or its mask."""
    if one.mask is None:
        truths.add_rings(one.rings, fit, class_id, one.what)
    elif isinstance(one.mask, Path):
        add_mask_file(truths, one.mask, f"{one.what}, {one.mask.name}", class_id)
    else:
        whole = np.zeros(fit.size, bool)
        top, left = (max(0, edge) for edge in one.corner)
        part = one.mask[max(0, -one.corner[0]) :, max(0, -one.corner[1]) :]
        part = part[: max(0, fit.size[0] - top), : max(0, fit.size[1] - left)]
        whole[top : top + part.shape[0], left : left + part.shape[1]] = part
        if part.sum() < one.mask.sum():
            truths.warn("outside-picture", f"{one.what}: its mask reaches out of the picture; clipped")
        truths.add_mask(whole, fit, class_id, one.what)


def _annotation_files(path: Path) -> list[Path]:
    """Return the annotations that ``path`` is or holds; raise ValueError if there are none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ValueError(f"wanted LabelMe's json or XML, or a folder of them; {path} is not there")
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.suffix.lower() in (".json", ".xml") and not hidden(file)
    ]
    if not files:
        raise ValueError(f"wanted LabelMe's json or XML in {path}, received none")
    return files
