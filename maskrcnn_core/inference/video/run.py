"""A run over a video: frame after frame through the model, numbered, drawn and written; nothing of a frame is kept.

Inputs: an open video and a function that finds the objects of an image. Outputs: an overlay video, a row an object as
csv and as JSON lines with masks, the area of each class by frame as csv and as a plot. The files come together: while
the run lasts all are beside their places under other names, and take them when it is done.

Shapes: d objects of a frame.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pycocotools import mask as run_length

from ...data.reading.images import ImageError, SourceImage
from ...data.reading.video import Frame, Video
from ...files.atomic import naming, replacing
from ...stages.composing import Result
from ..outputs import areas, coco_results, overlay
from . import areas as area_table
from .tracking import Tracker, Tracking
from .writing import VideoFile

OVERLAY, OBJECTS, LINES, AREAS, PLOT = ENDINGS = (
    ".overlay.mp4",
    ".objects.csv",
    ".objects.jsonl",
    ".areas.csv",
    ".areas.png",
)
HEADER = ("frame", "seconds", "track_id", "rank", "class", "score", "y1", "x1", "y2", "x2", "pixels")
Detect = Callable[[SourceImage], Result]


class Followed(NamedTuple):
    """What came of a run. frames: looked at. last: the number of the last of these, -1 for none."""

    frames: int
    objects: int
    tracks: int
    last: int


@dataclass(frozen=True)
class Limits:
    """Which frames are looked at: one of ``every``, until so many ``frames`` or ``seconds``; None = to the end."""

    every: int = 1
    frames: int | None = None
    seconds: float | None = None

    def of(self, video: Video, stopped: Callable[[], bool]) -> Iterator[Frame]:
        """Give the frames of ``video`` that are looked at, until ``stopped`` says so."""
        for frame in itertools.islice(video.frames(self.every), self.frames):
            if stopped() or (self.seconds is not None and frame.seconds > self.seconds):
                return
            yield frame

    def total(self, video: Video) -> int | None:
        """Return how many frames that will be, as far as anybody knows."""
        known = [self.frames] if self.frames else []
        if self.seconds is not None:
            known.append(int(self.seconds * video.rate) // self.every + 1)
        if video.total:
            known.append(-(-video.total // self.every))
        return min(known, default=None)


class Writer:
    """The files of a run, open at once; ``add`` writes a frame to each."""

    def __init__(self, parts: dict[str, Path], rate: Fraction) -> None:
        self._stack, self._video = ExitStack(), VideoFile(parts[OVERLAY], rate)
        self._stack.callback(self._video.close)
        objects, self._lines, table = (
            self._stack.enter_context(parts[name].open("w", newline="", encoding="utf-8"))
            for name in (OBJECTS, LINES, AREAS)
        )
        self._objects, self._areas = csv.writer(objects), csv.writer(table)
        self._objects.writerow(HEADER)
        self._areas.writerow(area_table.HEADER)

    def add(self, frame: Frame, image: np.ndarray, result: Result, found: list[dict[str, Any]]) -> None:
        """Write a frame, its objects and its areas.

        image: (y, x, rgb) uint8. found: (d,) as COCO results with ``seconds`` and ``track_id``, whose number and
        colour an object has in the overlay.
        """
        tracks = tuple(one["track_id"] for one in found)
        self._video.add(overlay(image, replace(result, ranks=tracks)), frame.seconds)
        self._lines.writelines(json.dumps(one) + "\n" for one in found)
        self._objects.writerows(object_rows(frame, result, found))
        self._areas.writerows(area_table.rows_of(frame.index, frame.seconds, areas(result)))

    def close(self) -> None:
        """Make the files whole."""
        self._stack.close()


def object_rows(frame: Frame, result: Result, found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows (d,) of a frame in the table of objects."""
    pixels = [int(run_length.area(one["segmentation"])) for one in found]
    columns = zip(
        (one["track_id"] for one in found),
        result.ranks,
        result.labels,
        result.scores,
        result.boxes,
        pixels,
        strict=True,
    )
    return [
        (
            frame.index,
            f"{frame.seconds:.6f}",
            track,
            rank,
            label,
            f"{score:.6f}",
            *(f"{v:g}" for v in box),
            size,
        )
        for track, rank, label, score, box, size in columns
    ]


@dataclass(frozen=True)
class Run:
    """How videos are gone through.

    detect: finds the objects of an image. channels: of that image. categories: COCO's id of each class id from 1 on;
    None = the class ids themselves. limits: which frames are looked at. tracking: what makes two objects one.
    """

    detect: Detect
    channels: int = 3
    categories: list[int] | None = None
    limits: Limits = field(default_factory=Limits)
    tracking: Tracking = field(default_factory=Tracking)

    def follow(
        self,
        video: Video,
        folder: Path,
        name: str,
        advance: Callable[[int], None] = lambda done: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Followed:
        """Find the objects of ``video`` frame by frame and write everything as ``name`` into ``folder``.

        advance: told how many frames are done. stopped: asked before each frame whether to end, with whole files.
        Raises: ImageError where there is no frame. Law: nothing is written where it raises.
        """
        tracker, objects, done, last = Tracker(self.tracking), 0, 0, -1
        with ExitStack() as stack:
            parts = {ending: stack.enter_context(replacing(folder / f"{name}{ending}")) for ending in ENDINGS}
            stack.enter_context(naming(folder / f"{name}.*"))  # all grow, and which one fails is chance
            with closing(Writer(parts, video.rate / self.limits.every)) as writer:
                for done, frame in enumerate(self.limits.of(video, stopped), 1):
                    image = frame.image(video.name, self.channels)
                    result = self.detect(image)
                    found = self._numbered(result, frame, tracker)
                    writer.add(frame, image.for_display(), result, found)
                    objects, last = objects + len(found), frame.index
                    advance(done)
                if not done:
                    raise ImageError(f"{video.name}: stopped before its first frame")
            area_table.plot(parts[AREAS], parts[PLOT], f"{name}: area by class")
        return Followed(done, objects, tracker.count, last)

    def _numbered(self, result: Result, frame: Frame, tracker: Tracker) -> list[dict[str, Any]]:
        """Return the objects of a frame as COCO results, with its time and the number of the track of each."""
        found = coco_results(result, frame.index, self.categories)
        tracks = tracker.number(result.class_ids.tolist(), [one["segmentation"] for one in found])
        seconds = round(frame.seconds, 6)
        return [
            {**one, "seconds": seconds, "track_id": track} for one, track in zip(found, tracks, strict=True)
        ]
