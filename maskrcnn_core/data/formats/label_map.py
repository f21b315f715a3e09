"""Label maps: beside each picture an image of numbers, 0 = background, k = the k-th object.

Enters: a folder with ``images/NAME.*`` and ``labels/NAME.png`` (8 or 16 bit). Leaves: samples of one class. Objects
in a label map cannot overlap.

Options: ``images`` and ``labels`` (the folders' names), ``class_name``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..reading.classes import BACKGROUND
from ..reading.files import UnusableError, by_stem, inside, pictures_in, relative, require_folder
from ..reading.frames import open_canvas
from ..reading.mask_files import read_labels
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths


class LabelMap(Reader):
    """A folder of pictures and one of label maps, joined by the stem of the file name."""

    def __init__(
        self, path: str, images: str = "images", labels: str = "labels", class_name: str = "object"
    ) -> None:
        self.root = require_folder(Path(path), "a folder with images/ and labels/")
        pictures = pictures_in(require_folder(inside(self.root, images), "a folder of pictures"))
        maps = pictures_in(require_folder(inside(self.root, labels), "a folder of label maps"))
        self.class_names = (BACKGROUND, class_name)
        picture_of, self._findings = by_stem(pictures, self.root)
        map_of, found = by_stem(maps, self.root)
        self._findings += found
        for stem in sorted(picture_of.keys() ^ map_of.keys()):
            self._findings.append(self._alone(picture_of.get(stem), map_of.get(stem)))
        self._pairs = [(picture_of[stem], map_of[stem]) for stem in picture_of if stem in map_of]

    def __len__(self) -> int:
        return len(self._pairs)

    @property
    def findings(self) -> list[Finding]:
        """Return which files have no partner."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the picture's file."""
        return str(self._pairs[index][0])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode picture ``index`` and take its label map apart, in the order of the labels."""
        picture, label_map = self._pairs[index]
        canvas, found = open_canvas(picture, relative(picture, self.root))
        truths = Truths(canvas, relative(label_map, self.root))
        truths.findings += found
        try:
            labels = read_labels(label_map)
        except ValueError as error:
            raise UnusableError("unreadable-mask", truths.file, str(error)) from None
        fit, found = canvas.fit(labels.shape, "the label map")
        truths.findings += found
        for label in np.unique(labels):
            if label:
                truths.add_mask(labels == label, fit, 1, f"label {label}")
        return truths.sample(self.source(index))

    def _alone(self, picture: Path | None, label_map: Path | None) -> Finding:
        """Say that one of a pair is missing; exactly one of the two is given."""
        if picture is not None:
            detail = "there is no label map of this name; the picture is left out"
            return Finding("missing-mask", "error", relative(picture, self.root), detail)
        assert label_map is not None
        detail = "there is no picture of this name; the label map is left out"
        return Finding("missing-picture", "error", relative(label_map, self.root), detail)
