"""Composing: the result on the picture.

Look for: what a person would have marked and the model did not, and the other way round.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from maskrcnn_core.pictures import Picture
from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, outline, panels, show_picture
from .common import detection_colours, detection_labels


def figure(trace: Trace) -> Figure:
    """Draw the picture beside the composed one, with boxes, outlines, classes and scores. Picture px."""
    drawn, (left, right) = panels(2, size=5.0)
    picture = Picture(trace["image.original"]).for_display()
    show_picture(left, picture, "picture")
    count = len(trace["pasting.boxes"])
    show_picture(right, trace["composing.picture"], f"{count} instance{'' if count == 1 else 's'}")
    for mask, colour in zip(trace["pasting.masks"], detection_colours(trace), strict=True):
        outline(right, mask, colour)
    draw_boxes(right, trace["pasting.boxes"], detection_colours(trace), detection_labels(trace), width=1.0)
    return drawn
