"""Anchors and ground truth: which anchors the losses use, and which ground-truth objects no anchor reaches.

Shapes: A anchors; g ground-truth objects; yxyx network-input px.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.training.anchor_reach import KINDS, Reached, best_anchors, counts_by_level, kinds
from ....canvas import NEUTRAL, Boxes, Heat
from ....palette import LEVELS as LEVEL_COLOURS
from ....palette import MUTED, NEGATIVE, POSITIVE
from ....palette import NEUTRAL as NEUTRAL_COLOUR
from ....session import Selection
from ...framework.cells import cells_of, grid_of, selected_cell
from ...framework.common import class_label, molded_image
from ...framework.drawing import bars, panels, plain
from ...framework.rows import anchor_boxes, detection_of_truth
from ...framework.scene import Scene

MOST = 2000  # boxes of a layer
KIND_COLOURS = (POSITIVE, NEGATIVE, "#56b4e9", NEUTRAL_COLOUR)  # as KINDS


def labelled(trace: Trace, selection: Selection, level: int | None = None) -> Scene:
    """Return the anchors that the losses use as objects and as background, and the ground-truth objects that no anchor
    reaches.
    """
    settings, reached = config_of(trace).training, best_anchors(trace)
    kind, iou, gt = kinds(trace), trace["anchor_targets.iou"], trace["anchor_targets.gt_index"]
    colours = np.append(
        detection_of_truth(trace), NEUTRAL
    )  # an anchor without a ground-truth object has index -1: the last
    missed = reached.iou < settings.rpn_positive_iou
    layers: list[Any] = []
    own = selected_cell(trace, selection)
    shown = level if level is not None else own.level if own is not None else None
    if shown is not None:
        grid = grid_of(trace, shown)
        best = iou[trace["anchors.level"] == shown].reshape(grid.rows, grid.columns, -1).max(axis=-1)
        layers.append(
            Heat(
                best,
                f"best IoU of a cell, P{shown}",
                of=cells_of(trace, shown),
                extent=grid.extent,
                limits=(0, 1),
            )
        )
    for name, number, style in (("background", 1, "dotted"), ("object", 0, "solid")):
        rows = np.flatnonzero(kind == number)[:MOST]
        layers.append(
            anchor_boxes(
                trace, trace["anchors.boxes"][rows], rows, name, style=style, visible=number == 0,
                colours=colours[gt[rows]] if number == 0 else NEUTRAL, scores=iou[rows],
                labels=[f"IoU {iou[a]:.2f} with object {gt[a]}" for a in rows],
            )
        )  # fmt: skip
    for name, chosen in (
        ("objects reached by an anchor", ~missed),
        ("objects that no anchor reaches", missed),
    ):
        if chosen.any():
            layers.append(_truths(trace, np.flatnonzero(chosen), reached, name, colours=colours[:-1][chosen]))
    found = int((~missed).sum())
    return Scene(
        f"Anchors in the losses, and {found} of {len(missed)} objects reached at IoU >="
        f" {settings.rpn_positive_iou:g}, network-input px",
        molded_image(trace),
        layers,
        "An object that no anchor reaches is learnt from its best anchor alone. Colour: the detection that found it.",
    )


def counts(trace: Trace) -> Figure:
    """Draw the number of anchors a level; with ground truth the labels a level and each object's best IoU."""
    targets = "anchor_targets.labels" in trace and "truth.boxes" in trace
    drawn, axes = panels(3 if targets else 1, columns=3, size=3.4, aspect=0.7)
    level = trace["anchors.level"]
    totals = [int((level == one).sum()) for one in LEVELS]
    names, colours = [f"P{one}" for one in LEVELS], [LEVEL_COLOURS[one] for one in LEVELS]
    bars(axes[0], names, totals, f"{len(level):,} anchors by level", colours)
    axes[0].margins(x=0.3)
    if targets:
        _stacked(axes[1], names, counts_by_level(trace, LEVELS))
        _best(axes[2], trace)
    return drawn


def _truths(trace: Trace, rows: np.ndarray, reached: Reached, name: str, colours: np.ndarray) -> Boxes:
    """Return the ground-truth objects ``rows`` with the anchor that comes nearest to each."""
    level, ids = trace["anchors.level"], trace["truth.class_ids"]
    labels = [
        f"{class_label(trace, int(ids[g]))}: best IoU {reached.iou[g]:.2f}"
        + (f", anchor {reached.anchor[g]} on P{level[reached.anchor[g]]}" if reached.anchor[g] >= 0 else "")
        for g in rows
    ]
    lineage = {"anchors": reached.anchor[rows]}
    return Boxes(
        trace["truth.boxes"][rows], name, of="truths", index=rows, labels=labels, lineage=lineage, colours=colours,
        style="dotted", filtered=False,
    )  # fmt: skip


def _stacked(axes: Axes, names: list[str], table: np.ndarray) -> None:
    """Draw the shares of each kind (level, kind) a level, with the numbers of those in the losses."""
    places, start = np.arange(len(names)), np.zeros(len(names))
    total = np.maximum(table.sum(axis=1), 1)
    for kind, (name, colour) in enumerate(zip(KINDS, KIND_COLOURS, strict=True)):
        share = table[:, kind] / total
        axes.barh(places, share, left=start, color=colour, label=f"{name} {table[:, kind].sum():,}")
        start = start + share
    for place, row in zip(places, table, strict=True):
        axes.text(1.01, float(place), f"{row[0]} + {row[1]}", va="center", fontsize=8, color=MUTED)
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25)
    plain(axes, "labels, beside: objects + background in the losses", "share of the level's anchors")
    axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.45, -0.22), ncols=2, frameon=False)


def _best(axes: Axes, trace: Trace) -> None:
    """Draw the best IoU of each ground-truth object with an anchor, and the two thresholds."""
    settings, reached = config_of(trace).training, best_anchors(trace)
    order = np.argsort(reached.iou, kind="stable")[:20]
    ids = trace["truth.class_ids"]
    names = [f"{g} {class_label(trace, int(ids[g]))}"[:24] for g in order]
    colours = [POSITIVE if iou >= settings.rpn_positive_iou else NEGATIVE for iou in reached.iou[order]]
    bars(axes, names, [float(iou) for iou in reached.iou[order]], "", colours)
    for threshold in (settings.rpn_negative_iou, settings.rpn_positive_iou):
        axes.axvline(threshold, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1.15)
    left = f", the {len(order)} worst of {len(ids)}" if len(order) < len(ids) else ""
    plain(
        axes,
        f"best IoU of each ground-truth object with an anchor{left}",
        "IoU; dotted: thresholds of background and object",
    )


def truth_lines(trace: Trace, anchor: int) -> list[str]:
    """Tell what the ground truth makes of an anchor; nothing where no targets were recorded."""
    if "anchor_targets.labels" not in trace:
        return []
    settings, gt = config_of(trace).training, int(trace["anchor_targets.gt_index"][anchor])
    iou, kind = float(trace["anchor_targets.iou"][anchor]), KINDS[int(kinds(trace)[anchor])]
    truth = f" with object {gt}" if gt >= 0 else ""
    return [
        f"highest IoU {iou:.3f}{truth}: {kind} (background < {settings.rpn_negative_iou:g}, object >="
        f" {settings.rpn_positive_iou:g} or the best of an object; {settings.rpn_samples} sampled)"
    ]
