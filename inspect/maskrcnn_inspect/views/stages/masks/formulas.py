"""The way of one mask in numbers: from logits to pixels of the image, beside other classes and beside the ground truth.

Inputs: a detection. Outputs: lines of plain text.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.recording.trace import Trace, config_of

from ...framework.common import class_label
from ...framework.instances import name_of
from .scenes import probs_of, target_of

RULES = {  # of pasting -> how a pixel gets its probability
    "box": "bilinear between the middles of cells",
    "padded": "a cell of 0 put around, the box grown as much and cut to whole px, bilinear between middles of cells",
    "grid": "bilinear between the middles of cells at the middle of each pixel, 0 outside",
}
OTHERS = 5  # classes besides the detected one that are compared


def explain_mask(trace: Trace, row: int, class_id: int | None = None) -> list[str]:
    """Return the lines of detection ``row``; ``class_id`` is the class whose cells are told, its own by default."""
    own = int(trace["detections.class_ids"][row])
    chosen = own if class_id is None else class_id
    total = trace.shape("mask_head.logits")[3]
    if not 0 <= chosen < total:
        raise ValueError(f"wanted a class of 0 to {total - 1}, received {chosen}")
    return [
        *_cells(trace, row, chosen),
        *(_pixels(trace, row) if chosen == own else ["not the detected class: this mask is not pasted"]),
        *_classes(trace, row, own),
        *_truth(trace, row),
    ]


def _cells(trace: Trace, row: int, class_id: int) -> list[str]:
    logits, probs = trace["mask_head.logits"][row, ..., class_id], probs_of(trace, row, class_id)
    height, width = logits.shape
    y, x = height // 2, width // 2
    threshold = config_of(trace).pasting.threshold
    inside = int((probs >= threshold).sum())
    return [
        f"detection {name_of(trace, row)}: mask of {class_label(trace, class_id)}, {width} x {height} cells",
        f"probability = 1 / (1 + exp(-logit)); cell ({y}, {x}): 1 / (1 + exp({-logits[y, x]:.3f})) = {probs[y, x]:.4f}",
        f"logits {logits.min():.2f} to {logits.max():.2f}; {inside} of {probs.size} cells >= {threshold:g}",
    ]


def _pixels(trace: Trace, row: int) -> list[str]:
    y1, x1, y2, x2 = (float(v) for v in trace["pasting.boxes"][row])
    height, width = trace.shape("mask_head.probs")[1:]
    corners = ", ".join(f"{value:.6g}" for value in (y1, x1, y2, x2))
    if y2 <= y1 or x2 <= x1:
        return [f"its box ({corners}) holds no pixel of the image, so neither does its mask"]
    pixels = int(trace["pasting.masks"][row].sum())
    cell = f"{(x2 - x1) / width:.2f} x {(y2 - y1) / height:.2f} px"
    share = f"{pixels / ((y2 - y1) * (x2 - x1)):.0%} of the box"
    return [
        f"box ({corners}) image px: a cell is stretched over {cell}",
        f"{RULES[config_of(trace).pasting.rule]}, then cut: {pixels} image px, {share}",
    ]


def _classes(trace: Trace, row: int, own: int) -> list[str]:
    threshold, total = config_of(trace).pasting.threshold, trace.shape("mask_head.logits")[3]
    mask = probs_of(trace, row, own) >= threshold
    shares = {c: iou_of(mask, probs_of(trace, row, c) >= threshold) for c in range(1, total) if c != own}
    best = sorted(shares, key=lambda c: -shares[c])[:OTHERS]
    if not best:
        return []
    words = ", ".join(f"{class_label(trace, c)} {shares[c]:.2f}" for c in best)
    return [f"IoU of this mask with those of other classes in the same cells: {words}"]


def _truth(trace: Trace, row: int) -> list[str]:
    lines, threshold = [], config_of(trace).pasting.threshold
    target = target_of(trace, row)
    if target is not None:
        place, wanted = target
        shared = iou_of(trace["mask_head.probs"][row] >= threshold, wanted > 0)
        lines.append(
            f"target: ROI {place} of object {trace['roi_targets.gt_index'][place]}, IoU {shared:.3f} in cells "
            "(its frame is the proposal, this mask's the refined box)"
        )
    if "truth.masks" in trace and trace.shape("truth.masks")[0]:
        mask = trace["pasting.masks"][row]
        shares = [iou_of(mask, truth) for truth in trace["truth.masks"]]
        lines.append(f"object {int(np.argmax(shares))} fits best: IoU {max(shares):.3f} in image px")
    return lines


def iou_of(a: np.ndarray, b: np.ndarray) -> float:
    """Return intersection over union of two masks (y, x) bool; 0 where both are empty."""
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 0.0
