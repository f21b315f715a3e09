"""Folders of masks: one image file an object.

Enters: one of two layouts. Leaves: samples.

1. Nuclei (2018 Data Science Bowl): ``ID/images/*.png``, one picture, and ``ID/masks/*.png``, one file an object. One
   class, ``class_name``.
2. Pictures and converted masks: ``images/NAME.jpg`` and ``masks/NAME.png`` or ``masks/NAME_REST.png``. A mask
   belongs to the longest picture name that it begins with. ``class_from`` says where its class stands:

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
from ..reading.files import by_stem, hidden, inside, pictures_in, read_csv, relative, require_folder
from ..reading.frames import open_canvas
from ..reading.mask_files import mask_files, read_mask
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths

CLASS_FROM = ("auto", "name", "folder", "csv", "single")
COUNTER = re.compile(r"\d+|(?=[0-9a-f]*\d)[0-9a-f]{6,}", re.IGNORECASE)  # 3, 0f3c21d8; not "facade"


class _Picture(NamedTuple):
    path: Path
    masks: list[tuple[Path, str]]  # with their class names


class MaskFolder(Reader):
    """Pictures with one mask file an object, in either layout."""

    def __init__(
        self,
        path: str,
        class_name: str = "object",
        class_from: str = "auto",
        images: str = "images",
        masks: str = "masks",
        classes: tuple[str, ...] = (),
    ) -> None:
        self.root = require_folder(Path(path), "a folder of pictures with masks")
        if class_from not in CLASS_FROM:
            raise ValueError(f"wanted class_from {', '.join(CLASS_FROM)}, received {class_from!r}")
        self._findings: list[Finding] = []
        self._folders = images, masks
        if inside(self.root, images).is_dir():
            self._pictures = self._read_shared_folders(class_name, class_from)
        else:
            self._pictures = self._read_own_folders(class_name)
        counts = Counter(name for picture in self._pictures for _, name in picture.masks)
        self._classes = Classes(counts or Counter({class_name: 0}), classes)
        self.class_names = self._classes.names
        self._findings += self._classes.findings(masks)

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def findings(self) -> list[Finding]:
        """Return which files have no partner."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the picture's file."""
        return str(self._pictures[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode picture ``index`` and its masks, in the order of their names."""
        picture = self._pictures[index]
        canvas, found = open_canvas(picture.path, relative(picture.path, self.root))
        truths = Truths(canvas)
        truths.findings += found
        for path, name in picture.masks:
            class_id = self._classes.id(name)
            if class_id is not None:
                add_mask_file(truths, path, relative(path, self.root), class_id)
        return truths.sample(self.source(index))

    def _read_own_folders(self, class_name: str) -> list[_Picture]:
        """Return the pictures of layout 1, one a folder."""
        pictures = []
        folders = sorted(entry for entry in self.root.iterdir() if entry.is_dir() and not hidden(entry))
        for folder in folders:
            images, masks = (folder / name for name in self._folders)
            found = pictures_in(images) if images.is_dir() else []
            if len(found) != 1:
                detail = f"wanted one picture in {images.name}/, found {len(found)}; the folder is left out"
                self._find(
                    "missing-picture" if not found else "duplicate-name", relative(folder, self.root), detail
                )
            elif not masks.is_dir():
                detail = f"there is no folder {masks.name}/ beside its own; the picture is left out"
                self._find("missing-mask", relative(found[0], self.root), detail)
            else:
                pictures.append(_Picture(found[0], [(path, class_name) for path in mask_files(masks)]))
        if not folders:
            raise ValueError(
                f"{self.root}: wanted images/ and masks/, or folders that hold them; received neither"
            )
        return pictures

    def _read_shared_folders(self, class_name: str, class_from: str) -> list[_Picture]:
        """Return the pictures of layout 2."""
        images, masks = (inside(self.root, name) for name in self._folders)
        stems, found = by_stem(pictures_in(images), self.root)
        self._findings += found
        pictures = {stem: _Picture(path, []) for stem, path in stems.items()}
        files = mask_files(require_folder(masks, "a folder of masks"))
        listed = self._read_list() if class_from in ("auto", "csv") else None
        if class_from == "csv" and listed is None:
            raise ValueError(f"{self.root}: wanted masks.csv with the columns mask and class, received none")
        if listed is not None:
            class_from = "csv"
        elif class_from == "auto":
            class_from = "folder" if files and all(path.parent != masks for path in files) else "name"
        for path in files:
            stem, name = owner(path.stem, pictures.keys()), class_name
            if stem is None:
                self._find("missing-picture", relative(path, self.root), "no picture has its name; left out")
                continue
            if class_from == "csv":
                name = (listed or {}).get(path.name) or ""
            elif class_from == "folder":
                name = path.parent.name
            elif class_from == "name":
                name = class_in(path.stem[len(stem) :]) or class_name
            if name:
                pictures[stem].masks.append((path, name))
            else:
                self._find("empty-class", relative(path, self.root), "has no class in masks.csv; left out")
        return list(pictures.values())

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
    """Add the object of a mask file to a picture, or say why not."""
    try:
        mask, doubt = read_mask(path)
    except ValueError as error:
        return truths.drop("unreadable-mask", f"{name}: {error}; left out")
    fit = truths.fit_mask((mask.shape[0], mask.shape[1]), name)
    if fit is not None:
        if doubt:
            truths.warn("grey-mask", f"{name} {doubt}")
        truths.add_mask(mask, fit, class_id, name)


def owner(stem: str, pictures: Container[str]) -> str | None:
    """Return the longest picture name that a mask's stem is, or begins with before an underscore."""
    while stem:
        if stem in pictures:
            return stem
        stem = stem.rpartition("_")[0]
    return None


def class_in(rest: str) -> str:
    """Return the class in what follows a picture's name: ``_pumpkin_3`` -> ``pumpkin``; "" if there is none."""
    words = [word for word in rest.split("_") if word]
    while words and COUNTER.fullmatch(words[-1]):
        words.pop()
    return "_".join(words)
