"""HDF5's heaps of texts, looked at before HDF5 does.

HDF5 keeps texts of variable length in "global heap collections" and walks one object by object. Version 1.14 walks
without end where a damaged object claims no length, and nothing can interrupt it, so that a few wrong bytes stop the
whole program. This walks them first.
Source: HDF5 File Format Specification 3.0, sections II.A (superblock) and III.E (global heap).
"""

from __future__ import annotations

import mmap
from functools import lru_cache
from pathlib import Path

SIGNATURE = b"\x89HDF\r\n\x1a\n"
HEAP = b"GCOL\x01"  # with its version
HEADER = 16  # bytes, of a collection and of an object in it
WIDTH = 8  # bytes of lengths; other widths are allowed and never used


class DamageError(ValueError):
    """A file whose bytes make no sense to HDF5."""


def longest_text(path: Path) -> int:
    """Return the bytes of the longest text in a file's heaps. Raises: DamageError for a heap that is not sound."""
    state = path.stat()
    longest = _longest(path, state.st_mtime_ns, state.st_size)
    if longest is None:
        raise DamageError("the list of texts is damaged")
    return longest


@lru_cache(maxsize=16)
def _longest(path: Path, modified_ns: int, size: int) -> int | None:
    """Return the length of the longest object in all heaps, None for damage; remembered while the file is the same."""
    longest = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:8] != SIGNATURE or content[_place_of_width(content[8])] != WIDTH:
            return None
        start = content.find(HEAP)
        while start >= 0:
            lengths = _lengths(content, start)
            if lengths is None:
                return None
            longest = max(longest, *lengths, 0)
            start = content.find(HEAP, start + 1)
    return longest


def _place_of_width(version: int) -> int:
    """Return where the superblock of a version gives the width of lengths."""
    return 14 if version < 2 else 10


def _lengths(content: mmap.mmap, start: int) -> list[int] | None:
    """Walk the collection at byte ``start``: each object has a length and ends inside, else None."""
    lengths = []
    end = start + _number(content, start + 8, 8)
    if not start + HEADER <= end <= len(content):
        return None
    place = start + HEADER
    while place + HEADER <= end:
        length = _number(content, place + 8, 8)
        is_free = _number(content, place, 2) == 0  # free space counts its own header, and is not padded
        step = length if is_free else HEADER + (length + 7) // 8 * 8
        if not 0 < step <= end - place:
            return None
        lengths.append(length)
        place += step
    return lengths


def _number(content: mmap.mmap, place: int, width: int) -> int:
    return int.from_bytes(content[place : place + width], "little")
