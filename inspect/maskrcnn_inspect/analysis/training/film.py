"""The film of one image: how its objects grow while a model trains.

Inputs: the frames that training recorded, at steps 0, 1, 2, 4, 8 … Outputs: for each object curves over the steps, and
the steps at which its anchor wakes, its box settles, its mask closes, and each stage begins to keep it.

An object is one of the ground truth where the image has some (no crowds), else a detection of the last frame. For each
a frame has one detection: of its class, whose box overlaps it most. Then, all for good, to the end of the film:
- its anchor wakes: one of its anchors (IoU >= 0.5 with its box, or the nearest where none is) has objectness >= 0.5;
- its box settles: the box overlaps the one of the last frame with IoU >= 0.8;
- its mask closes: the same of its mask;
- a stage keeps it: the verdict lies behind that stage, see ``survival``.

Shapes: f frames; g objects; A anchors; d detections; s stages; y, x image px; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.training.film.files import FOLDER, Frame, Index, read_frames, read_index

AWAKE = 0.5  # objectness, from which the network takes an anchor for an object
NEAR = 0.5  # IoU of an anchor with the object that it is one of
STILL = 0.8  # IoU with what it is in the end, from which a box or a mask stands


@dataclass(frozen=True)
class Objects:
    """What the film follows. rows: (g,) of ``truth.*`` or of the last frame's detections. boxes: (g, yxyx)."""

    of_truth: bool
    rows: np.ndarray
    class_ids: np.ndarray
    boxes: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Growth:
    """The objects over the frames.

    objectness: (f, g) of the best of each object's anchors. detection: (f, g) row, or -1. box, mask: (f, g) IoU with
    the object's, 0 without a detection; a mask's only where there is ground truth, else with the last frame's.
    box_still, mask_still: (f, g) IoU with the last frame's.
    """

    steps: tuple[int, ...]
    objectness: np.ndarray
    detection: np.ndarray
    box: np.ndarray
    mask: np.ndarray
    box_still: np.ndarray
    mask_still: np.ndarray

    def moments(self, place: int) -> dict[str, int | None]:
        """Return the steps from which object ``place`` has what it needs for good; None where it never has."""
        return {
            "anchor wakes": since(self.objectness[:, place] >= AWAKE, self.steps),
            "box settles": since(self.box_still[:, place] >= STILL, self.steps),
            "mask closes": since(self.mask_still[:, place] >= STILL, self.steps),
        }


class _Seen(NamedTuple):
    """The detections of the objects in one frame: rows (g,) or -1, boxes (g, yxyx), masks (g, y, x) bool."""

    detections: np.ndarray
    boxes: np.ndarray
    masks: np.ndarray


class ImageFilm:
    """One image of a film. frames: in the order of their steps, at least one. stages: of the judge; () = not judged."""

    def __init__(self, frames: Sequence[Frame], stages: Sequence[str] = ()) -> None:
        if not frames:
            raise ValueError(
                "wanted at least one frame; the run ended before its first step, or is about to begin"
            )
        self.frames, self.stages = tuple(frames), tuple(stages)

    @property
    def steps(self) -> tuple[int, ...]:
        """The step of each frame."""
        return tuple(frame.step for frame in self.frames)

    @property
    def last(self) -> Trace:
        """The trace of the last frame."""
        return self.frames[-1].trace

    @cached_property
    def objects(self) -> Objects:
        """What the film follows."""
        last = self.last
        if "truth.boxes" in last:
            rows = np.flatnonzero(~last["truth.is_crowd"])
            return Objects(True, rows, last["truth.class_ids"][rows], last["truth.boxes"][rows])
        rows = np.arange(len(last["detections.boxes"]))
        return Objects(False, rows, last["detections.class_ids"], last["detections.boxes"])

    @cached_property
    def anchors(self) -> list[np.ndarray]:
        """The anchors of each object: rows of A."""
        overlap = box_algebra.iou(
            self.last["anchors.boxes"], self.objects.boxes, config_of(self.last).box_corner
        )
        return [
            np.flatnonzero(of_one >= min(NEAR, of_one.max(initial=0.0))) for of_one in np.asarray(overlap).T
        ]

    @cached_property
    def growth(self) -> Growth:
        """The objects over the frames."""
        objects, corner = self.objects, config_of(self.last).box_corner
        last = self._seen(len(self.frames) - 1)
        wanted = self.last["truth.masks"][objects.rows] if objects.of_truth else last.masks
        rows = []
        for place, frame in enumerate(self.frames):
            seen = self._seen(place)  # one at a time: the masks of all frames may take gigabytes
            rows.append(
                (
                    self._objectness(frame.trace),
                    seen.detections,
                    _paired(seen.boxes, objects.boxes, corner),
                    mask_overlaps(seen.masks, wanted),
                    _paired(seen.boxes, last.boxes, corner),
                    mask_overlaps(seen.masks, last.masks),
                )
            )
        return Growth(self.steps, *(np.array(column) for column in zip(*rows, strict=True)))

    def _seen(self, place: int) -> _Seen:
        """Return the detection of each object in one frame."""
        trace = self.frames[place].trace
        detections = _best_detections(trace, self.objects)
        return _Seen(detections, _boxes(trace, detections), _masks(trace, detections))

    def _objectness(self, trace: Trace) -> list[float]:
        return [float(trace["rpn.scores"][anchors].max(initial=0.0)) for anchors in self.anchors]

    @property
    def is_judged(self) -> bool:
        """Whether it is known which stages kept the objects."""
        return bool(self.stages) and any(frame.judgements for frame in self.frames)

    @cached_property
    def kept(self) -> np.ndarray:
        """(f, g) the number of stages that kept each object. Raises: ValueError where nobody judged."""
        if not self.is_judged:
            raise ValueError("wanted a film with verdicts, received one of an image without ground truth")
        by_truth = [{one.truth: one.kept for one in frame.judgements} for frame in self.frames]
        return np.array([[of_frame.get(int(row), 0) for row in self.objects.rows] for of_frame in by_truth])


class Film:
    """The film of a run: its images by number."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder, self.index = folder, index

    def __len__(self) -> int:
        return len(self.index.images)

    def image(self, number: int) -> ImageFilm:
        """Return the film of image ``number``. Raises: ValueError for files that are damaged or not there yet."""
        return ImageFilm(read_frames(self.folder, number), self.index.stages)


def open_film(run: str | Path) -> Film:
    """Return the film in the folder of a ``run``. Raises: ValueError where it has none."""
    folder = Path(run) / FOLDER
    index = read_index(folder)
    if index is None:
        raise ValueError(f"{run} holds no film; train with --film IMAGE to record one")
    return Film(folder, index)


def since(kept: np.ndarray, steps: Sequence[int]) -> int | None:
    """Return the first of ``steps`` from which ``kept`` (f,) bool stays true to the end; None where it does not."""
    lost = np.flatnonzero(~np.asarray(kept, bool))
    first = int(lost[-1]) + 1 if len(lost) else 0
    return int(steps[first]) if first < len(steps) else None


def times_lost(kept: np.ndarray) -> int:
    """Return how often ``kept`` (f,) bool was true and then was not."""
    kept = np.asarray(kept, bool)
    return int((kept[:-1] & ~kept[1:]).sum())


def mask_overlaps(masks: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return (g,) the IoU of each of ``masks`` (g, y, x) bool with the one of ``others`` at its place; 0 of nothing."""
    both = np.count_nonzero(masks & others, axis=(1, 2))
    either = np.count_nonzero(masks | others, axis=(1, 2))
    return np.asarray(both / np.maximum(either, 1))


def _best_detections(trace: Trace, objects: Objects) -> np.ndarray:
    """Return (g,) the detection of each object's class that overlaps it most, or -1."""
    boxes, corner = trace["detections.boxes"], config_of(trace).box_corner
    if not len(boxes) or not len(objects):
        return np.full(len(objects), -1)
    overlap = np.asarray(box_algebra.iou(boxes, objects.boxes, corner))
    overlap = np.where(trace["detections.class_ids"][:, None] == objects.class_ids[None], overlap, 0.0)
    return np.where(overlap.max(axis=0) > 0, overlap.argmax(axis=0), -1)


def _boxes(trace: Trace, rows: np.ndarray) -> np.ndarray:
    """Return (g, yxyx) the boxes of detections ``rows`` (g,), empty ones for -1."""
    boxes = np.zeros((len(rows), 4), np.float32)
    boxes[rows >= 0] = trace["detections.boxes"][rows[rows >= 0]]
    return boxes


def _masks(trace: Trace, rows: np.ndarray) -> np.ndarray:
    """Return (g, y, x) bool, image px, the masks of detections ``rows`` (g,), pasted as in detection; empty for -1."""
    size = tuple(trace["image.original"].shape[:2])
    masks, found = np.zeros((len(rows), *size), bool), np.flatnonzero(rows >= 0)
    chosen = rows[found]
    boxes, probs = trace["detections.boxes"][chosen], trace["mask_head.probs"][chosen]
    masks[found] = paste(boxes, probs, trace["molding.window"], size, config_of(trace)).masks
    return masks


def _paired(boxes: np.ndarray, others: np.ndarray, corner: float) -> np.ndarray:
    """Return (g,) the IoU of each box with the one at its place; 0 of empty boxes."""
    if not len(boxes):
        return np.zeros(0)
    overlap = np.diagonal(np.asarray(box_algebra.iou(boxes, others, corner)))
    return np.where((boxes[:, 2:] > boxes[:, :2]).all(axis=1), overlap, 0.0)
