"""Folders of masks: one image file an object.

Inputs: one of two layouts. Outputs: samples.

1. Nuclei (2018 Data Science Bowl): ``ID/images/*.png``, one image, and ``ID/masks/*.png``, one file an object. One
   class, ``class_name``.
2. Images and converted masks: ``images/NAME.jpg`` and ``masks/NAME.png`` or ``masks/NAME_REST.png``. A mask
   belongs to the longest image name that it begins with. ``class_from`` says where its class stands:

   - ``name``: in REST, without counters and hexadecimal ids at its end: ``a1_pumpkin_3.png`` and
     ``a1_pumpkin_0f3c21d8.png`` are pumpkins, ``a1_7.png`` is of ``class_name``;
   - ``folder``: in the folder, ``masks/pumpkin/a1_0.png``;
   - ``csv``: in ``masks.csv`` beside the two folders, columns ``mask`` (file name) and ``class``;
   - ``single``: all are of ``class_name``;
   - ``auto`` (default): csv if there is one, else folder if ``masks`` holds folders only, else name.

Options: ``class_name``, ``class_from``, ``images`` and ``masks`` (the folders' names), ``classes`` (to keep, in order).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from ..reading.classes import Classes, class_name_of
from ..reading.files import (
    by_stem,
    hidden,
    images_in,
    inside,
    passed_over,
    read_csv,
    relative,
    require_folder,
)
from ..reading.frames import open_canvas
from ..reading.mask_files import mask_files, read_mask
from ..reading.peek import files, has_folders
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths

CLASS_FROM = ("auto", "name", "folder", "csv", "single")
COUNTER = re.compile(r"\d+|(?=[0-9a-f]*\d)[0-9a-f]{6,}", re.IGNORECASE)  # 3, 0f3c21d8; not "facade"


class _Image(NamedTuple):
    path: Path
    masks: list[tuple[Path, str]]  # with their class names


class MaskFolder(Reader):
    """Images with one mask file an object, in either layout."""

    def __init__(
        self,
        path: str,
        class_name: str = "object",
        class_from: str = "auto",
        images: str = "images",
        masks: str = "masks",
        classes: tuple[str, ...] = (),
    ) -> None:
        self.root = require_folder(Path(path), "a folder of images with masks")
        if class_from not in CLASS_FROM:
            raise ValueError(f"wanted class_from {', '.join(CLASS_FROM)}, received {class_from!r}")
        self._findings: list[Finding] = []
        self._folders = images, masks
        if inside(self.root, images).is_dir():
            self._images = self._read_shared_folders(class_name, class_from)
        else:
            self._images = self._read_own_folders(class_name)
        counts = Counter(name for image in self._images for _, name in image.masks)
        self._classes = Classes(counts or Counter({class_name: 0}), classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(masks)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        if has_folders(path, "images", "masks") and not files(
            path, "**/*annotations-object-segmentation.csv"
        ):
            return "a folder of masks"
        below = (folder for folder in sorted(path.glob("*/"))[:8]) if path.is_dir() else ()
        return "folders of masks" if any(has_folders(folder, "images", "masks") for folder in below) else ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return which files have no partner."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._images[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and its masks, in the order of their names."""
        image = self._images[index]
        canvas, found = open_canvas(image.path, relative(image.path, self.root))
        truths = Truths(canvas)
        truths.findings += found
        for path, name in image.masks:
            class_id = self._classes.id(name)
            if class_id is not None:
                add_mask_file(truths, path, relative(path, self.root), class_id)
        return truths.sample(self.source(index))

    def _read_own_folders(self, class_name: str) -> list[_Image]:
        """Return the images of layout 1, one a folder."""
        kept = []
        folders = sorted(entry for entry in self.root.iterdir() if entry.is_dir() and not hidden(entry))
        for folder in folders:
            images, masks = (folder / name for name in self._folders)
            found = images_in(images) if images.is_dir() else []
            if len(found) != 1:
                detail = f"wanted one image in {images.name}/, found {len(found)}; the folder is left out"
                self._find(
                    "missing-image" if not found else "duplicate-name", relative(folder, self.root), detail
                )
            elif not masks.is_dir():
                detail = f"there is no folder {masks.name}/ beside its own; the image is left out"
                self._find("missing-mask", relative(found[0], self.root), detail)
            else:
                kept.append(_Image(found[0], [(path, class_name) for path in mask_files(masks)]))
        if not folders:
            raise ValueError(
                f"{self.root}: wanted images/ and masks/, or folders that hold them; received neither"
            )
        return kept

    def _read_shared_folders(self, class_name: str, class_from: str) -> list[_Image]:
        """Return the images of layout 2."""
        images, masks = (inside(self.root, name) for name in self._folders)
        stems, found = by_stem(images_in(images), self.root)
        files = mask_files(require_folder(masks, "a folder of masks"))
        self._findings += [*found, *passed_over(images, self.root), *passed_over(masks, self.root)]
        kept = {stem: _Image(path, []) for stem, path in stems.items()}
        listed = self._read_list() if class_from in ("auto", "csv") else None
        if class_from == "csv" and listed is None:
            raise ValueError(f"{self.root}: wanted masks.csv with the columns mask and class, received none")
        if listed is not None:
            class_from = "csv"
        elif class_from == "auto":
            class_from = "folder" if files and all(path.parent != masks for path in files) else "name"
        for path in files:
            stem, name = owner(path.stem, kept.keys()), class_name
            if stem is None:
                self._find("missing-image", relative(path, self.root), "no image has its name; left out")
                continue
            if class_from == "csv":
                name = (listed or {}).get(path.name) or ""
            elif class_from == "folder":
                name = path.parent.name
            elif class_from == "name":
                name = class_in(path.stem[len(stem) :]) or class_name
            if name:
                kept[stem].masks.append((path, name))
            else:
                self._find("empty-class", relative(path, self.root), "has no class in masks.csv; left out")
        return list(kept.values())

    def _read_list(self) -> dict[str, str | None] | None:
        """Return class names by mask file name, from masks.csv; None if there is none."""
        path = self.root / "masks.csv"
        if not path.is_file():
            return None
        result: dict[str, str | None] = {}
        for line, row in read_csv(path):
            fields = {key.strip().lower(): value for key, value in row.items()}
            if not {"mask", "class"} <= fields.keys():
                raise ValueError(f"{path}: wanted the columns mask and class, received {', '.join(fields)}")
            name = Path(fields["mask"].replace("\\", "/")).name
            if name in result:
                self._find(
                    "duplicate-key",
                    f"{path.name}:{line}",
                    f"{name} is listed twice; the last line counts",
                    "warning",
                )
            result[name] = class_name_of(fields["class"])
        return result

    def _find(self, kind: str, file: str, detail: str, severity: str = "error") -> None:
        self._findings.append(Finding(kind, severity, file, detail))


def add_mask_file(truths: Truths, path: Path, name: str, class_id: int) -> None:
    """Add the object of a mask file to an image, or say why not."""
    try:
        mask, doubt = read_mask(path)
    except ValueError as error:
        return truths.drop("unreadable-mask", f"{name}: {error}; left out")
    fit = truths.fit_mask((mask.shape[0], mask.shape[1]), name)
    if fit is not None:
        if doubt:
            truths.warn("grey-mask", f"{name} {doubt}")
        truths.add_mask(mask, fit, class_id, name)


def owner(stem: str, images: Container[str]) -> str | None:
    """Return the longest image name that a mask's stem is, or begins with before an underscore."""
    while stem:
        if stem in images:
            return stem
        stem = stem.rpartition("_")[0]
    return None


def class_in(rest: str) -> str:
    """Return the class in what follows an image's name: ``_pumpkin_3`` -> ``pumpkin``; "" if there is none."""
    words = [word for word in rest.split("_") if word]
    while words and COUNTER.fullmatch(words[-1]):
        words.pop()
    return "_".join(words)
