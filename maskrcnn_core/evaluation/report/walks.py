"""The command that shows an image stage by stage, for pages and reports to print.

Inputs: an image's path as a data set names it. Outputs: a command to copy, and the page that it writes.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

NO_IMAGES = (".json", ".xml")  # annotations that hold their image or name it; `maskrcnn walk` wants the image


class Walk(NamedTuple):
    """A command for the folder in which the page was made, and the page it writes, relative to that page."""

    command: str
    page: str


def walk_of(
    image: str,
    page: Path,
    weights: str,
    config_file: str | None,
    truth: Sequence[str] = (),
    depth: int | None = None,
) -> Walk | None:
    """Return the walk of ``image``, written to ``page``, or None where there is no file to show.

    There is none for an image made by a program (``shapes:``), nor for a name with control characters, which a
    terminal that it is pasted into would obey.
    """
    path = Path(image)
    parts = ["maskrcnn", "walk", _as_path(image), "--output", _as_path(str(page)), "--weights", weights]
    parts += ["--config", config_file] if config_file else []
    parts += ["--depth", str(depth)] if depth else []
    parts += [part for one in truth for part in ("--truth", one)]
    if path.suffix.lower() in NO_IMAGES or not path.is_file() or not all(map(str.isprintable, parts)):
        return None
    return Walk(shlex.join(parts), page.name)


def walks_of(
    images: Iterable[str], folder: Path, weights: str, config_file: str | None, depth: int | None = None
) -> dict[str, Walk]:
    """Return the walks of ``images`` by name, as numbered pages in ``folder``."""
    found = {}
    for number, image in enumerate(dict.fromkeys(images), start=1):
        walk = walk_of(image, folder / f"walk_{number}.html", weights, config_file, depth=depth)
        if walk is not None:
            found[image] = walk
    return found


def _as_path(name: str) -> str:
    """Return ``name`` so that no command takes it for an option."""
    return os.path.join(".", name) if name.startswith("-") else name
