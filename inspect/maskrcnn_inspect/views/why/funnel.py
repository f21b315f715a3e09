"""Funnel: how many candidates each stage leaves, of the picture or near a box that a person draws. It needs no truth.

Look for: the step at which the candidates near your object end, and how well the best of them still fitted.

Shapes: yxyx picture px.
"""

from __future__ import annotations

import re

import ipywidgets
import numpy as np

from maskrcnn_core.data.reading.images import Picture
from maskrcnn_core.recording.trace import Trace

from ...analysis.candidates.funnel import FunnelStep, funnel
from ...canvas import Boxes
from ...canvas.standalone import Part
from ...session import Selection, Session
from ..framework.bar_chart import Bars
from ..framework.panel import Panel
from ..framework.rows import classes_of, lineage_of_detections
from ..framework.scene import Scene, Shown, View, still


def draw(trace: Trace, selection: Selection, box: str = "") -> list[Shown]:
    """Return the picture to draw on, and the candidates that each step leaves, near ``box`` if there is one."""
    rows = np.arange(trace.shape("pasting.boxes")[0])
    layer = Boxes(
        trace["pasting.boxes"], "detections", scores=trace["detections.scores"],
        lineage=lineage_of_detections(trace, rows), **classes_of(trace, trace["detections.class_ids"]),
    )  # fmt: skip
    scene = Scene(
        "Draw a box around an object: hold Shift and drag, picture px",
        Picture(trace["image.original"]).for_display(),
        [layer],
        "Candidates count as near from an IoU of 0.5 with the box.",
    )
    steps = funnel(trace, parse(box))
    counts = [step.count for step in steps]
    texts = [_text(step) for step in steps]
    title = "Candidates near the box after each step" if box.strip() else "Candidates after each step"
    return [scene, Bars(title, [step.step for step in steps], counts, texts=texts, logarithmic=True)]


def explain(trace: Trace, selection: Selection, box: str = "") -> list[str]:
    """Say where the candidates near the box end."""
    if not box.strip():
        return ["Draw a box, or write its four numbers: then the candidates near it alone are counted."]
    steps = funnel(trace, parse(box))
    last = next((step for step in steps if not step.count), None)
    if last is None:
        return [f"{steps[-1].count} detection(s) near the box: it was found."]
    before = steps[max(0, steps.index(last) - 1)]
    return [
        f"The last candidates near the box are lost at: {last.step}.",
        f"Before, at {before.step}: {before.count} of them, best score {_number(before.best_score)}.",
        f"The best fit there has an IoU of {_number(before.best_iou)}, afterwards {_number(last.best_iou)}.",
    ]


def parse(box: str) -> list[float] | None:
    """Return the numbers (y1, x1, y2, x2) in ``box``; None where it is empty. Raises: ValueError for anything else."""
    if not box.strip():
        return None
    try:
        numbers = [float(word) for word in re.split(r"[\s,;]+", box.strip(" ()[]"))]
    except ValueError:
        numbers = []
    if len(numbers) != 4:
        raise ValueError(f"wanted a box as four numbers y1, x1, y2, x2 in picture px, received {box!r}")
    return numbers


def _text(step: FunnelStep) -> str:
    fit = "" if step.best_iou is None else f", best IoU {step.best_iou:.2f}"
    return f"{step.count:,}, best score {_number(step.best_score)}{fit}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


VIEW = View(
    "Funnel: where do the candidates go?",
    "Look for the step at which the candidates near your object end, and how well the best of them still fitted.",
    draw,
    explain,
)


def widget(session: Session) -> Panel:
    """Return the live view: a box drawn on the picture, or written into the field, is followed through the stages."""
    field = ipywidgets.Text(
        description="box (y1, x1, y2, x2)", placeholder="empty: the whole picture", continuous_update=False,
        style={"description_width": "initial"},
    )  # fmt: skip
    panel = Panel(session, VIEW, {"box": field})
    if panel.canvases:
        canvas = panel.canvases[0]
        canvas.observe(
            lambda change: setattr(field, "value", ", ".join(f"{v:.1f}" for v in change["new"])), "drawn"
        )
    return panel


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: the funnel of the whole picture."""
    return still(VIEW, session.trace, session.selection)
