"""Pascal VOC's instance masks: beside each image a map of objects and one of classes, as images of numbers or colours.

Inputs: a folder with ``SegmentationObject/NAME.png``, ``SegmentationClass/NAME.png`` and ``JPEGImages/NAME.*``, as in
VOC2012, or as CVAT writes "segmentation mask 1.1", whose ``labelmap.txt`` names its own classes and their colours.
Outputs: samples. The class of an object is the one that most of its pixels have. Void (255, or its colour) is ignored:
neither learnt nor a place where a detection is a mistake.

Options: ``split`` (a list of ``ImageSets/Segmentation``: train, val), ``classes`` (names to keep, in this order),
``images`` (the folder's name).
Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ...files.values import shorten
from ..reading.classes import Classes, class_name_of, is_background
from ..reading.files import UnusableError, by_stem, images_in, inside, passed_over, relative, require_folder
from ..reading.frames import open_canvas
from ..reading.mask_files import VOID_LABEL, read_colours, voc_colours
from ..reading.peek import has_folders
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.subset import read_names
from ..reading.truths import Truths

CLASSES = (
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
)
OBJECTS, KINDS = "SegmentationObject", "SegmentationClass"
VOID_NAMES = ("void", "ignored")  # of a line of labelmap.txt


class Voc(Reader):
    """A folder in the layout of Pascal VOC."""

    def __init__(
        self, path: str, split: str = "", classes: tuple[str, ...] = (), images: str = "JPEGImages"
    ) -> None:
        self.root = _find_root(Path(path))
        self._findings: list[Finding] = []
        self._names = _read_labelmap(self.root / "labelmap.txt")
        own = require_folder(inside(self.root, images), "a folder of images")
        image_of, found = by_stem(images_in(own), self.root)
        self._findings += [*found, *passed_over(own, self.root)]
        self._maps = self._find_maps(image_of, split)
        counts: Counter[str] = Counter()
        for _, _, kinds in self._maps:
            counts.update(self._present(kinds))
        self._classes = Classes(
            counts, classes, tuple(name for name in self._names.values() if name in counts)
        )
        self.class_names = self._classes.names
        self._findings += self._classes.findings(".")

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return "Pascal VOC's instance masks" if _root_in(path) else ""

    def __len__(self) -> int:
        return len(self._maps)

    @property
    def findings(self) -> list[Finding]:
        """Return which files have no partner."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._maps[index][0])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and take its maps apart, in the order of the objects' numbers."""
        image, objects_file, kinds_file = self._maps[index]
        canvas, found = open_canvas(image, relative(image, self.root))
        truths = Truths(canvas, relative(objects_file, self.root))
        truths.findings += found
        try:
            objects, kinds = read_colours(objects_file), read_colours(kinds_file)
        except ValueError as error:
            raise UnusableError("unreadable-mask", truths.file, str(error)) from None
        if objects.shape != kinds.shape:
            detail = f"the map of objects is of {objects.shape}, that of classes of {kinds.shape} (y, x) px"
            raise UnusableError("size-mismatch", truths.file, detail)
        fit, found = canvas.fit((objects.shape[0], objects.shape[1]), "the map of objects")
        truths.findings += found
        if np.array_equal(objects, kinds) and set(np.unique(objects).tolist()) - {0, 1, VOID_LABEL}:
            truths.warn(
                "label-in-parts",
                f"is the same as the map of classes: are its numbers those of classes? All of one class in {OBJECTS} "
                "is taken as one object",
            )
        for number in np.unique(objects).tolist():
            if number in (0, VOID_LABEL):
                continue
            mask = objects == number
            below, areas = np.unique(kinds[mask], return_counts=True)
            kind, what = int(below[np.argmax(areas)]), f"object {number}"
            name = self._names.get(kind)
            if name is None or is_background(name) or kind == VOID_LABEL:
                truths.drop(
                    "empty-class", f"{what}: most of it is of class {kind}, which has no name; left out"
                )
                continue
            if (share := areas.max() / areas.sum()) < 1:
                truths.warn(
                    "mixed-class", f"{what}: {share:.0%} of it is {shorten(name)}, the rest of others"
                )
            class_id = self._classes.id(name)
            if class_id is not None:
                truths.add_mask(mask, fit, class_id, what)
        void = (objects == VOID_LABEL) | (kinds == VOID_LABEL) & (objects == 0)
        if void.any():
            truths.add_void(void, fit, "void")
        return truths.sample(self.source(index))

    def _present(self, kinds: Path) -> list[str]:
        """Return the names of the classes of a map; none where it cannot be read, which is said with its image."""
        try:
            numbers = np.unique(read_colours(kinds)).tolist()
        except ValueError:
            return []
        names = (self._names.get(number) for number in numbers if number != VOID_LABEL)
        return [name for name in names if name and not is_background(name)]

    def _find_maps(self, image_of: dict[str, Path], split: str) -> list[tuple[Path, Path, Path]]:
        """Return image, map of objects and map of classes of each name; say which are not whole."""
        maps, found = by_stem(images_in(self.root / OBJECTS), self.root)
        kinds, more = by_stem(images_in(self.root / KINDS), self.root)
        self._findings += found + more
        wanted = set(maps)
        if split:
            wanted = read_names(inside(self.root, f"ImageSets/Segmentation/{split}.txt"))
        kept = []
        for stem in sorted(wanted):
            lacking = [
                place
                for place, files in (("JPEGImages", image_of), (OBJECTS, maps), (KINDS, kinds))
                if stem not in files
            ]
            if lacking:
                kind = "missing-image" if stem not in image_of else "missing-mask"
                detail = f"{shorten(stem)}: there is none in {', '.join(lacking)}; left out"
                self._findings.append(Finding(kind, "error", OBJECTS, detail))
            else:
                kept.append((image_of[stem], maps[stem], kinds[stem]))
        return kept


def _root_in(path: Path) -> Path | None:
    """Return the folder within ``path`` that holds the two kinds of maps, as in ``VOCdevkit/VOC2012``."""
    for folder in (
        (path, *sorted(path.glob("*/")), *sorted(path.glob("VOCdevkit/*/"))) if path.is_dir() else ()
    ):
        if has_folders(folder, OBJECTS, KINDS):
            return folder
    return None


def _find_root(path: Path) -> Path:
    root = _root_in(require_folder(path, f"a folder with {OBJECTS}/ and {KINDS}/"))
    if root is None:
        raise ValueError(
            f"{path}: wanted {OBJECTS}/ and {KINDS}/, received neither both here nor a folder below"
        )
    return root


def _read_labelmap(path: Path) -> dict[int, str]:
    """Return class names by number; a labelmap's colours are VOC's of these numbers, or numbers are given to them."""
    if not path.is_file():
        return dict(enumerate(CLASSES))
    names: dict[int, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: wanted text in UTF-8, received something else ({error})") from None
    for line in lines:
        name, _, rest = line.partition(":")
        colour = rest.partition(":")[0].split(",")
        if line.startswith("#") or not line.strip():
            continue
        if (
            class_name_of(name) is None
            or len(colour) != 3
            or not all(part.strip().isdecimal() for part in colour)
        ):
            raise ValueError(f"{path}: wanted lines name:red,green,blue::, received {shorten(line)}")
        red, green, blue = (min(int(part.strip()[:4]), 255) for part in colour)
        if name.strip().casefold() not in VOID_NAMES:
            names[number_of_colour(red, green, blue)] = name.strip()
    return names


def number_of_colour(red: int, green: int, blue: int) -> int:
    """Return the number that a colour stands for: VOC's of its palette, else one of its own beyond 255."""
    packed = red << 16 | green << 8 | blue
    return voc_colours().get(packed, packed + 256)
