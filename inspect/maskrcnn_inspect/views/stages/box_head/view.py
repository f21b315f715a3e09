"""Box head: what each proposal is taken for, and where its box is moved.

Look for: an object whose proposals are split between two classes; refinement that leads away from the object.

Shapes: n proposals; K classes, 0 background; c classes shown; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.ranking import refine

from ....analysis.candidates.fates import best_candidates
from ....canvas import NEUTRAL, Boxes, Frames
from ....canvas.standalone import Part
from ....palette import instance_colour
from ....session import Selection, Session
from ...framework.bar_chart import GREY, Bars
from ...framework.common import class_label, molded_image
from ...framework.drawing import bars, draw_boxes, panels, show_image
from ...framework.panel import Panel
from ...framework.rows import classes_of, colours_of, default_rows, detection_of_proposal, truth_boxes
from ...framework.scene import FEW, RENDER_ERRORS, Scene, Shown, View, static_parts
from ...framework.slider import Slider
from .formulas import explain_row
from .neighbours import lines as neighbour_lines
from .neighbours import neighbours, with_vectors

SHOWN = 5  # classes of a proposal, the most probable; a model may know a thousand
BEST = 0  # colour of the most probable class where no detection came of the proposal
MOST_CLASSES = 20  # positions of the slider by class, the most frequent


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw proposals ``rows``: class probabilities, and the box before (dotted) and after refinement."""
    chosen = (rows if rows is not None else default_rows(trace))[:4]
    if not chosen:
        drawn, (only,) = panels(1, size=4.0)
        show_image(only, molded_image(trace), "no proposal, so nothing to classify")
        return drawn
    drawn, axes = panels(2 * len(chosen), columns=len(chosen), size=3.0)
    image, came_to = molded_image(trace), detection_of_proposal(trace)
    for place, row in enumerate(chosen):
        _bars(axes[place], trace, row)
        below = axes[len(chosen) + place]
        candidate = int(best_candidates(trace)[row])
        best, score = (
            trace["detections.candidate_class"][candidate],
            trace["detections.candidate_score"][candidate],
        )
        show_image(below, image, "dotted: proposal, solid: refined, network-input px")
        draw_boxes(below, trace["proposals.boxes"][row][None], "#ffffff", dotted=True)
        colour = instance_colour(int(came_to[row])) if came_to[row] >= 0 else "#999999"
        label = class_label(trace, int(best), float(score))
        draw_boxes(below, trace["detections.clipped"][candidate][None], colour, [label])
    return drawn


def draw(
    trace: Trace,
    selection: Selection,
    count: int = SHOWN,
    classes: int | None = None,
    nearest: bool = True,
) -> list[Shown]:
    """Return the selected proposal refined for each of ``count`` classes, their probabilities, and all by class.

    Where the trace holds the hidden vectors: what is nearest to it, too.
    """
    row = chosen_row(trace, selection)
    shown: list[Shown] = [
        refined(trace, [row], count),
        probabilities(trace, row, count),
        by_class(trace),
    ]
    return [*shown, *neighbours(trace, row)] if nearest else shown


def draw_baked(trace: Trace, selection: Selection) -> list[Shown]:
    """Return the same of the first detections, or of the default rows, on a slider that needs no kernel."""
    rows = default_rows(trace)[:FEW] or [chosen_row(trace, selection)]
    bar_charts = [probabilities(trace, row, SHOWN) for row in rows[:4]]
    return [refined(trace, rows, SHOWN), *bar_charts, by_class(trace)]


def explain(
    trace: Trace,
    selection: Selection,
    count: int = SHOWN,
    classes: int | None = None,
    nearest: bool = True,
) -> Sequence[str]:
    """Tell the probabilities and the refinement of the selected proposal, for ``classes`` or the most probable."""
    row = chosen_row(trace, selection)
    return [*explain_row(trace, row, count, classes), *(neighbour_lines(trace, row) if nearest else [])]


def chosen_row(trace: Trace, selection: Selection) -> int:
    """Return the proposal that ``selection`` means, or the first of the default ones. Raises: ValueError for none."""
    if selection.proposal is not None:
        return selection.proposal
    rows = default_rows(trace)
    if not rows:
        raise ValueError("there are no proposals, so there is nothing to classify")
    return rows[0]


def probable_classes(trace: Trace, row: int, count: int) -> np.ndarray:
    """Return (c,) the most probable classes of a proposal, background left out, best first."""
    probs = trace["box_head.class_probs"][row].copy()
    probs[0] = -np.inf
    return np.argsort(-np.nan_to_num(probs, nan=-1.0), kind="stable")[: min(count, len(probs) - 1)]


def refined_boxes(trace: Trace, row: int, classes: np.ndarray) -> np.ndarray:
    """Return (3, c, yxyx) the proposal, refined by the deltas of each class, and clipped: as the stage does for one.

    Law: for the candidate's class these are ``detections.decoded`` and ``detections.clipped``.
    """
    config = config_of(trace)
    before = np.repeat(trace["proposals.boxes"][row][None], len(classes), axis=0)
    with np.errstate(all="ignore"):  # deltas that are no numbers stay such, and their box is not drawn
        decoded = refine(before, trace["box_head.deltas"][row, classes], config.box_head, config.box_corner)
    clipped = box_algebra.clip(decoded, trace["molding.window"], config.box_corner)
    return np.stack([before, decoded, clipped])


def refined(trace: Trace, rows: Sequence[int], count: int) -> Scene:
    """Return the boxes of each class on their way: proposal, refined, clipped; a slider over ``rows`` if several."""
    classes = [probable_classes(trace, row, count) for row in rows]
    boxes = [refined_boxes(trace, row, own) for row, own in zip(rows, classes, strict=True)]
    own_row = np.repeat(rows, [len(one) for one in classes])
    class_ids = np.concatenate(classes)
    probs = trace["box_head.class_probs"][own_row, class_ids]
    came_to = detection_of_proposal(trace)[own_row]
    best = class_ids == np.argmax(trace["box_head.class_probs"], axis=1)[own_row]
    ends = np.cumsum([0, *(len(one) for one in classes)])
    many = len(rows) > 1
    layer = Boxes(
        np.concatenate(boxes, axis=1), "one box a class", of="of proposals" if many else "classes",
        index=np.arange(len(class_ids)) if many else class_ids, scores=probs, filtered=False,
        numbered=not many,  # a number stands for a class here, and across several proposals for nothing
        colours=np.where(best, np.where(came_to >= 0, came_to, BEST), NEUTRAL),
        style=["solid" if one else "dotted" for one in best], steps=("proposal", "refined", "clipped"),
        lineage={"proposals": own_row, "detections": came_to} if many else {},
        frames=[np.arange(a, b) for a, b in pairwise(ends)] if many else [],
        **classes_of(trace, class_ids),
    )  # fmt: skip
    subject = f"{len(rows)} proposals" if many else f"Proposal {rows[0]}"
    labels = [f"{row}, {_candidate(trace, row)}" for row in rows]
    return Scene(
        f"{subject}: refined by the deltas of each of the {len(classes[0])} most probable classes, network-input px",
        molded_image(trace),
        [*truth_boxes(trace, numbered=False), layer],
        "Move the slider from proposal to refined. The solid box is that of the most probable class: does it fit best?",
        frames=Frames("Proposal", labels) if many else None,
        settings={"progress": 1.0, "region": _around(boxes)},
    )


def _around(boxes: Sequence[np.ndarray]) -> list[float]:
    """Return the part (yxyx) network-input px of the image that shows ``boxes`` with half a side more all around."""
    corners = np.concatenate([one.reshape(-1, 4) for one in boxes])
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return []
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    margin = (high - low).max() / 2
    return [*(low - margin).tolist(), *(high + margin).tolist()]


def probabilities(trace: Trace, row: int, count: int) -> Bars:
    """Return the probabilities of the background and of the most probable classes, the chosen one in its colour."""
    classes, colours = _ranked(trace, row, count)
    probs = [float(trace["box_head.class_probs"][row, c]) for c in classes]
    names = [class_label(trace, c) for c in classes]
    texts = [f"{prob:.4f}" for prob in probs]
    return Bars(
        f"Proposal {row}: probability of each class", names, probs, colours, texts, greatest=1.0, width=420
    )


def by_class(trace: Trace) -> Scene:
    """Return all proposals by the class they are taken for, on the way from proposal to refined."""
    probs = trace["box_head.class_probs"]
    taken, rows = np.argmax(probs, axis=1), np.arange(len(probs))
    came_to = detection_of_proposal(trace)
    counts = np.bincount(taken, minlength=probs.shape[1])
    order = [c for c in np.argsort(-counts[1:], kind="stable") + 1 if counts[c]][:MOST_CLASSES]
    groups = [("all but background", taken > 0), *((class_label(trace, int(c)), taken == c) for c in order)]
    groups.append(("background", taken == 0))
    steps = {"proposal": "proposals.boxes", "refined": "detections.clipped"}
    boxes = [trace["proposals.boxes"]]
    if "detections.clipped" in trace:
        boxes.append(trace["detections.clipped"][best_candidates(trace)])
    moving = len(boxes) == len(steps)
    layer = Boxes(
        np.stack(boxes) if moving else boxes[0], "proposals", of="proposals", scores=probs[rows, taken],
        colours=colours_of(came_to), steps=tuple(steps) if moving else (),
        frames=[np.flatnonzero(kept) for _, kept in groups],
        lineage={"detections": came_to, "anchors": trace["proposals.anchor_index"]},
        **classes_of(trace, taken),
    )  # fmt: skip
    return Scene(
        f"{len(rows)} proposals by the class each is taken for, network-input px",
        molded_image(trace),
        [*truth_boxes(trace), layer],
        "Coloured boxes became detections. Is one object split between two classes?",
        frames=Frames("Taken for", [f"{name}: {int(kept.sum())}" for name, kept in groups]),
        settings={"progress": 1.0},
    )


def _bars(axes: Any, trace: Trace, row: int) -> None:
    classes, colours = _ranked(trace, row, SHOWN)
    probs = [float(trace["box_head.class_probs"][row, c]) for c in classes]
    names = [class_label(trace, c) for c in classes]
    bars(axes, names, probs, f"proposal {row}: probability of class", colours)
    axes.set_xlim(0, 1.25)


def _ranked(trace: Trace, row: int, count: int) -> tuple[list[int], list[str]]:
    """Return the background and the most probable classes, best first, and the colour of each."""
    probs, came_to = trace["box_head.class_probs"][row], int(detection_of_proposal(trace)[row])
    classes = [0, *probable_classes(trace, row, count).tolist()]
    classes.sort(key=lambda c: -np.nan_to_num(probs[c], nan=-1.0))
    own = instance_colour(came_to if came_to >= 0 else BEST)
    return classes, [own if place == 0 else GREY for place in range(len(classes))]


def _candidate(trace: Trace, row: int) -> str:
    best = int(np.argmax(trace["box_head.class_probs"][row]))
    return class_label(trace, best, float(trace["box_head.class_probs"][row, best]))


VIEW = View(
    "Box head: what is it, and where exactly?",
    "Look for an object whose proposals are split between two classes, and for refinement that leads away from it.",
    draw,
    explain,
    follows=True,
    stage="box_head",
    section="stages",
)


class BoxHeadPanel(Panel):
    """A live view that records the hidden vectors when neighbours are asked for."""

    def _arguments(self) -> dict[str, Any]:
        arguments = super()._arguments()
        if arguments["nearest"] and self.session.has_model:
            with suppress(*RENDER_ERRORS):  # drawing says what is missing
                self.session.record(last_hidden(self.session.config))
        return arguments


def widget(session: Session) -> Panel:
    """Return the live view: it follows the selected proposal; a click on a box tells the deltas of its class."""
    most = config_of(session.base).num_classes - 1 if session.base.config else SHOWN
    count = Slider(min(SHOWN, max(1, most)), min=1, max=max(2, min(most, 20)), description="classes shown")
    nearest = ipywidgets.Checkbox(
        value=False,
        description="what is nearest by hidden vector",
        indent=False,
        disabled=not session.has_model,
        layout={"width": "max-content"},
    )
    return BoxHeadPanel(session, VIEW, {"count": count, "nearest": nearest}, picks=("classes",))


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    trace = with_vectors(session)
    found = "detections.boxes" in trace and trace.shape("detections.boxes")[0]
    view = (
        VIEW if found else replace(VIEW, draw=draw_baked)
    )  # nothing to select: what came closest, on sliders
    return static_parts(view, trace, session.selection)
