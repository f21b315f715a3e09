"""Lineage: from any detection back to its anchor, and from any anchor, proposal or ground truth forward to what became
of it.

Every step is a lookup in indices that the model recorded; nothing is matched anew. Where each class of a proposal is a
candidate of its own, one anchor may lead to several detections: the way that is told is that of one candidate, and its
siblings are named beside it.

Shapes: A anchors; k of the top scores; n proposals; c candidates; d detections; g ground-truth objects; yxyx
network-input px unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.trace import Trace, config_of
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
    SMALL,
    SMALL_PROPOSAL,
    Fates,
    candidate_index,
    find_fates,
    rank_in_words,
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

    fate: a name of ``FATES``. proposal, candidate, detection: rows, or None where it did not come so far.
    suppressed_by: the anchor whose box suppressed this one's, or None. siblings: other candidates (rows of c) of the
    same proposal that passed the minimum score, best first.
    """

    anchor: int
    proposal: int | None
    detection: int | None
    fate: str
    suppressed_by: int | None
    steps: tuple[Step, ...]
    candidate: int | None = None
    siblings: tuple[int, ...] = ()

    def __str__(self) -> str:
        return "\n".join(f"{step.stage:<12}{step.sentence}" for step in self.steps)


def lineage(
    trace: Trace,
    *,
    detection: int | None = None,
    proposal: int | None = None,
    anchor: int | None = None,
    truth: int | None = None,
    candidate: int | None = None,
    fates: Fates | None = None,
) -> Lineage:
    """Return the way of the candidate given by exactly one of the rows.

    proposal, anchor: of their candidates the one that came furthest. truth: the candidate that found it, or the last to
    be lost (see ``verdicts``).
    fates: of this trace, where they are known already.
    Raises: ValueError unless exactly one row is given; for a crowd, which no candidate is
    to find; IndexError for a row that is not there.
    """
    given = [detection, proposal, anchor, truth, candidate]
    if sum(row is not None for row in given) != 1:
        raise ValueError("wanted exactly one of detection, proposal, anchor, ground truth, candidate")
    fates = fates or find_fates(trace)
    if truth is not None:
        anchor, candidate = _last_of_truth(trace, truth, fates)
    if detection is not None:
        candidate = int(_row(candidate_index(trace), detection, "detection"))
    if candidate is not None:
        proposal = int(_row(fates.candidates.proposal, candidate, "candidate"))
    if proposal is not None:
        anchor = int(_row(trace["proposals.anchor_index"], proposal, "proposal"))
    assert anchor is not None
    furthest = int(_row(fates.candidate, anchor, "anchor"))
    return _follow(trace, anchor, furthest if candidate is None else candidate, fates)


def _last_of_truth(trace: Trace, truth: int, fates: Fates) -> tuple[int, int | None]:
    """Return anchor and candidate of what found ``truth``, or of the last to be lost."""
    _row(trace["truth.boxes"], truth, "truth")
    verdict = judge_truths(trace, fates=fates, only=truth)[0]
    if verdict.anchor is None:
        raise ValueError(f"wanted a single object, received ground truth {truth}, which is a crowd")
    return verdict.anchor, verdict.candidate


def _follow(trace: Trace, anchor: int, candidate: int, fates: Fates) -> Lineage:
    """Tell the way of ``anchor`` and its ``candidate``, -1 where there is none, up to where it ends."""
    steps = [_anchor_step(trace, anchor), _rpn_step(trace, anchor, fates)]
    place, proposal, by = (int(rows[anchor]) for rows in (fates.place, fates.proposal, fates.by))
    fate, detection, siblings = int(fates.fate[anchor]), -1, np.zeros(0, np.int32)
    if place >= 0:
        steps.append(_refined_step(trace, place))
    if proposal >= 0:
        steps.append(_proposal_step(trace, proposal))
    if candidate >= 0:
        own = fates.candidates
        fate, detection, by = (int(rows[candidate]) for rows in (own.fate, own.detection, own.by))
        by = int(trace["proposals.anchor_index"][own.proposal[by]]) if by >= 0 else -1
        siblings = _siblings(trace, candidate, fates)
        steps += [_class_step(trace, candidate, proposal), *_sibling_step(trace, siblings, fates)]
    if detection >= 0:
        steps.append(_detection_step(trace, detection))
    else:
        steps.append(Step("end", _end(trace, anchor, candidate, fates)))
    return Lineage(
        anchor,
        proposal if proposal >= 0 else None,
        detection if detection >= 0 else None,
        FATES[fate],
        by if by >= 0 else None,
        tuple(steps),
        candidate if candidate >= 0 else None,
        tuple(siblings.tolist()),
    )


def _siblings(trace: Trace, candidate: int, fates: Fates) -> np.ndarray:
    """Return the other candidates of the same proposal that passed the minimum score, best first."""
    own = fates.candidates
    rows = np.flatnonzero((own.proposal == own.proposal[candidate]) & (own.fate > MIN_SCORE))
    rows = rows[rows != candidate]
    return np.asarray(rows[np.argsort(-trace["detections.candidate_score"][rows], kind="stable")])


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
    score = float(trace["rpn.scores"][anchor])
    return Step(
        "rpn",
        f"objectness {score:.4f}, {rank_in_words(trace, anchor, fates)}; "
        f"raw deltas dy {dy:.2f}, dx {dx:.2f}, log dh {dh:.2f}, log dw {dw:.2f}",
    )


def _refined_step(trace: Trace, place: int) -> Step:
    box = trace["proposals.clipped"][place]
    return Step("refined", f"moved and clipped to {_corners(box)} network-input px", box)


def _proposal_step(trace: Trace, proposal: int) -> Step:
    level = int(trace["box_roi.level"][proposal])
    text = f"proposal {proposal} of {len(trace['proposals.boxes'])}, pooled from P{level}"
    return Step("proposal", text, trace["proposals.boxes"][proposal])


def _class_step(trace: Trace, candidate: int, proposal: int) -> Step:
    probs = trace["box_head.class_probs"][proposal]
    best = np.argsort(-probs, kind="stable")[:3]
    text = ", ".join(f"{_name(trace, int(c))} {float(probs[c]):.3f}" for c in best)
    if config_of(trace).detections.candidates == "every":
        text += f"; followed as {_candidate(trace, candidate)}"
    return Step("class", text, trace["detections.clipped"][candidate])


def _sibling_step(trace: Trace, siblings: np.ndarray, fates: Fates) -> list[Step]:
    """Name the candidates of other classes that came of the same proposal; nothing where there are none."""
    if not len(siblings):
        return []
    words = (f"{_candidate(trace, row)} {FATES[fates.candidates.fate[row]]}" for row in siblings.tolist())
    return [Step("siblings", "of the same proposal: " + ", ".join(words))]


def _candidate(trace: Trace, row: int) -> str:
    class_id, score = trace["detections.candidate_class"][row], trace["detections.candidate_score"][row]
    return f"{_name(trace, int(class_id))} {float(score):.3f}"


def _detection_step(trace: Trace, detection: int) -> Step:
    name = _name(trace, int(trace["detections.class_ids"][detection]))
    pixels = int(trace["pasting.masks"][detection].sum())
    text = (
        f"detection {detection}: {name} {float(trace['detections.scores'][detection]):.3f}, {pixels} image px"
    )
    return Step("detection", text, trace["detections.boxes"][detection])


def _end(trace: Trace, anchor: int, candidate: int, fates: Fates) -> str:
    """Say in a sentence why the way of an anchor, or of its candidate, ends here."""
    if candidate >= 0:
        return _end_of_candidate(trace, candidate, fates)
    settings, fate = config_of(trace).proposals, int(fates.fate[anchor])
    if fate == SMALL_PROPOSAL:
        return f"too small: not both sides are above {settings.min_size:g} px"
    if fate == RPN_NMS:
        by, overlap = int(fates.by[anchor]), float(fates.iou[anchor])
        return f"suppressed by the box of anchor {by}: IoU {overlap:.3f} > {settings.nms_threshold:g}"
    if fate == PROPOSAL_COUNT:
        return f"beyond the count of {settings.count} proposals"
    assert fate == BELOW_TOP_K
    if settings.by_level:
        return f"below the top {settings.top_k} of its level: {rank_in_words(trace, anchor, fates)}"
    k = len(trace["proposals.top_k_index"])
    return f"below the top {k}: rank {int(fates.rank[anchor]) + 1} by objectness"


def _end_of_candidate(trace: Trace, row: int, fates: Fates) -> str:
    settings, own = config_of(trace).detections, fates.candidates
    fate, score = int(own.fate[row]), float(trace["detections.candidate_score"][row])
    if fate == CLASS_NMS:
        by = int(trace["proposals.anchor_index"][own.proposal[own.by[row]]])
        return (
            f"suppressed in class {_name(trace, int(trace['detections.candidate_class'][row]))} by the box of "
            f"anchor {by}: IoU {float(own.iou[row]):.3f} > {settings.nms_threshold:g}"
        )
    if fate == MAX_COUNT:
        return f"beyond the maximum of {settings.max_count} detections"
    if fate == BACKGROUND:
        return f"taken for background with probability {score:.3f}"
    if fate == SMALL:
        return f"too small: not both sides are above {settings.min_size:g} px"
    if fate == MIN_SCORE:
        test = "not above" if settings.candidates == "every" else "below"
        return f"score {score:.4g} {test} the minimum of {settings.min_score:g}"
    return "its box or mask holds no pixel" if fate == EMPTY_MASK else "reported"


def _name(trace: Trace, class_id: int) -> str:
    return config_of(trace).class_names[class_id]


def _corners(box: np.ndarray) -> str:
    return "(" + ", ".join(f"{float(v):.1f}" for v in box) + ")"


def _row(values: np.ndarray, row: int, what: str) -> Any:
    if not 0 <= row < len(values):
        raise IndexError(f"wanted a {what} of 0 to {len(values) - 1}, received {row}")
    return values[row]
