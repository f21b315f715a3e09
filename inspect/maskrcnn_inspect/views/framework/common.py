"""What several views share: the network input, and sentences with live numbers."""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import BoxHead, Rpn
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ...analysis.features.network_input import network_input
from ...palette import instance_colour
from .keeping import kept


def molded_image(trace: Trace) -> np.ndarray:
    """Return the network input as an image (y, x, rgb) uint8, see ``network_input``; every view shows it, made once."""
    what = f"network input of {config_of(trace).molding}"
    return kept(what, lambda: network_input(trace), [trace["molding.image"]])


def class_label(trace: Trace, class_id: int, score: float | None = None) -> str:
    """Return ``name 0.98``."""
    names = config_of(trace).class_names
    name = names[class_id] if class_id < len(names) else f"class {class_id}"
    return name if score is None else f"{name} {score:.2f}"


def detection_labels(trace: Trace) -> list[str]:
    """Return ``0 square 0.98`` for each detection: its row in the trace, class and score."""
    rows = zip(trace["detections.class_ids"], trace["detections.scores"], strict=True)
    return [f"{rank} {class_label(trace, int(c), float(s))}" for rank, (c, s) in enumerate(rows)]


def detection_colours(trace: Trace) -> list[str]:
    """Return the colour of each detection."""
    return [instance_colour(rank) for rank in range(len(trace["detections.class_ids"]))]


def numbers(values: np.ndarray) -> str:
    """Return ``(0.123, 4.567)``."""
    return "(" + ", ".join(f"{float(value):.3f}" for value in values) + ")"


def limit_lines(deltas: np.ndarray, head: Rpn | BoxHead) -> list[str]:
    """Return the sentence that says which logarithms of ``deltas`` (dydxdhdw) the limits of a side cut; none if none.

    deltas: times their std. head: whose limits they are.
    """
    limited = box_algebra.limit_sides(deltas, head.most_growth, head.most_shrink)
    if np.array_equal(limited, deltas, equal_nan=True):
        return []
    low = f"-log({head.most_shrink:g}) = {-np.log(head.most_shrink):.4f} and " if head.most_shrink else ""
    return [
        f"log dh, log dw kept {'between ' + low if low else 'at most '}log({head.most_growth:g}) = "
        f"{np.log(head.most_growth):.4f}: {numbers(limited[2:])}"
    ]
