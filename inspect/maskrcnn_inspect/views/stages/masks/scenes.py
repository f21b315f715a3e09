"""The scenes of the masks: on the image, as a ladder from logits to a cut grid, and the masks of other classes.

Several detections make a slider of baked positions, for pages without a kernel; one makes none. Masks are sent soft
and cut in the browser, as ``stages.pasting`` cuts them.

Shapes: d detections; g cells a side of the mask head's grid; c classes shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ....canvas import NEUTRAL, Boxes, Frames, Grid, Heat, Layer, Masks
from ...framework.common import class_label
from ...framework.instances import image_layers, image_of, name_of
from ...framework.rows import classes_of
from ...framework.scene import Scene

GAP = 2  # cells between two tiles


def on_image(trace: Trace) -> Scene:
    """Return the image with every mask, cut in the browser."""
    count = trace.shape("pasting.boxes")[0]
    return Scene(
        f"{count} mask{'' if count == 1 else 's'} on the image, image px",
        image_of(trace),
        image_layers(trace),
        "Move the mask threshold: which masks bleed into a neighbour, which fall apart? Click one to follow it.",
        settings={"mask_threshold": config_of(trace).pasting.threshold},
    )


def close_up(trace: Trace, row: int) -> Scene:
    """Return one detection's part of the image with its mask and the cells that it was stretched from."""
    box = trace["pasting.boxes"][row]
    rows, columns = trace.shape("mask_head.probs")[1:]
    layers = image_layers(trace)
    y1, x1, y2, x2 = (int(v) for v in box)
    if y2 > y1 and x2 > x1:
        fine = max(y2 - y1, x2 - x1) < rows  # cells smaller than pixels would hide the image
        layers.append(Grid(rows, columns, "cells of the grid", extent=(y1, x1, y2, x2), visible=not fine))
    margin = 0.25 * max(y2 - y1, x2 - x1, 4)
    return Scene(
        f"{name_of(trace, row)}: {columns} x {rows} cells stretched over {x2 - x1} x {y2 - y1} image px",
        image_of(trace),
        layers,
        "Are edges of the object finer than the cells? The model cannot draw those.",
        settings={
            "mask_threshold": config_of(trace).pasting.threshold,
            "region": [y1 - margin, x1 - margin, y2 + margin, x2 + margin],
        },
    )


def probs_of(trace: Trace, row: int, class_id: int) -> np.ndarray:
    """Return (g, g) probabilities of a class: recorded for the detected one, the sigmoid of its logits for others."""
    if class_id == int(trace["detections.class_ids"][row]):
        return np.asarray(trace["mask_head.probs"][row])
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-trace["mask_head.logits"][row, ..., class_id])), np.float32)


def target_of(trace: Trace, row: int) -> tuple[int, np.ndarray] | None:
    """Return the sampled ROI that stands for a detection, and its mask target (g, g); None where there is none.

    That of the detection's own proposal if it was sampled as positive, else of the positive one that overlaps it most.
    """
    if "roi_targets.masks" not in trace:
        return None
    positive = np.flatnonzero(trace["roi_targets.gt_index"] >= 0)
    if not positive.size:
        return None
    own = np.flatnonzero(
        trace["roi_targets.proposal_index"][positive] == trace["detections.proposal_index"][row]
    )
    if own.size:
        place = int(positive[own[0]])
    else:
        boxes = trace["roi_targets.boxes"][positive]
        config, own_box = config_of(trace), trace["detections.boxes"][row : row + 1]
        shared = box_algebra.iou(boxes, own_box, config.box_corner)[:, 0]
        if not shared.max() >= config.training.roi_positive_iou:
            return None
        place = int(positive[shared.argmax()])
    return place, np.asarray(trace["roi_targets.masks"][place])


def ladder(trace: Trace, rows: Sequence[int], class_id: int | None = None) -> Scene:
    """Return logits, probabilities, the grid cut at the threshold and the target of ``rows``, side by side."""
    classes = [int(trace["detections.class_ids"][row]) if class_id is None else class_id for row in rows]
    logits = [trace["mask_head.logits"][row, ..., c] for row, c in zip(rows, classes, strict=True)]
    probs = [probs_of(trace, row, c) for row, c in zip(rows, classes, strict=True)]
    targets = [target_of(trace, row) for row in rows]
    height, width = logits[0].shape
    many = len(rows) > 1

    def heat(place: int, maps: Sequence[np.ndarray], name: str, **options: Any) -> Heat:
        extent = (0, place * (width + GAP), height, place * (width + GAP) + width)
        return Heat(np.stack(maps) if many else maps[0], name, extent=extent, **options)

    corner = 2 * (width + GAP)
    tile = np.tile(np.array([0, corner, height, corner + width], np.float32), (len(rows), 1))
    layers: list[Layer] = [
        heat(0, logits, "logits", colours="diverging", unit="logit"),
        heat(1, probs, "probabilities", limits=(0.0, 1.0)),
        Masks(np.stack(probs), tile, "cut at the threshold", of="detections", index=np.asarray(rows),
              filtered=False, frames=[[place] for place in range(len(rows))] if many else [],
              **classes_of(trace, np.asarray(classes))),
    ]  # fmt: skip
    if any(target is not None for target in targets):
        none = np.full((height, width), np.nan, np.float32)
        maps = [none if target is None else target[1] for target in targets]
        layers.append(heat(3, maps, "target" if not many else "target; hatched: none", limits=(0.0, 1.0)))
    subject = f"{len(rows)} detections" if many else f"{rows[0]} {class_label(trace, classes[0])}"
    steps = "logits, probabilities, cut at the threshold" + (", target" if len(layers) > 3 else "")
    return Scene(
        f"{subject}: {steps}; {width} x {height} cells",
        None,
        layers,
        "Move the mask threshold. Where probabilities are in between, the model is not sure of the edge.",
        (height, (len(layers) - 1) * (width + GAP) + width),
        _frames(trace, rows),
        {"mask_threshold": config_of(trace).pasting.threshold, "opacity": 1.0},
    )


def other_classes(trace: Trace, rows: Sequence[int], count: int) -> Scene:
    """Return the masks of the ``count`` most probable classes under the boxes of ``rows``: soft above, cut below."""
    choices = [_probable(trace, row, count) for row in rows]
    shown, many = len(choices[0]), len(rows) > 1
    probs = np.stack(
        [[probs_of(trace, row, int(c)) for c in own] for row, own in zip(rows, choices, strict=True)]
    )
    height, width = probs.shape[2:]
    soft = np.concatenate(list(np.moveaxis(probs, 1, 0)), axis=2)  # d, g, c * g
    left = np.tile(np.arange(shown) * width, len(rows)).astype(np.float32)
    top = np.full_like(left, height)
    tiles = np.stack([top, left, top + height, left + width], axis=1)
    class_ids, owner = np.concatenate(choices), np.repeat(rows, shown)
    chosen = class_ids == trace["detections.class_ids"][owner]
    settings: dict[str, Any] = {
        "of": "of detections" if many else "classes",
        "index": np.arange(len(class_ids)) if many else class_ids,
        "colours": np.where(chosen, owner, NEUTRAL),
        "lineage": {"detections": owner} if many else {},
        "frames": [np.arange(shown) + place * shown for place in range(len(rows))] if many else [],
        "filtered": False,
        "labels": [
            _tile_label(trace, int(row), int(c)) for row, c in zip(owner, class_ids, strict=True)
        ],
    }  # fmt: skip
    cells = (0.0, 0.0, float(height), float(shown * width))
    subject = f"{len(rows)} detections" if many else name_of(trace, rows[0])
    return Scene(
        f"{subject}: masks by class, the most probable {shown}; soft above, cut below, {width} x {height} cells each",
        None,
        [
            Heat(soft if many else soft[0], "probabilities", extent=cells, limits=(0.0, 1.0)),
            Grid(1, shown, "tiles", extent=cells),
            Masks(probs.reshape(-1, height, width), tiles, "masks", **settings),
            Boxes(tiles, "classes", **settings),
        ],
        "Classes do not compete for pixels: the class was chosen before. Would another class have drawn a better mask?",
        (2 * height, shown * width),
        _frames(trace, rows),
        {"mask_threshold": config_of(trace).pasting.threshold, "opacity": 1.0},
    )


def _probable(trace: Trace, row: int, count: int) -> np.ndarray:
    """Return the detected class and then the most probable others, background left out."""
    own, total = int(trace["detections.class_ids"][row]), trace.shape("mask_head.logits")[3]
    order = np.arange(1, total)
    if "box_head.class_probs" in trace:
        probs = np.nan_to_num(trace["box_head.class_probs"][trace["detections.proposal_index"][row], 1:])
        order = 1 + np.argsort(-probs, kind="stable")
    return np.concatenate([[own], order[order != own]])[: max(1, count)].astype(np.int32)


def _tile_label(trace: Trace, row: int, class_id: int) -> str:
    if "box_head.class_probs" not in trace:
        return class_label(trace, class_id)
    probs = trace["box_head.class_probs"][trace["detections.proposal_index"][row]]
    return class_label(trace, class_id, float(probs[class_id]))


def _frames(trace: Trace, rows: Sequence[int]) -> Frames | None:
    return Frames("Detection", [name_of(trace, row) for row in rows]) if len(rows) > 1 else None
