"""Cityscapes: ``leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png`` and ``gtFine/SPLIT/CITY/NAME_gtFine_instanceIds.png``.

Inputs: the folder that holds the two. Outputs: samples of the eight classes that Cityscapes evaluates as instances. A
number k of an instance map from 1000 on is an instance of class k // 1000; below 1000 it is the class of a region
without instances, which for these classes is a group: a crowd. Classes that Cityscapes ignores in its evaluation are
ignored regions.

Options: ``split`` (train, val, test; needed where there are several), ``classes`` (names to keep, in this order).
Source: https://github.com/mcordts/cityscapesScripts, helpers/labels.py and csHelpers.py
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ..reading.classes import Classes
from ..reading.files import inside, passed_over, relative, require_folder
from ..reading.mask_files import read_labels
from ..reading.peek import has_folders
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import with_numbers

NAMES = {
    24: "person",
    25: "rider",
    26: "car",
    27: "truck",
    28: "bus",
    31: "train",
    32: "motorcycle",
    33: "bicycle",
}
IGNORED = frozenset({0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30})  # ignoreInEval
INSTANCES = 1000  # from which on a number is that of an instance
IMAGE, MAP = "_leftImg8bit", "_gtFine_instanceIds"


class Cityscapes(Reader):
    """A folder in the layout of Cityscapes."""

    def __init__(self, path: str, split: str = "", classes: tuple[str, ...] = ()) -> None:
        self.root = require_folder(Path(path), "a folder with leftImg8bit/ and gtFine/")
        images, maps = (
            require_folder(self.root / name, f"a folder {name}") for name in ("leftImg8bit", "gtFine")
        )
        splits = sorted(folder.name for folder in maps.iterdir() if folder.is_dir())
        if not split and len(splits) > 1:
            raise ValueError(f"{path}: wanted one split, found {', '.join(splits)}: choose with ?split=")
        split = split or (splits[0] if splits else "")
        folder = require_folder(inside(maps, split), "a folder of maps")
        self._findings: list[Finding] = []
        self._pairs: list[tuple[Path, Path]] = []
        for file in sorted(folder.rglob(f"*{MAP}.png")):
            name = file.relative_to(maps).with_name(file.name.replace(MAP, IMAGE))
            if (images / name).is_file():
                self._pairs.append((images / name, file))
            else:
                self._find(
                    "missing-image", relative(file, self.root), "there is no image of this name; left out"
                )
        known = {image for image, _ in self._pairs}
        for image in sorted((images / split).rglob(f"*{IMAGE}.png")):
            if image not in known:
                self._find(
                    "missing-mask", relative(image, self.root), "there is no map of this name; left out"
                )
        if (images / split).is_dir():
            self._findings += passed_over(images / split, self.root, deep=True)
        counts = self._count()
        self._classes = Classes(counts, classes, tuple(name for name in NAMES.values() if name in counts))
        self.class_names = self._classes.names
        self._findings += self._classes.findings(".")

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return "Cityscapes" if has_folders(path, "leftImg8bit", "gtFine") else ""

    def __len__(self) -> int:
        return len(self._pairs)

    @property
    def findings(self) -> list[Finding]:
        """Return which files have no partner."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._pairs[index][0])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and take its map apart, in the order of the numbers."""
        image, file = self._pairs[index]
        truths, numbers, fit = with_numbers(
            image, self.root, file, relative(file, self.root), read_labels, "the map of instances"
        )
        ignored = []
        for number in np.unique(numbers).tolist():
            group = number < INSTANCES
            kind = number if group else number // INSTANCES
            class_id = self._classes.id(NAMES[kind]) if kind in NAMES else None
            if kind in IGNORED:
                ignored.append(number)
            elif class_id is not None:
                truths.add_mask(numbers == number, fit, class_id, f"number {number}", is_crowd=group)
        if ignored:
            truths.add_void(np.isin(numbers, ignored), fit, "void")
        return truths.sample(self.source(index))

    def _count(self) -> Counter[str]:
        """Return the numbers of instances by class; a map that cannot be read is said with its image."""
        counts: Counter[str] = Counter()
        for _, file in self._pairs:
            try:
                numbers = np.unique(read_labels(file)).tolist()
            except ValueError:
                continue
            kinds = (number if number < INSTANCES else number // INSTANCES for number in numbers)
            counts.update(NAMES[kind] for kind in kinds if kind in NAMES)
        return counts

    def _find(self, kind: str, file: str, detail: str) -> None:
        self._findings.append(Finding(kind, "error", file, detail))
