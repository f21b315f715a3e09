"""A view: how bright each detection is."""

import numpy as np

from maskrcnn_inspect.views.framework.bar_chart import Bars
from maskrcnn_inspect.views.framework.drawing import bars, panels
from maskrcnn_inspect.views.framework.panel import Panel
from maskrcnn_inspect.views.framework.scene import View, static_parts


def brightness(trace):
    """Return (d,) the mean grey level inside each mask; 0 for an empty one."""
    grey = trace["image.original"].mean(axis=2)
    return np.array([grey[mask].mean() if mask.any() else 0.0 for mask in trace["pasting.masks"]])


def draw(trace, selection):
    """Return a bar a detection."""
    values = brightness(trace)
    return [Bars("Brightness", [f"detection {row}" for row in range(len(values))], values.tolist())]


def explain(trace, selection):
    """Return the selected detection's brightness."""
    row = selection.detection
    return [] if row is None else [f"mean grey level {brightness(trace)[row]:.1f}"]


VIEW = View(
    "Brightness",
    "Look for detections that are darker than the others.",
    draw,
    explain,
    stage="detections",
    section="stages",
)


def figure(trace):
    """Draw the bars."""
    drawn, (axes,) = panels(1, columns=1)
    values = brightness(trace)
    bars(axes, [str(row) for row in range(len(values))], values, "brightness")
    return drawn


def widget(session):
    """Return the live view."""
    return Panel(session, VIEW)


def snapshot(session):
    """Return the parts of a page without a kernel."""
    return static_parts(VIEW, session.trace, session.selection)
