"""Which files are videos, by their names: nothing is opened, and no library is needed."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".3gp", ".ogv"),
        *(".mpg", ".mpeg", ".mts", ".m2ts", ".ts", ".vob", ".mxf", ".y4m"),
    }
)
SHOWN = 3  # names in a sentence


def is_video(path: str | Path) -> bool:
    """Tell whether a file is a video by the ending of its name."""
    return Path(path).suffix.lower() in SUFFIXES


def said_of_videos(folder: Path) -> str:
    """Return what to do with the videos that a search of ``folder`` for images passes over; "" where there is none."""
    found = sorted(
        entry
        for entry in folder.rglob("*")
        if is_video(entry)
        and not any(part.startswith(".") for part in entry.relative_to(folder).parts)
        and entry.is_file()
    )
    if not found:
        return ""
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    names = ", ".join(str(path.relative_to(folder)) for path in found[:SHOWN])
    are = f"{len(found)} of them are videos" if len(found) > 1 else "one of them is a video"
    return f"{are} ({names}{more}); give a video by its name: maskrcnn detect {found[0]} ..."
