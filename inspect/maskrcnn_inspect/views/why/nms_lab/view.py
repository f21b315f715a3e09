"""NMS lab: both NMS steps of an image as graphs, and what other settings or methods would keep.

Solid boxes are kept, dotted ones suppressed; an arrow leads from a box to those that it suppresses. The second scene
shows what the choice keeps that the model does not, and the other way round. Hard NMS is the stage's own
function on the recorded boxes; soft NMS is a what-if, which the model never runs.

Look for: a box that fits its object best and is suppressed by a worse one; the threshold from which on an object is
kept twice.

Shapes: rows are k (the top k) for proposals and c (the candidates) for detections; e edges; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ....analysis.candidates.nms_lab import METHODS, STAGES, Choice, compare, own_choice
from ....canvas.standalone import Html, Part
from ....palette import NEGATIVE, POSITIVE
from ....session import Selection, Session
from ...framework.common import molded_image
from ...framework.drawing import draw_boxes, panels, show_image
from ...framework.panel import Panel
from ...framework.scene import RENDER_ERRORS, Shown, View, error_text
from ...framework.selector import selector
from ...framework.slider import Slider
from .scenes import SHOWN, Rows, as_graph, difference, on_image

NO_MODEL = "The NMS lab runs the stages' own NMS; it needs a session with its model."


def figure(trace: Trace, stage: str = "detections", choice: Choice | None = None) -> Figure:
    """Draw what the model keeps beside what ``choice`` keeps: what is new there solid, what is gone dotted."""
    choice = choice or own_choice(trace, stage)
    table, change = Rows(trace, stage, choice), compare(trace, stage, choice)
    own = np.union1d(np.setdiff1d(change.kept.rows, change.added), change.removed)
    drawn, (before, after) = panels(2, columns=2, size=4.2)
    show_image(before, molded_image(trace), f"{stage}: the model keeps {len(own)}, network-input px")
    draw_boxes(before, table.boxes[own][:SHOWN], "#56b4e9", width=1.0)
    title = f"{choice.method}, IoU > {choice.threshold:g}: {len(change.kept.rows)}"
    show_image(after, molded_image(trace), f"{title}; {len(change.added)} new, {len(change.removed)} gone")
    draw_boxes(after, table.boxes[np.intersect1d(own, change.kept.rows)][:SHOWN], "#56b4e9", width=1.0)
    draw_boxes(after, table.boxes[change.removed][:SHOWN], NEGATIVE, dotted=True)
    draw_boxes(after, table.boxes[change.added][:SHOWN], POSITIVE)
    return drawn


def draw(trace: Trace, selection: Selection, stage: str = "detections", **choices: Any) -> list[Shown]:
    """Return the graph of NMS of ``stage``, and what differs from the model's own outcome.

    choices: fields of ``Choice`` that differ from the model's own.
    """
    choice = choice_of(trace, stage, **choices)
    change = compare(trace, stage, choice)
    table = Rows(trace, stage, choice)
    return [on_image(table, change), as_graph(table, change), difference(table, change)]


def choice_of(trace: Trace, stage: str, **choices: Any) -> Choice:
    """Return the model's own choice with ``choices`` in place of its fields; None stays the model's own."""
    changed = {name: value for name, value in choices.items() if value is not None}
    return replace(own_choice(trace, stage), **changed)


def explain(trace: Trace, selection: Selection, stage: str = "detections", **choices: Any) -> list[str]:
    """Tell the numbers of the choice beside the model's own; with ground truth, how many objects each kind of box
    matches.
    """
    choice, own = choice_of(trace, stage, **choices), own_choice(trace, stage)
    change = compare(trace, stage, choice)
    before = len(change.kept.rows) - len(change.added) + len(change.removed)
    lines = [
        f"{'':<14}{'the model':>12}{'the choice':>12}",
        f"{'IoU above':<14}{own.threshold:>12g}{choice.threshold:>12g}",
        f"{'method':<14}{own.method:>12}{choice.method:>12}",
        f"{'kept':<14}{before:>12}{len(change.kept.rows):>12}",
    ]
    if stage == "detections":
        lines.insert(2, f"{'score from':<14}{own.min_score:>12g}{choice.min_score:>12g}")
    if change.found_before is not None:
        lines.append(
            f"{'objects found':<14}{change.found_before:>12}{change.found_after:>12}   (boxes, IoU >= 0.5)"
        )
    return lines


VIEW = View(
    "NMS lab: who suppresses whom, and what if not",
    "Look for a box that fits its object best and is suppressed by a worse one, and for objects that are kept twice.",
    draw,
    explain,
    section="why",
)


def widget(session: Session) -> Panel:
    """Return the live view. Another stage begins with the model's own settings."""
    own = own_choice(session.trace, "detections")
    stage = selector("NMS of", STAGES, value="detections")
    threshold = Slider(float(own.threshold), min=0.0, max=1.0, step=0.01, description="IoU above")
    score = Slider(float(own.min_score), min=0.0, max=1.0, step=0.01, description="score threshold")
    by_class = ipywidgets.Checkbox(True, description="within each class")
    by_level = ipywidgets.Checkbox(
        own_choice(session.trace, "proposals").by_level, description="within each level", disabled=True
    )
    method = selector("method", METHODS, value="hard")

    def begin(_: Any) -> None:
        chosen = own_choice(session.trace, stage.value)
        threshold.value, score.value = chosen.threshold, chosen.min_score
        score.disabled = by_class.disabled = stage.value == "proposals"
        by_level.disabled = stage.value != "proposals"
        by_level.value = own_choice(session.trace, "proposals").by_level

    stage.observe(begin, "value")
    return Panel(
        session,
        VIEW,
        {
            "stage": stage,
            "threshold": threshold,
            "min_score": score,
            "by_class": by_class,
            "by_level": by_level,
            "method": method,
        },
    )


def snapshot(session: Session) -> list[Part]:
    """Return the graphs of both NMS steps by the model's own settings; a sentence where the model is not there."""
    if not session.has_model:
        return [Html(f"<h2>{VIEW.title}</h2>"), NO_MODEL]
    parts: list[Part] = [Html(f"<h2>{VIEW.title}</h2>"), VIEW.look_for]
    for stage in STAGES:
        try:
            choice = own_choice(session.trace, stage)
            table, change = Rows(session.trace, stage, choice), compare(session.trace, stage, choice)
            scenes = [on_image(table, change), as_graph(table, change)]
        except RENDER_ERRORS as error:
            return [*parts, error_text(error)]
        parts += [scene.canvas() for scene in scenes]
    return parts
