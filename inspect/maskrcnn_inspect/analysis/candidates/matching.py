"""Which detection found which ground-truth object, from the tensors of a trace: the match that AP is computed from, on
masks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pycocotools import mask as run_length

from maskrcnn_core.evaluation.metrics.matching import Matches, match_objects
from maskrcnn_core.evaluation.metrics.objects import Objects
from maskrcnn_core.recording.trace import Trace


def match_masks(trace: Trace, threshold: float = 0.5) -> Matches:
    """Match the detections of ``trace`` with its ground-truth objects of their class by the IoU of masks, COCO's way.

    Raises: KeyError where the trace holds no ground truth.
    """
    detections, truths = objects_of_trace(trace)
    detections = replace(detections, codes=_codes(trace["pasting.masks"]))
    truths = replace(truths, codes=_codes(trace["truth.masks"]))
    return match_objects(detections, truths, "segm", threshold)


def objects_of_trace(trace: Trace) -> tuple[Objects, Objects]:
    """Return detections (d, rows as in the trace, empty masks too) and ground-truth objects (g): classes and scores, no
    shapes.
    """
    scores = np.asarray(trace["detections.scores"], np.float64)
    found, given = trace["detections.class_ids"], trace["truth.class_ids"]
    crowd = np.asarray(trace["truth.is_crowd"], bool)
    detections = Objects(found, np.zeros((len(found), 4)), scores, np.zeros(len(found), bool), None)
    return detections, Objects(given, np.zeros((len(given), 4)), np.ones(len(given)), crowd, None)


def _codes(masks: np.ndarray) -> tuple[dict[str, object], ...]:
    """Return run-length codes of masks (n, y, x) turned on their side.

    Overlaps are the same, and pycocotools, which wants columns, takes the rows as they lie in the memory: five times
    as fast as copying each mask.
    """
    rows = np.ascontiguousarray(masks, dtype=bool).view(np.uint8)
    return tuple(run_length.encode(mask.T) for mask in rows)
