"""The formulas of the box head with the numbers of one proposal: softmax, and the second refinement.

Inputs: a proposal and a class. Outputs: lines of plain text.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.candidates.fates import candidate_proposal
from ...framework.common import class_label, limit_lines, numbers


def explain_row(trace: Trace, row: int, count: int, class_id: int | None = None) -> list[str]:
    """Return the lines of proposal ``row``; ``class_id`` is the class whose deltas are told, the best by default.

    Raises: ValueError for a class that the model has not.
    """
    probs = trace["box_head.class_probs"][row]
    chosen = int(np.argmax(probs)) if class_id is None else class_id
    if not 0 <= chosen < len(probs):
        raise ValueError(f"wanted a class of 0 to {len(probs) - 1}, received {chosen}")
    return [*_softmax(trace, row, count), *_refinement(trace, row, chosen)]


def _softmax(trace: Trace, row: int, count: int) -> list[str]:
    probs = trace["box_head.class_probs"][row]
    order = np.argsort(-probs, kind="stable")[: count + 1]
    lines = [f"proposal {row}: probability of class c = exp(logit c) / sum of exp over {len(probs)} classes"]
    if "box_head.class_logits" not in trace:
        return [*lines, *(f"    {class_label(trace, int(c))}: {probs[c]:.4f}" for c in order)]
    logits = trace["box_head.class_logits"][row].astype(np.float64)
    highest = logits.max()
    total = np.exp(logits - highest).sum()
    for c in order:
        share = f"exp({logits[c]:.3f} - {highest:.3f}) / {total:.4f}"
        lines.append(f"    {class_label(trace, int(c))}: {share} = {probs[c]:.4f}")
    return lines


def _refinement(trace: Trace, row: int, chosen: int) -> list[str]:
    config = config_of(trace)
    raw, std = trace["box_head.deltas"][row, chosen], np.asarray(config.box_head.delta_std, np.float32)
    y1, x1, y2, x2 = (float(v) for v in trace["proposals.boxes"][row])
    height, width = y2 - y1 - config.box_corner, x2 - x1 - config.box_corner
    head = config.box_head
    dy, dx, dh, dw = (
        float(v) for v in box_algebra.limit_sides(raw * std, head.most_growth, head.most_shrink)
    )
    with np.errstate(over="ignore"):
        after = np.exp(np.array([dh, dw])) * (height, width)
    centre = (y1 + 0.5 * height, x1 + 0.5 * width)
    moved = (centre[0] + dy * height, centre[1] + dx * width)
    lines = [
        f"{class_label(trace, chosen)}: raw deltas (dy, dx, log dh, log dw) = {numbers(raw)}",
        f"times their std {numbers(std)} = {numbers(raw * std)}",
        *limit_lines(raw * std, head),
        f"centre y = {centre[0]:.2f} {dy:+.4f} * {height:.2f} = {moved[0]:.2f},"
        f" height = {height:.2f} * exp({dh:.4f}) = {after[0]:.2f}",
        f"centre x = {centre[1]:.2f} {dx:+.4f} * {width:.2f} = {moved[1]:.2f},"
        f" width  = {width:.2f} * exp({dw:.4f}) = {after[1]:.2f}",
    ]
    candidate = _candidate(trace, row, chosen)
    if candidate is not None:
        decoded, clipped = trace["detections.decoded"][candidate], trace["detections.clipped"][candidate]
        return [
            *lines,
            f"recorded: refined {numbers(decoded)}, clipped at the window {numbers(clipped)} network-input px",
        ]
    why = "background" if chosen == 0 else "not the most probable class"
    return [*lines, f"{why}: the model does not use this box"]


def _candidate(trace: Trace, row: int, class_id: int) -> int | None:
    """Return the candidate that proposal ``row`` is of ``class_id``; None where the model has none."""
    if "detections.decoded" not in trace:
        return None
    rows = np.flatnonzero(candidate_proposal(trace) == row)
    rows = rows[trace["detections.candidate_class"][rows] == class_id]
    return int(rows[0]) if len(rows) else None
