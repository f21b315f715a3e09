"""The XML of LabelMe's web tool: ``Annotations/FOLDER/NAME.xml`` beside ``Images/`` and ``Masks/``.

Inputs: one such file. Outputs: the ``Annotation`` that ``labelme`` also makes of a json.
Source: http://labelme.csail.mit.edu/
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...files.values import number, recorded_size, shorten
from ..reading.classes import class_name_of
from ..reading.drawn import Drawn
from ..reading.files import inside, relative
from ..reading.reader import Finding
from ..reading.xml_files import read_tree


@dataclass(frozen=True)
class Annotation:
    """What an annotation says of one image.

    image: its file name, unchecked, as seen from ``image_folder``; carried: the image itself in base64;
    size: (y, x) px as recorded.
    """

    image: object
    image_folder: Path
    carried: object = None
    size: tuple[int, int] | None = None
    objects: list[Drawn] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_xml(file: Path, root: Path) -> Annotation:
    """Return what an XML annotation says; raise ValueError if it is none."""
    tree = read_tree(file, "LabelMe's XML")
    name = tree.findtext("filename")
    if tree.tag != "annotation" or name is None:
        raise ValueError(f"{file}: wanted LabelMe's XML (annotation, filename), received {shorten(tree.tag)}")
    objects, found = [], []
    for index, part in enumerate(tree.iter("object")):
        if (part.findtext("deleted") or "0").strip() == "1":
            continue
        what = f"object {(part.findtext('id') or str(index)).strip()[:20]}"
        try:
            objects.append(_drawn(part, what, file, root))
        except ValueError as error:
            found.append(
                Finding("bad-coordinates", "error", relative(file, root), f"{what}: {error}; left out")
            )
    size = recorded_size(
        *(_number(tree.findtext(f"imagesize/{side}"), side, 0.0) for side in ("nrows", "ncols"))
    )
    return Annotation(name.strip(), sibling(file, root, "Images"), None, size, objects, found)


def sibling(file: Path, root: Path, kind: str) -> Path:
    """Return the folder that holds the ``Images`` or ``Masks`` of an annotation; its own if there is none."""
    parts = list(file.parent.relative_to(root).parts)
    if "Annotations" in parts:
        parts[parts.index("Annotations")] = kind
        folder = root.joinpath(*parts)
        return folder if folder.is_dir() else file.parent
    return file.parent


def _drawn(part: ElementTree.Element, what: str, file: Path, root: Path) -> Drawn:
    """Return one object of the XML; raise ValueError for one without an outline or mask."""
    label = class_name_of(part.findtext("name"))
    mask = part.findtext("segm/mask")
    if mask is not None:
        return Drawn(what, label, file=inside(root, mask.strip(), sibling(file, root, "Masks")))
    points = [
        (_number(point.findtext("x"), "x"), _number(point.findtext("y"), "y")) for point in part.iter("pt")
    ]
    if not points:
        raise ValueError("wanted a polygon or a mask, received neither")
    return Drawn(what, label, [np.array(points, np.float64)])


def _number(text: str | None, what: str, otherwise: float | None = None) -> float:
    """Return the number in a text node; raise ValueError unless there is something to use otherwise."""
    try:
        return number(float(text or ""), what)
    except ValueError:
        if otherwise is not None:
            return otherwise
        raise ValueError(f"wanted a number for {what}, received {shorten(text)}") from None
