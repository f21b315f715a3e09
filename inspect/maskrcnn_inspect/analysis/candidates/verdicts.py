"""Verdicts: why each true object was found or missed.

A truth is found when a detection of its class is matched with its mask (COCO's match, IoU >= t). Otherwise its good
candidates, whose box has IoU >= t with the truth's, are looked for from the end of the pipeline back to its
beginning. The verdict is the stage at which the last of them was lost, and that candidate tells the story. Every truth
has exactly one verdict.

Shapes: g truths; d detections; n proposals; k of the top scores; A anchors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskrcnn_core.evaluation.metrics.matching import Matches
from maskrcnn_core.recording.trace import Trace

from .fates import CLASS_NMS, EMPTY_MASK, MAX_COUNT, RPN_NMS, Fates, config_of, find_fates
from .matching import match_masks
from .near_truth import Candidates, RefinedAnchors

# in the order of the pipeline
VERDICTS = (
    "found",
    "no anchor",  # no anchor overlaps it enough, refined or not
    "objectness",  # its anchors score low and miss the top k
    "top k",  # its anchors score as objects and still miss the top k
    "proposal localisation",  # the first refinement leads away
    "proposal suppression",
    "proposal count",
    "background",
    "wrong class",
    "localisation",  # the second refinement leads away
    "score",
    "class suppression",
    "maximum",
    "mask",  # its mask overlaps too little, or is empty
    "taken",  # its detection found another truth
    "crowd",  # not to be found
)
OBJECT = 0.5  # objectness from which the network takes an anchor for an object, rather than for background


@dataclass(frozen=True)
class TruthVerdict:
    """What became of one truth.

    verdict: a name of ``VERDICTS``. detection: the row that found it, or None. iou: of the masks where found, else of
    the best candidate's box with the truth's. score: of the truth's class; objectness for what never became a proposal.
    anchor: the best candidate's, the last to be lost; None for a crowd. sentence: its story in short.
    """

    truth: int
    class_id: int
    verdict: str
    detection: int | None
    iou: float
    score: float
    anchor: int | None
    sentence: str


class Loss(NamedTuple):
    """Where the last good candidate went: a name of ``VERDICTS``, its anchor, its box's IoU with the truth, why."""

    verdict: str
    anchor: int
    iou: float
    sentence: str


def judge_truths(
    trace: Trace,
    threshold: float = 0.5,
    fates: Fates | None = None,
    matches: Matches | None = None,
    only: int | None = None,
) -> list[TruthVerdict]:
    """Return a verdict for every truth of ``trace``, in their order.

    fates, matches: of this trace and ``threshold``, where they are known already. only: the one truth to judge.
    Raises: KeyError where the trace holds no truth; ValueError where it has no configuration.
    """
    fates = fates or find_fates(trace)
    matches = matches or match_masks(trace, threshold)
    truths = range(len(trace["truth.boxes"])) if only is None else [only]
    refined = RefinedAnchors(trace)
    return [_judge(Candidates(refined, truth, threshold), fates, matches) for truth in truths]


def _judge(candidates: Candidates, fates: Fates, matches: Matches) -> TruthVerdict:
    trace, truth, class_id = candidates.trace, candidates.truth, candidates.class_id
    if trace["truth.is_crowd"][truth]:
        return TruthVerdict(truth, class_id, "crowd", None, 0.0, 0.0, None, "a crowd is not to be found")
    detection = int(matches.of_truth[truth])
    if detection >= 0:
        overlap, score = float(matches.iou[detection, truth]), float(trace["detections.scores"][detection])
        anchor = int(trace["proposals.anchor_index"][trace["detections.proposal_index"][detection]])
        text = f"found by detection {detection}: mask IoU {overlap:.2f}, score {score:.2f}"
        return TruthVerdict(truth, class_id, "found", detection, overlap, score, anchor, text)
    lost = (
        _lost_at_the_end(candidates, fates, matches)
        or _lost_to_score_or_class(candidates)
        or _lost_as_proposal(candidates, fates)
        or _lost_as_anchor(candidates, fates)
    )
    score = _score(trace, lost.anchor, class_id, fates)
    return TruthVerdict(truth, class_id, lost.verdict, None, lost.iou, score, lost.anchor, lost.sentence)


def _lost_at_the_end(candidates: Candidates, fates: Fates, matches: Matches) -> Loss | None:
    """Tell what became of candidates of the right class, score and place; None where there were none.

    A detection that found another truth comes last: what would have found this one beside it says more.
    """
    rows = candidates.passed
    if not len(rows):
        return None
    trace, fate = candidates.trace, fates.fate[candidates.anchor_of[rows]]
    detection = fates.detection[candidates.anchor_of[rows]]
    reported, mask, taken = detection >= 0, np.zeros(len(rows)), np.zeros(len(rows), bool)
    mask[reported] = matches.iou[detection[reported], candidates.truth]
    taken[reported] = matches.of_detection[detection[reported]] >= 0
    best = np.lexsort((-trace["detections.candidate_score"][rows], -mask, -fate, taken))[0]
    row, overlap = int(rows[best]), float(candidates.refined[rows[best]])
    anchor = int(candidates.anchor_of[row])
    if fate[best] == CLASS_NMS:
        return Loss(
            "class suppression", anchor, overlap, _suppressed(overlap, "in its class ", anchor, fates)
        )
    if fate[best] == MAX_COUNT:
        count = len(trace["detections.boxes"])
        return Loss(
            "maximum", anchor, overlap, f"its box (IoU {overlap:.2f}) came after the {count} best detections"
        )
    if fate[best] == EMPTY_MASK or mask[best] < candidates.threshold:
        return Loss("mask", anchor, overlap, f"its box has IoU {overlap:.2f}, its mask {mask[best]:.2f}")
    text = f"detection {detection[best]} covers it (mask IoU {mask[best]:.2f}) but found another truth"
    return Loss("taken", anchor, overlap, text)


def _lost_to_score_or_class(candidates: Candidates) -> Loss | None:
    """Tell what the box head made of proposals near the truth; None where none was near it, before or after."""
    trace, class_id = candidates.trace, candidates.class_id
    scores, classes = trace["detections.candidate_score"], trace["detections.candidate_class"]
    if len(candidates.placed):
        row = int(candidates.placed[np.argmax(scores[candidates.placed])])
        least = config_of(trace).detections.min_score
        text = f"its best score is {float(scores[row]):.4g}, below the minimum of {least:g}"
        return Loss("score", int(candidates.anchor_of[row]), float(candidates.refined[row]), text)
    near = candidates.near
    right = near[classes[near] == class_id]
    if len(right):
        row = int(right[np.argmax(candidates.refined[right])])
        before, after = float(candidates.proposals[row]), float(candidates.refined[row])
        text = f"its box was moved from IoU {before:.2f} to {after:.2f}"
        return Loss("localisation", int(candidates.anchor_of[row]), after, text)
    if not len(near):
        return None
    names, probs = config_of(trace).class_names, trace["box_head.class_probs"]
    row = int(near[np.argmax(probs[near, class_id])])
    taken, overlap = int(classes[row]), float(candidates.proposals[row])
    text = (
        f"its best proposal (IoU {overlap:.2f}) is {names[class_id]} with {float(probs[row, class_id]):.3f}, but "
        f"{names[taken]} with {float(probs[row, taken]):.3f}"
    )
    return Loss("background" if taken == 0 else "wrong class", int(candidates.anchor_of[row]), overlap, text)


def _lost_as_proposal(candidates: Candidates, fates: Fates) -> Loss | None:
    """Tell why no refined anchor of the top k near the truth became a proposal; None where none was near."""
    places = candidates.refined_places
    if not len(places):
        return None
    anchors = candidates.trace["proposals.top_k_index"][places]
    best = np.lexsort((-candidates.clipped[places], -fates.fate[anchors]))[0]
    anchor, overlap = int(anchors[best]), float(candidates.clipped[places[best]])
    if fates.fate[anchor] == RPN_NMS:
        return Loss("proposal suppression", anchor, overlap, _suppressed(overlap, "", anchor, fates))
    count = len(candidates.trace["proposals.boxes"])
    text = f"its best box (IoU {overlap:.2f}) came after the {count} proposals kept"
    return Loss("proposal count", anchor, overlap, text)


def _lost_as_anchor(candidates: Candidates, fates: Fates) -> Loss:
    """Tell why nothing near the truth is among the top k."""
    scores, k = candidates.trace["rpn.scores"], len(candidates.trace["proposals.top_k_index"])
    below = candidates.below_top_k
    if len(below):
        anchor = int(below[np.argmin(fates.rank[below])])
        overlap, score = float(candidates.all_refined[anchor]), float(scores[anchor])
        text = (
            f"its best anchor (refined IoU {overlap:.2f}) has objectness {score:.3f}, "
            f"rank {int(fates.rank[anchor]) + 1}, below the top {k}"
        )
        return Loss("top k" if score >= OBJECT else "objectness", anchor, overlap, text)
    anchor = int(np.argmax(candidates.anchors))
    overlap, after = float(candidates.anchors[anchor]), float(candidates.all_refined[anchor])
    if overlap >= candidates.threshold:
        text = f"its anchor (IoU {overlap:.2f}) was moved away to IoU {after:.2f}"
        return Loss("proposal localisation", anchor, after, text)
    text = f"no anchor overlaps it by {candidates.threshold:g}; the best has IoU {overlap:.2f}"
    return Loss("no anchor", anchor, overlap, text)


def _suppressed(overlap: float, where: str, anchor: int, fates: Fates) -> str:
    by = f"by the box of anchor {int(fates.by[anchor])} at IoU {float(fates.iou[anchor]):.2f}"
    return f"its best box (IoU {overlap:.2f}) was suppressed {where}{by}"


def _score(trace: Trace, anchor: int, class_id: int, fates: Fates) -> float:
    """Return the probability of the truth's class for a candidate; its objectness where it is no proposal."""
    proposal = int(fates.proposal[anchor])
    probs = trace["box_head.class_probs"]
    return float(probs[proposal, class_id] if proposal >= 0 else trace["rpn.scores"][anchor])
