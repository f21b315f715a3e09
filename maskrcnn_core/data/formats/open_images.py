"""Open Images V5 to V7: images, a csv of classes, a csv of masks, and one PNG a mask.

Inputs: a folder with, anywhere below it,

- ``*class-descriptions*.csv``: codes and display names (``/m/0hpc``, ``Pumpkin``), with a header or without;
- ``SPLIT-annotations-object-segmentation.csv``: MaskPath, ImageID, LabelName, BoxID …; where it is absent, masks are
  known by their names alone, ``IMAGEID_LABEL_BOX.png`` with the code's slashes left out (``m0hpc``);
- the PNGs, in one folder or spread over several (``train-masks-0`` …), stored at sizes of their own and resized here;
- the images, ``IMAGEID.jpg``.

Outputs: samples of the classes chosen by display name or code. An image without a mask of these is left out unless
``empty=keep``: in Open Images no mask does not mean no object.

Options: ``classes`` (display names or codes, in this order; all with masks if absent), ``split`` (train, validation,
test), ``images`` and ``masks`` (the folders), ``empty`` (drop or keep).
Source: https://storage.googleapis.com/openimages/web/download_v7.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ...files.suggestions import unknown
from ...files.values import shorten
from ..reading.classes import BACKGROUND
from ..reading.files import by_stem, images_in, inside, passed_over, read_csv, relative, require_folder
from ..reading.frames import open_canvas
from ..reading.peek import files
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import Truths
from .mask_folder import add_mask_file

SPLITS = ("train", "validation", "test")
SEGMENTATION = "annotations-object-segmentation.csv"


class _Mask(NamedTuple):
    file: str  # name of the PNG
    image_id: str
    code: str  # of the class, without slashes
    said_by: str  # csv and line, or the file itself


class OpenImages(Reader):
    """A folder in the layout of Open Images."""

    def __init__(
        self,
        path: str,
        classes: tuple[str, ...] = (),
        split: str = "",
        images: str = "",
        masks: str = "",
        empty: str = "drop",
    ) -> None:
        self.root = require_folder(Path(path), "a folder of Open Images")
        if empty not in ("drop", "keep"):
            raise ValueError(f"wanted empty drop or keep, received {empty!r}")
        self._findings: list[Finding] = []
        self.split = split or self._guess_split()
        self._lists = sorted(
            self.root.rglob(f"*{self.split}-{SEGMENTATION}" if self.split else f"*{SEGMENTATION}")
        )
        self._files: dict[str, Path] = {}
        codes, described = self._choose(classes, masks)
        self.class_names = (BACKGROUND, *codes.values())
        self._class_ids = {code: index for index, code in enumerate(codes, start=1)}
        self._images = self._read_images(images, described, keep=empty == "keep")

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        return "Open Images" if files(path, f"**/*{SEGMENTATION}") else ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return which files are missing and what was left out."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._images[index][0])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and its masks, in the order of the csv."""
        path, masks = self._images[index]
        canvas, found = open_canvas(path, relative(path, self.root))
        truths = Truths(canvas)
        for mask in masks:
            file = self._files[mask.file]
            add_mask_file(truths, file, relative(file, self.root), self._class_ids[mask.code])
        # Masks are stored at other sizes as a rule: nothing that a person has to look at.
        truths.findings[:] = found + [one for one in truths.findings if (one.kind, one.severity) != RESIZED]
        return truths.sample(self.source(index))

    def _guess_split(self) -> str:
        """Return the only part that is there; raise ValueError if there is a choice."""
        lists = [split for split in SPLITS if list(self.root.rglob(f"*{split}-{SEGMENTATION}"))]
        folders = [
            split for split in SPLITS if any((self.root / part / split).is_dir() for part in (".", "images"))
        ]
        found = lists or folders
        if len(found) > 1:
            raise ValueError(f"{self.root}: wanted one split, found {', '.join(found)}: choose with ?split=")
        return found[0] if found else ""

    def _folder(self, named: str, usual: tuple[str, ...]) -> Path:
        """Return the folder asked for, or the first usual one that is there."""
        if named:
            return require_folder(inside(self.root, named), "a folder")
        return next(folder for folder in (self.root / name for name in usual) if folder.is_dir())

    def _read_names(self) -> dict[str, str]:
        """Return display names by code without slashes."""
        names: dict[str, str] = {}
        for file in sorted(self.root.rglob("*class-descriptions*.csv")):
            for _, row in read_csv(file, ("code", "name")):
                if row["code"] != "LabelName" and row["code"] and row["name"]:
                    names[bare(row["code"])] = row["name"]
        return names

    def _choose(self, wanted: tuple[str, ...], folder: str) -> tuple[dict[str, str], list[_Mask]]:
        """Return the display name of each chosen code, in class order, and the masks of these classes.

        Only masks of chosen classes are kept: the lists of Open Images name millions of others.
        """
        names = self._read_names()
        listed, listing = self._read_lists(), bool(self._lists)
        chosen = pick(wanted, names) if wanted and names else None
        masks = [mask for mask in listed if chosen is None or mask.code in chosen]
        others = self._index_files(folder, {mask.file for mask in masks} if listing else None)
        if others and not wanted:  # else most of them are of other classes
            detail = f"{others} PNGs among the masks stand in no csv: passed over"
            self._find("passed-over", "info", ".", detail)
        if not listing and not self._files:
            raise ValueError(f"{self.root}: wanted *{SEGMENTATION} or mask PNGs, found neither")
        if not listing:
            masks = [mask for mask in self._by_name() if chosen is None or mask.code in chosen]
        if chosen is None:
            used = {mask.code: names.get(mask.code, mask.code) for mask in masks}
            chosen = pick(wanted or tuple(sorted(used.values())), used)
        return chosen, [mask for mask in masks if mask.code in chosen]

    def _read_lists(self) -> Iterator[_Mask]:
        """Yield the masks that the csv files name."""
        for file in self._lists:
            for line, row in read_csv(file):
                if missing := {"MaskPath", "ImageID", "LabelName"} - row.keys():
                    raise ValueError(
                        f"{file}: wanted the columns MaskPath, ImageID, LabelName; {missing} not there"
                    )
                name, code = row["MaskPath"].replace("\\", "/").rpartition("/")[2], bare(row["LabelName"])
                yield _Mask(name, row["ImageID"], code, f"{relative(file, self.root)}:{line}")

    def _index_files(self, named: str, wanted: set[str] | None) -> int:
        """Find the mask files that are wanted, or all, in a folder and those below; return how many are not."""
        folder = self._folder(named, (f"masks/{self.split}", f"{self.split}/masks", "masks", "."))
        others = 0
        for file in folder.rglob("*.png"):
            if wanted is None or file.name in wanted:
                self._files[file.name] = file
            else:
                others += 1
        return 0 if folder == self.root else others  # which may hold images too

    def _by_name(self) -> Iterator[_Mask]:
        """Yield the masks that there are, by what their names say."""
        others = 0
        for name, file in sorted(self._files.items()):
            parts = file.stem.rsplit("_", 2)
            if len(parts) == 3:
                yield _Mask(name, parts[0], parts[1], relative(file, self.root))
            else:
                others += 1
        if others:
            detail = f"{others} PNGs are not called IMAGEID_LABEL_BOX.png, as masks are: passed over"
            self._find("passed-over", "info", ".", detail)

    def _read_images(self, images: str, masks: list[_Mask], keep: bool) -> list[tuple[Path, list[_Mask]]]:
        """Return the images with their masks of the chosen classes."""
        folder = self._folder(
            images, (f"images/{self.split}", f"{self.split}/images", self.split, "images", ".")
        )
        stems, found = by_stem(images_in(folder), self.root)
        found += passed_over(folder, self.root, besides=(".csv",))
        self._findings += found
        owned: dict[str, list[_Mask]] = {stem: [] for stem in stems}
        seen: set[str] = set()
        for mask in masks:
            if mask.file in seen:
                self._find(
                    "duplicate-key", "warning", mask.said_by, f"lists {shorten(mask.file)} again; once counts"
                )
            elif mask.image_id not in owned:
                detail = f"there is no image {shorten(mask.image_id)}; left out"
                self._find("missing-image", "error", mask.said_by, detail)
            elif mask.file not in self._files:
                detail = f"there is no mask {shorten(mask.file)}; left out"
                self._find("missing-mask", "error", mask.said_by, detail)
            else:
                owned[mask.image_id].append(mask)
            seen.add(mask.file)
        empty = sum(not own for own in owned.values())
        if empty and not keep:
            detail = (
                f"{empty} images have no mask of the chosen classes and are left out; ?empty=keep keeps them"
            )
            self._find("no-objects", "info", relative(folder, self.root), detail)
        return [(stems[stem], own) for stem, own in owned.items() if own or keep]

    def _find(self, kind: str, severity: str, file: str, detail: str) -> None:
        self._findings.append(Finding(kind, severity, file, detail))


RESIZED = ("size-mismatch", "warning")


def pick(wanted: tuple[str, ...], names: dict[str, str]) -> dict[str, str]:
    """Return the display names by code of the classes ``wanted``, each a display name or a code, in that order.

    Raises: ValueError for an unknown one, with the nearest names.
    """
    codes = {name.casefold(): code for code, name in sorted(names.items(), reverse=True)}
    chosen = {}
    for name in wanted:
        code = codes.get(name.casefold(), bare(name))
        if code not in names:
            raise ValueError(unknown(f"class {name!r}", names.values(), name))
        chosen[code] = names[code]
    return chosen


def bare(code: str) -> str:
    """Return a class code as mask files carry it: ``/m/0hpc`` -> ``m0hpc``."""
    return code.replace("/", "").strip()
