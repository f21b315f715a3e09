"""Training targets as scenes: anchors, ROIs and their targets on the canvas.

Shapes: A anchors; r sampled ROIs; yxyx network-input px.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.composing import colour_of

from ....analysis.training.matches import USES, TruthMatches, anchor_uses, require_targets, truth_matches
from ....canvas import NEUTRAL, Boxes
from ...framework.common import molded_image
from ...framework.keeping import kept
from ...framework.mosaic import mask_tile, mosaic
from ...framework.rows import classes_of, lineage_of_anchors, truth_boxes, truth_colours
from ...framework.scene import Scene

SHOWN = 16  # ROIs whose targets are drawn
PAIRS = 4  # of tiles in a row
SPARE = 300  # anchors of one use, shown at most: the best by IoU
NOBODY = (153, 153, 153)  # colour of a mask that is nobody's


def anchors_scene(trace: Trace, use: str = "positive") -> Scene:
    """Return the anchors of ``use``; positive ones move to the box that is wanted of them."""
    rows = np.flatnonzero(uses_of(trace) == USES.index(use))
    found, iou = len(rows), trace["anchor_targets.iou"]
    rows = rows[np.argsort(-iou[rows], kind="stable")][:SPARE]
    of_truth, boxes = trace["anchor_targets.gt_index"][rows], trace["anchors.boxes"][rows]
    own = use in ("positive", "spare positive")
    steps: dict[str, Any] = {}
    if use == "positive":
        boxes, steps = np.stack([boxes, wanted_anchors(trace, rows)]), {"steps": ("anchor", "wanted")}
    truths = [f", on {truth}" if own and truth >= 0 else "" for truth in of_truth]
    layer = Boxes(
        boxes, f"{use} anchors", of="anchors", index=rows, colours=truth_colours(trace)[of_truth] if own else NEUTRAL,
        labels=[f"IoU {value:.2f}{truth}" for value, truth in zip(iou[rows], truths, strict=True)],
        lineage={**lineage_of_anchors(trace, rows), **({"truths": of_truth} if own else {})},
        numbered=False, filtered=False, **steps,
    )  # fmt: skip
    shown = f"{len(rows)} of {found}" if found > len(rows) else str(found)
    return Scene(
        f"Anchors, {use}: {shown}, network-input px",
        molded_image(trace),
        [*_truths(trace), layer],
        "Does every object have positive anchors? Move the slider to where they should go.",
    )


def rois_scene(trace: Trace) -> Scene:
    """Return the sampled ROIs: on an object in its colour, with the slider to the box that is wanted of them."""
    of_truth, boxes = trace["roi_targets.gt_index"], trace["roi_targets.boxes"]
    origin = trace["roi_targets.proposal_index"]
    own, rest = np.flatnonzero(of_truth >= 0), np.flatnonzero(of_truth < 0)
    names = [roi_class(trace, int(row)) for row in range(len(boxes))]
    source = np.where(origin >= 0, "", ", the ground truth itself")
    layers = [
        Boxes(
            boxes[rest], "background ROIs", of="rois", index=rest, colours=NEUTRAL, numbered=False,
            labels=[f"ROI {row}: background wanted" for row in rest], lineage={"proposals": origin[rest]},
        ),
        Boxes(
            np.stack([boxes[own], wanted_rois(trace)[own]]), "ROIs on objects", of="rois", index=own,
            colours=truth_colours(trace)[of_truth[own]], numbered=False, steps=("ROI", "wanted"),
            labels=[f"ROI {row}: {names[row]} wanted{source[row]}" for row in own],
            lineage={"proposals": origin[own], "truths": of_truth[own]},
        ),
    ]  # fmt: skip
    return Scene(
        f"{len(boxes)} sampled ROIs, {len(own)} on an object ({_share(len(own), len(boxes))}), network-input px",
        molded_image(trace),
        [*_truths(trace), *layers],
        "Grey is background. How far from their objects are the coloured ones?",
    )


def targets_scene(trace: Trace, rows: list[int] | None = None) -> Scene:
    """Return a pair of tiles for each of the ROIs ``rows``: what it sees, and the mask that is wanted there."""
    count = trace.shape("roi_targets.boxes")[0]
    chosen = np.array((rows if rows is not None else list(range(count)))[:SHOWN], np.intp)
    of_truth, boxes = trace["roi_targets.gt_index"][chosen], trace["roi_targets.boxes"][chosen]
    colours = truth_colours(trace)
    masks = [
        mask_tile(trace["roi_targets.masks"][row], colour_of(int(colours[truth])) if truth >= 0 else NOBODY)
        for row, truth in zip(chosen, of_truth, strict=True)
    ]
    pairs = mosaic(molded_image(trace), boxes, 0.3).beside(masks, PAIRS)
    layers = [
        Boxes(
            pairs.place(own), name, of="rois", index=chosen, filtered=False, numbered=name == "ROIs",
            style="dotted" if name == "ROIs" else "solid", labels=[roi_class(trace, int(row)) for row in chosen],
            colours=np.append(colours, NEUTRAL)[of_truth], lineage={"truths": of_truth},
        )
        for name, own in (("wanted", wanted_rois(trace)[chosen]), ("ROIs", boxes))
    ]  # fmt: skip
    title = f"Targets of {len(chosen)} of {count} ROIs: the box, and {_grid(trace)} of mask beside it"
    return Scene(
        title, pairs.image, layers, "Dotted is the ROI, solid what is wanted. Is a mask cut off by its ROI?"
    )


def uses_of(trace: Trace) -> np.ndarray:
    """Return what each anchor is used for, worked out once for the tensors that say it."""
    require_targets(trace)
    names = ("anchors.boxes", "truth.boxes", "anchor_targets.labels", "anchor_targets.iou")
    return kept("anchor uses", lambda: anchor_uses(trace), [trace[name] for name in names])


def matches_of(trace: Trace) -> list[TruthMatches]:
    """Return who learns from each ground-truth object, worked out once for the tensors that say it."""
    require_targets(trace)
    names = ("anchors.boxes", "truth.boxes", "anchor_targets.labels", "roi_targets.gt_index")
    title = f"matches of {config_of(trace).class_names}"
    return kept(title, lambda: truth_matches(trace), [trace[name] for name in names])


def wanted_anchors(trace: Trace, rows: np.ndarray) -> np.ndarray:
    """Return ``rows`` of the anchors (row, yxyx) moved by their target deltas, in the plain pixels of the targets."""
    std = np.asarray(config_of(trace).rpn.delta_std, np.float32)
    return np.asarray(
        box_algebra.decode(trace["anchors.boxes"][rows], trace["anchor_targets.deltas"][rows] * std)
    )


def wanted_rois(trace: Trace) -> np.ndarray:
    """Return the ROIs (r, yxyx) moved by their target deltas; negative ones stay."""
    config = config_of(trace)
    std = np.asarray(config.box_head.delta_std, np.float32)
    deltas = trace["roi_targets.deltas"] * std
    return np.asarray(box_algebra.decode(trace["roi_targets.boxes"], deltas, config.box_corner))


def roi_class(trace: Trace, row: int) -> str:
    """Return the name of the class that is wanted of an ROI."""
    ids = trace["roi_targets.class_ids"]
    return str(classes_of(trace, ids)["class_names"][int(ids[row])])


def _grid(trace: Trace) -> str:
    height, width = trace.shape("roi_targets.masks")[1:]
    return f"{width} x {height} cells"


def _truths(trace: Trace) -> list[Boxes]:
    """Return the layer of ground-truth objects, in the colours of what learns from them."""
    return truth_boxes(trace, colours=truth_colours(trace))


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}" if of else "none"
