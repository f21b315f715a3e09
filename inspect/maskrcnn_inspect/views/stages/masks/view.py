"""Masks: from logits on a small grid to pixels of the image.

Look for: masks that bleed into a neighbour; edges coarser than the object; another class with the better mask.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace, config_of

from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.common import detection_colours, detection_labels
from ...framework.drawing import draw_boxes, outline, panels, show_image, show_map
from ...framework.instances import image_of
from ...framework.panel import Panel
from ...framework.scene import FEW, Shown, View, static_parts
from ...framework.slider import Slider
from .formulas import explain_mask
from .scenes import close_up, ladder, on_image, other_classes

CLASSES = 6  # masks of a detection shown at first, one a class


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw detections ``rows`` as a ladder: logits, probabilities, thresholded grid, mask on the image.

    Where there is no detection, one panel says so.
    """
    chosen = (rows if rows is not None else list(range(len(trace["detections.boxes"]))))[:4]
    image, threshold = image_of(trace), config_of(trace).pasting.threshold
    if not chosen:
        drawn, (only,) = panels(1, size=4.0)
        show_image(only, image, "no detection, so no mask")
        return drawn
    drawn, axes = panels(4 * len(chosen), columns=4, size=2.6)
    labels, colours = detection_labels(trace), detection_colours(trace)
    for place, row in enumerate(chosen):
        logits, probs, grid, pasted = axes[4 * place : 4 * place + 4]
        of_class = trace["mask_head.logits"][row, :, :, int(trace["detections.class_ids"][row])]
        show_map(logits, of_class, f"{labels[row]}: logits", signed=True)
        shown = show_map(probs, trace["mask_head.probs"][row], "probability, grid cells")
        shown.set_clim(0.0, 1.0)
        show_map(
            grid, (trace["mask_head.probs"][row] >= threshold).astype(float), f"probability >= {threshold:g}"
        )
        box, mask = trace["pasting.boxes"][row], trace["pasting.masks"][row]
        show_image(pasted, image, f"{int(mask.sum())} image px")
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


def draw(trace: Trace, selection: Selection, count: int = CLASSES, classes: int | None = None) -> list[Shown]:
    """Return all masks, and of the selected detection (the best by default) the ladder, the classes and a close-up.

    count: classes whose masks are shown. classes: the class whose ladder is shown, the detected one by default.
    """
    if not _count(trace):
        return [on_image(trace)]
    row = selection.detection or 0
    return [
        on_image(trace),
        ladder(trace, [row], classes),
        close_up(trace, row),
        other_classes(trace, [row], count),
    ]


def draw_baked(trace: Trace, selection: Selection) -> list[Shown]:
    """Return the same of the first detections on sliders that need no kernel."""
    rows = list(range(min(FEW, _count(trace))))
    if not rows:
        return [on_image(trace)]
    scenes: list[Shown] = [on_image(trace), ladder(trace, rows)]
    several = trace.shape("mask_head.logits")[3] > 2  # of one class the ladder has shown all
    return [*scenes, other_classes(trace, rows, CLASSES)] if several else scenes


def explain(
    trace: Trace, selection: Selection, count: int = CLASSES, classes: int | None = None
) -> list[str]:
    """Tell the way of the selected mask in numbers; of the best detection's without a selection."""
    if not _count(trace):
        return [
            "Nothing is reported, so there is no mask. The view of the detections says what came closest."
        ]
    return explain_mask(trace, selection.detection or 0, classes)


def _count(trace: Trace) -> int:
    return trace.shape("pasting.boxes")[0]


VIEW = View(
    "Masks: from logits on a small grid to pixels of the image",
    "Look for masks that bleed into a neighbour, for edges coarser than the object, for a class that fits better.",
    draw,
    explain,
    follows=True,
    stage="mask_head",
    section="stages",
)


def widget(session: Session) -> Panel:
    """Return the live view: one threshold for all its canvases, moved in the browser alone."""
    known = config_of(session.base).num_classes - 1 if session.base.config else CLASSES
    count = Slider(
        min(CLASSES, max(known, 1)), min=1, max=max(2, min(known, 16)), description="classes shown"
    )
    panel = Panel(session, VIEW, {"count": count}, picks=("classes",))
    panel.area.observe(lambda _: _share_threshold(panel), "children")
    _share_threshold(panel)
    return panel


def _share_threshold(panel: Any) -> None:
    """Let the canvases of ``panel`` share one threshold, in the browser: no kernel has to answer."""
    for canvas in panel.canvases[1:]:
        ipywidgets.jslink((panel.canvases[0], "mask_threshold"), (canvas, "mask_threshold"))


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    found = "detections.boxes" in session.trace and session.trace.shape("detections.boxes")[0]
    view = (
        VIEW if found else replace(VIEW, draw=draw_baked)
    )  # nothing to select: what came closest, on sliders
    return static_parts(view, session.trace, session.selection)
