"""Box head: what each proposal is taken for, and where its box is moved.

Look for: an object whose proposals are split between two classes; refinement that leads away from the object.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from maskrcnn_core.trace import Trace

from ..drawing import bars, draw_boxes, panels, show_picture
from .common import class_label, config_of, molded_picture
from .roi_align import default_rows


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw proposals ``rows``: class probabilities, and the box before (dotted) and after refinement."""
    chosen = (rows if rows is not None else default_rows(trace))[:4]
    drawn, axes = panels(2 * len(chosen), columns=len(chosen), size=3.0)
    picture, names = molded_picture(trace), config_of(trace).class_names
    for place, row in enumerate(chosen):
        probs = trace["box_head.class_probs"][row]
        best = sorted(range(len(names)), key=lambda c: -probs[c])[:5]
        bars(
            axes[place],
            [names[c] for c in best],
            [float(probs[c]) for c in best],
            f"proposal {row}: probability of class",
        )
        below = axes[len(chosen) + place]
        label = class_label(
            trace,
            int(trace["detections.candidate_class"][row]),
            float(trace["detections.candidate_score"][row]),
        )
        show_picture(below, picture, "dotted: proposal, solid: refined, molded px")
        draw_boxes(below, trace["proposals.boxes"][row][None], "#ffffff", dotted=True)
        draw_boxes(below, trace["detections.clipped"][row][None], "#e69f00", [label])
    return drawn
