"""Peek: what a file or folder looks like, told without reading it whole.

Inputs: a path that a user gave. Outputs: whether words stand in a file, and which files a folder holds. Why: a file in
another format than the one asked for is told what it is, and ``auto:`` finds the reader.
"""

from __future__ import annotations

import mmap
from itertools import islice
from pathlib import Path

LOOKED_AT = 1 << 28  # bytes of a file
LISTED = 2000  # files of a folder


def holds(path: Path, *words: str) -> bool:
    """Tell whether all ``words`` stand in the file."""
    try:
        if not path.is_file() or not path.stat().st_size:
            return False
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return all(content.find(word.encode(), 0, LOOKED_AT) >= 0 for word in words)
    except (OSError, ValueError):
        return False


def files(path: Path, *patterns: str) -> list[Path]:
    """Return ``path`` if it is a file that fits a pattern's ending, or the first files in it that fit one."""
    if path.is_file():
        return [path] if any(path.match(pattern.rpartition("/")[2]) for pattern in patterns) else []
    if not path.is_dir():
        return []
    found = (file for pattern in patterns for file in sorted(islice(path.glob(pattern), LISTED)))
    return [file for file in found if not file.name.startswith(".")]


def any_holds(found: list[Path], *words: str) -> bool:
    """Tell whether one of the first files holds all ``words``."""
    return any(holds(file, *words) for file in found[:8])


def has_folders(path: Path, *names: str) -> bool:
    """Tell whether ``path`` holds all these folders."""
    return all((path / name).is_dir() for name in names)
