"""VIA's other layouts: the csv of VIA 1 and 2, and the projects of VIA 3, in the form of VIA 2's json.

Inputs: a csv, or the content of a project. Outputs: images by key, each with ``filename`` and ``regions`` of
``shape_attributes`` and ``region_attributes``. A project of VIA 3 numbers its attributes and their options; here they
get the names that the annotator saw.
Source: https://gitlab.com/vgg/via, docs of VIA 3: ``xy`` is a number of the shape and its coordinates, px.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...files.values import shorten
from ..reading.files import read_csv
from ..reading.reader import Finding

COLUMNS = ("filename", "region_count", "region_shape_attributes", "region_attributes")
IMAGE = 2  # VIA 3's type of a file that is an image
RECTANGLE, CIRCLE, ELLIPSE, POLYLINE, POLYGON = 2, 3, 4, 6, 7  # VIA 3's numbers of shapes with an area


def entries_of_csv(path: Path) -> tuple[dict[str, Any], list[Finding]]:
    """Return the images of a csv; raise ValueError for one of something else."""
    entries: dict[str, Any] = {}
    found = []
    for line, row in read_csv(path):
        fields = {key.lstrip("#").strip(): value for key, value in row.items() if key}
        if missing := [name for name in COLUMNS if name not in fields]:
            raise ValueError(
                f"{path}: wanted VIA's csv, received one without the columns {', '.join(missing)}"
            )
        entry = entries.setdefault(fields["filename"], {"filename": fields["filename"], "regions": []})
        try:
            shape, attributes = (json.loads(fields[name] or "{}") for name in COLUMNS[2:])
        except (ValueError, RecursionError):
            detail = (
                f"line {line}: wanted json in {' and '.join(COLUMNS[2:])}, received something else; left out"
            )
            found.append(Finding("broken-annotation", "error", path.name, detail))
            continue
        if shape:  # an image without regions has a line with an empty one
            entry["regions"].append({"shape_attributes": shape, "region_attributes": attributes})
    return entries, found


def entries_of_project(content: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the images of a project of VIA 3; raise ValueError for one of videos or sounds."""
    files, views, metadata = (content.get(name) for name in ("file", "view", "metadata"))
    attributes = content.get("attribute")
    if not (isinstance(files, dict) and isinstance(views, dict) and isinstance(metadata, dict)):
        raise ValueError(f"{path}: wanted a project of VIA 3 (file, view, metadata), received something else")
    entries: dict[str, Any] = {}
    for key, view in views.items():
        fids = view.get("fid_list") if isinstance(view, dict) else None
        file = files.get(str(fids[0])) if isinstance(fids, list) and len(fids) == 1 else None
        if not isinstance(file, dict) or file.get("type") not in (IMAGE, str(IMAGE)):
            raise ValueError(
                f"{path}: wanted a project of images, one a view, received {shorten(file or view)}: VIA 3's videos and "
                "sounds hold no outlines of one image"
            )
        entries[key] = {"filename": file.get("src") or file.get("fname"), "regions": []}
    for one in metadata.values():
        view = one.get("vid") if isinstance(one, dict) else None
        if str(view) in entries and one.get("xy"):
            shape = {"shape_attributes": _shape(one["xy"])}
            named = _named(one.get("av"), attributes if isinstance(attributes, dict) else {})
            entries[str(view)]["regions"].append(shape | {"region_attributes": named})
    return entries


def _shape(xy: Any) -> dict[str, Any]:
    """Return VIA 2's shape of VIA 3's list; what is none keeps a name that is refused with it."""
    if not isinstance(xy, list):
        return {"name": shorten(xy)}
    kind, values = xy[0], xy[1:]
    if kind in (POLYLINE, POLYGON):
        name = "polygon" if kind == POLYGON else "polyline"
        return {"name": name, "all_points_x": values[::2], "all_points_y": values[1::2]}
    if kind == RECTANGLE and len(values) == 4:
        return {"name": "rect", **dict(zip(("x", "y", "width", "height"), values, strict=True))}
    if kind == CIRCLE and len(values) == 3:
        return {"name": "circle", **dict(zip(("cx", "cy", "r"), values, strict=True))}
    if kind == ELLIPSE and len(values) == 4:
        return {"name": "ellipse", **dict(zip(("cx", "cy", "rx", "ry"), values, strict=True))}
    return {"name": f"shape {shorten(kind)} with {len(values)} numbers"}


def _named(values: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    """Return a region's attributes by the names that the annotator saw."""
    result = {}
    for key, value in values.items() if isinstance(values, dict) else ():
        attribute = attributes.get(key)
        attribute = attribute if isinstance(attribute, dict) else {}
        options = attribute.get("options")
        options = options if isinstance(options, dict) else {}
        if isinstance(value, str) and options:
            chosen = [options.get(part, part) for part in value.split(",")]
            value = chosen[0] if len(chosen) == 1 else {str(one): True for one in chosen}
        result[str(attribute.get("aname", key))] = value
    return result
