"""Why nothing was found where a person has drawn a box: the funnel near it, the verdict, and what would have kept it.

Inputs: a trace and a box. Outputs: plain values. The box is taken for an object that fills it, of the class that the
network itself thought likeliest there; then ``verdicts`` and ``setting_changes`` are asked as for any ground truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ..analysis.candidates.funnel import funnel, molded_box
from ..analysis.candidates.setting_changes import find_setting_change
from ..analysis.candidates.verdicts import judge_truths

OF_TRUTH = ("truth", "losses")  # of the image's own objects, in whose place the box is asked about
NEAR = 0.5  # IoU from which a candidate is near the box


def why_not_found(trace: Trace, box_image: Sequence[float], model: Any = None) -> dict[str, Any]:
    """Return the steps near ``box_image`` (yxyx image px), the verdict, and with a ``model`` the smallest change of a
    setting that keeps the object.

    Raises: ValueError for a box without area.
    """
    steps = funnel(trace, box_image, NEAR)
    supposed = _with_object(trace, box_image)
    (verdict,) = judge_truths(supposed, NEAR)
    names = config_of(trace).class_names
    said = {
        "steps": [asdict(step) for step in steps],
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
        "class": names[verdict.class_id],
        "anchor": verdict.anchor,
        "detection": verdict.detection,
    }
    if model is None or verdict.verdict == "found":
        return said
    change = find_setting_change(model, supposed, verdict, NEAR)
    return {**said, "setting_change": {"settings": change.settings, "reason": change.reason}}


def _with_object(trace: Trace, box_image: Sequence[float]) -> Trace:
    """Return ``trace`` with one object for ground truth: the box, filled, of the likeliest class near it."""
    box = molded_box(trace, box_image)
    without_truth = {n: value for n, value in trace.tensors.items() if n.split(".")[0] not in OF_TRUTH}
    supposed = Trace([*without_truth, "truth.*"], config=trace.config)
    supposed.attributes.update(trace.attributes)
    supposed.update(without_truth)
    mask = np.zeros((1, *trace.shape("image.original")[:2]), bool)
    top, left, bottom, right = (round(float(value)) for value in box_image)
    rows, columns = (top, max(bottom, top + 1)), (left, max(right, left + 1))  # one at least
    mask[0, slice(*np.maximum(rows, 0)), slice(*np.maximum(columns, 0))] = True
    supposed.update(
        {
            "truth.boxes": box,
            "truth.class_ids": np.array([_likeliest(trace, box)], np.int32),
            "truth.is_crowd": np.zeros(1, bool),
            "truth.masks": mask,
        }
    )
    return supposed


def _likeliest(trace: Trace, box: np.ndarray) -> int:
    """Return the class but background of the highest probability among the proposals near ``box``; else the first."""
    overlap = box_algebra.iou(trace["proposals.boxes"], box, config_of(trace).box_corner)[:, 0]
    near = trace["box_head.class_probs"][overlap >= NEAR]
    return int(near[:, 1:].max(axis=0).argmax()) + 1 if len(near) else 1
