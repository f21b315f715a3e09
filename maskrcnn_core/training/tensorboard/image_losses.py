"""The losses of every training image, each time that it was seen, as a file of the run.

Inputs: the views of each step, which the hardest images are chosen from. Outputs: ``training_images.csv``, a row a
view, in the order in which they were seen; it grows with the run and is never held. What a run wrote after its last
checkpoint goes when it goes on from there, so that the file is that of an unbroken run.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...data.reading.reader import Reader
from ...files.atomic import naming
from ...stages.losses import LOSSES

NAME = "training_images.csv"  # in the run's folder
HEAD = ("epoch", "index", "source", "place", "total", *LOSSES)  # of the file
MOST = 2**20  # characters that wait to be written


@dataclass(frozen=True)
class View:
    """One image as it was seen in one step."""

    index: int  # of the reader
    place: int  # in the stream of samples, from which its augmentation follows
    losses: tuple[float, ...]  # (5,)

    @property
    def total(self) -> float:
        """Sum of the losses."""
        return sum(self.losses)


class ImageLosses:
    """Writes the file ``path`` of a run that is trained on ``reader``; it is begun anew unless ``remember`` is told."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path, self.reader = path, reader
        self._size = 0  # bytes of the file that stand
        self._waiting = io.StringIO(newline="")
        self._writer = csv.writer(self._waiting)

    def add(self, epoch: int, views: Iterable[View]) -> None:
        """Take in the views of a step of ``epoch``, from 1."""
        for view in views:
            losses = [f"{loss:.6g}" for loss in (view.total, *view.losses)]
            self._writer.writerow([epoch, view.index, self.reader.source(view.index), view.place, *losses])
        if self._waiting.tell() >= MOST:
            self.flush()

    def memory(self) -> int:
        """Return what to know when going on: how many bytes stand; they are on the disk then."""
        self.flush()
        return self._size

    def remember(self, size: int) -> None:
        """Go on after ``size`` bytes; what is behind them goes. A file that is shorter is begun anew."""
        there = self.path.is_file() and self.path.stat().st_size >= size
        self._size = size if there else 0

    def flush(self) -> None:
        """Write what waits behind what stands, and nothing else behind it.

        Raises: OSError with the name of the file.
        """
        text = self._waiting.getvalue()
        if not text:
            return
        head = "" if self._size else ",".join(HEAD) + "\r\n"
        with naming(self.path), self.path.open("r+b" if self._size else "wb") as file:
            file.truncate(self._size)
            file.seek(self._size)
            size = self._size + file.write((head + text).encode())
            file.flush()
            os.fsync(file.fileno())
        self._size = size
        self._waiting.seek(0)
        self._waiting.truncate()
