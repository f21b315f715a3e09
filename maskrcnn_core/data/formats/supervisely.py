"""Supervisely: a project of data sets, each with ``img/NAME`` and ``ann/NAME.json``.

Inputs: the project (``meta.json`` beside folders of data sets), or one data set. Outputs: samples. An object is a
polygon with holes, a rectangle, or a bitmap: a PNG, deflated, in base64, whose first pixel lies at ``origin``. What has
no area (points, lines) is left out and said.

Options: ``classes`` (names to keep, in this order).
Source: https://developer.supervisely.com/getting-started/supervisely-annotation-format
"""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

from ...files.values import number, recorded_size, shorten
from ...geometry.polygons import rectangle, ring_from_points
from ..reading.classes import class_name_of
from ..reading.drawn import Drawn, Part
from ..reading.files import (
    IMAGE_SUFFIXES,
    embedded,
    hidden,
    inside,
    is_file,
    passed_over,
    read_json,
    relative,
    require_folder,
)
from ..reading.frames import Size
from ..reading.listed import Entry, Listed, Piece
from ..reading.mask_files import read_mask
from ..reading.peek import has_folders
from ..reading.reader import Finding, doubtful_size

LARGEST_BITMAP = 1 << 26  # bytes of a PNG


class Supervisely(Listed):
    """A project or data set of Supervisely."""

    def __init__(self, path: str, classes: tuple[str, ...] = ()) -> None:
        self.root = require_folder(Path(path), "a project or data set of Supervisely")
        folders = _data_sets(self.root)
        if not folders:
            raise ValueError(f"{path}: wanted ann/ and img/ here or in folders below, received neither")
        self._findings: list[Finding] = []
        entries = []
        for folder in folders:
            for file in sorted((folder / "ann").rglob("*.json")):
                if not hidden(file):
                    entries += self._entries_of(file, folder)
            self._say_lone_images(folder)
        self._fill(entries, self._findings, classes)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return "a project of Supervisely" if path.is_dir() and _data_sets(path) else ""

    def drawn(self, piece: Piece, size: Size) -> Drawn:
        """Return an object in px."""
        one: dict[str, Any] = piece.content
        if "bitmap" in one:
            return Drawn(piece.what, piece.label, parts=[_bitmap(one["bitmap"])])
        kind, points = one.get("geometryType"), one.get("points")
        outer, inner = (
            (points.get(side) for side in ("exterior", "interior"))
            if isinstance(points, dict)
            else (None,) * 2
        )
        if kind == "rectangle" and isinstance(outer, list) and len(outer) == 2:
            corners = ring_from_points(outer)
            return Drawn(piece.what, piece.label, [rectangle(*corners[0], *corners[1])])
        if kind != "polygon":
            raise ValueError(f"wanted a polygon, rectangle or bitmap, received {shorten(kind)}")
        if not isinstance(inner or [], list):
            raise ValueError(f"wanted a list of holes, received {shorten(inner)}")
        holes = [ring_from_points(hole, "interior") for hole in inner or []]
        return Drawn(piece.what, piece.label, [ring_from_points(outer, "exterior")], holes)

    def _entries_of(self, file: Path, folder: Path) -> list[Entry]:
        """Return the entry of an annotation; none, and say why, where it or its image is not there."""
        name = relative(file, self.root)
        image = inside(folder, f"img/{file.relative_to(folder / 'ann').as_posix().removesuffix('.json')}")
        try:
            content, found = read_json(file)
            if not isinstance(content, dict) or not isinstance(content.get("objects"), list):
                raise ValueError("wanted Supervisely's json with a list of objects, received something else")
        except ValueError as error:
            self._findings.append(Finding("broken-annotation", "error", name, f"{error}; left out"))
            return []
        self._findings += found
        if not is_file(image):
            detail = f"there is no image {relative(image, self.root)}; its objects are left out"
            self._findings.append(Finding("missing-image", "error", name, detail))
            return []
        pieces = [_piece(one, count) for count, one in enumerate(content["objects"])]
        size = content.get("size")
        size = size if isinstance(size, dict) else {}
        sides = size.get("height"), size.get("width")
        self._findings += doubtful_size(*sides, name, "it")
        return [Entry(image, recorded_size(*sides), pieces, name)]

    def _say_lone_images(self, folder: Path) -> None:
        """Say which images have no annotation."""
        for image in sorted((folder / "img").rglob("*")):
            own = folder / "ann" / f"{image.relative_to(folder / 'img').as_posix()}.json"
            if image.suffix.lower() not in IMAGE_SUFFIXES and not is_file(own):
                continue  # counted below
            if is_file(image) and not hidden(image) and not is_file(own):
                detail = "there is no annotation of this name; the image is left out"
                self._findings.append(
                    Finding("missing-annotation", "error", relative(image, self.root), detail)
                )
        self._findings += passed_over(folder / "img", self.root, deep=True)


def _piece(one: Any, count: int) -> Piece:
    content = one if isinstance(one, dict) else {"geometryType": shorten(one)}
    return Piece(
        f"object {shorten(content.get('id', count))}", class_name_of(content.get("classTitle")), content
    )


def _bitmap(bitmap: Any) -> Part:
    """Return a bitmap; raise ValueError for what is none."""
    origin = bitmap.get("origin") if isinstance(bitmap, dict) else None
    if not isinstance(origin, list) or len(origin) != 2:
        raise ValueError(f"wanted a bitmap with data and origin, received {shorten(bitmap)}")
    left, top = (int(number(value, "origin")) for value in origin)
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(embedded(bitmap.get("data")), LARGEST_BITMAP)
    except zlib.error as error:
        raise ValueError(f"wanted a deflated PNG, received something else ({error})") from None
    mask, _ = read_mask(io.BytesIO(content))
    return Part(mask, (top, left))


def _data_sets(path: Path) -> list[Path]:
    """Return the folders with ``ann`` and ``img`` that ``path`` is or holds; data sets may hold others.

    Those stand in a folder ``datasets`` of the one that they belong to, which may have no images of its own.
    """
    found, look = [], [path, *sorted(path.glob("*/"))]
    while look:
        folder = look.pop(0)
        if has_folders(folder, "ann", "img"):
            found.append(folder)
        look += sorted((folder / "datasets").glob("*/"))
    return found
