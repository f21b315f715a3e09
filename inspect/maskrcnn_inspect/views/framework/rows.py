"""Rows that many views draw: detections, proposals, anchors and ground-truth objects as layers, linked by what came of
what.

Inputs: a trace. Outputs: layers in network-input px, so that ``selected == {"detections": 3}`` means the same row in
every view and a click on a proposal selects its anchor and its detection as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from maskrcnn_core.evaluation.metrics.matching import match
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ...analysis.candidates.suppression import inverse
from ...canvas import NEUTRAL, Boxes, Masks, Points

NONE = -1  # no such row


def detection_of_proposal(trace: Trace) -> np.ndarray:
    """Return (n,) the detection that came of each proposal, -1 = none; all -1 where no detection was recorded."""
    count = trace.shape("proposals.boxes")[0]
    if "detections.proposal_index" not in trace:
        return np.full(count, NONE, np.int32)
    return inverse(trace["detections.proposal_index"], count)


def proposal_of_anchor(trace: Trace) -> np.ndarray:
    """Return (A,) the proposal that came of each anchor, -1 = none."""
    return inverse(trace["proposals.anchor_index"], trace.shape("anchors.boxes")[0])


def lineage_of_anchors(trace: Trace, anchors: np.ndarray) -> dict[str, np.ndarray]:
    """Return what became of ``anchors`` (row,): the lineage of a layer whose rows are anchors."""
    proposals = proposal_of_anchor(trace)[anchors]
    detections = detection_of_proposal(trace)
    found = np.where(proposals >= 0, detections[proposals], NONE) if len(detections) else proposals
    return {"proposals": proposals, "detections": found.astype(np.int32)}


def colours_of(detections: np.ndarray) -> np.ndarray:
    """Return colour indices: the rank of the detection a row came to, grey for none."""
    return np.where(detections >= 0, detections, NEUTRAL).astype(np.int32)


def detection_boxes(trace: Trace, **options: Any) -> Boxes:
    """Return the detections with class and score, network-input px."""
    rows = np.arange(trace.shape("detections.boxes")[0])
    return Boxes(
        trace["detections.boxes"],
        "detections",
        scores=trace["detections.scores"],
        **classes_of(trace, trace["detections.class_ids"]),
        **{"lineage": lineage_of_detections(trace, rows), **options},
    )


def detection_masks(trace: Trace, **options: Any) -> Masks:
    """Return the soft masks of the detections over their boxes, network-input px."""
    lineage = lineage_of_detections(trace, np.arange(trace.shape("detections.boxes")[0]))
    return Masks(
        trace["mask_head.probs"],
        trace["detections.boxes"],
        "masks",
        of="detections",
        scores=trace["detections.scores"],
        **classes_of(trace, trace["detections.class_ids"]),
        **{"lineage": lineage, **options},
    )


def proposal_boxes(trace: Trace, rows: np.ndarray | None = None, **options: Any) -> Boxes:
    """Return the proposals ``rows`` (all by default) in the colour of the detection each came to, network-input px."""
    chosen = np.arange(trace.shape("proposals.boxes")[0]) if rows is None else rows
    detections = detection_of_proposal(trace)[chosen]
    settings: dict[str, Any] = {
        "of": "proposals",
        "index": chosen,
        "scores": trace["proposals.scores"][chosen],
        "colours": colours_of(detections),
        "lineage": lineage_of_proposals(trace, chosen),
        "numbered": False,
        **options,
    }
    return Boxes(trace["proposals.boxes"][chosen], settings.pop("name", "proposals"), **settings)


def anchor_boxes(trace: Trace, boxes: np.ndarray, anchors: np.ndarray, name: str, **options: Any) -> Boxes:
    """Return ``boxes`` (row, yxyx) or (step, row, yxyx), network-input px, that stand for ``anchors`` (row,)."""
    lineage = lineage_of_anchors(trace, anchors)
    settings: dict[str, Any] = {
        "of": "anchors",
        "index": anchors,
        "colours": colours_of(lineage["detections"]),
        "lineage": lineage,
        "numbered": False,
        **options,
    }
    return Boxes(boxes, name, **settings)


def truth_boxes(trace: Trace, **options: Any) -> list[Boxes]:
    """Return the layer of ground-truth objects, dotted, network-input px; no layer where the trace holds none."""
    if "truth.boxes" not in trace:
        return []
    names = classes_of(trace, trace["truth.class_ids"])
    settings: dict[str, Any] = {
        "of": "truths",
        "style": "dotted",
        "filtered": False,
        "colours": NEUTRAL,
        **options,
    }
    return [Boxes(trace["truth.boxes"], "truths", **names, **settings)]


def detection_of_truth(trace: Trace) -> np.ndarray:
    """Return (g,) the detection of its class that found each object, by boxes at an IoU of 0.5; -1 for none."""
    ids, corner = trace["truth.class_ids"], config_of(trace).box_corner
    if not all(f"detections.{name}" in trace for name in ("boxes", "scores", "class_ids")):
        return np.full(len(ids), NEUTRAL, np.int32)
    overlaps = np.asarray(box_algebra.iou(trace["detections.boxes"], trace["truth.boxes"], corner))
    same = trace["detections.class_ids"][:, None] == ids[None]
    return match(overlaps, trace["detections.scores"], trace["truth.is_crowd"], allowed=same).of_truth


def truth_colours(trace: Trace) -> np.ndarray:
    """Return (g,) colour indices: that of the detection which found each object, one of its own for those not
    found.
    """
    found = detection_of_truth(trace)
    lost = np.flatnonzero(found < 0)
    found[lost] = (
        trace.shape("detections.boxes")[0] + np.arange(len(lost)) if "detections.boxes" in trace else lost
    )
    return found


def linked(layer: Any, trace: Trace) -> Any:
    """Return ``layer`` with all that its rows came from and became: what a session knows, for pages without one.

    A layer that is not made of rows of the trace, or whose indices the trace lacks, stays as it is.
    """
    if not isinstance(layer, Boxes | Masks | Points) or (layer.of or layer.name) not in RELATED:
        return layer
    count = {"Boxes": -2, "Masks": 0, "Points": 0}[type(layer).__name__]
    values = getattr(layer, {"Boxes": "boxes", "Masks": "probs", "Points": "points"}[type(layer).__name__])
    index = np.arange(np.shape(values)[count]) if layer.index is None else np.asarray(layer.index, int)
    try:
        related = RELATED[layer.of or layer.name](trace, index)
    except (KeyError, IndexError):
        return layer
    return replace(layer, lineage={**related, **layer.lineage})


def lineage_of_detections(trace: Trace, detections: np.ndarray) -> dict[str, np.ndarray]:
    """Return where ``detections`` (row,) came from."""
    proposals = trace["detections.proposal_index"][detections]
    return {"proposals": proposals, "anchors": trace["proposals.anchor_index"][proposals]}


def lineage_of_proposals(trace: Trace, proposals: np.ndarray) -> dict[str, np.ndarray]:
    """Return where ``proposals`` (row,) came from and what became of them."""
    anchors = trace["proposals.anchor_index"][proposals]
    return {"anchors": anchors, "detections": detection_of_proposal(trace)[proposals]}


RELATED = {
    "detections": lineage_of_detections,
    "proposals": lineage_of_proposals,
    "anchors": lineage_of_anchors,
}


def classes_of(trace: Trace, class_ids: np.ndarray) -> dict[str, Any]:
    """Return the two arguments of a layer that name the classes of its rows, also of ids the model has no name for."""
    names = list(config_of(trace).class_names)
    names += [f"class {k}" for k in range(len(names), int(np.max(class_ids, initial=0)) + 1)]
    return {"class_ids": class_ids, "class_names": names}


def default_rows(trace: Trace) -> list[int]:
    """Return the proposals of the detections; where there is none, the proposals of the best object scores."""
    if "detections.proposal_index" in trace and trace.shape("detections.proposal_index")[0]:
        return [int(row) for row in trace["detections.proposal_index"]]
    if "box_head.class_probs" not in trace:
        return list(range(min(6, trace.shape("proposals.boxes")[0])))
    best = np.argsort(-trace["box_head.class_probs"][:, 1:].max(axis=1, initial=0.0), kind="stable")
    return [int(row) for row in best[:6]]
