"""The filters of the detections, one after the other, and each candidate's way through them in numbers.

Enters: a trace. Leaves: who is left after each filter, why the others are not, and lines of plain text.

Shapes: n proposals; e candidates that go into suppression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace

from ....analysis.candidates.fates import candidates_of_classes, class_suppression
from ...framework.common import class_label, config_of


@dataclass(frozen=True, eq=False)
class Filters:
    """names: of the states, the first before any filter. left: a (n,) bool each, who is left.

    ends: n texts, where each proposal's way ends. by: (n,) int32, the proposal that suppressed it, or -1.
    iou: (n,) float32, the overlap with that one.
    """

    names: tuple[str, ...]
    left: tuple[np.ndarray, ...]
    ends: tuple[str, ...]
    by: np.ndarray
    iou: np.ndarray


def filters_of(trace: Trace) -> Filters:
    """Return the filters of ``trace``; read from what was recorded.

    Law: each filter leaves a part of what the one before left; the last leaves ``detections.proposal_index``.
    """
    settings = config_of(trace).detections
    total = trace.shape("detections.candidate_class")[0]
    everything, objects, scored = (np.zeros(total, bool) for _ in range(3))
    everything[:] = True
    objects[trace["detections.candidate_class"] > 0] = True
    scored[candidates_of_classes(trace)] = True
    candidates, record = class_suppression(trace)
    by, iou = np.full(total, -1, np.int32), np.zeros(total, np.float32)
    gone = record.by >= 0
    by[candidates[gone]], iou[candidates[gone]] = candidates[record.by[gone]], record.iou[gone]
    reported = np.zeros(total, bool)
    reported[trace["detections.proposal_index"]] = True
    left = (everything, objects, scored, scored & (by < 0), reported)
    ends = tuple(_end(row, left, by, iou) for row in range(total))
    names = (
        "all proposals",
        "not background",
        f"score >= {settings.min_score:g}",
        f"not suppressed in their class, IoU > {settings.nms_threshold:g}",
        f"the best {settings.max_count}",
    )
    return Filters(names, left, ends, by, iou)


def _end(row: int, left: tuple[np.ndarray, ...], by: np.ndarray, iou: np.ndarray) -> str:
    lost = f"suppressed by {by[row]}, IoU {iou[row]:.2f}"
    words = ("", "background", "score too low", lost, "beyond the maximum")
    return next((word for word, kept in zip(words, left, strict=True) if not kept[row]), "reported")


def explain_filters(trace: Trace, proposal: int | None) -> list[str]:
    """Return the way of ``proposal`` through the filters; of all, as counts, for None."""
    filters = filters_of(trace)
    if proposal is None:
        lines = _counts(filters)
        if not filters.left[-1].any() and "box_head.class_probs" in trace:
            lines += ["Nothing is reported. The candidates that came closest:", *nearest_candidates(trace)]
        return lines
    lines = [*_class_and_score(trace, proposal)]
    if filters.left[2][proposal]:
        lines += _suppression(trace, filters, proposal)
    return [*lines, f"so proposal {proposal}: {filters.ends[proposal]}"]


def _counts(filters: Filters) -> list[str]:
    numbers = [int(kept.sum()) for kept in filters.left]
    taken = [f"- {a - b} ({word})" for a, b, word in zip(
        numbers, numbers[1:], ("background", "score too low", "suppressed", "beyond the maximum"), strict=False
    )]  # fmt: skip
    return [f"{numbers[0]} proposals {' '.join(taken)} = {numbers[-1]} detections"]


def _class_and_score(trace: Trace, row: int) -> list[str]:
    settings = config_of(trace).detections
    best, score = (
        int(trace["detections.candidate_class"][row]),
        float(trace["detections.candidate_score"][row]),
    )
    lines = [f"1 class: the most probable of proposal {row} is {class_label(trace, best)}"]
    if best == 0:
        return [lines[0] + ", which is dropped"]
    if not settings.min_score:
        return [*lines, f"2 score: {score:.4f}; the minimum of 0 means no test"]
    passed = np.float32(score) >= np.float32(settings.min_score)
    return [*lines, f"2 score: {score:.4f} {'>=' if passed else '<'} {settings.min_score:g}"]


def _suppression(trace: Trace, filters: Filters, row: int) -> list[str]:
    config, other = config_of(trace), int(filters.by[row])
    classes, scores = trace["detections.candidate_class"], trace["detections.candidate_score"]
    rivals = filters.left[2] & (classes == classes[row])
    what = f"3 suppression: {int(rivals.sum())} candidates of class {class_label(trace, int(classes[row]))}"
    threshold = config.detections.nms_threshold
    if other >= 0:
        pair = trace["detections.clipped"][[row, other]]
        shared = float(box_algebra.intersection(pair[:1], pair[1:], config.box_corner)[0, 0])
        own, his = (float(v) for v in box_algebra.area(pair, config.box_corner))
        union = f"({own:.1f} + {his:.1f} - {shared:.1f})"
        return [
            f"{what}; proposal {other} scores {float(scores[other]):.4f} and covers the same place",
            f"    IoU = {shared:.1f} / {union} = {filters.iou[row]:.3f} > {threshold:g}",
        ]
    most = config.detections.max_count
    if not filters.left[4][row]:
        return [what, f"4 maximum: {most} better ones filled the count, so it was never examined"]
    place = int(np.flatnonzero(trace["detections.proposal_index"] == row)[0])
    return [
        f"{what}; none of higher score overlaps it by IoU > {threshold:g}",
        f"4 maximum: place {place + 1} of at most {most}",
    ]


def nearest_candidates(trace: Trace, count: int = 5) -> list[str]:
    """Say how far the candidates came that got closest to being an object: one sentence each, best first."""
    probs = trace["box_head.class_probs"][:, 1:]
    names, settings = config_of(trace).class_names, config_of(trace).detections
    best = np.argsort(-probs.max(axis=1, initial=0.0), kind="stable")[:count]
    sentences = []
    for row in best:
        class_id = int(probs[row].argmax()) + 1
        score, chosen = float(probs[row].max()), int(trace["detections.candidate_class"][row])
        if chosen == 0:
            why = f"background is more probable ({float(trace['detections.candidate_score'][row]):.3f})"
        elif score < settings.min_score:
            why = f"below the minimum score of {settings.min_score:g}"
        elif row not in trace["detections.proposal_index"]:
            why = "suppressed by a better box of its class, or beyond the maximum count"
        else:
            why = "reported"
        sentences.append(f"proposal {row}: {names[class_id]} {score:.3f}, {why}")
    return sentences
