"""A part of a data set, by name: what to train on and what to keep for validation, listed in a text file.

Any data set takes ``?only=NAMES.txt`` or ``?without=NAMES.txt``: a file with the name of an image a line,
without folder and ending. Lines that begin with # are remarks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .files import relative
from .reader import Finding, Reader
from .sample import Sample
from .wrapped import Wrapped

MAX_BYTES = 2**26  # of a list of names: two million


class Subset(Wrapped):
    """The samples ``indices`` of another reader."""

    def __init__(self, reader: Reader, indices: Sequence[int], found: Sequence[Finding] = ()) -> None:
        """Take the samples ``indices``; ``found`` says what was wrong with the others."""
        super().__init__(reader)
        self.indices, self._found = list(indices), list(found)
        if hasattr(reader, "image_ids"):
            self.image_ids = tuple(reader.image_ids[index] for index in self.indices)

    def __len__(self) -> int:
        return len(self.indices)

    def source(self, index: int) -> str:
        """Return the whole set's name of the image."""
        return self.reader.source(self.indices[index])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode the image by the whole set's reader."""
        return self.reader.read(self.indices[index])

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the whole set's index."""
        return [*self.reader.findings, *self._found]


def one_a_file(reader: Reader, said: Sequence[Finding] = ()) -> Reader:
    """Return ``reader`` without the samples that share an image file, with a finding for each such file, and ``said``.

    Two sets of objects on one file: at least one belongs to another image, or each lacks what the other has.
    """
    owners: dict[str, list[int]] = {}
    for index in range(0 if reader.repeats_files else len(reader)):
        owners.setdefault(os.path.normpath(reader.source(index)), []).append(index)
    shared = {path: own for path, own in owners.items() if len(own) > 1 and os.path.isfile(path)}
    if not shared and not said:
        return reader
    root = getattr(reader, "root", None)
    found = [_shared(path, len(own), root) for path, own in shared.items()]
    lost = {index for own in shared.values() for index in own}
    return Subset(reader, [index for index in range(len(reader)) if index not in lost], [*said, *found])


def _shared(path: str, count: int, root: Path | None) -> Finding:
    name = relative(Path(path), root) if root else path
    detail = (
        f"{count} entries fall on this one file, so that objects of at least one would lie on a wrong or "
        "half-annotated image; all are left out: join them, or give each its own file"
    )
    return Finding("shared-image", "error", name, detail)


def named(reader: Reader, names_file: str | Path, keep: bool) -> Subset:
    """Return the samples of ``reader`` whose names are in ``names_file``, or with ``keep`` False those whose are not.

    Raises: ValueError for a file that cannot be read, and for names that the data set does not have.
    """
    names = read_names(Path(names_file))
    stems = [Path(reader.source(index)).stem for index in range(len(reader))]
    strangers = sorted(names.difference(stems))
    if strangers:
        more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
        raise ValueError(f"{names_file}: the data set has no image named {', '.join(strangers[:3])}{more}")
    return Subset(reader, [index for index, stem in enumerate(stems) if (stem in names) == keep])


def read_names(path: Path) -> set[str]:
    """Return the names in a file, one a line. Raises: ValueError for what is no such file."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: wanted a text file with the name of an image a line")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise ValueError(f"{path}: wanted text, received other bytes") from None
    names = {line for line in lines if line and not line.startswith("#")}
    if not names:
        raise ValueError(f"{path}: wanted the name of an image a line, received none")
    return names
