"""The hardest images of an epoch: those of training with the largest loss, as a list and as thumbnails.

Inputs: the losses of the images of each step, which the step has made anyway. Outputs: of every image the dearest of
the times that it was seen, the first ``COUNT`` of them as a file in the run's folder, and as one image for TensorBoard.
Why: what a network cannot learn is often what no one could: a wrong label, a missing object, an image of another kind.

Shapes: b images of a step; 5 losses in the order of ``LOSSES``; y, x px.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont

from ...data.input.pipeline import shuffled
from ...data.input.records import Records, open_records
from ...data.reading.images import SourceImage
from ...data.reading.reader import Reader
from ...files.atomic import replacing
from ...stages.losses import LOSSES
from ..loop.measures import OfImages
from .image_losses import View

FOLDER = "hardest"  # in the run's
COUNT = 50  # images of an epoch
COLUMNS = 10  # of the sheet of thumbnails
SIDE, EDGE, LETTERS = 120, 4, 16  # px of a thumbnail, between two, and of its words
GROUND, INK = (20, 20, 20), (255, 255, 255)
HEAD = ("rank", "index", "source", "place", "total", *LOSSES)  # of the file


class Hardest:
    """Collects the dearest views of an epoch, never more than ``count``.

    reader: the data that is trained on. seed, folder: of the run, which stores its samples there.
    """

    def __init__(self, reader: Reader, seed: int, folder: Path, count: int = COUNT) -> None:
        self.reader, self.seed, self.folder, self.count = reader, seed, folder, count
        self.views: dict[int, View] = {}  # by index
        self._records: Records | None = None
        self._order: tuple[int, np.ndarray] = (-1, np.zeros(0, np.int64))  # of an epoch of the data

    def add(self, images: OfImages) -> list[View]:
        """Take in the images of a step, and return them as they were seen."""
        places, losses = np.asarray(images.places).tolist(), np.asarray(images.losses, np.float64).tolist()
        views = [
            View(self._index_at(place), place, tuple(of_image))
            for place, of_image in zip(places, losses, strict=True)
        ]
        for view in views:
            known = self.views.get(view.index)
            if known is None or view.total > known.total:
                self.views[view.index] = view
        if len(self.views) > self.count:
            self.views = {view.index: view for view in self.ranked()}
        return views

    def ranked(self) -> list[View]:
        """Return the dearest views, one an image, the dearest first; of equals the one that was seen first."""
        return sorted(self.views.values(), key=lambda view: (-view.total, view.place))[: self.count]

    def memory(self) -> list[Any]:
        """Return what to know when going on within the epoch."""
        return [[view.index, view.place, view.losses] for view in self.ranked()]

    def remember(self, memory: Sequence[Any]) -> None:
        """Take back ``memory``."""
        views = [View(index, place, tuple(losses)) for index, place, losses in memory]
        self.views = {view.index: view for view in views}

    def close_epoch(self, epoch: int) -> np.ndarray | None:
        """Write the file of ``epoch`` (from 1), return the sheet (y, x, rgb) uint8, and begin anew.

        None without an image.
        """
        ranked, self.views = self.ranked(), {}
        if not ranked:
            return None
        self._write(ranked, self.folder / FOLDER / f"epoch_{epoch:05d}.csv")
        return sheet([self._thumbnail(rank, view) for rank, view in enumerate(ranked, start=1)])

    def _write(self, ranked: Sequence[View], path: Path) -> None:
        with replacing(path) as part, part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEAD)
            for rank, view in enumerate(ranked, start=1):
                losses = [f"{loss:.6g}" for loss in (view.total, *view.losses)]
                writer.writerow([rank, view.index, self.reader.source(view.index), view.place, *losses])

    def _index_at(self, place: int) -> int:
        """Return what the reader calls the sample at ``place``: the order of an epoch is worked out once."""
        if self._records is None:
            self._records = open_records(self.reader, self.folder / "cache")
        epoch, row = divmod(place, len(self._records))
        if self._order[0] != epoch:
            order = shuffled(len(self._records), self.seed, tf.constant(epoch))
            self._order = epoch, self._records.indices[np.asarray(order)]
        return int(self._order[1][row])

    def _thumbnail(self, rank: int, view: View) -> Image.Image:
        """Return the image as it is stored, small, over its rank and its loss."""
        tile = Image.new("RGB", (SIDE, SIDE + LETTERS + 2 * EDGE), GROUND)
        with contextlib.suppress(ValueError, OSError):  # gone since it was stored: its words say which it was
            image = Image.fromarray(SourceImage(self.reader[view.index].image).for_display())
            image.thumbnail((SIDE, SIDE))
            tile.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
        pen, font = ImageDraw.Draw(tile), ImageFont.load_default(size=LETTERS)
        pen.text((EDGE, SIDE + EDGE), f"{rank}: {view.total:.3g}", fill=INK, font=font)
        return tile


def sheet(tiles: Sequence[Image.Image]) -> np.ndarray:
    """Return tiles of one size side by side, in rows of ``COLUMNS``, (y, x, rgb) uint8."""
    columns, (width, height) = min(COLUMNS, len(tiles)), tiles[0].size
    rows = -(-len(tiles) // columns)
    ground = Image.new("RGB", (columns * (width + EDGE), rows * (height + EDGE)), GROUND)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        ground.paste(tile, (column * (width + EDGE), row * (height + EDGE)))
    return np.asarray(ground)
