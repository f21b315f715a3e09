"""Where a COCO data set keeps its json and its pictures: COCO's own layout, Roboflow's, and one flat folder.

Source: https://cocodataset.org/#download (``annotations/instances_SPLIT.json`` beside ``SPLIT/``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...files.values import shorten
from ..reading.files import locate, relative, require_folder


def find_json(path: Path, split: str) -> Path:
    """Return the json that ``path`` is or holds; raise ValueError where that is not one."""
    if path.is_file():
        return path
    require_folder(path, "a COCO json or the folder that holds annotations/")
    found = sorted(path.glob("annotations/instances_*.json")) or sorted(
        {*path.glob("*.json"), *path.glob("*/*.json")}
    )
    if split:
        found = [one for one in found if split in (one.stem.removeprefix("instances_"), one.parent.name)]
    if len(found) != 1:
        names = ", ".join(relative(one, path) for one in found[:8]) or "none"
        raise ValueError(
            f"wanted one json in {path}{f' for split {split}' if split else ''}, received {names}: name it"
        )
    return found[0]


def find_pictures(path: Path, images: list[Any]) -> Path:
    """Return the folder that pictures of a json are in: the first usual place that holds one of them."""
    names = [str(image.get("file_name")) for image in images if isinstance(image, dict)][:20]
    split, parent = path.stem.removeprefix("instances_"), path.parent
    folders = [parent, *(parent.parent / part for part in (split, f"images/{split}", "images", ""))]
    for folder in dict.fromkeys(Path(os.path.normpath(folder)) for folder in folders):
        if any(locate(folder, name, path.name)[0] for name in names):
            return folder
    if not names:
        return parent
    tried = ", ".join(map(str, folders))
    raise ValueError(
        f"{path}: wanted the folder of {shorten(names[0])}, found it in none of {tried}: say ?images=FOLDER"
    )
