"""CVAT: "CVAT for images 1.1", one XML for all images, with polygons, boxes, ellipses and brush masks.

Inputs: the XML, or the folder that holds it beside ``images/``. Outputs: samples. Shapes of one ``group_id`` and label
are one object. What has no area (points, lines) and what is no image's (tracks of a video) is left out and said.

Options: ``images`` (the folder of images, or ``PREFIX=FOLDER``), ``classes`` (names to keep, in this order).
Source: https://docs.cvat.ai/docs/other/xml_format
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

from ...files.values import number, recorded_size, shorten
from ...geometry.polygons import ellipse, rectangle, ring_from_points
from ..reading.classes import class_name_of
from ..reading.drawn import Drawn, Part
from ..reading.files import image_folder, locate, relative, require_folder
from ..reading.frames import MAX_MASK_PIXELS, Size
from ..reading.listed import Entry, Listed, Piece
from ..reading.peek import any_holds, files
from ..reading.reader import Finding, doubtful_size
from ..reading.xml_files import read_tree

WITH_AREA = ("polygon", "box", "ellipse", "mask")
WITHOUT_AREA = ("polyline", "points", "cuboid", "skeleton")


class Cvat(Listed):
    """An XML of CVAT for images."""

    def __init__(self, path: str, images: str = "", classes: tuple[str, ...] = ()) -> None:
        self.path = _find_xml(Path(path))
        self.root, self._prefix = image_folder(images) if images else (self.path.parent, "")
        tree = read_tree(self.path, "CVAT's XML")
        if tree.tag != "annotations":
            raise ValueError(f"{self.path}: wanted CVAT's XML (annotations), received {shorten(tree.tag)}")
        tracks = tree.findall("track")
        if tracks and tree.find("image") is None:
            raise ValueError(
                f"{self.path}: wanted CVAT for images, received CVAT for video ({len(tracks)} tracks): export it as "
                "'CVAT for images 1.1' or as COCO"
            )
        self._findings: list[Finding] = []
        if tracks:
            detail = f"{len(tracks)} tracks are of a video, not of these images; left out"
            self._findings.append(Finding("track", "error", self.path.name, detail))
        self._findings += _others(self.path, Path(path))
        entries = [entry for image in tree.findall("image") for entry in self._entries_of(image)]
        self._fill(entries, self._findings, classes)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        trees = files(path, "*.xml")
        if any_holds(trees, "<annotations", "<image "):
            return "CVAT's XML"
        return "CVAT for video" if any_holds(trees, "<annotations", "<track ") else ""

    def drawn(self, piece: Piece, size: Size) -> Drawn:
        """Return a shape in px."""
        shape: ElementTree.Element = piece.content
        if shape.tag == "mask":
            return Drawn(piece.what, piece.label, parts=[_mask(shape)])
        if shape.tag == "polygon":
            points = [point.split(",") for point in shape.get("points", "").split(";")]
            return Drawn(piece.what, piece.label, [ring_from_points(points)])
        if shape.tag == "box":
            left, top, right, bottom = _numbers(shape, "xtl", "ytl", "xbr", "ybr")
            ring = rectangle(left, top, right, bottom)
        elif shape.tag == "ellipse":
            ring = ellipse(*_numbers(shape, "cx", "cy", "rx", "ry"))
        else:
            raise ValueError(f"wanted a shape with an area, received {shorten(shape.tag)}")
        return Drawn(piece.what, piece.label, [_turned(ring, shape.get("rotation", "0"))])

    def _entries_of(self, image: ElementTree.Element) -> list[Entry]:
        """Return the entry of an image; none, and say why, where its file is not there."""
        path, found = self._find_image(image.get("name"), image.get("subset"))
        self._findings += found
        if path is None:
            return []
        pieces = []
        for count, shape in enumerate(image):
            if shape.tag in (*WITH_AREA, *WITHOUT_AREA):
                group = shape.get("group_id", "0")
                what = f"{shape.tag} {count}"
                pieces.append(
                    Piece(what, class_name_of(shape.get("label")), shape, None if group == "0" else group)
                )
        sides = image.get("height"), image.get("width")
        size = recorded_size(*sides)
        self._findings += doubtful_size(*sides, relative(path, self.root), f"its entry in {self.path.name}")
        return [Entry(path, size, pieces, self.path.name)]

    def _find_image(self, name: str | None, subset: str | None) -> tuple[Path | None, list[Finding]]:
        """Return where an image is: in ``images/SUBSET``, in ``images``, or as its name says."""
        folders = [*([f"images/{subset}/"] if subset else []), "images/", ""]
        found: list[Finding] = []
        for folder in folders:
            whole = f"{folder}{name}" if name else name
            path, found = locate(self.root, whole, self.path.name, prefix=self._prefix)
            if path is not None and not found:
                break
        return path, found


def _numbers(shape: ElementTree.Element, *names: str) -> list[float]:
    return [number(shape.get(name), name) for name in names]


def _turned(ring: np.ndarray, degrees: str) -> np.ndarray:
    """Return a ring (p, xy) turned about the middle of its box, clockwise as seen."""
    angle = np.deg2rad(number(degrees, "rotation"))
    middle = 0.5 * (ring.min(axis=0) + ring.max(axis=0))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return ring if not angle else (ring - middle) @ turn + middle


def _mask(shape: ElementTree.Element) -> Part:
    """Return a brush mask: runs of outside and inside by turns, row after row of its box."""
    left, top, width, height = (int(value) for value in _numbers(shape, "left", "top", "width", "height"))
    if width < 1 or height < 1 or width * height > MAX_MASK_PIXELS:
        raise ValueError(f"wanted a mask of 1 to {MAX_MASK_PIXELS} px, received one of {width} x {height} px")
    texts = shape.get("rle", "").split(",")
    if len(texts) > width * height + 1 or not all(
        text.strip().isdecimal() and len(text) < 12 for text in texts
    ):
        raise ValueError(f"wanted rle as lengths of runs, received {shorten(shape.get('rle'))}")
    runs = np.array([int(text) for text in texts], np.int64)
    if runs.sum() != width * height:
        raise ValueError(f"wanted runs that sum to {width} x {height} px, received {runs.sum()} px")
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return Part(inside.reshape(height, width), (top, left))


def _others(chosen: Path, given: Path) -> list[Finding]:
    """Say which XML beside the one that is read is not, where nobody named one."""
    others = (
        [one.name for one in sorted(chosen.parent.glob("*.xml")) if one != chosen] if given.is_dir() else []
    )
    detail = f"is read; not read beside it: {', '.join(others[:8])}; name the one that is meant"
    return [Finding("several-files", "warning", chosen.name, detail)] if others else []


def _find_xml(path: Path) -> Path:
    """Return the XML that ``path`` is or holds."""
    if path.is_file():
        return path
    found = sorted(require_folder(path, "CVAT's XML or the folder that holds it").glob("*.xml"))
    usual = [one for one in found if one.name == "annotations.xml"] or found
    if len(usual) != 1:
        names = ", ".join(one.name for one in found[:8]) or "none"
        raise ValueError(f"wanted one XML in {path}, received {names}: name it")
    return usual[0]
