"""Funnel: how many candidates each stage leaves, of the image or near a box that a person draws. It needs no ground
truth.

Look for: the step at which the candidates near your object end, and how well the best of them still fitted.

Shapes: yxyx image px.
"""

from __future__ import annotations

import re

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.recording.trace import Trace

from ...analysis.candidates.funnel import FunnelStep, funnel
from ...canvas import Boxes
from ...canvas.standalone import Part
from ...session import Selection, Session
from ..framework.bar_chart import Bars
from ..framework.drawing import bars, panels
from ..framework.panel import Panel
from ..framework.rows import classes_of, lineage_of_detections
from ..framework.scene import Scene, Shown, View, static_parts


def draw(trace: Trace, selection: Selection, box: str = "") -> list[Shown]:
    """Return the image to draw on, and the candidates that each step leaves, near ``box`` if there is one."""
    rows = np.arange(trace.shape("pasting.boxes")[0])
    layer = Boxes(
        trace["pasting.boxes"], "detections", scores=trace["detections.scores"],
        lineage=lineage_of_detections(trace, rows), **classes_of(trace, trace["detections.class_ids"]),
    )  # fmt: skip
    scene = Scene(
        "Draw a box around an object: hold Shift and drag, image px",
        SourceImage(trace["image.original"]).for_display(),
        [layer],
        "Candidates count as near from an IoU of 0.5 with the box.",
    )
    steps = funnel(trace, parse(box))
    counts = [step.count for step in steps]
    texts = [_text(step) for step in steps]
    return [scene, Bars(title_of(box), [step.step for step in steps], counts, texts=texts, logarithmic=True)]


def title_of(box: str) -> str:
    """Return what is counted, in words."""
    return "Candidates near the box after each step" if box.strip() else "Candidates after each step"


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
        raise ValueError(f"wanted a box as four numbers y1, x1, y2, x2 in image px, received {box!r}")
    return numbers


def _text(step: FunnelStep) -> str:
    fit = "" if step.best_iou is None else f", best IoU {step.best_iou:.2f}"
    return f"{step.count:,}, best score {_number(step.best_score)}{fit}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def figure(trace: Trace, box: str = "") -> Figure:
    """Draw how many candidates each step leaves, near ``box`` if there is one."""
    steps = funnel(trace, parse(box))
    drawn, (axes,) = panels(1, columns=1, size=6, aspect=0.5)
    bars(axes, [step.step for step in steps], [step.count for step in steps], title_of(box))
    axes.set_xscale("symlog")
    return drawn


VIEW = View(
    "Funnel: where do the candidates go?",
    "Look for the step at which the candidates near your object end, and how well the best of them still fitted.",
    draw,
    explain,
    section="why",
)


def widget(session: Session) -> Panel:
    """Return the live view: a box drawn on the image, or written into the field, is followed through the stages."""
    field = ipywidgets.Text(
        description="box (y1, x1, y2, x2)", placeholder="empty: the whole image", continuous_update=False,
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
    """Return the parts of a page without a kernel: the funnel of the whole image."""
    return static_parts(VIEW, session.trace, session.selection)
