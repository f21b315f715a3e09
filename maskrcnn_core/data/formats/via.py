"""VIA, the VGG Image Annotator: one json for all images, regions with attributes of the annotator's own.

Inputs: the json of VIA 1.x (regions as a dict), of 2.x (regions as a list), a 2.x project (``_via_img_metadata``), the
csv of either, a VIA 3 project of images (``via_layouts``), or the folder that holds it. Outputs: samples. VIA has no
classes, only attributes: the class stands in ``class_attribute``, which is guessed, and said, unless given. Where no
region has any, all objects are of ``class_name``.

Options: ``class_attribute``, ``class_name``, ``classes`` (to keep, in this order), ``images`` (the folder of images, or
``PREFIX=FOLDER`` for names that begin with PREFIX).
Source: https://www.robots.ox.ac.uk/~vgg/software/via/
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.suggestions import unknown
from ...files.values import number, numbers, shorten
from ...geometry.polygons import ellipse, rectangle
from ..reading.classes import Classes, class_name_of
from ..reading.files import embedded, image_folder, locate, read_json, relative, require_folder
from ..reading.frames import Fit, open_canvas
from ..reading.peek import any_holds, files
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths
from .via_layouts import entries_of_csv, entries_of_project

USUAL_ATTRIBUTES = ("class", "class_id", "class_name", "label", "category", "type", "name", "object")
OPEN_SHAPES = ("polyline",)  # closed to an outline, and said


class _Image(NamedTuple):
    name: str
    source: Path | bytes
    regions: list[tuple[str, Any]]  # with what findings call them


class Via(Reader):
    """A VIA json."""

    def __init__(
        self,
        path: str,
        class_attribute: str = "",
        class_name: str = "",
        images: str = "",
        classes: tuple[str, ...] = (),
    ) -> None:
        self.path = _find_json(Path(path))
        self.root, self._prefix = image_folder(images) if images else (self.path.parent, "")
        if self.path.suffix.lower() == ".csv":
            entries, self._findings = entries_of_csv(self.path)
        else:
            content, self._findings = read_json(self.path)
            entries = _entries(content, self.path)
        self._images = list(self._read_images(entries))
        self._class_name = class_name or "object"
        self._is_named = bool(class_name)
        self._attribute = self._choose_attribute(class_attribute)
        names = (self._name_of(region) for image in self._images for _, region in image.regions)
        counts = Counter(name for name in names if name is not None)
        self._classes = Classes(counts or Counter({self._class_name: 0}), classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(self.path.name)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        jsons = files(path, "*.json")
        if any_holds(jsons, '"shape_attributes"') or any_holds(
            files(path, "*.csv"), "region_shape_attributes"
        ):
            return "VIA"
        return "VIA 3" if any_holds(jsons, '"project"', '"metadata"', '"vid"') else ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the json, and which attribute is taken for the class."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self.root / self._images[index].name)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and its regions."""
        image = self._images[index]
        canvas, found = open_canvas(image.source, image.name)
        truths = Truths(canvas)
        fit, fit_found = canvas.fit(None, "VIA, which records no size,")
        truths.findings += found + (fit_found if image.regions else [])
        for what, region in image.regions:
            self._add(truths, region, fit, what)
        return truths.sample(self.source(index))

    def _add(self, truths: Truths, region: Any, fit: Fit, what: str) -> None:
        """Add one region, or say why not."""
        name = self._name_of(region)
        if name is None:
            return truths.drop(
                "empty-class", f"{what}: has no class in {shorten(_attributes(region))}; left out"
            )
        class_id = self._classes.id(name)
        if class_id is None:
            return
        shape: Any = region.get("shape_attributes") if isinstance(region, dict) else None
        try:
            ring = ring_of(shape)
        except ValueError as error:
            return truths.drop("bad-coordinates", f"{what}: {error}; left out")
        if shape["name"] in OPEN_SHAPES:
            truths.warn("open-outline", f"{what}: is a polyline; closed")
        truths.add_rings([ring], fit, class_id, what)

    def _read_images(self, entries: dict[str, Any]) -> Any:
        """Yield the images that are there."""
        for key, entry in entries.items():
            if not isinstance(entry, dict) or not isinstance(entry.get("regions", []), dict | list):
                detail = f"{shorten(key)}: wanted filename and regions, received {shorten(entry)}; left out"
                self._findings.append(Finding("broken-annotation", "error", self.path.name, detail))
                continue
            regions = entry.get("regions", [])
            pairs = regions.items() if isinstance(regions, dict) else enumerate(regions)
            named = [(f"region {str(name)[:20]}", region) for name, region in pairs]
            path, found = locate(self.root, entry.get("filename"), self.path.name, prefix=self._prefix)
            if path is not None:
                self._findings += found
                yield _Image(relative(path, self.root), path, named)
            elif entry.get("base64_img_data"):
                try:
                    yield _Image(str(entry.get("filename")), embedded(entry["base64_img_data"]), named)
                except ValueError as error:
                    detail = f"{shorten(key)}: {error}; the image is left out"
                    self._findings.append(Finding("unreadable-image", "error", self.path.name, detail))
            else:
                self._findings += found

    def _choose_attribute(self, wanted: str) -> str:
        """Return the attribute that holds the class: the one asked for, or the one that most regions fill."""
        filled: Counter[str] = Counter()
        for image in self._images:
            for _, region in image.regions:
                filled.update(
                    name for name, value in _attributes(region).items() if value not in ("", None, {})
                )
        if wanted:
            if filled and wanted not in filled:
                raise ValueError(unknown(f"class attribute {wanted!r}", filled, wanted))
            return wanted
        if not filled:
            if not self._is_named and any(image.regions for image in self._images):
                detail = (
                    f"no region says its class: all are of one, {shorten(self._class_name)} (?class_name=)"
                )
                self._findings.append(Finding("class-attribute", "warning", self.path.name, detail))
            return ""
        usual = [name for name in USUAL_ATTRIBUTES if filled[name] * 2 >= max(filled.values())]
        chosen = usual[0] if usual else min(filled, key=lambda name: (-filled[name], name))
        others = ", ".join(shorten(name) for name in sorted(filled) if name != chosen)
        detail = f"the class is taken from the attribute {shorten(chosen)}" + (
            f"; there are also {others}: choose with ?class_attribute=" if others else ""
        )
        self._findings.append(Finding("class-attribute", "info", self.path.name, detail))
        return chosen

    def _name_of(self, region: Any) -> str | None:
        """Return a region's class name; None if it has none or more than one."""
        if not self._attribute:
            return self._class_name
        value = _attributes(region).get(self._attribute)
        if isinstance(value, dict):  # checkboxes: {"leaf": true, "stem": false}
            ticked = [name for name, on in value.items() if on]
            value = ticked[0] if len(ticked) == 1 else None
        return class_name_of(value)


def ring_of(shape: Any) -> np.ndarray:
    """Return the outline (p, xy), px, of a VIA shape; raise ValueError for one without an area."""
    if not isinstance(shape, dict):
        raise ValueError(f"wanted shape_attributes, received {shorten(shape)}")

    def get(*names: str) -> list[float]:
        return [number(shape.get(name), name) for name in names]

    match shape.get("name"):
        case "polygon" | "polyline":
            x, y = (numbers(shape.get(name), name) for name in ("all_points_x", "all_points_y"))
            if len(x) != len(y):
                raise ValueError(f"wanted as many x as y, received {len(x)} and {len(y)}")
            return np.stack([x, y], axis=-1)
        case "rect":
            x1, y1, width, height = get("x", "y", "width", "height")
            return rectangle(x1, y1, x1 + width, y1 + height)
        case "circle":
            cx, cy, radius = get("cx", "cy", "r")
            return ellipse(cx, cy, radius, radius)
        case "ellipse":
            cx, cy, rx, ry = get("cx", "cy", "rx", "ry")
            return ellipse(cx, cy, rx, ry, number(shape.get("theta", 0.0), "theta"))
        case other:
            raise ValueError(f"wanted polygon, polyline, rect, circle or ellipse, received {shorten(other)}")


def _attributes(region: Any) -> dict[str, Any]:
    attributes = region.get("region_attributes") if isinstance(region, dict) else None
    return attributes if isinstance(attributes, dict) else {}


def _entries(content: Any, path: Path) -> dict[str, Any]:
    """Return VIA's images by key as VIA 2 has them; raise ValueError for what is not VIA."""
    if isinstance(content, dict) and "_via_img_metadata" in content:
        content = content["_via_img_metadata"]
    if isinstance(content, dict) and {"project", "metadata", "view"} <= content.keys():
        return entries_of_project(content, path)
    if not isinstance(content, dict) or not any(
        isinstance(entry, dict) and {"filename", "regions"} <= entry.keys() for entry in content.values()
    ):
        raise ValueError(
            f"{path}: wanted the json of VIA 1 or 2 (filename and regions) or a project of VIA 3, received neither"
        )
    return content


def _find_json(path: Path) -> Path:
    """Return the json or csv that ``path`` is or holds."""
    if path.is_file():
        return path
    folder = require_folder(path, "a VIA json or the folder that holds it")
    found = sorted(folder.glob("*.json")) or sorted(folder.glob("*.csv"))
    usual = [one for one in found if one.stem == "via_region_data"] or found
    if len(usual) != 1:
        raise ValueError(
            f"wanted one json in {path}, received {', '.join(one.name for one in found[:8]) or 'none'}: name it"
        )
    return usual[0]
