"""Detections: the filters between the box head and the report.

Look for: the step at which the count of your object's candidates falls to 0.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.trace import Trace

from ..drawing import bars, draw_boxes, panels, show_picture
from .common import config_of, detection_colours, detection_labels, molded_picture


def funnel(trace: Trace) -> dict[str, int]:
    """Return how many candidates are left after each filter, first to last."""
    settings = config_of(trace).detections
    objects = trace["detections.candidate_class"] > 0
    scored = objects & (trace["detections.candidate_score"] >= settings.min_score)
    return {
        "anchors": len(trace["anchors.boxes"]),
        "top k by objectness": len(trace["proposals.top_k_index"]),
        "proposals after NMS": len(trace["proposals.boxes"]),
        "not background": int(objects.sum()),
        f"score >= {settings.min_score:g}": int(scored.sum()),
        "detections after NMS": len(trace["detections.boxes"]),
    }


def figure(trace: Trace) -> Figure:
    """Draw the candidates that pass the score, those that survive the NMS of their class, and the counts on the way."""
    drawn, (before, after, counts) = panels(3, columns=3, size=3.8)
    picture, settings = molded_picture(trace), config_of(trace).detections
    objects = trace["detections.candidate_class"] > 0
    scored = np.flatnonzero(objects & (trace["detections.candidate_score"] >= settings.min_score))
    show_picture(before, picture, f"{len(scored)} candidates before NMS, molded px")
    draw_boxes(before, trace["detections.clipped"][scored], "#d55e00", width=0.9)
    show_picture(
        after,
        picture,
        f"{len(trace['detections.boxes'])} detections, IoU <= {settings.nms_threshold:g} in a class",
    )
    draw_boxes(after, trace["detections.boxes"], detection_colours(trace), detection_labels(trace))
    steps = funnel(trace)
    bars(counts, list(steps), list(steps.values()), "candidates left after each step")
    counts.set_xscale("symlog")
    return drawn


def labels(trace: Trace) -> list[str]:
    """Return ``1 square 0.98`` for each detection."""
    return detection_labels(trace)


def nearest_candidates(trace: Trace, count: int = 5) -> list[str]:
    """Say how far the candidates came that got closest to being an object: one sentence each, best first."""
    probs = trace["box_head.class_probs"][:, 1:]
    names, settings = config_of(trace).class_names, config_of(trace).detections
    best = np.argsort(-probs.max(axis=1, initial=0.0), kind="stable")[:count]
    sentences = []
    for row in best:
        class_id = int(probs[row].argmax()) + 1
        score, chosen = float(probs[row].max()), int(trace["detections.candidate_class"][row])
        if chosen == 0:
            why = f"background is more probable ({float(trace['detections.candidate_score'][row]):.3f})"
        elif score < settings.min_score:
            why = f"below the minimum score of {settings.min_score:g}"
        elif row not in trace["detections.proposal_index"]:
            why = "suppressed by a better box of its class, or beyond the maximum count"
        else:
            why = "reported"
        sentences.append(f"proposal {row}: {names[class_id]} {score:.3f}, {why}")
    return sentences
