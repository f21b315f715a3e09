"""Listed: a reader of formats that name their images and, for each, the pieces of its objects.

Inputs: from a format, entries: an image file, the size that its annotation records, and pieces that nobody has decoded
yet. Outputs: samples. Why one place: groups, blank labels, classes, EXIF turns and what cannot be drawn are then the
same in every such format, and a format is what its file says and nothing else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from .classes import Classes
from .drawn import Drawn
from .files import relative
from .frames import Size, open_canvas
from .reader import Finding, Reader
from .sample import Sample
from .truths import Truths


class Piece(NamedTuple):
    """A part of an object.

    what: its name in findings; label: its class name, None = blank; content: for ``drawn`` alone; group: pieces of one
    label and group are one object.
    """

    what: str
    label: str | None
    content: Any
    group: str | None = None


class Entry(NamedTuple):
    """An image: its file, the (y, x) px that its annotation records, its pieces, and the file that they stand in."""

    path: Path
    size: Size | None
    pieces: list[Piece]
    file: str


class Listed(Reader):
    """Images with the pieces of their objects. A subclass fills it with ``_fill`` and draws a piece by ``drawn``."""

    root: Path

    @abstractmethod
    def drawn(self, piece: Piece, size: Size) -> Drawn:
        """Return a piece in px of a frame of ``size``; raise ValueError for what has no area or cannot be."""

    def _fill(
        self,
        entries: list[Entry],
        found: list[Finding],
        wanted: tuple[str, ...] = (),
        order: tuple[str, ...] | None = None,
    ) -> None:
        """Take the entries and choose the classes; ``order``: of names, sorted unless given."""
        counts: Counter[str] = Counter(dict.fromkeys(order or (), 0))
        counts.update(piece.label for entry in entries for piece in entry.pieces if piece.label is not None)
        self._entries, self._classes = entries, Classes(counts, wanted, order)
        self.class_names = self._classes.names
        self._found = [*found, *self._classes.findings(".")]

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def findings(self) -> list[Finding]:
        """Return what was wrong with the index."""
        return self._found

    def source(self, index: int) -> str:
        """Return the image's file."""
        return str(self._entries[index].path)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode image ``index`` and draw its objects in the order in which their first pieces stand."""
        entry = self._entries[index]
        canvas, found = open_canvas(entry.path, relative(entry.path, self.root))
        truths = Truths(canvas, entry.file)
        fit, fit_found = canvas.fit_recorded(entry.size)
        truths.findings += found + (fit_found if entry.pieces else [])
        objects: dict[object, tuple[Drawn, int]] = {}
        for number, piece in enumerate(entry.pieces):
            if piece.label is None:
                truths.drop("empty-class", f"{piece.what}: has no class; left out")
                continue
            class_id = self._classes.id(piece.label)
            if class_id is None:
                continue
            try:
                one = self.drawn(piece, fit.size)
            except ValueError as error:
                truths.drop("bad-coordinates", f"{piece.what}: {error}; left out")
                continue
            key = number if piece.group is None else (piece.group, class_id)
            objects[key] = (objects[key][0].joined(one) if key in objects else one, class_id)
        for one, class_id in objects.values():
            truths.add(one, fit, class_id)
        return truths.sample(self.source(index))
