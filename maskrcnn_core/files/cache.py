"""The project's cache folder: fetched files, stored samples, and what was measured on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return MASKRCNN_CACHE, or the system's place for caches; needs no library, since every start asks."""
    chosen = os.environ.get("MASKRCNN_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "maskrcnn/maskrcnn/Cache"
        )
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/maskrcnn"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maskrcnn"
