"""ROIAlign: the features that the heads see of a region.

Look for: two objects whose pooled features look the same; a region pooled from a level too coarse for it.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.trace import Trace

from ..drawing import panels, show_map, show_picture
from .activations import summarise
from .common import class_label, molded_picture


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw proposals ``rows``: the crop of the molded image, and the energy of its pooled features.

    rows: into ``proposals.boxes``; by default those of the detections, or the best ones where there is no detection.
    """
    chosen = (rows if rows is not None else default_rows(trace))[:6]
    drawn, axes = panels(2 * len(chosen), columns=len(chosen), size=2.2)
    picture = molded_picture(trace)
    for place, row in enumerate(chosen):
        box, level = trace["proposals.boxes"][row], int(trace["box_roi.level"][row])
        y1, x1, y2, x2 = (round(float(v)) for v in box)
        crop = picture[max(y1, 0) : max(y2, y1 + 1), max(x1, 0) : max(x2, x1 + 1)]
        name = class_label(trace, int(trace["detections.candidate_class"][row]))
        show_picture(axes[place], crop, f"proposal {row} ({name})\n{x2 - x1} x {y2 - y1} px, P{level}")
        pooled = trace["box_roi.pooled"][row]
        size = f"{pooled.shape[1]} x {pooled.shape[0]} x {pooled.shape[2]}"
        show_map(axes[len(chosen) + place], summarise(pooled), f"pooled {size}\nenergy over channels")
    return drawn


def default_rows(trace: Trace) -> list[int]:
    """Return the proposals of the detections; where there is none, the proposals of the best object scores."""
    rows = [int(row) for row in trace["detections.proposal_index"]]
    if rows:
        return rows
    best = np.argsort(-trace["box_head.class_probs"][:, 1:].max(axis=1, initial=0.0), kind="stable")
    return [int(row) for row in best[:6]]
