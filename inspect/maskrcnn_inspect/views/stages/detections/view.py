"""Detections: the filters between the box head and the report.

Look for: the step at which the count of your object's candidates falls to 0.

Shapes: n proposals; c candidates, a proposal with a class each; d detections; yxyx network-input px.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.candidates.fates import (
    best_candidates,
    candidate_index,
    candidate_proposal,
    candidates_of_classes,
)
from ....analysis.candidates.funnel import funnel
from ....analysis.candidates.nms_lab import Choice, keep, own_choice
from ....analysis.candidates.suppression import inverse
from ....canvas import Boxes, Frames, Layer, Links
from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.bar_chart import Bars
from ...framework.common import detection_colours, detection_labels, molded_image
from ...framework.drawing import bars, draw_boxes, panels, show_image
from ...framework.panel import Panel, Rerun
from ...framework.rows import classes_of, detection_boxes, truth_boxes
from ...framework.scene import RENDER_ERRORS, Scene, Shown, View, static_parts
from .formulas import Filters, explain_filters, filters_of, nearest_candidates

__all__ = ["figure", "labels", "nearest_candidates", "snapshot", "widget"]

THRESHOLDS = tuple(step / 10 for step in range(1, 11))  # IoU, positions of the baked slider


def figure(trace: Trace) -> Figure:
    """Draw the candidates that pass the score, those that survive the NMS of their class, and the counts on the way."""
    drawn, (before, after, counts) = panels(3, columns=3, size=3.8)
    image, settings = molded_image(trace), config_of(trace).detections
    scored = candidates_of_classes(trace)
    show_image(before, image, f"{len(scored)} candidates before NMS, network-input px")
    draw_boxes(before, trace["detections.clipped"][scored], "#d55e00", width=0.9)
    show_image(
        after,
        image,
        f"{len(trace['detections.boxes'])} detections, IoU <= {settings.nms_threshold:g} in a class",
    )
    draw_boxes(after, trace["detections.boxes"], detection_colours(trace), detection_labels(trace))
    steps = funnel(trace)
    bars(counts, [one.step for one in steps], [one.count for one in steps], "left after each step")
    counts.set_xscale("symlog")
    return drawn


def labels(trace: Trace) -> list[str]:
    """Return ``1 square 0.98`` for each detection."""
    return detection_labels(trace)


def draw(trace: Trace, selection: Selection) -> list[Shown]:
    """Return the candidates after each filter, and how many each step from the anchors on leaves."""
    return [filtering(trace), counts(trace)]


def filtering(trace: Trace) -> Scene:
    """Return every proposal's refined box on a slider of filters: class, score, NMS, maximum.

    Where each class of a proposal is a candidate: its best one, and all that pass the score.
    """
    filters = filters_of(trace)
    rows = np.union1d(best_candidates(trace), np.flatnonzero(filters.left[2])).astype(np.int32)
    place = inverse(candidate_index(trace), len(filters.left[0]))[rows]
    kept = [np.flatnonzero(left[rows]) for left in filters.left]
    scores, classes = trace["detections.candidate_score"][rows], trace["detections.candidate_class"][rows]
    proposals = filters.proposal[rows]
    candidates = Boxes(
        trace["detections.clipped"][rows], "candidates", of="proposals", index=proposals, scores=scores,
        colours=place, style=np.where(place >= 0, "solid", "dotted").tolist(), numbered=False, frames=kept,
        lineage={"detections": place, "anchors": trace["proposals.anchor_index"][proposals]},
        labels=_labels(trace, filters, rows), **classes_of(trace, classes),
    )  # fmt: skip
    found = detection_boxes(trace, frames=[np.arange(len(trace["detections.boxes"]))] * len(kept))
    names = [f"{name}: {int(left.sum())}" for name, left in zip(filters.names, filters.left, strict=True)]
    count = trace.shape("proposals.anchor_index")[0]
    return Scene(
        f"{count} proposals through four filters to {len(trace['detections.boxes'])} detections, network-input px",
        molded_image(trace),
        [*truth_boxes(trace, numbered=False), candidates, _links(filters), found],
        "Move the slider: at which filter does an object lose its last box? Click a dotted box to see what it lost to.",
        frames=Frames("Filter", names, start=2),
    )


def thresholds(trace: Trace) -> Scene:
    """Return what NMS by other thresholds would report: the stage's own function on the recorded boxes."""
    own = own_choice(trace, "detections")
    kept = [keep(trace, "detections", Choice(t, own.count, own.min_score)).rows for t in THRESHOLDS]
    rows = np.unique(np.concatenate(kept)).astype(np.int32)
    place = inverse(candidate_index(trace), trace.shape("detections.clipped")[0])
    proposals = candidate_proposal(trace)[rows]
    layer: Layer = Boxes(
        trace["detections.clipped"][rows], "reported", of="proposals", index=proposals,
        scores=trace["detections.candidate_score"][rows], colours=place[rows],
        lineage={"detections": place[rows], "anchors": trace["proposals.anchor_index"][proposals]},
        frames=[np.flatnonzero(np.isin(rows, one)) for one in kept],
        **classes_of(trace, trace["detections.candidate_class"][rows]),
    )  # fmt: skip
    names = [f"{t:.1f}: {len(one)} reported" for t, one in zip(THRESHOLDS, kept, strict=True)]
    nearest = int(np.argmin(np.abs(np.array(THRESHOLDS) - own.threshold)))
    return Scene(
        f"Detections by the threshold of NMS; the model's own is {own.threshold:g}, network-input px",
        molded_image(trace),
        [*truth_boxes(trace, numbered=False), layer],
        "Grey boxes are not reported at the model's own threshold. From which on is an object reported twice?",
        frames=Frames("NMS threshold (IoU)", names, start=nearest),
    )


def counts(trace: Trace) -> Bars:
    """Return the funnel from anchors to detections as bars."""
    steps = funnel(trace)
    texts = [
        f"{one.count:,}" + ("" if one.best_score is None else f", best {one.best_score:.2f}") for one in steps
    ]
    return Bars(
        "Candidates left after each step, and their best score",
        [one.step for one in steps],
        [one.count for one in steps],
        texts=texts,
        logarithmic=True,
    )


def _labels(trace: Trace, filters: Filters, rows: np.ndarray) -> list[str]:
    """Return class, score and fate of each candidate, in the words of the filters."""
    classes, scores = trace["detections.candidate_class"][rows], trace["detections.candidate_score"][rows]
    names = classes_of(trace, trace["detections.candidate_class"])["class_names"]
    ends = (filters.ends[row] for row in rows)
    return [
        f"{names[int(c)]} {float(score):.2f}, {end}"
        for c, score, end in zip(classes, scores, ends, strict=True)
    ]


def _links(filters: Filters) -> Links:
    """Return arrows from each proposal with a suppressed candidate to the one that suppressed it."""
    gone = np.flatnonzero(filters.by >= 0)
    pairs = np.stack([filters.proposal[gone], filters.proposal[filters.by[gone]]], axis=1)
    return Links(pairs, "proposals", "proposals", name="suppressed by")


def explain(trace: Trace, selection: Selection) -> list[str]:
    """Tell how the selected candidate fared at each filter; without one, how many each filter took."""
    return explain_filters(trace, selection.proposal, selection.detection)


VIEW = View(
    "Detections: four filters between candidates and report",
    "Look for the filter at which the last candidate of your object goes, and for objects that are reported twice.",
    draw,
    explain,
    stage="detections",
    section="stages",
)
RERUNS = (
    Rerun("detections.min_score", "minimum score"),
    Rerun("detections.nms_threshold", "NMS threshold (IoU)", 0.05, 1.0, 0.05),
    Rerun("detections.max_count", "detections at most", 1, 400, 1),
)


def widget(session: Session) -> Panel:
    """Return the live view: its sliders run the filters and the mask head again."""
    return Panel(session, VIEW, {}, RERUNS)


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel; where the model is there, with a slider of NMS thresholds."""
    parts = static_parts(VIEW, session.trace, session.selection)
    if not session.has_model:
        return parts
    try:
        return [*parts, thresholds(session.trace).canvas()]
    except RENDER_ERRORS:
        return parts  # the view has said what is missing
