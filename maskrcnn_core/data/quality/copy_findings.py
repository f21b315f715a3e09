"""Copies among the images of a data set, and of a part's images in another part, as findings.

Inputs: readers, and looks by index. Outputs: findings, each with the image that it is a copy of. A copy within a set
counts twice in training; one in the part for validation makes its figures too good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ..reading.files import relative
from ..reading.reader import Finding, Reader
from .looks import look_of
from .near_copies import Copy, near_copies


def name_in(reader: Reader, index: int) -> str:
    """Return the name of an image, as seen from the reader's ``root`` where it has one."""
    root = getattr(reader, "root", None)
    return relative(Path(reader.source(index)), root) if root else reader.source(index)


def copies_within(reader: Reader, looks: Mapping[int, bytes]) -> Iterator[Finding]:
    """Yield the images of ``reader`` that are copies of one before them."""
    places = list(looks)
    for copy in near_copies(list(looks.values())):
        image, of = name_in(reader, places[copy.image]), name_in(reader, places[copy.of])
        if copy.same_pixels:
            yield Finding("duplicate-image", "warning", image, f"has the same pixels as {of}")
        else:
            yield Finding("near-copy", "warning", image, f"is nearly {of}: {copy.how}")


def copies_between(
    reader: Reader, looks: Mapping[int, bytes], other: Reader, progress: Callable[[int], None]
) -> Iterator[Finding]:
    """Yield the images of ``other`` that are among those of ``reader``, exactly or nearly.

    progress: called with the number of images of ``other`` read so far.
    """
    theirs = _looks(other, progress)
    ours, places = list(looks), list(theirs)
    for copy in near_copies(list(theirs.values()), list(looks.values())):
        yield _in_both(copy, name_in(reader, ours[copy.of]), name_in(other, places[copy.image]))


def _looks(reader: Reader, progress: Callable[[int], None]) -> dict[int, bytes]:
    """Return the looks of a reader's images; what cannot be read is its own check's to say."""
    looks = {}
    for index in range(len(reader)):
        with suppress(ValueError, OSError):
            looks[index] = look_of(reader.read(index)[0].image)
        progress(index + 1)
    return looks


def _in_both(copy: Copy, ours: str, theirs: str) -> Finding:
    kind = "in-both-parts" if copy.same_pixels else "nearly-in-both-parts"
    return Finding(kind, "warning", ours, f"{theirs} of the other part is a copy of it: {copy.how}")
