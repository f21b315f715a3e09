"""Lineage: from any detection back to its anchor, and from any anchor, proposal or truth forward to what became of it.

Every step is a lookup in indices that the model recorded; nothing is matched anew.

Shapes: A anchors; k of the top scores; n proposals; d detections; g truths; yxyx molded px unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import grid_sizes

from .fates import (
    BACKGROUND,
    BELOW_TOP_K,
    CLASS_NMS,
    EMPTY_MASK,
    FATES,
    MAX_COUNT,
    MIN_SCORE,
    PROPOSAL_COUNT,
    RPN_NMS,
    Fates,
    config_of,
    find_fates,
)
from .verdicts import judge_truths


@dataclass(frozen=True)
class Step:
    """One station of a candidate: the stage, a sentence with its numbers, and its box (yxyx) or None."""

    stage: str
    sentence: str
    box: np.ndarray | None = None


@dataclass(frozen=True)
class Lineage:
    """The way of one anchor through the network, in the order of the pipeline.

    fate: a name of ``FATES``. proposal, detection: rows, or None where it did not come so far.
    suppressed_by: the anchor whose box suppressed this one's, or None.
    """

    anchor: int
    proposal: int | None
    detection: int | None
    fate: str
    suppressed_by: int | None
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join(f"{step.stage:<12}{step.sentence}" for step in self.steps)


def lineage(
    trace: Trace,
    *,
    detection: int | None = None,
    proposal: int | None = None,
    anchor: int | None = None,
    truth: int | None = None,
    fates: Fates | None = None,
) -> Lineage:
    """Return the way of the candidate given by exactly one of the rows.

    truth: the candidate that found it, or the last to be lost (see ``verdicts``).
    fates: of this trace, where they are known already.
    Raises: ValueError unless exactly one row is given; for a crowd, which no candidate is
    to find; IndexError for a row that is not there.
    """
    given = [detection, proposal, anchor, truth]
    if sum(row is not None for row in given) != 1:
        raise ValueError("wanted exactly one of detection, proposal, anchor, truth")
    fates = fates or find_fates(trace)
    if detection is not None:
        proposal = int(_row(trace["detections.proposal_index"], detection, "detection"))
    if proposal is not None:
        anchor = int(_row(trace["proposals.anchor_index"], proposal, "proposal"))
    if truth is not None:
        anchor = _anchor_of_truth(trace, truth, fates)
    assert anchor is not None
    _row(fates.fate, anchor, "anchor")
    return _follow(trace, anchor, fates)


def _anchor_of_truth(trace: Trace, truth: int, fates: Fates) -> int:
    """Return the anchor of the candidate that found ``truth``, or of the last to be lost."""
    _row(trace["truth.boxes"], truth, "truth")
    anchor = judge_truths(trace, fates=fates)[truth].anchor
    if anchor is None:
        raise ValueError(f"wanted a single object, received truth {truth}, which is a crowd")
    return anchor


def _follow(trace: Trace, anchor: int, fates: Fates) -> Lineage:
    """Tell the way of ``anchor``, up to where it ends."""
    fate = int(fates.fate[anchor])
    by = int(fates.by[anchor])
    steps = [_anchor_step(trace, anchor), _rpn_step(trace, anchor, fates)]
    place, proposal, detection = (
        int(rows[anchor]) for rows in (fates.place, fates.proposal, fates.detection)
    )
    if place >= 0:
        steps.append(_refined_step(trace, place))
    if proposal >= 0:
        steps += [_proposal_step(trace, proposal), _class_step(trace, proposal)]
    if detection >= 0:
        steps.append(_detection_step(trace, detection))
    else:
        steps.append(Step("end", _end(trace, anchor, fates)))
    return Lineage(
        anchor,
        proposal if proposal >= 0 else None,
        detection if detection >= 0 else None,
        FATES[fate],
        by if by >= 0 else None,
        tuple(steps),
    )


def _anchor_step(trace: Trace, anchor: int) -> Step:
    config = config_of(trace).anchors
    level, box = int(trace["anchors.level"][anchor]), trace["anchors.boxes"][anchor]
    first = int(np.searchsorted(trace["anchors.level"], level))
    _, columns = grid_sizes(trace.shape("molding.image")[:2], config)[LEVELS.index(level)]
    row, column = divmod((anchor - first) // len(config.ratios), columns)
    ratio = float(trace["anchors.ratio"][anchor])
    return Step("anchor", f"anchor {anchor}: P{level}, cell ({row}, {column}), ratio {ratio:g}", box)


def _rpn_step(trace: Trace, anchor: int, fates: Fates) -> Step:
    dy, dx, dh, dw = (float(v) for v in trace["rpn.deltas"][anchor])
    score, rank = float(trace["rpn.scores"][anchor]), int(fates.rank[anchor])
    return Step(
        "rpn",
        f"objectness {score:.4f}, rank {rank + 1} of {len(fates.rank)}; "
        f"raw deltas dy {dy:.2f}, dx {dx:.2f}, log dh {dh:.2f}, log dw {dw:.2f}",
    )


def _refined_step(trace: Trace, place: int) -> Step:
    box = trace["proposals.clipped"][place]
    return Step("refined", f"moved and clipped to {_corners(box)} molded px", box)


def _proposal_step(trace: Trace, proposal: int) -> Step:
    level = int(trace["box_roi.level"][proposal])
    text = f"proposal {proposal} of {len(trace['proposals.boxes'])}, pooled from P{level}"
    return Step("proposal", text, trace["proposals.boxes"][proposal])


def _class_step(trace: Trace, proposal: int) -> Step:
    probs = trace["box_head.class_probs"][proposal]
    best = np.argsort(-probs, kind="stable")[:3]
    text = ", ".join(f"{_name(trace, int(c))} {float(probs[c]):.3f}" for c in best)
    return Step("class", text, trace["detections.clipped"][proposal])


def _detection_step(trace: Trace, detection: int) -> Step:
    name = _name(trace, int(trace["detections.class_ids"][detection]))
    pixels = int(trace["pasting.masks"][detection].sum())
    text = f"detection {detection}: {name} {float(trace['detections.scores'][detection]):.3f}, {pixels} picture px"
    return Step("detection", text, trace["detections.boxes"][detection])


def _end(trace: Trace, anchor: int, fates: Fates) -> str:
    """Say in a sentence why the candidate ends here."""
    config = config_of(trace)
    fate, proposal = int(fates.fate[anchor]), int(fates.proposal[anchor])
    by, overlap = int(fates.by[anchor]), float(fates.iou[anchor])
    if fate == BELOW_TOP_K:
        k = len(trace["proposals.top_k_index"])
        return f"below the top {k}: rank {int(fates.rank[anchor]) + 1} by objectness"
    if fate == RPN_NMS:
        return f"suppressed by the box of anchor {by}: IoU {overlap:.3f} > {config.proposals.nms_threshold:g}"
    if fate == PROPOSAL_COUNT:
        return f"beyond the count of {config.proposals.count} proposals"
    if fate == CLASS_NMS:
        return (
            f"suppressed in class {_name(trace, int(trace['detections.candidate_class'][proposal]))} by the box of "
            f"anchor {by}: IoU {overlap:.3f} > {config.detections.nms_threshold:g}"
        )
    if fate == MAX_COUNT:
        return f"beyond the maximum of {config.detections.max_count} detections"
    score = float(trace["detections.candidate_score"][proposal])
    if fate == BACKGROUND:
        return f"taken for background with probability {score:.3f}"
    if fate == MIN_SCORE:
        return f"score {score:.4g} below the minimum of {config.detections.min_score:g}"
    return "its box or mask holds no pixel" if fate == EMPTY_MASK else "reported"


def _name(trace: Trace, class_id: int) -> str:
    return config_of(trace).class_names[class_id]


def _corners(box: np.ndarray) -> str:
    return "(" + ", ".join(f"{float(v):.1f}" for v in box) + ")"


def _row(values: np.ndarray, row: int, what: str) -> Any:
    if not 0 <= row < len(values):
        raise IndexError(f"wanted a {what} of 0 to {len(values) - 1}, received {row}")
    return values[row]
