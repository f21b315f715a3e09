"""Masks: from logits on a small grid to pixels of the picture.

Look for: masks that bleed into a neighbour; edges coarser than the object; another class with the better mask.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.pictures import Picture
from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, outline, panels, show_map, show_picture
from .common import config_of, detection_colours, detection_labels


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw detections ``rows`` as a ladder: logits, probabilities, thresholded grid, mask on the picture.

    Where there is no detection, one panel says so.
    """
    chosen = (rows if rows is not None else list(range(len(trace["detections.boxes"]))))[:4]
    picture, threshold = Picture(trace["image.original"]).for_display(), config_of(trace).pasting.threshold
    if not chosen:
        drawn, (only,) = panels(1, size=4.0)
        show_picture(only, picture, "no detection, so no mask")
        return drawn
    drawn, axes = panels(4 * len(chosen), columns=4, size=2.6)
    labels, colours = detection_labels(trace), detection_colours(trace)
    for place, row in enumerate(chosen):
        logits, probs, grid, pasted = axes[4 * place : 4 * place + 4]
        of_class = trace["mask_head.logits"][row, :, :, int(trace["detections.class_ids"][row])]
        show_map(logits, of_class, f"{labels[row]}: logits", signed=True)
        image = show_map(probs, trace["mask_head.probs"][row], "probability, grid cells")
        image.set_clim(0.0, 1.0)
        show_map(
            grid, (trace["mask_head.probs"][row] >= threshold).astype(float), f"probability >= {threshold:g}"
        )
        box, mask = trace["pasting.boxes"][row], trace["pasting.masks"][row]
        show_picture(pasted, picture, f"{int(mask.sum())} picture px")
        outline(pasted, mask, colours[row])
        draw_boxes(pasted, box[None], colours[row], width=0.8)
        _zoom(pasted, box)
    return drawn


def _zoom(axes: Axes, box: np.ndarray) -> None:
    """Show the neighbourhood of ``box`` (yxyx), half a side more all around."""
    y1, x1, y2, x2 = (float(v) for v in box)
    margin = 0.5 * max(y2 - y1, x2 - x1, 2.0)
    axes.set_xlim(x1 - margin, x2 + margin)
    axes.set_ylim(y2 + margin, y1 - margin)
