"""Funnel: how many candidates each stage leaves, and the best of them; needs no ground truth.

For the image as a whole, or for a box that a person draws: then candidates near it alone count (IoU >= t), and the
best overlap is said as well, so that a missed object is seen to vanish.

Counts fall from step to step, but for one: where each class of a proposal is a candidate of its own, "candidates" are
the proposals times the classes of objects.

Shapes: yxyx image px for the box that is given, network-input px for those of the trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.molding import layout, mold_boxes

from .fates import candidates_of_classes, empty_masks


@dataclass(frozen=True)
class FunnelStep:
    """What one step leaves.

    count: candidates. best_score: objectness up to the proposals, then of the candidate's class; None without any.
    best_iou: the highest overlap of any box of the step with the box that was given, near or not; None without one.
    """

    step: str
    count: int
    best_score: float | None
    best_iou: float | None = None


def funnel(
    trace: Trace, box_image: Sequence[float] | None = None, threshold: float = 0.5
) -> list[FunnelStep]:
    """Return the steps of ``trace``, in the order of the pipeline.

    box_image: (yxyx) image px; only candidates with IoU >= ``threshold`` with it count.
    Raises: ValueError for a box without area or numbers.
    """
    target = None if box_image is None else molded_box(trace, box_image)
    corner = config_of(trace).box_corner
    steps = []
    for name, (boxes, scores) in _steps(trace).items():
        overlap = None if target is None else np.asarray(box_algebra.iou(boxes, target, corner)[:, 0])
        near = np.ones(len(boxes), bool) if overlap is None else overlap >= threshold
        best = scores[near].max(initial=-np.inf)
        steps.append(
            FunnelStep(
                name,
                int(near.sum()),
                float(best) if np.isfinite(best) else None,
                None if overlap is None else float(overlap.max(initial=0.0)),
            )
        )
    return steps


def molded_box(trace: Trace, box_image: Sequence[float]) -> np.ndarray:
    """Return (1, yxyx) network-input px. Raises: ValueError for anything but four numbers with an area."""
    box = np.asarray(box_image, np.float32)
    if box.shape != (4,) or not np.isfinite(box).all() or not (box[2:] > box[:2]).all():
        raise ValueError(
            f"wanted a box y1,x1,y2,x2 in image px with y2 > y1 and x2 > x1, received {box_image}"
        )
    return np.asarray(
        mold_boxes(box[None], layout(trace.shape("image.original")[:2], config_of(trace).molding))
    )


def _steps(trace: Trace) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return boxes and scores by step."""
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    refined, objects, passed = trace["detections.clipped"], classes > 0, candidates_of_classes(trace)
    every = config_of(trace).detections.candidates == "every"
    steps = {
        "anchors": (trace["anchors.boxes"], trace["rpn.scores"]),
        "top k, refined": (trace["proposals.clipped"], trace["proposals.top_k_scores"]),
        "proposals": (trace["proposals.boxes"], trace["proposals.scores"]),
        "candidates" if every else "not background": (refined[objects], scores[objects]),
        "score high enough": (refined[passed], scores[passed]),
        "detections": (trace["detections.boxes"], trace["detections.scores"]),
    }
    if "pasting.masks" in trace:  # a trace without masks ends one step earlier
        visible = ~empty_masks(trace)
        steps["with a mask"] = (trace["detections.boxes"][visible], trace["detections.scores"][visible])
    return steps
