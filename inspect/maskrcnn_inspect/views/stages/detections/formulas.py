"""The filters of the detections, one after the other, and each candidate's way through them in numbers.

Inputs: a trace. Outputs: who is left after each filter, why the others are not, and lines of plain text.

A candidate is a proposal with a class: one a proposal, or one for each class where the model says so.

Shapes: n proposals; c candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.ranking import is_wanted

from ....analysis.candidates.fates import (
    candidate_fates,
    candidate_index,
    candidate_proposal,
    candidates_of_classes,
    furthest_candidates,
)
from ...framework.common import class_label


@dataclass(frozen=True, eq=False)
class Filters:
    """names: of the states, the first before any filter. left: a (c,) bool each, who is left.

    ends: c texts, where each candidate's way ends. proposal: (c,) int32, its proposal. by: (c,) int32, the candidate
    that suppressed it, or -1. iou: (c,) float32, the overlap with that one.
    """

    names: tuple[str, ...]
    left: tuple[np.ndarray, ...]
    ends: tuple[str, ...]
    proposal: np.ndarray
    by: np.ndarray
    iou: np.ndarray


def filters_of(trace: Trace) -> Filters:
    """Return the filters of ``trace``; read from what was recorded.

    Law: each filter leaves a part of what the one before left; the last leaves ``detections.candidate_index``.
    """
    settings, fates = config_of(trace).detections, candidate_fates(trace)
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    everything, scored, reported = (np.zeros(len(classes), bool) for _ in range(3))
    everything[:] = True
    scored[candidates_of_classes(trace)] = True
    reported[candidate_index(trace)] = True
    left = (everything, classes > 0, scored, scored & (fates.by < 0), reported)
    small = is_wanted(classes, scores, settings) & ~scored
    by = np.where(fates.by >= 0, fates.proposal[np.maximum(fates.by, 0)], -1) if len(classes) else fates.by
    ends = tuple(_end(row, left, small, by, fates.iou) for row in range(len(classes)))
    every = settings.candidates == "every"
    size = f", sides > {settings.min_size:g} px" if settings.min_size >= 0 else ""
    names = (
        "each class of all proposals" if every else "all proposals",
        "not background",
        f"score {'>' if every else '>='} {settings.min_score:g}{size}",
        f"not suppressed in their class, IoU > {settings.nms_threshold:g}",
        f"the best {settings.max_count}",
    )
    return Filters(names, left, ends, fates.proposal, fates.by, fates.iou)


def _end(row: int, left: tuple[np.ndarray, ...], small: np.ndarray, by: np.ndarray, iou: np.ndarray) -> str:
    lost = f"suppressed by {by[row]}, IoU {iou[row]:.2f}"
    words = ("", "background", "too small" if small[row] else "score too low", lost, "beyond the maximum")
    return next((word for word, kept in zip(words, left, strict=True) if not kept[row]), "reported")


def explain_filters(trace: Trace, proposal: int | None, detection: int | None = None) -> list[str]:
    """Return the way of ``proposal`` through the filters; of all, as counts, for None.

    Where each class of it is a candidate: the way of the one that became ``detection``, or that came furthest.
    """
    filters = filters_of(trace)
    if proposal is None:
        lines = _counts(trace, filters)
        if not filters.left[-1].any() and "box_head.class_probs" in trace:
            lines += ["Nothing is reported. The candidates that came closest:", *nearest_candidates(trace)]
        return lines
    row = candidate_of(trace, proposal, detection)
    lines = [*_class_and_score(trace, row, proposal)]
    if filters.left[2][row]:
        lines += _suppression(trace, filters, row)
    return [*lines, f"so proposal {proposal}: {filters.ends[row]}"]


def candidate_of(trace: Trace, proposal: int, detection: int | None = None) -> int:
    """Return the candidate of ``proposal`` that became ``detection``, or else came furthest."""
    if detection is not None and int(trace["detections.proposal_index"][detection]) == proposal:
        return int(candidate_index(trace)[detection])
    furthest = furthest_candidates(trace, candidate_fates(trace))
    return int(furthest[np.flatnonzero(candidate_proposal(trace)[furthest] == proposal)[0]])


def _counts(trace: Trace, filters: Filters) -> list[str]:
    numbers = [int(kept.sum()) for kept in filters.left]
    words = ("background", "score too low", "suppressed", "beyond the maximum")
    taken = [f"- {a - b} ({word})" for a, b, word in zip(numbers, numbers[1:], words, strict=False)]
    if config_of(trace).detections.candidates == "best":
        return [f"{numbers[0]} proposals {' '.join(taken)} = {numbers[-1]} detections"]
    proposals = trace.shape("proposals.anchor_index")[0]
    objects = config_of(trace).num_classes - 1
    first = f"{proposals} proposals x {objects} classes of objects = {numbers[0]} candidates"
    return [f"{first} {' '.join(taken[1:])} = {numbers[-1]} detections"]


def _class_and_score(trace: Trace, row: int, proposal: int) -> list[str]:
    settings = config_of(trace).detections
    class_id = int(trace["detections.candidate_class"][row])
    score, name = float(trace["detections.candidate_score"][row]), class_label(trace, class_id)
    every = settings.candidates == "every"
    first = f"1 class: the most probable of proposal {proposal} is {name}"
    if every:
        first = (
            f"1 class: each of proposal {proposal} is a candidate; that of {name} came furthest or was chosen"
        )
    if class_id == 0:
        return [first + ", which is dropped"]
    if not settings.min_score:
        return [first, f"2 score: {score:.4f}; the minimum of 0 means no test"]
    passed = bool(is_wanted(np.int32(class_id), np.float32(score), settings))
    signs = (">", "<=") if every else (">=", "<")
    lines = [first, f"2 score: {score:.4f} {signs[0] if passed else signs[1]} {settings.min_score:g}"]
    if settings.min_size < 0:
        return lines
    height, width = box_algebra.sides(trace["detections.clipped"][row], config_of(trace).box_corner)
    large = min(height, width) > settings.min_size
    return [
        *lines,
        f"  size: the smaller of {height:.2f} and {width:.2f} px {'>' if large else '<='} {settings.min_size:g}",
    ]


def _suppression(trace: Trace, filters: Filters, row: int) -> list[str]:
    config, other = config_of(trace), int(filters.by[row])
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    rivals = filters.left[2] & (classes == classes[row])
    what = f"3 NMS: {int(rivals.sum())} candidates of class {class_label(trace, int(classes[row]))}"
    threshold = config.detections.nms_threshold
    if other >= 0:
        pair = trace["detections.clipped"][[row, other]]
        shared = float(box_algebra.intersection(pair[:1], pair[1:], config.box_corner)[0, 0])
        own, his = (float(v) for v in box_algebra.area(pair, config.box_corner))
        union = f"({own:.1f} + {his:.1f} - {shared:.1f})"
        return [
            f"{what}; proposal {filters.proposal[other]} scores {float(scores[other]):.4f} and covers the same place",
            f"    IoU = {shared:.1f} / {union} = {filters.iou[row]:.3f} > {threshold:g}",
        ]
    most = config.detections.max_count
    if not filters.left[4][row]:
        return [what, f"4 maximum: {most} better ones filled the count, so it was never examined"]
    place = int(np.flatnonzero(candidate_index(trace) == row)[0])
    return [
        f"{what}; none of higher score overlaps it by IoU > {threshold:g}",
        f"4 maximum: place {place + 1} of at most {most}",
    ]


def nearest_candidates(trace: Trace, count: int = 5) -> list[str]:
    """Say how far the candidates came that got closest to being an object: one sentence each, best first."""
    probs = trace["box_head.class_probs"][:, 1:]
    names, settings = config_of(trace).class_names, config_of(trace).detections
    every = settings.candidates == "every"
    best = np.argsort(-probs.max(axis=1, initial=0.0), kind="stable")[:count]
    filters = filters_of(trace)
    sentences = []
    for row in best:
        class_id = int(probs[row].argmax()) + 1
        score = float(probs[row].max())
        candidate = int(np.flatnonzero(filters.proposal == row)[class_id - 1 if every else 0])
        if not filters.left[1][candidate]:
            why = f"background is more probable ({float(trace['detections.candidate_score'][candidate]):.3f})"
        elif filters.ends[candidate] == "score too low":
            why = f"{'not above' if every else 'below'} the minimum score of {settings.min_score:g}"
        elif filters.ends[candidate] == "too small":
            why = f"not both sides are above {settings.min_size:g} px"
        elif not filters.left[4][candidate]:
            why = "suppressed by a better box of its class, or beyond the maximum count"
        else:
            why = "reported"
        sentences.append(f"proposal {row}: {names[class_id]} {score:.3f}, {why}")
    return sentences
