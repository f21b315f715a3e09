"""Label Studio: a json of tasks, with polygons, rectangles, ellipses and brush masks.

Inputs: the export "JSON" (tasks with ``annotations``) or "JSON-MIN", and the images, which Label Studio names by URLs
of its own (``/data/local-files/?d=…``, ``/data/upload/…``). Outputs: samples. Of a task that several people annotated
the first annotation that was not cancelled is used, and that is said. Shapes of one ``parentID`` and label are one
object.

Options: ``images`` (the folder of images, or ``PREFIX=FOLDER``), ``key`` (of the image in ``data``), ``classes`` (names
to keep, in this order).
Source: https://labelstud.io/guide/export
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from ...files.values import number, recorded_size, shorten
from ...geometry.polygons import ellipse, rectangle, ring_from_points
from ..reading.classes import class_name_of
from ..reading.drawn import Drawn, Part
from ..reading.files import image_folder, locate, read_json, require_folder
from ..reading.frames import Size
from ..reading.listed import Entry, Listed, Piece
from ..reading.peek import any_holds, files
from ..reading.reader import Finding, doubtful_size
from .label_studio_brush import decode_brush

SHAPES = ("polygonlabels", "rectanglelabels", "ellipselabels", "brushlabels")
DRAWN = (
    "points",
    "radiusX",
    "width",
    "rle",
    "imageDataURL",
    "vertices",
)  # what only a value with a place has
NO_SHAPES = {"annotations", "predictions", "meta"}


class LabelStudio(Listed):
    """A json of Label Studio."""

    def __init__(self, path: str, images: str = "", key: str = "", classes: tuple[str, ...] = ()) -> None:
        self.path = _find_json(Path(path))
        self.root, self._prefix = image_folder(images) if images else (self.path.parent, "")
        content, self._findings = read_json(self.path, _compact)
        if not isinstance(content, list) or not any(map(_is_task, content)):
            raise ValueError(f"{self.path}: wanted Label Studio's list of tasks, received something else")
        entries = [
            entry for index, task in enumerate(content) for entry in self._entries_of(task, index, key)
        ]
        self._fill(entries, self._findings, classes)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return (
            "Label Studio's json" if any_holds(files(path, "*.json"), '"original_width"', 'labels"') else ""
        )

    def drawn(self, piece: Piece, size: Size) -> Drawn:
        """Return a shape in px; Label Studio writes percent of the image's sides."""
        value: dict[str, Any] = piece.content
        if "rle" in value:
            return Drawn(piece.what, piece.label, parts=[Part(decode_brush(value["rle"], size))])
        scale = np.array(size[::-1], np.float64) / 100
        if "points" in value:
            return Drawn(piece.what, piece.label, [ring_from_points(value["points"]) * scale])
        if "radiusX" in value:
            x, y, across, down = (number(value.get(name), name) for name in ("x", "y", "radiusX", "radiusY"))
            ring = ellipse(x * scale[0], y * scale[1], across * scale[0], down * scale[1])
            middle = np.array([x, y]) * scale
        elif "width" in value:
            x, y, width, height = (number(value.get(name), name) for name in ("x", "y", "width", "height"))
            ring = rectangle(x, y, x + width, y + height) * scale
            middle = ring[0]  # a turned rectangle turns about its upper left corner
        else:
            raise ValueError(
                f"wanted a polygon, rectangle, ellipse or brush, received {shorten(list(value))}"
            )
        angle = np.deg2rad(number(value.get("rotation", 0), "rotation"))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return Drawn(piece.what, piece.label, [(ring - middle) @ turn + middle if angle else ring])

    def _entries_of(self, task: Any, index: int, key: str) -> list[Entry]:
        """Return the entry of a task; none, and say why, where it has no image or no annotation."""
        file = f"{self.path.name}, task {shorten(task.get('id', index)) if isinstance(task, dict) else index}"
        data = task.get("data", task) if isinstance(task, dict) else None
        if not isinstance(data, dict):
            self._find("broken-annotation", file, f"wanted a task, received {shorten(task)}; left out")
            return []
        results = self._results(task, file)
        if results is None:
            return []
        names = [data.get(key)] if key else [data.get("image"), data.get("img")]
        name = next((one for one in names if one is not None), None)
        if name is None:
            texts = (value for value in data.values() if isinstance(value, str))
            name = next((one for one in texts if one.startswith(("/data/", "http", "s3:", "gs:"))), None)
        path, found = locate(self.root, name, file, prefix=self._prefix)
        self._findings += found
        if path is None:
            return []
        if not self._is_of_one_image(results, file):
            return []
        pieces, sizes = [], set()
        labelled = {
            str(one["id"]) for one in results if isinstance(one, dict) and "id" in one and _label_key(one)
        }
        for count, result in enumerate(results):
            if isinstance(result, dict) and not _label_key(result) and str(result.get("id")) in labelled:
                continue  # drawn and labelled in two results
            piece = _piece(result, count)
            if piece is not None:
                pieces.append(piece)
                inner = result if isinstance(result, dict) else {}
                sides = inner.get("original_height"), inner.get("original_width")
                sizes.add(recorded_size(*sides))
                self._findings += doubtful_size(*sides, file, piece.what)
        if len(sizes) > 1:
            self._find(
                "size-mismatch", file, f"its shapes record different sizes of the image: {shorten(sizes)}"
            )
            return []
        return [Entry(path, next(iter(sizes), None), pieces, file)]

    def _results(self, task: dict[str, Any], file: str) -> list[Any] | None:
        """Return the shapes of a task; None, and say why, where nobody annotated it."""
        if (
            "annotations" not in task and "completions" not in task
        ):  # JSON-MIN: the lists of shapes themselves
            lists = [
                value for name, value in task.items() if isinstance(value, list) and name not in NO_SHAPES
            ]
            return [one for own in lists for one in own]
        given = task.get("annotations", task.get("completions"))
        usable = [
            one["result"]
            for one in (given if isinstance(given, list) else [])
            if isinstance(one, dict) and not one.get("was_cancelled") and isinstance(one.get("result"), list)
        ]
        if not usable:
            self._find(
                "no-annotation", file, "nobody annotated it, or all who did cancelled; left out", "warning"
            )
            return None
        if len(usable) > 1:
            detail = f"{len(usable)} people annotated it; the first annotation is used"
            self._find("several-annotations", file, detail, "warning")
        return usable[0]

    def _is_of_one_image(self, results: list[Any], file: str) -> bool:
        """Tell whether all shapes lie on one image, as it is; say why the task is left out where not."""
        shapes = [one for one in results if isinstance(one, dict) and _piece(one, 0) is not None]
        images = sorted({f"{one.get('to_name', '')} {one.get('item_index', '')}".strip() for one in shapes})
        turns = [one["image_rotation"] for one in shapes if one.get("image_rotation") not in (None, 0, "0")]
        if len(images) > 1:
            detail = f"its shapes lie on several images ({shorten(', '.join(images))}); left out"
            self._find("several-images", file, detail)
        elif turns:
            detail = (
                f"its shapes were drawn on the image turned by {shorten(turns[0])} degrees, and no export says how "
                "they lie on the upright one; left out: turn it back in Label Studio"
            )
            self._find("turned-image", file, detail)
        return len(images) <= 1 and not turns

    def _find(self, kind: str, file: str, detail: str, severity: str = "error") -> None:
        self._findings.append(Finding(kind, severity, file, detail))


def _compact(part: dict[str, Any]) -> dict[str, Any]:
    """Hold brush masks as bytes: a list of small numbers takes sixteen times as much."""
    rle = part.get("rle")
    if isinstance(rle, list):
        with contextlib.suppress(TypeError, ValueError):  # refused by name when its image is read
            part["rle"] = bytes(rle)
    return part


def _is_task(task: Any) -> bool:
    if not isinstance(task, dict):
        return False
    minimal = any(isinstance(one, list) and one and _piece(one[0], 0) is not None for one in task.values())
    return "annotations" in task or "completions" in task or minimal


def _piece(result: Any, count: int) -> Piece | None:
    """Return a shape of a result; None for what is none: choices, texts, relations."""
    value = result.get("value", result) if isinstance(result, dict) else None
    if not isinstance(value, dict):
        return None
    kind = _label_key(result)
    if kind is None and not any(name in value for name in DRAWN):
        return None
    labels = value.get(kind)
    label = class_name_of(labels[0]) if isinstance(labels, list) and len(labels) == 1 else None
    parent = result.get("parentID")
    return Piece(f"shape {count}", label, value, str(parent) if parent else None)


def _label_key(result: dict[str, Any]) -> str | None:
    """Return under which name a result of a shape has its labels: ``polygonlabels`` and the like, ``labels``."""
    value = result.get("value", result)
    if not isinstance(value, dict):
        return None
    names = [str(name) for name in value if str(name).endswith("labels")]
    return next((name for name in (*SHAPES, *names) if name in value), None)


def _find_json(path: Path) -> Path:
    """Return the json that ``path`` is or holds."""
    if path.is_file():
        return path
    found = sorted(require_folder(path, "Label Studio's json or the folder that holds it").glob("*.json"))
    if len(found) != 1:
        names = ", ".join(one.name for one in found[:8]) or "none"
        raise ValueError(f"wanted one json in {path}, received {names}: name it")
    if found[0].stat().st_size == 0:
        raise ValueError(f"{found[0]}: wanted Label Studio's list of tasks, received nothing")
    return found[0]
