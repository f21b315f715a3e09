"""Instances on the image: every detection's soft mask and box, cut in the browser as ``stages.pasting`` cuts them.

Shapes: d detections; yxyx px of the image.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.recording.trace import Trace

from ...canvas import Boxes, Layer, Masks
from .common import class_label
from .rows import classes_of


def image_of(trace: Trace) -> np.ndarray:
    """Return the image (y, x, rgb) uint8 as it came in."""
    return SourceImage(trace["image.original"]).for_display()


def name_of(trace: Trace, row: int) -> str:
    """Return ``2 circle 0.98``, numbered as on the canvas."""
    score = float(trace["detections.scores"][row])
    return f"{row} {class_label(trace, int(trace['detections.class_ids'][row]), score)}"


def image_layers(trace: Trace, rows: np.ndarray | None = None) -> list[Layer]:
    """Return soft masks and boxes of detections ``rows`` (all by default), image px, each with its own number."""
    rows = np.arange(trace.shape("pasting.boxes")[0]) if rows is None else rows
    boxes, shared = trace["pasting.boxes"][rows], _shared(trace, rows)
    return [
        Masks(trace["mask_head.probs"][rows], boxes, "masks", **shared),
        Boxes(boxes.astype(np.float32), "boxes", **shared),
    ]


def _shared(trace: Trace, rows: np.ndarray) -> dict[str, Any]:
    """Return what layers of detections share: who they are, where they come from, class and score."""
    settings = classes_of(trace, trace["detections.class_ids"][rows])
    if "proposals.anchor_index" in trace:
        proposals = trace["detections.proposal_index"][rows]
        settings["lineage"] = {"proposals": proposals, "anchors": trace["proposals.anchor_index"][proposals]}
    return {**settings, "of": "detections", "index": rows, "scores": trace["detections.scores"][rows]}
