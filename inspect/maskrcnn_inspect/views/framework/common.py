"""What several views share: the molded picture, and sentences with live numbers."""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import grey_levels

from ...palette import instance_colour


def config_of(trace: Trace) -> Config:
    """Return the configuration that ``trace`` was run with. Raises: ValueError where it carries none."""
    if trace.config is None:
        raise ValueError("this trace carries no configuration; record it with model.trace")
    return trace.config


def molded_picture(trace: Trace) -> np.ndarray:
    """Return the molded image as a picture (y, x, rgb) uint8: normalising undone, NaN black."""
    grey = grey_levels(trace["molding.image"], config_of(trace).molding)
    picture = np.nan_to_num(np.clip(np.rint(grey), 0, 255)).astype(np.uint8)
    return picture[..., :3] if picture.shape[2] >= 3 else np.repeat(picture[..., :1], 3, axis=2)


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
