"""Molding: the picture before and after it was made to fit the network.

Look for: objects that became a few pixels small; a window that fills little of the molded image.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from maskrcnn_core.pictures import Picture
from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, panels, show_picture
from .common import config_of, molded_picture


def figure(trace: Trace) -> Figure:
    """Draw the original (picture px) beside the molded image (molded px) with its window."""
    drawn, (left, right) = panels(2, size=4.5)
    picture = trace["image.original"]
    height, width = picture.shape[:2]
    show_picture(left, Picture(picture).for_display(), f"original, {width} x {height} picture px")
    molded = molded_picture(trace)
    scale = float(trace["molding.scale"])
    mode = config_of(trace).molding.mode
    show_picture(
        right, molded, f"molded, {molded.shape[1]} x {molded.shape[0]} px, scale {scale:.3f}, mode {mode}"
    )
    draw_boxes(right, trace["molding.window"][None], colours="#ffffff", labels=["window"])
    return drawn
