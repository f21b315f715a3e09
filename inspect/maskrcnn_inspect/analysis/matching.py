"""Which detection found which truth, from the tensors of a trace: the match that AP is computed from, on masks."""

from __future__ import annotations

import numpy as np

from maskrcnn_core.evaluation.matching import Matches, match_objects
from maskrcnn_core.evaluation.objects import Objects, objects_of_masks
from maskrcnn_core.trace import Trace


def match_masks(trace: Trace, threshold: float = 0.5) -> Matches:
    """Match the detections of ``trace`` with its truths of their class by the IoU of masks, COCO's way.

    Raises: KeyError where the trace holds no truth.
    """
    detections, truths = objects_of_trace(trace)
    return match_objects(detections, truths, "segm", threshold)


def objects_of_trace(trace: Trace) -> tuple[Objects, Objects]:
    """Return detections (d, rows as in the trace, empty masks too) and truths (g)."""
    scores = np.asarray(trace["detections.scores"], np.float64)
    detections = objects_of_masks(trace["pasting.masks"], trace["detections.class_ids"], scores)
    truths = objects_of_masks(
        trace["truth.masks"], trace["truth.class_ids"], is_crowd=trace["truth.is_crowd"]
    )
    return detections, truths
