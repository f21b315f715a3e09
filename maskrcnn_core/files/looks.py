"""How files look from outside, and notes in the user's cache by which a file is known again without being read.

Inputs: a file, or the name of a list of notes. Outputs: the file's look; the text that was noted of each look. Whatever
is wrong with the cache, its notes count as empty, and what cannot be noted is not: it is found anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from .cache import cache_folder

MOST = 500  # files; the oldest are forgotten
LONGEST = 2**18  # bytes; a longer list is not ours


class Look(NamedTuple):
    """A file from outside. Any change of its content changes it, also one that sets the time of change back.

    On Windows that one is not seen: what is called ctime there is the time of creation.
    """

    device: int
    inode: int
    size: int
    changed_ns: int
    touched_ns: int  # of content or state, which no program can set


def look_at(path: Path) -> Look:
    """Return how a file looks from outside."""
    return look_of(path.stat())


def look_of(state: os.stat_result) -> Look:
    """Return how a file looks of which the system tells ``state``."""
    return Look(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def read_notes(name: str, checks: Any) -> dict[Look, str]:
    """Return what the list ``name`` in the cache holds; nothing that was found by other ``checks``, a JSON value."""
    try:
        with (cache_folder() / name).open(encoding="utf-8") as file:
            content = json.loads(file.read(LONGEST))
        if content["checks"] != checks:
            return {}
        return {Look(*map(int, look)): str(noted) for *look, noted in content["files"]}
    # RuntimeError: a user without a home
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError, RuntimeError):
        return {}


def note(name: str, checks: Any, look: Look, text: str) -> None:
    """Add ``text`` of a file to the list ``name`` in the cache, where that can be written."""
    entries = [*(read_notes(name, checks) | {look: text}).items()][-MOST:]
    content = {"checks": checks, "files": [[*look, text] for look, text in entries]}
    try:
        notes = cache_folder() / name
        notes.parent.mkdir(parents=True, exist_ok=True)
        part = notes.with_name(f"{name}.{os.getpid()}")
        try:
            part.write_text(json.dumps(content) + "\n", encoding="utf-8")
            # not forced onto the disk, which may take seconds: what is lost is found anew
            os.replace(part, notes)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        return
