"""YOLO-seg: a text file an image, a line an object: its class number and its outline in shares of the image's sides.

Inputs: ``data.yaml`` (``names``, and ``train``, ``val``, ``test``: a folder, a text file of image names, or a list of
these), a folder that holds it, or a folder with ``images/`` and ``labels/``. Outputs: samples. The labels of
``images/a/1.jpg`` stand in ``labels/a/1.txt``; an image without such a file has no objects. A line of four numbers is a
box, which is no mask, and left out.

Options: ``split`` (train unless given), ``classes`` (names to keep, in this order).
Source: https://docs.ultralytics.com/datasets/segment/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ...files.suggestions import unknown
from ...files.values import number, shorten
from ..reading.classes import class_name_of
from ..reading.drawn import Drawn
from ..reading.files import IMAGE_SUFFIXES, inside, is_file, locate, passed_over, relative, require_folder
from ..reading.frames import Size
from ..reading.listed import Entry, Listed, Piece
from ..reading.peek import files, has_folders, holds
from ..reading.reader import Finding

OWN = (".txt", ".yaml", ".yml", ".cache")  # what the format itself puts among images
LARGEST = 1 << 22  # bytes of a yaml, and of the labels of an image
SPLITS = {"train": ("train",), "val": ("val", "valid", "validation"), "test": ("test",)}
MOST_VALUES = 10_000  # that aliases may add
MOST_CLASSES = 100_000  # where no file names them
BEYOND = 1.5  # share of a side from which a coordinate is no share but px
ROUNDED = 1e-3  # share that a rounded coordinate may lie outside


class Yolo(Listed):
    """A data set in the layout of Ultralytics."""

    def __init__(self, path: str, split: str = "", classes: tuple[str, ...] = ()) -> None:
        self._findings: list[Finding] = []
        self._folders: set[Path] = set()  # that were searched for images
        self.yaml = _find_yaml(Path(path))
        self.root = self.yaml.parent if self.yaml else require_folder(Path(path), "data.yaml or its folder")
        content = _read_yaml(self.yaml) if self.yaml else {}
        if "kpt_shape" in content:
            raise ValueError(f"{self.yaml}: wanted outlines (YOLO-seg), received key points (YOLO-pose)")
        self._names = _names(content, self.root)
        images = self._images(content, split)
        if not images and not self.yaml:
            raise ValueError(f"{path}: wanted data.yaml, or images/ and labels/, received neither")
        entries = [self._entry(image) for image in images]
        self._say_shared_labels(images)
        self._say_number_of_names(content)
        if images and not any(self._labels_of(image).is_file() for image in images):
            raise ValueError(
                f"{self.root}: wanted a text file an image, such as "
                f"{relative(self._labels_of(images[0]), self.root)}, found none"
            )
        self._say_lone_labels(images)
        for folder in sorted(self._folders):
            self._findings += passed_over(folder, self.root, deep=True, besides=OWN)
        self._fill(entries, self._findings, classes, tuple(self._names.values()))

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        if any(holds(one, "names:") for one in files(path, "*.yaml", "*.yml")):
            return "YOLO-seg"
        looks = has_folders(path, "images", "labels") and files(path / "labels", "*.txt", "*/*.txt")
        return "YOLO-seg" if looks else ""

    def drawn(self, piece: Piece, size: Size) -> Drawn:
        """Return the outline of a line."""
        values = piece.content
        if len(values) == 4:
            raise ValueError("is a box of four numbers, and a box alone is no mask")
        if len(values) < 6 or len(values) % 2:
            raise ValueError(f"wanted x and y of at least 3 points, received {len(values)} numbers")
        shares = np.array([number(value, "a coordinate") for value in values]).reshape(-1, 2)
        if shares.max() > BEYOND or shares.min() < 1 - BEYOND:
            raise ValueError(
                f"wanted shares of 0 to 1, received {shares.min():g} to {shares.max():g}: are they px?"
            )
        near = np.clip(shares, 0, 1)
        shares = np.where(abs(near - shares) <= ROUNDED, near, shares)
        return Drawn(piece.what, piece.label, [shares * np.array(size[::-1], np.float64)])

    def _images(self, content: dict[str, Any], split: str) -> list[Path]:
        """Return the images of the split, in the order of their names or of the list."""
        parts = {name: keys for name, keys in SPLITS.items() if any(content.get(key) for key in keys)}
        if not parts:
            folder = self.root / "images" / split
            return self._in_folder(
                require_folder(folder if folder.is_dir() else self.root, "a folder of images")
            )
        chosen = next((name for name, keys in SPLITS.items() if split in keys), split) or next(iter(parts))
        if chosen not in parts:
            raise ValueError(unknown(f"split {split!r}", parts, split))
        if not split and len(parts) > 1:
            others = ", ".join(name for name in parts if name != chosen)
            detail = f"the split {chosen} is read; there are also {others}: ?split="
            self._findings.append(Finding("split", "info", self._file, detail))
        places = next(content[key] for key in parts[chosen] if content.get(key))
        base = content.get("path")
        found: list[Path] = []
        for place in places if isinstance(places, list) else [places]:
            found += self._images_at(place, base)
        return found

    @property
    def _file(self) -> str:
        return relative(self.yaml, self.root) if self.yaml else "."

    def _images_at(self, place: Any, base: Any) -> list[Path]:
        """Return the images in a folder, or those that a text file lists."""
        path = self._place(place, base)
        if path.is_dir():
            return self._in_folder(path)
        found = []
        for line in _lines(path):
            image, said = locate(self.root, line.removeprefix("./"), relative(path, self.root))
            self._findings += said
            if image is not None:
                found.append(image)
        return found

    def _place(self, place: Any, base: Any) -> Path:
        """Return the folder or list that the yaml names, from its ``path``, from its own folder, or without ``../``.

        Roboflow writes ``../train/images`` of what lies beside the yaml.
        """
        if not isinstance(place, str):
            raise ValueError(
                f"{self.yaml}: wanted a folder or a text file of images, received {shorten(place)}"
            )
        bare = place
        while bare.startswith("../"):
            bare = bare[3:]
        tried = [f"{base}/{place}"] if isinstance(base, str) and base.strip("./") else []
        for name in (*tried, place, bare):
            try:
                path = inside(self.root, name)
            except ValueError:
                continue
            if path.exists():
                if name != place and name == bare:
                    detail = f"{shorten(place)} is not there; {bare} beside the yaml is used instead"
                    self._findings.append(Finding("outside-folder", "warning", self._file, detail))
                return path
        raise ValueError(
            f"{self.yaml}: wanted images at {shorten(place)} within the folder of the yaml, found none: put the yaml "
            "beside its images"
        )

    def _in_folder(self, folder: Path) -> list[Path]:
        """Return the images in a folder and those below it."""
        self._folders.add(folder)
        return sorted(
            path
            for path in folder.rglob("*")
            if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
        )

    def _labels_of(self, image: Path) -> Path:
        """Return where the labels of an image stand: the last folder ``images`` becomes ``labels``."""
        parts = list(image.relative_to(self.root).parts)
        for place in range(len(parts) - 2, -1, -1):
            if parts[place] == "images":
                parts[place] = "labels"
                break
        return self.root.joinpath(*parts).with_suffix(".txt")

    def _entry(self, image: Path) -> Entry:
        labels = self._labels_of(image)
        file = relative(labels, self.root)
        if not is_file(labels):
            return Entry(image, None, [], file)
        pieces = []
        for count, line in enumerate(_lines(labels), start=1):
            index, *values = line.split()
            name = self._name_of(index)
            what = f"line {count}" + ("" if name else f", whose number {shorten(index)} is that of no name")
            pieces.append(Piece(what, name, values))
        return Entry(image, None, pieces, file)

    def _name_of(self, text: str) -> str | None:
        """Return the name of a class number; None if there is none."""
        try:
            index = int(float(text)) if float(text).is_integer() else -1
        except (ValueError, OverflowError):
            return None
        if 0 <= index < MOST_CLASSES and not self._names_given:
            return self._names.setdefault(index, f"class {index}")
        return self._names.get(index)

    @property
    def _names_given(self) -> bool:
        return self.yaml is not None or (self.root / "classes.txt").is_file()

    def _say_shared_labels(self, images: list[Path]) -> None:
        """Say which images differ in their ending alone, so that one text file is of both."""
        first: dict[Path, Path] = {}
        for image in images:
            other = first.setdefault(self._labels_of(image), image)
            if other != image and self._labels_of(image).is_file():
                detail = f"has the labels of {other.name} as well: are they two images? Rename or remove one"
                self._findings.append(
                    Finding("duplicate-name", "warning", relative(image, self.root), detail)
                )

    def _say_number_of_names(self, content: dict[str, Any]) -> None:
        """Say where the yaml counts other classes than it names."""
        count = content.get("nc")
        if isinstance(count, int) and count != len(self._names):
            detail = f"says nc: {count}, and names {len(self._names)} classes: are some lacking?"
            self._findings.append(Finding("class-count", "warning", self._file, detail))

    def _say_lone_labels(self, images: list[Path]) -> None:
        """Say how many images have no labels, and how many labels beside them no image."""
        wanted = {self._labels_of(image) for image in images}
        lone = [
            file
            for folder in sorted({path.parent for path in wanted})
            for file in sorted(folder.glob("*.txt"))
            if file not in wanted and file.parent != self.root and not file.name.startswith(".")
        ]
        for file in lone:
            detail = "there is no image of this name; left out"
            self._findings.append(Finding("missing-image", "error", relative(file, self.root), detail))
        bare = sum(not path.is_file() for path in wanted)
        if bare:
            detail = f"{bare} of {len(wanted)} images have no text file: taken as images without objects"
            self._findings.append(Finding("no-objects", "info", self._file, detail))


def _find_yaml(path: Path) -> Path | None:
    """Return the yaml that ``path`` is or holds; None for a folder without one. Raises: ValueError for several."""
    if path.is_file():
        return path
    found = files(path, "*.yaml", "*.yml")
    usual = [one for one in found if one.stem == "data"] or found
    if len(usual) > 1:
        names = ", ".join(one.name for one in usual[:8])
        raise ValueError(f"wanted one yaml in {path}, received {names}: name it")
    return usual[0] if usual else None


def _read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a yaml; raise ValueError for anything else."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path}: wanted a yaml of at most {LARGEST} bytes")
        content = _unfolded(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, OverflowError) as error:
        raise ValueError(f"{path}: wanted yaml, received something else ({shorten(str(error))})") from None
    if not isinstance(content, dict) or "names" not in content:
        raise ValueError(f"{path}: wanted YOLO's data.yaml (names, train, val), received something else")
    return content


def _unfolded(text: str) -> Any:
    """Return the value of a yaml. Raises: YAMLError where aliases unfold to more than a file of that size can say."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is not None and _count(root, {}) > len(text) + MOST_VALUES:
            raise yaml.YAMLError("its aliases unfold without end; write out what they stand for")
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _count(node: yaml.Node, known: dict[int, float]) -> float:
    """Return how many values a node unfolds to; infinitely many where it holds itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")
        inner = node.value if isinstance(node, yaml.CollectionNode) else []
        children = [one for each in inner for one in (each if isinstance(each, tuple) else (each,))]
        known[id(node)] = 1 + sum(_count(child, known) for child in children)
    return known[id(node)]


def _names(content: dict[str, Any], root: Path) -> dict[int, str]:
    """Return class names by number, from the yaml or from ``classes.txt``; {} if there are none."""
    names = content.get("names")
    if names is None and (root / "classes.txt").is_file():
        names = _lines(root / "classes.txt")
    pairs = names.items() if isinstance(names, dict) else enumerate(names if isinstance(names, list) else [])
    result = {}
    for key, value in pairs:
        name = class_name_of(value)
        if isinstance(key, bool) or not isinstance(key, int) or key < 0 or name is None:
            raise ValueError(f"{root}: wanted names by number, received {shorten(key)}: {shorten(value)}")
        result[key] = name
    if content and not result:
        raise ValueError(f"{root}: wanted names of classes, received {shorten(names)}")
    return dict(sorted(result.items()))


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file that are not blank."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path}: wanted a text file of at most {LARGEST} bytes")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: wanted text in UTF-8, received something else ({error})") from None
    return [line.strip() for line in lines if line.strip()]
