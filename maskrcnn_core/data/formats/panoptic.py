"""COCO panoptic: one json, and beside it a folder of PNGs whose colours number the segments.

Inputs: ``panoptic_SPLIT.json`` beside ``panoptic_SPLIT/`` (the PNGs), and the images. Outputs: samples of the things;
stuff (``isthing`` 0: sky, grass) is no object and left out. Pixels of no segment are void: neither learnt nor a place
where a detection is a mistake.

Options: ``images`` (the folder of images, or ``PREFIX=FOLDER``), ``masks`` (the folder of PNGs), ``classes`` (names to
keep, in this order).
Source: https://cocodataset.org/#format-data, panoptic segmentation
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...files.values import shorten
from ..reading.classes import Classes, class_name_of
from ..reading.files import image_folder, is_file, locate, read_json, relative, require_folder
from ..reading.mask_files import read_ids
from ..reading.peek import any_holds, files
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from ..reading.truths import with_numbers
from .coco_layout import Id, find_images, id_of

LARGEST_ID = 1 << 24


class _Image(NamedTuple):
    path: Path
    segments_file: Path
    segments: list[tuple[int, str | None, bool]]  # id, class name (None = stuff), is_crowd


class Panoptic(Reader):
    """A json of COCO panoptic."""

    def __init__(self, path: str, images: str = "", masks: str = "", classes: tuple[str, ...] = ()) -> None:
        self.path = _find_json(Path(path))
        content, self._findings = read_json(self.path)
        if not isinstance(content, dict) or not all(
            isinstance(content.get(part), list) for part in ("images", "annotations", "categories")
        ):
            raise ValueError(
                f"{self.path}: wanted COCO panoptic (lists images, annotations, categories), received none"
            )
        self.root, self._prefix = (
            image_folder(images) if images else (find_images(self.path, content["images"]), "")
        )
        self._masks = require_folder(
            Path(masks) if masks else self.path.with_suffix(""), "the folder of PNGs"
        )
        names = self._read_categories(content["categories"])
        self._images = self._read_images(content["images"], content["annotations"], names)
        counts: Counter[str] = Counter({name: 0 for name in names.values() if name})
        counts.update(name for image in self._images for _, name, _ in image.segments if name)
        self._classes = Classes(counts, classes, tuple(name for name in names.values() if name))
        self.class_names = self._classes.names
        self._findings += self._classes.findings(self.path.name)

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return what the path looks like, "" if it is none of this format."""
        found = files(path, "panoptic_*.json", "annotations/panoptic_*.json", "*.json")
        return "COCO panoptic" if any_holds(found, '"segments_info"') else ""

    def __len__(self) -> int:
        return len(self._images)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the json."""
        return self._findings

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._images[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and take its PNG apart, in the order of the segments."""
        image = self._images[index]
        file = image.segments_file
        truths, ids, fit = with_numbers(
            image.path, self.root, file, file.name, read_ids, "the PNG of segments"
        )
        for number, name, is_crowd in image.segments:
            class_id = self._classes.id(name) if name else None
            if class_id is not None:
                truths.add_mask(ids == number, fit, class_id, f"segment {number}", is_crowd)
        known = [0, *(number for number, _, _ in image.segments)]
        strangers = np.setdiff1d(ids, known)
        if strangers.size:
            detail = (
                f"{strangers.size} ids of the PNG are not in the json, such as {strangers[0]}; taken as void"
            )
            truths.warn("unknown-segment", detail)
        truths.add_void((ids == 0) | np.isin(ids, strangers), fit, "void")
        return truths.sample(self.source(index))

    def _read_categories(self, categories: list[Any]) -> dict[Id, str | None]:
        """Return names by category id in the order of the ids; None for stuff."""
        names: dict[Id, str | None] = {}
        for one in categories:
            key = id_of(one, "id")
            name = class_name_of(one.get("name")) if isinstance(one, dict) else None
            if key is None or name is None or key in names:
                self._find(
                    "empty-class", f"a category has no id of its own or no name: {shorten(one)}; left out"
                )
            else:
                names[key] = None if one.get("isthing") in (0, False, "0") else name
        if names and not any(isinstance(one, dict) and "isthing" in one for one in categories):
            detail = (
                "no category says isthing, by which sky and grass are known: all are taken as things; choose with "
                "?classes=NAME,NAME"
            )
            self._findings.append(Finding("stuff", "warning", self.path.name, detail))
        return dict(sorted(names.items(), key=lambda item: (isinstance(item[0], str), item[0])))

    def _read_images(
        self, images: list[Any], annotations: list[Any], names: dict[Id, str | None]
    ) -> list[_Image]:
        """Return the images with a PNG of segments; an image without an annotation has none to learn from."""
        paths: dict[Id, Path | None] = {}
        for one in images:
            key = id_of(one, "id")
            if key is None or key in paths:
                self._find("bad-id", f"an image has no id of its own: {shorten(one)}; left out")
                continue
            paths[key], found = locate(self.root, one.get("file_name"), self.path.name, prefix=self._prefix)
            self._findings += found
        kept: dict[Id, _Image] = {}
        for one in annotations:
            key = id_of(one, "image_id")
            if key is None or key not in paths or key in kept:
                problem = "is a second of its image" if key in kept else "names no image"
                self._find("unknown-image", f"an annotation {problem}: {shorten(one)}; left out")
                continue
            file, found = locate(self._masks, one.get("file_name"), self.path.name)
            path = paths[key]
            if file is None:
                self._findings += [Finding("missing-mask", "error", f.file, f.detail) for f in found]
            elif path is not None:
                kept[key] = _Image(path, file, self._segments(one.get("segments_info"), names))
        for key, path in paths.items():
            if path is not None and key not in kept:
                self._find("missing-mask", f"{relative(path, self.root)} has no PNG of segments; left out")
        return list(kept.values())

    def _segments(self, segments: Any, names: dict[Id, str | None]) -> list[tuple[int, str | None, bool]]:
        """Return id, class name and crowd of each segment; say which have none."""
        kept = []
        for one in segments if isinstance(segments, list) else [segments]:
            number, category = id_of(one, "id"), id_of(one, "category_id")
            if not isinstance(number, int) or not 0 < number < LARGEST_ID or category is None:
                self._find("bad-id", f"a segment has no id or no category: {shorten(one)}; left out")
            elif category not in names:
                self._find("empty-class", f"a segment names no category: {shorten(one)}; left out")
            else:
                kept.append((number, names[category], one.get("iscrowd") in (1, True, "1")))
        return kept

    def _find(self, kind: str, detail: str) -> None:
        self._findings.append(Finding(kind, "error", self.path.name, detail))


def _find_json(path: Path) -> Path:
    """Return the json that ``path`` is or holds."""
    if is_file(path):
        return path
    require_folder(path, "a json of COCO panoptic or the folder that holds it")
    found = files(path, "panoptic_*.json", "annotations/panoptic_*.json")
    if len(found) != 1:
        names = ", ".join(relative(one, path) for one in found[:8]) or "none"
        raise ValueError(f"wanted one panoptic_*.json in {path}, received {names}: name it")
    return found[0]
