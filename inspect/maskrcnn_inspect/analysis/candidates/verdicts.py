"""Verdicts: why each ground-truth object was found or missed.

An object is found when a detection of its class is matched with its mask (COCO's match, IoU >= t). Otherwise its
good candidates, whose box has IoU >= t with the object's, are looked for from the end of the pipeline back to its
beginning. The verdict is the stage at which the last of them was lost, and that candidate tells the story. Every ground
truth has exactly one verdict.

Where each class of a proposal is a candidate of its own, none is lost to background or to another class: its own score
was too low.

Shapes: g ground-truth objects; d detections; n proposals; c candidates; k of the top scores; A anchors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskrcnn_core.evaluation.metrics.matching import Matches
from maskrcnn_core.recording.trace import Trace, config_of

from .fates import (
    CLASS_NMS,
    EMPTY_MASK,
    MAX_COUNT,
    RPN_NMS,
    SMALL,
    SMALL_PROPOSAL,
    Fates,
    candidate_index,
    find_fates,
    rank_in_words,
)
from .matching import match_masks
from .near_truth import Candidates, RefinedAnchors

# in the order of the pipeline
VERDICTS = (
    "found",
    "no anchor",  # no anchor overlaps it enough, refined or not
    "objectness",  # its anchors score low and miss the top k
    "top k",  # its anchors score as objects and still miss the top k
    "proposal localisation",  # the first refinement leads away
    "proposal size",  # its boxes are smaller than any proposal may be
    "proposal NMS",
    "proposal count",
    "background",
    "wrong class",
    "localisation",  # the second refinement leads away
    "score",
    "size",  # its boxes are smaller than any detection may be
    "class NMS",
    "over the maximum of detections",
    "mask",  # its mask overlaps too little, or is empty
    "matched another object",  # its detection found another ground-truth object
    "crowd",  # ignored
)
OBJECT = 0.5  # objectness from which the network takes an anchor for an object, rather than for background


@dataclass(frozen=True)
class TruthVerdict:
    """What became of one ground-truth object.

    verdict: a name of ``VERDICTS``. detection: the row that found it, or None. iou: of the masks where found, else of
    the best candidate's box with the object's. score: of the object's class; objectness for what never
    became a proposal.
    anchor: the best candidate's, the last to be lost; None for a crowd. sentence: its story in short. candidate: its
    row of c, or None where no proposal came of the anchor.
    """

    truth: int
    class_id: int
    verdict: str
    detection: int | None
    iou: float
    score: float
    anchor: int | None
    sentence: str
    candidate: int | None = None


class Loss(NamedTuple):
    """Where the last good candidate went: a name of ``VERDICTS``, its anchor, its box's IoU with the ground truth, why,
    and its row of c if it has one.
    """

    verdict: str
    anchor: int
    iou: float
    sentence: str
    candidate: int | None = None


def judge_truths(
    trace: Trace,
    threshold: float = 0.5,
    fates: Fates | None = None,
    matches: Matches | None = None,
    only: int | None = None,
) -> list[TruthVerdict]:
    """Return a verdict for every ground-truth object of ``trace``, in their order.

    fates, matches: of this trace and ``threshold``, where they are known already. only: the one object to judge.
    Raises: KeyError where the trace holds no ground truth; ValueError where it has no configuration.
    """
    fates = fates or find_fates(trace)
    matches = matches or match_masks(trace, threshold)
    truths = range(len(trace["truth.boxes"])) if only is None else [only]
    refined = RefinedAnchors(trace)
    return [_judge(Candidates(refined, truth, threshold), fates, matches) for truth in truths]


def _judge(candidates: Candidates, fates: Fates, matches: Matches) -> TruthVerdict:
    trace, truth, class_id = candidates.trace, candidates.truth, candidates.class_id
    if trace["truth.is_crowd"][truth]:
        return TruthVerdict(truth, class_id, "crowd", None, 0.0, 0.0, None, "crowd regions are ignored")
    detection = int(matches.of_truth[truth])
    if detection >= 0:
        overlap, score = float(matches.iou[detection, truth]), float(trace["detections.scores"][detection])
        anchor = int(trace["proposals.anchor_index"][trace["detections.proposal_index"][detection]])
        text = f"found by detection {detection}: mask IoU {overlap:.2f}, score {score:.2f}"
        row = int(candidate_index(trace)[detection])
        return TruthVerdict(truth, class_id, "found", detection, overlap, score, anchor, text, row)
    lost = (
        _lost_at_the_end(candidates, fates, matches)
        or _lost_to_score_or_class(candidates, fates)
        or _lost_as_proposal(candidates, fates)
        or _lost_as_anchor(candidates, fates)
    )
    score = _score(trace, lost.anchor, class_id, fates)
    return TruthVerdict(
        truth, class_id, lost.verdict, None, lost.iou, score, lost.anchor, lost.sentence, lost.candidate
    )


def _lost_at_the_end(candidates: Candidates, fates: Fates, matches: Matches) -> Loss | None:
    """Tell what became of candidates of the right class, score and place; None where there were none.

    A detection that found another ground-truth object comes last: what would have found this one beside it says more.
    """
    rows = candidates.passed
    if not len(rows):
        return None
    trace, own = candidates.trace, fates.candidates
    fate, detection = own.fate[rows], own.detection[rows]
    reported, mask, taken = detection >= 0, np.zeros(len(rows)), np.zeros(len(rows), bool)
    mask[reported] = matches.iou[detection[reported], candidates.truth]
    taken[reported] = matches.of_detection[detection[reported]] >= 0
    best = np.lexsort((-trace["detections.candidate_score"][rows], -mask, -fate, taken))[0]
    row, overlap = int(rows[best]), float(candidates.refined[rows[best]])

    def lost(verdict: str, text: str) -> Loss:
        return Loss(verdict, int(candidates.anchor_of[row]), overlap, text, row)

    if fate[best] == CLASS_NMS:
        by = int(candidates.anchor_of[own.by[row]])
        return lost("class NMS", _suppressed(overlap, "in its class ", by, float(own.iou[row])))
    if fate[best] == MAX_COUNT:
        count = len(trace["detections.boxes"])
        text = f"its box (IoU {overlap:.2f}) came after the {count} best detections"
        return lost("over the maximum of detections", text)
    if fate[best] == EMPTY_MASK or mask[best] < candidates.threshold:
        return lost("mask", f"its box has IoU {overlap:.2f}, its mask {mask[best]:.2f}")
    text = f"detection {detection[best]} covers it (mask IoU {mask[best]:.2f}) but found another ground-truth object"
    return lost("matched another object", text)


def _lost_to_score_or_class(candidates: Candidates, fates: Fates) -> Loss | None:
    """Tell what the box head made of proposals near the ground truth; None where none was near it, before or after."""
    trace, class_id = candidates.trace, candidates.class_id
    scores, classes = trace["detections.candidate_score"], trace["detections.candidate_class"]

    def lost(verdict: str, row: int, overlap: float, text: str) -> Loss:
        return Loss(verdict, int(candidates.anchor_of[row]), overlap, text, row)

    if len(candidates.placed):
        row = int(candidates.placed[np.argmax(scores[candidates.placed])])
        return lost(*_score_or_size(trace, row, fates, float(candidates.refined[row])))
    near = candidates.near
    right = near[classes[near] == class_id]
    if len(right):
        row = int(right[np.argmax(candidates.refined[right])])
        before, after = (
            float(candidates.proposals[candidates.proposal_of[row]]),
            float(candidates.refined[row]),
        )
        return lost("localisation", row, after, f"its box was moved from IoU {before:.2f} to {after:.2f}")
    if not len(near):
        return None
    names = config_of(trace).class_names
    probs = trace["box_head.class_probs"][candidates.proposal_of[near]]
    best = int(np.argmax(probs[:, class_id]))
    row, taken = int(near[best]), int(classes[near[best]])
    overlap = float(candidates.proposals[candidates.proposal_of[row]])
    text = (
        f"its best proposal (IoU {overlap:.2f}) is {names[class_id]} with {float(probs[best, class_id]):.3f}, but "
        f"{names[taken]} with {float(probs[best, taken]):.3f}"
    )
    return lost("background" if taken == 0 else "wrong class", row, overlap, text)


def _score_or_size(trace: Trace, row: int, fates: Fates, overlap: float) -> tuple[str, int, float, str]:
    """Tell which test the best candidate ``row`` of the right class and place did not pass."""
    settings = config_of(trace).detections
    if fates.candidates.fate[row] == SMALL:
        text = f"its box (IoU {overlap:.2f}) has a side that is not above {settings.min_size:g} px"
        return "size", row, overlap, text
    test = "not above" if settings.candidates == "every" else "below"
    score = float(trace["detections.candidate_score"][row])
    return (
        "score",
        row,
        overlap,
        f"its best score is {score:.4g}, {test} the minimum of {settings.min_score:g}",
    )


def _lost_as_proposal(candidates: Candidates, fates: Fates) -> Loss | None:
    """Tell why no refined anchor of the top k near the ground truth became a proposal; None where none was near."""
    places = candidates.refined_places
    if not len(places):
        return None
    anchors = candidates.trace["proposals.top_k_index"][places]
    best = np.lexsort((-candidates.clipped[places], -fates.fate[anchors]))[0]
    anchor, overlap = int(anchors[best]), float(candidates.clipped[places[best]])
    if fates.fate[anchor] == RPN_NMS:
        text = _suppressed(overlap, "", int(fates.by[anchor]), float(fates.iou[anchor]))
        return Loss("proposal NMS", anchor, overlap, text)
    if fates.fate[anchor] == SMALL_PROPOSAL:
        least = config_of(candidates.trace).proposals.min_size
        text = f"its best box (IoU {overlap:.2f}) has a side that is not above {least:g} px"
        return Loss("proposal size", anchor, overlap, text)
    count = len(candidates.trace["proposals.boxes"])
    text = f"its best box (IoU {overlap:.2f}) came after the {count} proposals kept"
    return Loss("proposal count", anchor, overlap, text)


def _lost_as_anchor(candidates: Candidates, fates: Fates) -> Loss:
    """Tell why nothing near the ground truth is among the top k."""
    trace, below = candidates.trace, candidates.below_top_k
    if len(below):
        anchor = int(below[np.argmin(fates.rank[below])])
        overlap, score = float(candidates.all_refined[anchor]), float(trace["rpn.scores"][anchor])
        text = (
            f"its best anchor (refined IoU {overlap:.2f}) has objectness {score:.3f}, "
            f"{_below_top_k(trace, anchor, fates)}"
        )
        return Loss("top k" if score >= OBJECT else "objectness", anchor, overlap, text)
    anchor = int(np.argmax(candidates.anchors))
    overlap, after = float(candidates.anchors[anchor]), float(candidates.all_refined[anchor])
    if overlap >= candidates.threshold:
        text = f"its anchor (IoU {overlap:.2f}) was moved away to IoU {after:.2f}"
        return Loss("proposal localisation", anchor, after, text)
    text = f"no anchor overlaps it by {candidates.threshold:g}; the best has IoU {overlap:.2f}"
    return Loss("no anchor", anchor, overlap, text)


def _below_top_k(trace: Trace, anchor: int, fates: Fates) -> str:
    settings = config_of(trace).proposals
    if settings.by_level:
        return f"{rank_in_words(trace, anchor, fates)}, below the top {settings.top_k} there"
    return f"rank {int(fates.rank[anchor]) + 1}, below the top {len(trace['proposals.top_k_index'])}"


def _suppressed(overlap: float, where: str, by: int, shared: float) -> str:
    return f"its best box (IoU {overlap:.2f}) was suppressed {where}by the box of anchor {by} at IoU {shared:.2f}"


def _score(trace: Trace, anchor: int, class_id: int, fates: Fates) -> float:
    """Return the probability of the object's class for a candidate; its objectness where it is no proposal."""
    proposal = int(fates.proposal[anchor])
    probs = trace["box_head.class_probs"]
    return float(probs[proposal, class_id] if proposal >= 0 else trace["rpn.scores"][anchor])
