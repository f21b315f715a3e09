"""A part of a data set, by name: what to train on and what to keep for validation, listed in a text file.

Any data set takes ``?only=NAMES.txt`` or ``?without=NAMES.txt``: a file with the name of a picture a line,
without folder and ending. Lines that begin with # are remarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .reader import Finding, Reader
from .sample import Sample

MAX_BYTES = 2**26  # of a list of names: two million


class Subset(Reader):
    """The samples ``indices`` of another reader."""

    def __init__(self, reader: Reader, indices: Sequence[int]) -> None:
        self.reader, self.indices = reader, list(indices)
        self.class_names = reader.class_names

    def __len__(self) -> int:
        return len(self.indices)

    def source(self, index: int) -> str:
        """Return the whole set's name of the picture."""
        return self.reader.source(self.indices[index])

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode the picture by the whole set's reader."""
        return self.reader.read(self.indices[index])

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the whole set's index."""
        return self.reader.findings


def named(reader: Reader, names_file: str | Path, keep: bool) -> Subset:
    """Return the samples of ``reader`` whose names are in ``names_file``, or with ``keep`` False those whose are not.

    Raises: ValueError for a file that cannot be read, and for names that the data set does not have.
    """
    names = read_names(Path(names_file))
    stems = [Path(reader.source(index)).stem for index in range(len(reader))]
    strangers = sorted(names.difference(stems))
    if strangers:
        more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
        raise ValueError(f"{names_file}: the data set has no picture named {', '.join(strangers[:3])}{more}")
    return Subset(reader, [index for index, stem in enumerate(stems) if (stem in names) == keep])


def read_names(path: Path) -> set[str]:
    """Return the names in a file, one a line. Raises: ValueError for what is no such file."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: wanted a text file with the name of a picture a line")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise ValueError(f"{path}: wanted text, received other bytes") from None
    names = {line for line in lines if line and not line.startswith("#")}
    if not names:
        raise ValueError(f"{path}: wanted the name of a picture a line, received none")
    return names
