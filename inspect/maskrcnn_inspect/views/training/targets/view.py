"""Training targets: what anchors and ROIs are told to become.

Look for: an object that no anchor reaches; an object without a positive ROI; mask targets cut off by their ROI.

Shapes: A anchors; r sampled ROIs, positive first; g ground-truth objects; yxyx network-input px.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.training.matches import USES, TruthMatches, require_targets, use_counts
from ....canvas.standalone import Part
from ....palette import NEGATIVE, POSITIVE, instance_colour
from ....palette import NEUTRAL as GREY
from ....session import Selection, Session
from ...framework.close_up import draw_rimmed, show_bits, zoom
from ...framework.common import molded_image
from ...framework.drawing import bars, draw_boxes, panels, show_image
from ...framework.panel import Panel
from ...framework.scene import Shown, View, static_parts
from ...framework.selector import selector
from .scenes import (
    anchors_scene,
    matches_of,
    roi_class,
    rois_scene,
    targets_scene,
    uses_of,
    wanted_anchors,
    wanted_rois,
)

SHOWN = 8  # ROIs of a figure
TOLD = 40  # objects that get a line
COLOURS = (POSITIVE, NEGATIVE, GREY, "#56b4e9", "#dddddd", "#cc79a7")  # of USES


def figure(trace: Trace) -> Figure:
    """Draw sampled anchors, positive ones before and after refinement, sampled ROIs (network-input px), and anchors by
    use.
    """
    require_targets(trace)
    image, uses = molded_image(trace), uses_of(trace)
    drawn, (anchors, refined, rois, counts) = panels(4, columns=4, size=3.5)
    positive, negative = (np.flatnonzero(uses == USES.index(use)) for use in ("positive", "negative"))
    show_image(anchors, image, f"{len(positive)} positive, {len(negative)} negative anchors")
    draw_boxes(anchors, trace["anchors.boxes"][negative], NEGATIVE, width=0.5)
    draw_boxes(anchors, trace["anchors.boxes"][positive], POSITIVE, width=1.2)
    show_image(refined, image, "positive anchors (dotted), targets (solid)")
    colours = [instance_colour(int(row)) for row in trace["anchor_targets.gt_index"][positive]]
    draw_rimmed(refined, wanted_anchors(trace, positive), colours)
    draw_rimmed(refined, trace["anchors.boxes"][positive], colours, dotted=True)
    of_truth = trace["roi_targets.gt_index"]
    show_image(rois, image, f"{int((of_truth >= 0).sum())} of {len(of_truth)} ROIs on an object")
    draw_boxes(rois, trace["roi_targets.boxes"][of_truth < 0], GREY, width=0.6)
    own = of_truth >= 0
    draw_boxes(
        rois, trace["roi_targets.boxes"][own], [instance_colour(int(t)) for t in of_truth[own]], width=1.0
    )
    use = use_counts(uses_of(trace))
    bars(counts, list(use), list(use.values()), "anchors by use", list(COLOURS))
    counts.set_xscale("symlog")
    return drawn


def rois_figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw ROIs on their part of the image, dotted, with the box that is wanted, and their mask targets beside it."""
    require_targets(trace)
    chosen = (rows if rows is not None else list(range(trace.shape("roi_targets.boxes")[0])))[:SHOWN]
    drawn, axes = panels(max(1, 2 * len(chosen)), columns=8, size=1.8)
    if not chosen:
        axes[0].set_axis_off()
        axes[0].text(0, 0.5, "no ROI was sampled", fontsize=9)
    image, wanted = molded_image(trace), wanted_rois(trace)
    for place, row in enumerate(chosen):
        seen, target = axes[2 * place : 2 * place + 2]
        truth, box = int(trace["roi_targets.gt_index"][row]), trace["roi_targets.boxes"][row]
        show_image(seen, image, f"ROI {row}: {roi_class(trace, row)}")
        colour = GREY if truth < 0 else instance_colour(truth)
        draw_rimmed(seen, wanted[row][None], colour)
        draw_rimmed(seen, box[None], colour, dotted=True, width=1.6)
        zoom(seen, box, 0.3)
        show_bits(
            target,
            trace["roi_targets.masks"][row],
            f"mask target of {truth}" if truth >= 0 else "no mask",
        )
    return drawn


def draw(trace: Trace, selection: Selection, use: str = "positive") -> list[Shown]:
    """Return the anchors of one ``use`` with where they should go, the sampled ROIs, and their targets."""
    require_targets(trace)
    return [
        anchors_scene(trace, use),
        rois_scene(trace),
        targets_scene(trace, _chosen_rois(trace, selection)),
    ]


def explain(trace: Trace, selection: Selection, use: str = "positive") -> list[str]:
    """Tell the anchors by use, every object with who learns from it, and the target of the selected anchor."""
    require_targets(trace)
    settings, counts = config_of(trace).training, use_counts(uses_of(trace))
    lines = [
        f"{sum(counts.values())} anchors = " + " + ".join(f"{n} {name}" for name, n in counts.items()),
        f"positive: IoU >= {settings.rpn_positive_iou:g} or the best anchor of some object; negative: below "
        f"{settings.rpn_negative_iou:g}; {settings.rpn_samples} are drawn, half of them positive at most",
        *_truth_lines(matches_of(trace)),
    ]
    anchor = selection.anchor
    if anchor is None:
        return lines
    name, iou = USES[int(uses_of(trace)[anchor])], float(trace["anchor_targets.iou"][anchor])
    deltas = ", ".join(f"{float(value):.3f}" for value in trace["anchor_targets.deltas"][anchor])
    on = int(trace["anchor_targets.gt_index"][anchor])
    told = f"anchor {anchor} on P{trace['anchors.level'][anchor]}: {name}, IoU {iou:.3f}" + (
        f" with {on}" if on else ""
    )
    return [*lines, told, f"wanted raw deltas (dy, dx, log dh, log dw) = ({deltas})"]


def _truth_lines(matches: list[TruthMatches]) -> list[str]:
    """Return a line an object, ``TOLD`` at most; those that no anchor reaches come first if there are more."""
    if len(matches) <= TOLD:
        return [_truth_line(one) for one in matches]
    first = sorted(matches, key=lambda one: one.reached)[:TOLD]
    return [*(_truth_line(one) for one in first), f"and {len(matches) - TOLD} more objects"]


def _truth_line(one: TruthMatches) -> str:
    size = f"{one.sides[1]:.0f} x {one.sides[0]:.0f} network-input px"
    if one.is_crowd:
        return f"{one.truth} {one.name}, {size}: a crowd, nothing learns from it"
    reach = f"best anchor IoU {one.best_iou:.2f} on P{one.level}" if one.level else "no anchor"
    missing = "" if one.reached else "; NO ANCHOR REACHES IT"
    return f"{one.truth} {one.name}, {size}: {reach}, {one.anchors} anchors, {one.rois} ROIs{missing}"


def _chosen_rois(trace: Trace, selection: Selection) -> list[int] | None:
    """Return the ROIs of the selected ground truth or proposal; None = the first."""
    for name, row in (("gt_index", selection.truth), ("proposal_index", selection.proposal)):
        if row is not None and (trace[f"roi_targets.{name}"] == row).any():
            return [int(own) for own in np.flatnonzero(trace[f"roi_targets.{name}"] == row)]
    return None


VIEW = View(
    "Training targets: what anchors and ROIs should have said",
    "Look for an object that no anchor reaches, for one without a positive ROI, for masks cut off by their ROI.",
    draw,
    explain,
    follows=True,
    stage="anchor_targets",
    section="training",
    needs=("losses.class",),
)


def widget(session: Session) -> Panel:
    """Return the live view of a session whose image was traced with its ground truth."""
    use = selector("anchors", USES)
    return Panel(session, VIEW, {"use": use})


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return static_parts(VIEW, session.trace, session.selection)
