"""What a reader of a data format offers: class names, samples by index, and what it found wrong on the way.

A reader of one's own subclasses ``Reader`` with two methods, ``__len__`` and ``read``. Reading the index of a data set
is cheap; pictures and masks are decoded by ``read`` alone, one sample at a time, so that a set larger than the memory
streams. Nothing is dropped silently: what cannot be used is left out and said in ``findings``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from .sample import Sample


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a data set.

    kind: a short name, e.g. ``empty-class``, ``outside-picture``, ``missing-picture``. severity: ``error`` =
    this sample or object cannot be used; ``warning`` = it was repaired or is suspicious; ``info`` = nothing
    wrong, but good to know. file: the file at fault, relative to the data set where possible. detail: a
    sentence for a person: what was wanted, what was there, what was done.
    """

    kind: str
    severity: str
    file: str
    detail: str


class Reader(ABC):
    """A data set: ``class_names`` (background first), ``len``, and samples by index."""

    class_names: tuple[str, ...] = ("background",)

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of pictures, those without objects included."""

    @abstractmethod
    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode one picture with its truth, and say what was wrong with it."""

    def source(self, index: int) -> str:
        """Return a picture's name without decoding it."""
        return str(index)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the index itself (missing files, empty classes)."""
        return []

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < len(self):
            raise IndexError(f"wanted a sample of 0 to {len(self) - 1}, received {index}")
        return self.read(index)[0]

    def __iter__(self) -> Iterator[Sample]:
        return (self[index] for index in range(len(self)))
