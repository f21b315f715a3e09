"""What looks alike to the box head: the proposals and detections whose last hidden vectors are nearest.

Look for: an object of another class among the nearest; a background proposal next to an object.

Shapes: k neighbours; yxyx network-input px.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.features.neighbours import nearest_detections, nearest_proposals
from ....canvas import NEUTRAL, Boxes
from ....palette import instance_colour
from ....session import Session
from ...framework.bar_chart import Bars
from ...framework.common import class_label, molded_image
from ...framework.rows import (
    classes_of,
    colours_of,
    detection_of_proposal,
    lineage_of_detections,
    lineage_of_proposals,
)
from ...framework.scene import Scene, Shown

NEAREST = 12  # proposals


def with_vectors(session: Session) -> Trace:
    """Return the shown trace with the hidden vectors, which a live session's model makes again from the box head on."""
    trace = session.trace
    name = last_hidden(config_of(trace)) if trace.config else ""
    if not session.has_model or name in trace or "box_roi.pooled" not in trace:
        return trace
    return session.model.replay(trace, keep=name)


def holds_vectors(trace: Trace) -> bool:
    """Return whether there are vectors to compare."""
    return trace.config is not None and last_hidden(trace.config) in trace


def neighbours(trace: Trace, row: int, count: int = NEAREST) -> list[Shown]:
    """Return the proposals nearest to proposal ``row`` on the image, and all detections by how near they are."""
    if not holds_vectors(trace):
        return []
    return [_on_image(trace, row, count), *_detections(trace, row)]


def lines(trace: Trace, row: int, count: int = 5) -> list[str]:
    """Tell the nearest detections and proposals with their similarity."""
    if not holds_vectors(trace):
        return []
    name, config = last_hidden(config_of(trace)), config_of(trace)
    told = [f"nearest by {name} ({config.box_head.channels} numbers), by cosine similarity a.b / |a| |b|:"]
    if "detections.proposal_index" in trace:
        found = nearest_detections(trace, row)
        for place, value in list(zip(found.rows, found.similarity, strict=True))[:count]:
            told.append(f"    detection {place} {_class_of_detection(trace, int(place))}: {value:.3f}")
    near = nearest_proposals(trace, row, count)
    for place, value in zip(near.rows, near.similarity, strict=True):
        told.append(f"    proposal {place} {class_label(trace, _taken_for(trace, int(place)))}: {value:.3f}")
    return told


def _on_image(trace: Trace, row: int, count: int) -> Scene:
    near = nearest_proposals(trace, row, count)
    taken = np.argmax(trace["box_head.class_probs"], axis=1)
    came_to = detection_of_proposal(trace)
    boxes = trace["proposals.boxes"]
    layers = [
        Boxes(
            boxes[near.rows], "nearest proposals", of="proposals", index=near.rows,
            scores=np.nan_to_num((near.similarity + 1) / 2), filtered=False, numbered=False,
            labels=[
                f"{class_label(trace, int(taken[k]))}, cosine {value:.3f}"
                for k, value in zip(near.rows, near.similarity, strict=True)
            ],
            colours=colours_of(came_to[near.rows]), lineage=lineage_of_proposals(trace, near.rows),
        ),
        Boxes(
            boxes[row][None], "this proposal", of="proposals", index=np.array([row]), style="dotted",
            filtered=False, labels=[class_label(trace, int(taken[row]))],
            colours=np.array([came_to[row] if came_to[row] >= 0 else NEUTRAL]),
            lineage=lineage_of_proposals(trace, np.array([row])),
        ),
    ]  # fmt: skip
    if "detections.proposal_index" in trace and trace.shape("detections.boxes")[0]:
        layers.append(_similar_detections(trace, row))
    return Scene(
        f"Proposal {row} (dotted) and the {len(near.rows)} proposals nearest by hidden vector, network-input px",
        molded_image(trace),
        layers,
        "Class and box are told from these vectors. Is a near one on another object, or of another class?",
    )


def _similar_detections(trace: Trace, row: int) -> Boxes:
    found = nearest_detections(trace, row)
    ids = trace["detections.class_ids"][found.rows]
    return Boxes(
        trace["detections.boxes"][found.rows], "detections by similarity", of="detections", index=found.rows,
        filtered=False, visible=False,
        labels=[
            f"{class_label(trace, int(k))}, cosine {value:.3f}"
            for k, value in zip(ids, found.similarity, strict=True)
        ],
        lineage=lineage_of_detections(trace, found.rows), **classes_of(trace, ids),
    )  # fmt: skip


def _detections(trace: Trace, row: int) -> list[Shown]:
    if "detections.proposal_index" not in trace or not trace.shape("detections.proposal_index")[0]:
        return []
    found = nearest_detections(trace, row)
    names = [f"{k}: {_class_of_detection(trace, int(k))}" for k in found.rows[:NEAREST]]
    values = [float(value) for value in found.similarity[:NEAREST]]
    colours = [instance_colour(int(k)) for k in found.rows[:NEAREST]]
    title = f"Detections by similarity to proposal {row}, cosine"
    return [Bars(title, names, values, colours, [f"{v:.3f}" for v in values], greatest=1.0, width=420)]


def _class_of_detection(trace: Trace, row: int) -> str:
    return class_label(trace, int(trace["detections.class_ids"][row]), float(trace["detections.scores"][row]))


def _taken_for(trace: Trace, row: int) -> int:
    return int(np.argmax(trace["box_head.class_probs"][row]))
