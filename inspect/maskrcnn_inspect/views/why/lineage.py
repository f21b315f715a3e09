"""Lineage: click anything, and its way through the network is told and drawn, from its anchor to its end.

Every anchor of the top scores stands as a point where its refined box has its centre. A click on a point, a proposal, a
detection or an object shows the boxes of its stations with arrows between them, and who suppressed it, if somebody
did.

Look for: the station at which an object's last candidate ends, and what took its place.

Shapes: k of the top scores; n proposals; d detections; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ...analysis.candidates.fates import FATES, REPORTED, Fates, find_fates
from ...analysis.candidates.lineage import Lineage, lineage
from ...analysis.candidates.verdicts import TruthVerdict, judge_truths
from ...canvas import NEUTRAL, Boxes, Layer, Links, Points
from ...canvas.standalone import Part
from ...palette import MUTED, instance_colour
from ...session import Selection, Session
from ..framework.chart_cache import kept_chart
from ..framework.common import molded_image
from ..framework.drawing import bars, draw_boxes, draw_points, panels, show_image
from ..framework.keeping import kept
from ..framework.panel import Panel, selected_rows
from ..framework.rows import detection_boxes, lineage_of_anchors, proposal_boxes, truth_boxes
from ..framework.scene import Chart, Scene, Shown, View, static_parts
from ..framework.slider import Slider

POINTS = 120  # of the top scores that are drawn at first: more hide the image
SUPPRESSED_BY = "suppressed by"


def figure(trace: Trace, count: int = 400) -> Figure:
    """Draw the best ``count`` refined anchors as points, the reported in colour, and how many met each fate."""
    fates = find_fates(trace)
    drawn, (places, counts) = panels(2, columns=2, size=4.4)
    index, centres = _points(trace, fates, count)
    show_image(
        places,
        molded_image(trace),
        f"best {len(index)} refined anchors; reported in colour, network-input px",
    )
    reported = fates.fate[index] == REPORTED
    draw_points(places, centres[~reported], MUTED, 5)
    draw_boxes(places, trace["detections.boxes"])
    for row, anchor in enumerate(index[reported]):
        draw_points(places, centres[reported][row : row + 1], _colour(fates, int(anchor)), 24)
    met = fates.counts()
    bars(counts, list(met), list(met.values()), f"fates of all {len(fates.fate):,} anchors")
    counts.set_xscale("symlog")
    return drawn


def draw(trace: Trace, selection: Selection, count: int = POINTS) -> list[Shown]:
    """Return the stations of what is selected over the ``count`` best candidates, and the counts of fates."""
    fates = _fates(trace)
    story = _story(trace, selection, fates)
    layers: list[Layer] = [*truth_boxes(trace), _candidates(trace, fates, count)]
    title = "Click a point, a box or an object of the ground truth: its way is drawn here, network-input px"
    if story is not None:
        by = "" if story.suppressed_by is None else f", by anchor {story.suppressed_by}"
        title = f"Anchor {story.anchor}: {story.fate}{by}, network-input px"
        layers += _stations(trace, story)
    layers.append(proposal_boxes(trace, visible=False))
    layers.append(detection_boxes(trace))
    scene = Scene(
        title,
        molded_image(trace),
        layers,
        "Points are candidates, in the colour of their detection; all others are grey. Dotted: its boxes step by step.",
        settings={"selected": selected_rows(selection)},
    )
    return [scene, _counts(fates)]


def explain(trace: Trace, selection: Selection, count: int = POINTS) -> list[str]:
    """Tell the way of what is selected; without a selection, where all anchors ended."""
    fates = _fates(trace)
    lines = []
    if selection.truth is not None and "truth.boxes" in trace:
        verdict = _verdict(trace, selection.truth, fates)
        lines.append(f"object {selection.truth}: {verdict.verdict}. {verdict.sentence}")
    story = _story(trace, selection, fates)
    if story is not None:
        return [*lines, *str(story).splitlines()]
    counts = fates.counts()
    return [*lines, *(f"{name:<26}{count:>9,}" for name, count in counts.items() if count)]


def _story(trace: Trace, selection: Selection, fates: Fates) -> Lineage | None:
    """Return the lineage of what is selected: the anchor's where there is one, else of the object's best candidate."""
    if selection.anchor is not None:
        if selection.detection is not None:  # of several that came of the anchor
            return lineage(trace, detection=selection.detection, fates=fates)
        return lineage(trace, anchor=selection.anchor, fates=fates)
    if selection.truth is None or "truth.boxes" not in trace or trace["truth.is_crowd"][selection.truth]:
        return None
    verdict = _verdict(trace, selection.truth, fates)
    if verdict.candidate is not None:
        return lineage(trace, candidate=verdict.candidate, fates=fates)
    return None if verdict.anchor is None else lineage(trace, anchor=verdict.anchor, fates=fates)


def _verdict(trace: Trace, truth: int, fates: Fates) -> TruthVerdict:
    return judge_truths(trace, fates=fates, only=truth)[0]


def _candidates(trace: Trace, fates: Fates, count: int) -> Points:
    """Return the best refined anchors as points that can be clicked, each with its fate."""
    index, centres = _points(trace, fates, count)
    found = lineage_of_anchors(trace, index)
    scores = trace["rpn.scores"][index]
    labels = [
        f"objectness {float(s):.3f}: {FATES[f]}" for s, f in zip(scores, fates.fate[index], strict=True)
    ]
    return Points(
        centres, "candidates", of="anchors", index=index, lineage=found, labels=labels,
        colours=np.where(found["detections"] >= 0, found["detections"], NEUTRAL),
        weights=np.nan_to_num(scores) * 0.3, filtered=False,
    )  # fmt: skip


def _points(trace: Trace, fates: Fates, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the anchors of the best scores and the centres (k, yx) of their refined boxes; reported ones last."""
    boxes, index = trace["proposals.clipped"], trace["proposals.top_k_index"]
    chosen = np.arange(len(index)) < count
    chosen |= fates.fate[index] >= REPORTED
    places = np.flatnonzero(chosen)
    places = places[np.argsort(fates.fate[index[places]] == REPORTED, kind="stable")]
    centres = (boxes[places][:, :2] + boxes[places][:, 2:]) / 2
    return np.asarray(index[places]), np.nan_to_num(centres)


def _stations(trace: Trace, story: Lineage) -> list[Layer]:
    """Return the boxes of a candidate's stations, its suppressor's box, and an arrow to it."""
    steps = [step for step in story.steps if step.box is not None]
    colour = NEUTRAL if story.detection is None else story.detection
    boxes = np.stack([np.asarray(step.box, np.float32) for step in steps])
    labels = [f"{step.stage}: {step.sentence}" for step in steps]
    anchors = np.full(len(steps), story.anchor, np.int32)
    own = lineage_of_anchors(trace, anchors)
    layers: list[Layer] = [
        Boxes(
            boxes,
            "stations",
            of="anchors",
            index=anchors,
            labels=labels,
            colours=colour,
            style="dotted",
            numbered=False,
            filtered=False,
            lineage=own,
        )
    ]
    if story.suppressed_by is not None:
        by = np.array([story.suppressed_by], np.int32)
        box = _last_box(trace, story.suppressed_by)
        found = lineage_of_anchors(trace, by)
        layers.append(
            Boxes(
                box[None],
                SUPPRESSED_BY,
                of="suppressor",
                index=[0],
                labels=[f"anchor {story.suppressed_by}"],
                colours=np.where(found["detections"] >= 0, found["detections"], NEUTRAL),
                numbered=False,
                filtered=False,
                lineage={"anchors": by, **found},
            )
        )
        layers.append(Links([[story.anchor, 0]], "anchors", "suppressor", name="to it", only_selected=False))
    return layers


def _last_box(trace: Trace, anchor: int) -> np.ndarray:
    """Return the last box that a candidate had."""
    return next(
        np.asarray(step.box, np.float32)
        for step in reversed(lineage(trace, anchor=anchor).steps)
        if step.box is not None
    )


def _fates(trace: Trace) -> Fates:
    """Return what became of every anchor: once, since all who select are told it."""
    return kept(f"fates by {trace.config}", lambda: find_fates(trace), list(trace.tensors.values()))


def _counts(fates: Fates) -> Chart:
    met = fates.counts()
    words = ", ".join(f"{name} {count}" for name, count in met.items())
    return kept_chart(f"What became of every anchor: {words}", lambda: _counts_figure(met), [])


def _counts_figure(met: Mapping[str, int]) -> Figure:
    drawn, (axes,) = panels(1, size=5.5, aspect=0.5)
    bars(axes, list(met), list(met.values()), f"fates of all {sum(met.values()):,} anchors")
    axes.set_xscale("symlog")
    return drawn


def _colour(fates: Fates, anchor: int) -> str:
    return instance_colour(int(fates.detection[anchor]))


VIEW = View(
    "Lineage: what became of it, and why",
    "Look for the step at which your object's last candidate ends, and for what took its place.",
    draw,
    explain,
    follows=True,
    section="why",
)


def widget(session: Session) -> Panel:
    """Return the live view; it needs no model."""
    count = Slider(POINTS, min=10, max=2000, step=10, description="candidates drawn")
    return Panel(session, VIEW, {"count": count})


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: of what is selected, or of each of the first detections."""
    return static_parts(VIEW, session.trace, session.selection)
