"""Verdicts: why each true object was found or missed, and why each detection is right or wrong.

A truth is found when a detection of its class overlaps its mask with IoU >= t and was not taken by another truth (COCO's greedy match, by
score). Otherwise its good candidates are followed from stage to stage: those whose box has IoU >= t with the truth. The verdict is the stage
at which the last of them is lost; its best one tells the story. Verdicts cover every truth that is not a crowd, and every detection, once.

Shapes: g truths; d detections; n proposals; k of the top scores; A anchors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core import boxes as box_algebra
from maskrcnn_core.trace import Trace

from .fates import CLASS_NMS, EMPTY_MASK, FATES, MAX_COUNT, PROPOSAL_COUNT, RPN_NMS, Fates, find_fates
from .matching import match_masks

# in the order of the pipeline
VERDICTS = (
    "found",
    "no anchor",  # no anchor overlaps it enough
    "objectness",  # its anchors score low and miss the top k
    "top k",  # its anchors score as objects and still miss the top k
    "proposal localisation",  # the first refinement leads away
    "proposal suppression",
    "proposal count",
    "background",
    "wrong class",
    "score",
    "localisation",  # the second refinement leads away
    "class suppression",
    "maximum",
    "mask",  # its mask overlaps too little, or is empty
    "taken",  # its detection was matched with another truth
    "crowd",  # not to be found
)


@dataclass(frozen=True)
class TruthVerdict:
    """What became of one truth.

    verdict: a name of ``VERDICTS``. detection: the row that found it, or None. iou: of the masks where found, else of the best
    candidate's box with the truth. anchor: the best candidate, the last to be lost; None without any. sentence: its story in short.
    """

    truth: int
    class_id: int
    verdict: str
    detection: int | None
    iou: float
    score: float
    anchor: int | None
    sentence: str


@dataclass(frozen=True)
class DetectionVerdict:
    """What one detection is: ``correct``, ``duplicate``, ``confusion``, ``localisation``, ``background`` or ``crowd``.

    truth: the truth it found, doubles, confuses or nearly hits; None for background.
    """

    detection: int
    verdict: str
    truth: int | None
    iou: float
    sentence: str


class _Chain:
    """The good candidates of one truth from stage to stage, and the IoU of their boxes there."""

    def __init__(self, trace: Trace, truth: int, threshold: float) -> None:
        box, corner = trace["truth.boxes"][truth][None], trace.config.box_corner  # type: ignore[union-attr]
        self.threshold = threshold

        def overlap(name: str) -> np.ndarray:
            return np.asarray(box_algebra.iou(trace[name], box, corner)[:, 0])

        self.anchors, self.clipped = overlap("anchors.boxes"), overlap("proposals.clipped")
        self.proposals, self.refined = overlap("proposals.boxes"), overlap("detections.clipped")

    def good(self, overlaps: np.ndarray) -> np.ndarray:
        """Return the rows whose box overlaps the truth enough."""
        return np.flatnonzero(overlaps >= self.threshold)


def judge_truths(trace: Trace, threshold: float = 0.5, fates: Fates | None = None) -> list[TruthVerdict]:
    """Return a verdict for every truth of ``trace``, in their order. Raises: KeyError where it holds no truth."""
    fates = fates or find_fates(trace)
    matches = match_masks(trace, threshold)
    return [
        _judge(trace, truth, threshold, fates, matches.of_truth[truth])
        for truth in range(len(trace["truth.boxes"]))
    ]


def _judge(trace: Trace, truth: int, threshold: float, fates: Fates, detection: int) -> TruthVerdict:
    class_id = int(trace["truth.class_ids"][truth])
    if trace["truth.is_crowd"][truth]:
        return TruthVerdict(
            truth, class_id, "crowd", None, 0.0, 0.0, None, "a crowd region is not to be found"
        )
    if detection >= 0:
        overlap = float(match_masks(trace, threshold).iou[detection, truth])
        score = float(trace["detections.scores"][detection])
        anchor = int(trace["proposals.anchor_index"][trace["detections.proposal_index"][detection]])
        text = f"found by detection {detection + 1}: mask IoU {overlap:.2f}, score {score:.2f}"
        return TruthVerdict(truth, class_id, "found", detection, overlap, score, anchor, text)
    verdict, anchor_index, overlap, text = _lost(
        trace, truth, class_id, _Chain(trace, truth, threshold), fates
    )
    score = _score(trace, anchor_index, class_id, fates)
    return TruthVerdict(truth, class_id, verdict, None, overlap, score, anchor_index, text)


def _lost(
    trace: Trace, truth: int, class_id: int, chain: _Chain, fates: Fates
) -> tuple[str, int | None, float, str]:
    """Return at which stage the last good candidate goes: verdict, its anchor, the IoU of its box, and the story."""
    scores, top_k = trace["rpn.scores"], trace["proposals.top_k_index"]
    anchors = chain.good(chain.anchors)
    refined = chain.good(chain.clipped)
    if not len(refined):
        return _lost_before_refinement(chain, anchors, scores, fates, top_k)
    kept = chain.good(chain.proposals)
    if not len(kept):
        place = int(refined[np.argmax(fates.fate[top_k[refined]] * 2.0 + chain.clipped[refined])])
        anchor, overlap = int(top_k[place]), float(chain.clipped[place])
        if fates.fate[anchor] == RPN_NMS:
            by = f"by the box of anchor {int(fates.by[anchor])} at IoU {float(fates.iou[anchor]):.2f}"
            return (
                "proposal suppression",
                anchor,
                overlap,
                f"its best box (IoU {overlap:.2f}) was suppressed {by}",
            )
        count = len(trace["proposals.boxes"])
        return (
            "proposal count",
            anchor,
            overlap,
            f"its best box (IoU {overlap:.2f}) came after the {count} proposals kept",
        )
    return _lost_in_second_stage(trace, truth, class_id, chain, kept, fates)


def _lost_before_refinement(
    chain: _Chain, anchors: np.ndarray, scores: np.ndarray, fates: Fates, top_k: np.ndarray
) -> tuple[str, int | None, float, str]:
    """Tell why no refined box of the top k overlaps the truth."""
    if not len(anchors):
        best = int(np.argmax(chain.anchors)) if len(chain.anchors) else None
        overlap = float(chain.anchors[best]) if best is not None else 0.0
        return (
            "no anchor",
            best,
            overlap,
            f"no anchor overlaps it by {chain.threshold:g}; the best has IoU {overlap:.2f}",
        )
    best = int(anchors[np.argmax(scores[anchors])])
    overlap, score = float(chain.anchors[best]), float(scores[best])
    if fates.place[best] >= 0:
        after = float(chain.clipped[fates.place[best]])
        return (
            "proposal localisation",
            best,
            overlap,
            f"its anchor (IoU {overlap:.2f}) was moved away to IoU {after:.2f}",
        )
    rank = int(fates.rank[best]) + 1
    text = f"its best anchor (IoU {overlap:.2f}) has objectness {score:.3f}, rank {rank}, below the top {len(top_k)}"
    return ("top k" if score >= 0.5 else "objectness"), best, overlap, text


def _lost_in_second_stage(
    trace: Trace, truth: int, class_id: int, chain: _Chain, kept: np.ndarray, fates: Fates
) -> tuple[str, int | None, float, str]:
    """Tell what became of proposals ``kept`` (rows) that overlap the truth."""
    config, classes = trace.config, trace["detections.candidate_class"]
    names = config.class_names  # type: ignore[union-attr]
    probs, anchor_of = trace["box_head.class_probs"], trace["proposals.anchor_index"]
    right = kept[classes[kept] == class_id]
    if not len(right):
        best = int(kept[np.argmax(probs[kept, class_id])])
        taken, overlap = int(classes[best]), float(chain.proposals[best])
        text = (
            f"its best proposal (IoU {overlap:.2f}) is {names[class_id]} with {float(probs[best, class_id]):.3f}, but "
            f"{names[taken]} with {float(probs[best, taken]):.3f}"
        )
        return ("background" if taken == 0 else "wrong class"), int(anchor_of[best]), overlap, text
    scores, least = trace["detections.candidate_score"], config.detections.min_score  # type: ignore[union-attr]
    best = int(right[np.argmax(scores[right])])
    if scores[best] < least:
        overlap = float(chain.proposals[best])
        text = f"its best score is {float(scores[best]):.3f}, below the minimum of {least:g}"
        return "score", int(anchor_of[best]), overlap, text
    passed = right[scores[right] >= least]
    placed = passed[chain.refined[passed] >= chain.threshold]
    if not len(placed):
        best = int(passed[np.argmax(chain.refined[passed])])
        before, after = float(chain.proposals[best]), float(chain.refined[best])
        return (
            "localisation",
            int(anchor_of[best]),
            after,
            f"its box was moved from IoU {before:.2f} to {after:.2f}",
        )
    best = int(placed[np.lexsort((-scores[placed], -fates.fate[anchor_of[placed]]))[0]])
    return _lost_at_the_end(trace, truth, best, float(chain.refined[best]), fates)


def _lost_at_the_end(
    trace: Trace, truth: int, row: int, overlap: float, fates: Fates
) -> tuple[str, int, float, str]:
    """Tell what became of a proposal ``row`` of the right class, score and box."""
    anchor = int(trace["proposals.anchor_index"][row])
    fate = int(fates.fate[anchor])
    if fate == CLASS_NMS:
        by = f"by the box of anchor {int(fates.by[anchor])} at IoU {float(fates.iou[anchor]):.2f}"
        return (
            "class suppression",
            anchor,
            overlap,
            f"its best box (IoU {overlap:.2f}) was suppressed in its class {by}",
        )
    if fate == MAX_COUNT:
        return (
            "maximum",
            anchor,
            overlap,
            f"its box (IoU {overlap:.2f}) came after the last detection that is kept",
        )
    detection = int(fates.detection[anchor])
    mask = float(match_masks(trace, 0.5).iou[detection, truth])
    if fate == EMPTY_MASK or (mask < overlap and mask < 0.5):
        return "mask", anchor, overlap, f"its box has IoU {overlap:.2f}, its mask {mask:.2f}"
    return (
        "taken",
        anchor,
        overlap,
        f"detection {detection + 1} covers it (mask IoU {mask:.2f}) but found another truth",
    )


def _score(trace: Trace, anchor: int | None, class_id: int, fates: Fates) -> float:
    """Return the probability of the truth's class for a candidate; its objectness where it is no proposal."""
    if anchor is None:
        return 0.0
    proposal = int(fates.proposal[anchor])
    return float(
        trace["box_head.class_probs"][proposal, class_id] if proposal >= 0 else trace["rpn.scores"][anchor]
    )


__all__ = ["FATES", "PROPOSAL_COUNT", "VERDICTS", "DetectionVerdict", "TruthVerdict", "judge_truths"]
