"""The moving part of the film: one canvas whose slider goes through the steps of training, with a play button.

Shapes: f frames; g objects; A anchors; rows, columns of a map of objectness; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.anchors import grid_sizes

from ....analysis.training.film import AWAKE, NEAR, ImageFilm
from ....canvas import NEUTRAL, Boxes, Frames, Heat, Layer, Masks
from ...framework.common import molded_image
from ...framework.rows import classes_of
from ...framework.scene import Scene

FINEST = 64  # rows and columns of the map of objectness at most
BEST = 20  # proposals and detections of a frame
ANCHORS = 12  # of an object, those that overlap it most


def film_scene(film: ImageFilm) -> Scene:
    """Return the image with all that moves on it."""
    labels = [f"{step:,}" for step in film.steps]
    layers = [_objectness(film), _anchors(film), _proposals(film), *_detections(film), *_truths(film)]
    return Scene(
        "One image while the model trains, network-input px",
        molded_image(film.last),
        layers,
        "Press play: anchors wake, then boxes settle, then masks close. Colours are those of the objects; grey is on "
        "none.",
        frames=Frames("Step", labels, len(labels) - 1),
        settings={"min_score": 0.0},
    )


def objectness_map(trace: Trace) -> np.ndarray:
    """Return (rows, columns) the highest objectness of any anchor over each part of the network input."""
    config, shape = config_of(trace).anchors, trace.shape("molding.image")[:2]
    grids = grid_sizes(shape, config)
    size = (min(FINEST, grids[0][0]), min(FINEST, grids[0][1]))
    whole = np.zeros(size, np.float32)
    for level, grid in zip(LEVELS, grids, strict=True):
        cells = trace["rpn.scores"][trace["anchors.level"] == level].reshape(*grid, -1).max(axis=-1)
        np.maximum(whole, resized(cells, size), out=whole)
    return whole


def resized(cells: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return ``cells`` (y, x) on a grid of ``size``: repeated where that is finer, the greatest where it is coarser."""
    for axis, count in enumerate(size):
        given = cells.shape[axis]
        if given <= count:
            cells = np.take(cells, np.arange(count) * given // count, axis=axis)
        else:
            cells = np.maximum.reduceat(cells, -(-np.arange(count) * given // count), axis=axis)
    return cells


def _objectness(film: ImageFilm) -> Heat:
    maps = np.stack([objectness_map(frame.trace) for frame in film.frames])
    return Heat(maps, "objectness", limits=(0.0, 1.0), unit="probability", visible=False)


def _anchors(film: ImageFilm) -> Boxes:
    """Return the anchors near objects, in each frame those that are awake."""
    boxes = film.last["anchors.boxes"]
    near = [
        _nearest(boxes, anchors, box) for anchors, box in zip(film.anchors, film.objects.boxes, strict=True)
    ]
    rows = np.concatenate([*near, np.zeros(0, np.int64)]).astype(np.int64)
    colours = np.repeat(np.arange(len(near)), [len(one) for one in near])
    awake = [np.flatnonzero(frame.trace["rpn.scores"][rows] >= AWAKE) for frame in film.frames]
    return Boxes(
        boxes[rows], "anchors awake near objects", of="anchors", index=rows, colours=colours, style="dotted",
        numbered=False, filtered=False, frames=awake,
    )  # fmt: skip


def _nearest(boxes: np.ndarray, anchors: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the anchors whose centres and sizes are nearest to ``box``: the sum of the distances of their corners."""
    distance = np.abs(boxes[anchors] - box).sum(axis=1)
    return anchors[np.argsort(distance, kind="stable")[:ANCHORS]]


def _proposals(film: ImageFilm) -> Boxes:
    boxes, frames = _joined(film, lambda trace: trace["proposals.boxes"][:BEST])
    scores, _ = _joined(film, lambda trace: trace["proposals.scores"][:BEST])
    return Boxes(
        boxes, "best proposals", scores=scores, colours=NEUTRAL, style="dotted", numbered=False,
        filtered=False, frames=frames, visible=False,
    )  # fmt: skip


def _detections(film: ImageFilm) -> list[Layer]:
    """Return masks and boxes of the best detections of each frame, in the colours of the objects that they are on."""
    boxes, frames = _joined(film, lambda trace: trace["detections.boxes"][:BEST])
    probs, _ = _joined(film, lambda trace: trace["mask_head.probs"][:BEST])
    scores, _ = _joined(film, lambda trace: trace["detections.scores"][:BEST])
    ids, _ = _joined(film, lambda trace: trace["detections.class_ids"][:BEST])
    options: dict[str, Any] = {
        "of": "frame detections",
        "index": np.concatenate([np.arange(len(rows)) for rows in frames]),  # as in the trace of the frame
        "scores": scores,
        "colours": np.concatenate([_object_of(film, place) for place in range(len(film.frames))]),
        "frames": frames,
        **classes_of(film.last, ids),
    }
    return [Masks(probs, boxes, "masks", **options), Boxes(boxes, "detections", **options)]


def _object_of(film: ImageFilm, place: int) -> np.ndarray:
    """Return the object that each of the best detections of a frame is the detection of; grey for none."""
    growth = film.growth
    colours = np.full(min(BEST, len(film.frames[place].trace["detections.boxes"])), NEUTRAL)
    for number, row in enumerate(growth.detection[place]):
        overlap = max(growth.box[place, number], growth.mask[place, number])
        if 0 <= row < len(colours) and overlap >= NEAR:
            colours[row] = number
    return colours


def _truths(film: ImageFilm) -> list[Layer]:
    if not film.objects.of_truth:
        return []
    names = classes_of(film.last, film.objects.class_ids)
    return [
        Boxes(
            film.objects.boxes, "ground truth", of="truths", index=film.objects.rows, style="dotted",
            colours=np.arange(len(film.objects)), filtered=False, **names,
        )
    ]  # fmt: skip


def _joined(film: ImageFilm, part: Callable[[Trace], np.ndarray]) -> tuple[np.ndarray, Sequence[np.ndarray]]:
    """Return a part of all frames behind one another, and the rows of each."""
    parts = [np.asarray(part(frame.trace)) for frame in film.frames]
    ends = np.cumsum([0, *map(len, parts)])
    return np.concatenate(parts), [np.arange(start, end) for start, end in pairwise(ends)]
