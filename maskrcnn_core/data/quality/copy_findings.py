"""Copies among the images and objects of a data set, and of a part's in another part, as findings.

Inputs: readers, and looks by index. Outputs: findings, each with what it is a copy of. A copy within a set counts twice
in training; one in the part for validation makes its figures too good. Objects of images that are copies as a whole are
not named again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ..reading.files import relative
from ..reading.reader import Finding, Reader
from .copied import Against, CopiedObjects, Looks, copied_objects
from .near_copies import Copy, near_copies


def name_in(reader: Reader, index: int) -> str:
    """Return the name of an image, as seen from the reader's ``root`` where it has one."""
    root = getattr(reader, "root", None)
    return relative(Path(reader.source(index)), root) if root else reader.source(index)


def copies_within(reader: Reader, looks: Looks, copies: Sequence[Copy]) -> Iterator[Finding]:
    """Yield the images of ``reader`` that are ``copies`` of one before them, then the objects."""

    def name(row: int) -> str:
        return name_in(reader, looks.places[row])

    for copy in copies:
        if copy.same_pixels:
            words = f"has the same pixels as {name(copy.of)}"
            yield Finding("duplicate-image", "warning", name(copy.image), words)
        else:
            words = f"is nearly {name(copy.of)}: {copy.how}"
            yield Finding("near-copy", "warning", name(copy.image), words)
    for one in copied_objects(looks, copies):
        words = f"objects are copies of those of {name(one.of)}: {one.how}"
        yield Finding("copied-object", "warning", name(one.image), words)


def copies_between(
    reader: Reader, ours: Against, other: Reader, progress: Callable[[int], None]
) -> Iterator[Finding]:
    """Yield the images of ``other`` that are among those of ``reader``, exactly or nearly, then the objects.

    ours: looks of ``reader``. progress: called with the number of images of ``other`` read so far.
    """
    theirs = _looks(other, progress)

    def names(copy: Copy | CopiedObjects) -> tuple[str, str]:
        return name_in(reader, ours.looks.places[copy.of]), name_in(other, theirs.places[copy.image])

    copies = near_copies(theirs.images, ours.looks.images)
    for copy in copies:
        yield _in_both(copy, *names(copy))
    for one in copied_objects(theirs, copies, ours):
        of, name = names(one)
        words = f"{name} of the other part has copies of its objects: {one.how}"
        yield Finding("object-in-both-parts", "warning", of, words)


def _looks(reader: Reader, progress: Callable[[int], None]) -> Looks:
    """Return the looks of a reader's images; what cannot be read is its own check's to say."""
    looks = Looks()
    for index in range(len(reader)):
        with suppress(ValueError, OSError):
            looks.add(index, reader.read(index)[0])
        progress(index + 1)
    return looks


def _in_both(copy: Copy, ours: str, theirs: str) -> Finding:
    kind = "in-both-parts" if copy.same_pixels else "nearly-in-both-parts"
    return Finding(kind, "warning", ours, f"{theirs} of the other part is a copy of it: {copy.how}")
