"""VIA, the VGG Image Annotator: one json for all pictures, regions with attributes of the annotator's own.

Enters: the json of VIA 1.x (regions as a dict), of 2.x (regions as a list) or a 2.x project (``_via_img_metadata``), or
the folder that holds it. Leaves: samples. VIA has no classes, only attributes: the class stands in ``class_attribute``,
which is guessed, and said, unless given. Where no region has any, all objects are of ``class_name``.

Options: ``class_attribute``, ``class_name``, ``classes`` (to keep, in this order), ``images`` (the folder of pictures).
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
from ..reading.files import embedded, locate, read_json, relative, require_folder
from ..reading.frames import Fit, open_canvas
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths

USUAL_ATTRIBUTES = ("class", "class_id", "class_name", "label", "category", "type", "name", "object")
OPEN_SHAPES = ("polyline",)  # closed to an outline, and said


class _Picture(NamedTuple):
    name: str
    source: Path | bytes
    regions: list[tuple[str, Any]]  # with what findings call them


class Via(Reader):
    """A VIA json."""

    def __init__(
        self,
        path: str,
        class_attribute: str = "",
        class_name: str = "object",
        images: str = "",
        classes: tuple[str, ...] = (),
    ) -> None:
        self.path = _find_json(Path(path))
        self.root = require_folder(Path(images), "a folder of pictures") if images else self.path.parent
        content, self._findings = read_json(self.path)
        self._pictures = list(self._read_pictures(_entries(content, self.path)))
        self._attribute = self._choose_attribute(class_attribute)
        self._class_name = class_name
        names = (self._name_of(region) for picture in self._pictures for _, region in picture.regions)
        counts = Counter(name for name in names if name is not None)
        self._classes = Classes(counts or Counter({class_name: 0}), classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(self.path.name)

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the json, and which attribute is taken for the class."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the picture's file."""
        return str(self.root / self._pictures[index].name)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode picture ``index`` and its regions."""
        picture = self._pictures[index]
        canvas, found = open_canvas(picture.source, picture.name)
        truths = Truths(canvas)
        fit, fit_found = canvas.fit(None, "VIA, which records no size,")
        truths.findings += found + (fit_found if picture.regions else [])
        for what, region in picture.regions:
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

    def _read_pictures(self, entries: dict[str, Any]) -> Any:
        """Yield the pictures that are there."""
        for key, entry in entries.items():
            if not isinstance(entry, dict) or not isinstance(entry.get("regions", []), dict | list):
                detail = f"{shorten(key)}: wanted filename and regions, received {shorten(entry)}; left out"
                self._findings.append(Finding("broken-annotation", "error", self.path.name, detail))
                continue
            regions = entry.get("regions", [])
            pairs = regions.items() if isinstance(regions, dict) else enumerate(regions)
            named = [(f"region {str(name)[:20]}", region) for name, region in pairs]
            path, found = locate(self.root, entry.get("filename"), self.path.name)
            if path is not None:
                self._findings += found
                yield _Picture(relative(path, self.root), path, named)
            elif entry.get("base64_img_data"):
                try:
                    yield _Picture(str(entry.get("filename")), embedded(entry["base64_img_data"]), named)
                except ValueError as error:
                    detail = f"{shorten(key)}: {error}; the picture is left out"
                    self._findings.append(Finding("unreadable-picture", "error", self.path.name, detail))
            else:
                self._findings += found

    def _choose_attribute(self, wanted: str) -> str:
        """Return the attribute that holds the class: the one asked for, or the one that most regions fill."""
        filled: Counter[str] = Counter()
        for picture in self._pictures:
            for _, region in picture.regions:
                filled.update(
                    name for name, value in _attributes(region).items() if value not in ("", None, {})
                )
        if wanted:
            if filled and wanted not in filled:
                raise ValueError(unknown(f"class attribute {wanted!r}", filled, wanted))
            return wanted
        if not filled:
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
    """Return VIA's pictures by key; raise ValueError for what is not VIA 1 or 2."""
    if isinstance(content, dict) and "_via_img_metadata" in content:
        content = content["_via_img_metadata"]
    if isinstance(content, dict) and {"project", "metadata", "view"} <= content.keys():
        raise ValueError(
            f"{path}: wanted the json of VIA 1 or 2, received VIA 3, which holds no outlines in px"
        )
    if not isinstance(content, dict) or not any(
        isinstance(entry, dict) and {"filename", "regions"} <= entry.keys() for entry in content.values()
    ):
        raise ValueError(
            f"{path}: wanted the json of VIA 1 or 2 (filename and regions), received something else"
        )
    return content


def _find_json(path: Path) -> Path:
    """Return the json that ``path`` is or holds."""
    if path.is_file():
        return path
    found = sorted(require_folder(path, "a VIA json or the folder that holds it").glob("*.json"))
    usual = [one for one in found if one.name == "via_region_data.json"] or found
    if len(usual) != 1:
        raise ValueError(
            f"wanted one json in {path}, received {', '.join(one.name for one in found[:8]) or 'none'}: name it"
        )
    return usual[0]
