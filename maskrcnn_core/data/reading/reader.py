"""What a reader of a data format offers: class names, samples by index, and what it found wrong on the way.

A reader of one's own subclasses ``Reader`` with two methods, ``__len__`` and ``read``. Reading the index of a data set
is cheap; images and masks are decoded by ``read`` alone, one sample at a time, so that a set larger than the memory
streams. Nothing is dropped silently: what cannot be used is left out and said in ``findings``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...files.values import size_doubt
from .sample import Sample


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a data set.

    kind: a short name, e.g. ``empty-class``, ``outside-image``, ``missing-image``. severity: ``error`` =
    this sample or object cannot be used; ``warning`` = it was repaired or is suspicious; ``info`` = nothing
    wrong, but good to know. file: the file at fault, relative to the data set where possible. detail: a
    sentence for a person: what was wanted, what was there, what was done.
    """

    kind: str
    severity: str
    file: str
    detail: str


def doubtful_size(height: object, width: object, file: str, what: str) -> list[Finding]:
    """Return a finding where the size that ``file`` states of ``what`` can be that of no image."""
    doubt = size_doubt(height, width)
    return [Finding("size-impossible", "warning", file, f"{what} {doubt}")] if doubt else []


class Reader(ABC):
    """A data set: ``class_names`` (background first), ``len``, and samples by index.

    may_lack_classes: a class without an object is no mistake, as where a generator draws a few images.
    repeats_files: two samples may come from one file, as tiles do; else two that do are a mistake and left out.
    """

    class_names: tuple[str, ...] = ("background",)
    may_lack_classes: bool = False
    repeats_files: bool = False

    @classmethod
    def recognises(cls, path: Path) -> str:
        """Return in a word or two what ``path`` looks like, without reading all of it; "" if it is not this format."""
        return ""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of images, those without objects included."""

    @abstractmethod
    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode one image with its ground truth, and say what was wrong with it."""

    def source(self, index: int) -> str:
        """Return an image's name without decoding it."""
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
