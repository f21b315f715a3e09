"""Label maps: beside each image an image of numbers, 0 = background, k = the k-th object.

Inputs: a folder with ``images/NAME.*`` and ``labels/NAME.png`` (8 or 16 bit). Outputs: samples of one class. Objects
in a label map cannot overlap. Labels of ``ignore`` are no objects but ignored regions: neither learnt, nor an example
of nothing, nor a place where a detection is a mistake. 255 is one of them in files with Pascal VOC's palette; in others
it is said to look like it.

Options: ``images`` and ``labels`` (the folders' names), ``class_name``, ``ignore`` (labels, or ``none``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..reading.classes import BACKGROUND
from ..reading.files import by_stem, images_in, inside, passed_over, relative, require_folder
from ..reading.mask_files import DEEP_VOID_LABEL, VOID_LABEL, has_voc_palette, read_labels
from ..reading.peek import files, has_folders
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths, with_numbers

MOST_CLASSES = 20  # labels of a map that could be one of classes
MANY_PARTS, PART = 4, 16  # parts of one label that lie apart, and px of a part that counts
FEW_LABELS, FEW_PARTS = 3, 2  # of a map with so few labels: classes are few, and objects many


class LabelMap(Reader):
    """A folder of images and one of label maps, joined by the stem of the file name."""

    def __init__(
        self,
        path: str,
        images: str = "images",
        labels: str = "labels",
        class_name: str = "object",
        ignore: tuple[str, ...] = (),
    ) -> None:
        self.root = require_folder(Path(path), "a folder with images/ and labels/")
        own = images_in(require_folder(inside(self.root, images), "a folder of images"))
        maps = images_in(require_folder(inside(self.root, labels), "a folder of label maps"))
        self.class_names = (BACKGROUND, class_name)
        self._ignore = None if not ignore else frozenset(_labels(ignore))
        image_of, self._findings = by_stem(own, self.root)
        map_of, found = by_stem(maps, self.root)
        self._findings += found
        for folder in (images, labels):
            self._findings += passed_over(inside(self.root, folder), self.root)
        for stem in sorted(image_of.keys() ^ map_of.keys()):
            self._findings.append(self._alone(image_of.get(stem), map_of.get(stem)))
        self._pairs = [(image_of[stem], map_of[stem]) for stem in image_of if stem in map_of]

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return (
            "label maps"
            if has_folders(path, "images", "labels") and files(path / "labels", "*.png", "*.tif*")
            else ""
        )

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
        """Decode image ``index`` and take its label map apart, in the order of the labels."""
        image, label_map = self._pairs[index]
        truths, labels, fit = with_numbers(
            image, self.root, label_map, relative(label_map, self.root), read_labels, "the label map"
        )
        present = set(np.unique(labels).tolist()) - {0}
        ignored = self._ignored(present, label_map, truths)
        for label in sorted(present - ignored):
            truths.add_mask(labels == label, fit, 1, f"label {label}")
        self._say_classes(labels, present - ignored, truths)
        if ignored:
            truths.add_void(np.isin(labels, list(ignored)), fit, "void")
        return truths.sample(self.source(index))

    def _ignored(self, present: set[int], label_map: Path, truths: Truths) -> frozenset[int]:
        """Return the labels to be ignored: those asked for, or VOC's void; say what may be void as well."""
        if self._ignore is not None:
            return self._ignore
        if VOID_LABEL in present and has_voc_palette(label_map):
            detail = (
                f"label {VOID_LABEL} is Pascal VOC's void, which is ignored; ?ignore=none makes it an object"
            )
            truths.findings.append(Finding("void-label", "info", truths.file, detail))
            return frozenset({VOID_LABEL})
        last = max(present, default=0)
        if last in (VOID_LABEL, DEEP_VOID_LABEL) and last - 1 not in present and min(present) < last:
            truths.warn(
                "void-label",
                f"label {last} stands apart from the others, as void does in many label maps, and is taken as "
                f"an object; say ?ignore={last} if it is void, ?ignore=none if it is none",
            )
        return frozenset()

    def _say_classes(self, labels: np.ndarray, present: set[int], truths: Truths) -> None:
        """Say where labels look like those of classes: one of them in many parts that lie apart."""
        from scipy import ndimage  # not there where only an engine is

        many = FEW_PARTS if len(present) <= FEW_LABELS else MANY_PARTS
        for label in sorted(present) if len(present) <= MOST_CLASSES else ():
            parts, count = ndimage.label(labels == label, np.ones((3, 3), bool))
            whole = int((np.bincount(parts.ravel(), minlength=count + 1)[1:] >= PART).sum())
            if whole >= many:
                detail = (
                    f"label {label} consists of {whole} parts that lie apart: are the labels those of classes, not of "
                    "objects? Each label is taken as one object"
                )
                return truths.warn("label-in-parts", detail)

    def _alone(self, image: Path | None, label_map: Path | None) -> Finding:
        """Say that one of a pair is missing; exactly one of the two is given."""
        if image is not None:
            detail = "there is no label map of this name; the image is left out"
            return Finding("missing-mask", "error", relative(image, self.root), detail)
        assert label_map is not None
        detail = "there is no image of this name; the label map is left out"
        return Finding("missing-image", "error", relative(label_map, self.root), detail)


def _labels(texts: tuple[str, ...]) -> list[int]:
    """Return the labels to be ignored; raise ValueError for what is none."""
    if texts == ("none",):
        return []
    if not all(text.isdecimal() and 0 < int(text) < 1 << 32 for text in texts):
        raise ValueError(f"wanted labels of 1 or more, or none, for ignore, received {', '.join(texts)}")
    return [int(text) for text in texts]
