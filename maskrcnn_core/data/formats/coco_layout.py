"""Where a COCO data set keeps its json and its images, and its ids: COCO's own layout, Roboflow's, one flat folder.

Source: https://cocodataset.org/#download (``annotations/instances_SPLIT.json`` beside ``SPLIT/``).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ...files.values import shorten
from ..reading.files import locate, relative, require_folder

Id = int | str
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)


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


def find_images(path: Path, images: list[Any]) -> Path:
    """Return the folder that images of a json are in: the first usual place that holds one of them."""
    names = [str(image.get("file_name")) for image in images if isinstance(image, dict)][:20]
    split, parent = path.stem.removeprefix("instances_").removeprefix("panoptic_"), path.parent
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


def id_of(part: Any, key: str) -> Id | None:
    """Return an id, a whole number or text; None for anything else. A number written as text is that number."""
    value = part.get(key) if isinstance(part, dict) else None
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):  # some programs write every number as text
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
