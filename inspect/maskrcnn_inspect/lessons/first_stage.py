"""Exercises on the first stage: from pixels to proposals, each on the trace of a session.

Shapes: yxyx network-input px unless said otherwise.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import config_of
from maskrcnn_core.stages.anchors import grid_sizes
from maskrcnn_core.stages.molding import layout, mold_boxes

from ..analysis.candidates.fates import proposal_suppression, rank_anchors
from ..session import Session
from .exercise import Exercise, Feedback


def molding(session: Session) -> Exercise:
    """Ask where a pixel of the image lies in the network's input."""
    trace = session.trace
    place = layout(trace.shape("image.original")[:2], config_of(trace).molding)
    height, width = place.size
    point = (height // 4, width // 3)
    y, x = mold_boxes(np.array([[*point, *point]], np.float32), place)[0, :2]
    stretch = np.divide(place.content, place.size)
    return Exercise(
        "1 · Where does a pixel go?",
        f"The image has {height} x {width} px. It is resized to {place.content[0]} x {place.content[1]} px and lies "
        f"in a network input of {place.shape[0]} x {place.shape[1]} px from row {place.offset[0]}, column "
        f"{place.offset[1]} on. Where, as (y, x) in network-input px, lies the point (y, x) = {point} of the image?",
        "Stretch by resized / original, side by side; then add the place of the image's first pixel.",
        "Feature Pyramid Networks, section 5: the input image is resized such that its shorter side has 800 pixels.",
        (float(y), float(x)),
        [f"{axis} = {point[i]} * {stretch[i]:.4f} + {place.offset[i]}" for i, axis in enumerate("yx")],
        "network-input px",
        0.01,
    )  # fmt: skip


def anchors(session: Session) -> Exercise:
    """Ask how many anchors there are."""
    trace = session.trace
    config = config_of(trace).anchors
    shape = trace.shape("molding.image")[:2]
    grids = grid_sizes(shape, config)
    working = [f"P{n}: {y} x {x} cells" for n, (y, x) in zip(LEVELS, grids, strict=True)]
    return Exercise(
        "2 · How many anchors?",
        f"The network input has {shape[0]} x {shape[1]} px. The levels P2 to P6 have strides of "
        f"{', '.join(map(str, config.strides))} px, and each cell carries {len(config.ratios)} anchors, one a ratio. "
        "How many anchors are there in all?",
        "Cells of a level = rows * columns = (height / stride) * (width / stride), rounded up.",
        "Feature Pyramid Networks, section 4.1: we assign anchors of a single scale to each level, with aspect ratios "
        "1:2, 1:1, 2:1, so over the pyramid there are 15 anchors in total.",
        trace.shape("anchors.boxes")[0],
        [*working, f"cells in all {sum(y * x for y, x in grids)}, times {len(config.ratios)}"],
        "anchors",
    )


def overlap(session: Session) -> Exercise:
    """Ask for the IoU of the best proposal and the anchor that it came from."""
    trace = session.trace
    box = _best_row(trace["proposals.boxes"], "proposals.boxes").round()
    anchor = trace["anchors.boxes"][trace["proposals.anchor_index"][0]].round()
    shared = float(box_algebra.intersection(box[None], anchor[None])[0, 0])
    sizes = [float(box_algebra.area(one)) for one in (box, anchor)]
    return Exercise(
        "3 · How much do they overlap?",
        f"The best proposal is {_box(box)} and came from the anchor {_box(anchor)}, both rounded to network-input px. "
        "What is their intersection over union?",
        "Intersection: from the larger of the upper edges to the smaller of the lower ones; left and right alike.",
        "Faster R-CNN, section 3.1.2: positive are anchors that have an IoU overlap higher than 0.7 with any ground "
        "ground truth box.",
        float(box_algebra.iou(box[None], anchor[None])[0, 0]),
        [f"intersection {shared:g} px²", f"union {sizes[0]:g} + {sizes[1]:g} - {shared:g} px²"],
        tolerance=0.005,
    )  # fmt: skip


def delta(session: Session) -> Exercise:
    """Ask what four deltas do to an anchor."""
    trace = session.trace
    _best_row(trace["proposals.boxes"], "proposals.boxes")
    index = int(trace["proposals.anchor_index"][0])
    anchor, std = trace["anchors.boxes"][index], np.asarray(config_of(trace).rpn.delta_std, np.float32)
    head = config_of(trace).rpn
    change = box_algebra.limit_sides(trace["rpn.deltas"][index] * std, head.most_growth, head.most_shrink)
    height, width = box_algebra.sides(anchor, config_of(trace).box_corner)
    y = float(anchor[0] + 0.5 * height + change[0] * height)
    tall = float(height * np.exp(change[2]))
    return Exercise(
        "4 · What does this delta do?",
        f"Anchor {index} is {_box(anchor)} network-input px, {height:g} high, {width:g} wide. Its deltas, times their "
        f"standard deviation, are dy {change[0]:.4f}, dx {change[1]:.4f}, log dh {change[2]:.4f}, log dw "
        f"{change[3]:.4f}. Where is the centre's row afterwards, and how high is the box? Answer (centre y, height).",
        "The centre moves by dy times the height; the height is multiplied by exp(log dh).",
        "R-CNN, appendix C, eqs. 1 to 4: the target centre is shifted in proportion to the box's size, its sides grow "
        "by an exponential.",
        (y, tall),
        [f"y = {anchor[0]:.2f} + {height / 2:.2f} + {change[0]:.4f} * {height:.2f}",
         f"height = {height:.2f} * exp({change[2]:.4f})"],
        "network-input px",
        0.05,
    )  # fmt: skip


def top_k(session: Session) -> Exercise:
    """Ask for the least top k that still lets the last proposal's anchor through."""
    trace = session.trace
    count = len(trace["proposals.nms_index"])
    _best_row(trace["proposals.boxes"], "proposals.boxes")
    row = min(count - 1, 4)
    anchor = int(trace["proposals.anchor_index"][row])
    rank = int(rank_anchors(trace)[anchor])
    where = f" of P{int(trace['anchors.level'][anchor])}" if config_of(trace).proposals.by_level else ""

    def replayed(given: float) -> Feedback:
        wanted = round(given)
        if wanted < 1 or session.model is None:
            return _compared(wanted, rank + 1)
        kept = anchor in session.model.replay(trace, **{"proposals.top_k": wanted})["proposals.anchor_index"]
        if not kept:
            return Feedback(False, f"Replayed with top k = {wanted}: anchor {anchor} does not come through.")
        if wanted > rank + 1:
            return Feedback(
                False, f"Replayed with top k = {wanted}: it comes through, but a smaller one would do."
            )
        return Feedback(True, f"Right. Replayed with top k = {wanted}: anchor {anchor} is a proposal.")

    return Exercise(
        "5 · How many candidates are needed?",
        f"Proposal {row} came from anchor {anchor}, whose objectness is {trace['rpn.scores'][anchor]:.6f}: "
        f"{rank} anchors{where} have a higher one. What is the least `proposals.top_k` with which it is still a "
        "proposal?",
        "Anchors are sorted by objectness, and the first top k go on.",
        "Faster R-CNN, section 3.3, and Feature Pyramid Networks, section 5.1: of all anchors the best-scored ones are "
        "kept before non-maximum suppression.",
        rank + 1,
        [f"{rank} before it, and itself"],
        "anchors",
        replayed=replayed,
    )


def suppression(session: Session) -> Exercise:
    """Ask for a threshold at which a suppressed box survives its suppressor."""
    trace = session.trace
    boxes, threshold = trace["proposals.clipped"], config_of(trace).proposals.nms_threshold
    why = proposal_suppression(trace)
    lost = np.flatnonzero(why.by >= 0)
    if not lost.size:
        raise ValueError("wanted an image on which NMS takes something away; choose another one")
    row = int(lost[0])
    index = trace["proposals.top_k_index"]
    loser, winner, shared = int(index[row]), int(index[why.by[row]]), float(why.iou[row])

    def replayed(given: float) -> Feedback:
        if not 0 <= given <= 1 or session.model is None:
            return Feedback(None, "Wanted an IoU from 0 to 1 and a session with a model.")
        again = session.model.replay(trace, **{"proposals.nms_threshold": given})["proposals.anchor_index"]
        if loser in again:
            return Feedback(True, f"Right. Replayed at {given:g}: anchor {loser} is a proposal now.")
        return Feedback(False, f"Replayed at {given:g}: anchor {loser} is still suppressed.")

    return Exercise(
        "6 · What would save it?",
        f"Anchor {loser}, refined to {_box(boxes[row])}, was suppressed by anchor {winner}, refined to "
        f"{_box(boxes[why.by[row]])} (network-input px), at threshold {threshold:g}. Give one at which it stays.",
        "It goes when its IoU with a better box that was kept is above the threshold. Compute that IoU.",
        "Faster R-CNN, section 3.3: non-maximum suppression on the proposal regions based on their cls scores, with an "
        "IoU threshold of 0.7.",
        min(1.0, shared + 0.005),
        [f"IoU of the two boxes: {shared:.4f}; any threshold from there on keeps the second beside the first,",
         "unless another kept box overlaps it even more: replaying tells."],
        replayed=replayed,
    )  # fmt: skip


def _compared(given: int, wanted: int) -> Feedback:
    if given == wanted:
        return Feedback(True, f"Right: {wanted}. (There is no model here to replay it.)")
    return Feedback(False, f"Not yet: {given}.")


def _best_row(rows: np.ndarray, name: str) -> np.ndarray:
    if not len(rows):
        raise ValueError(f"{name}: wanted an image with at least one, received none; choose another image")
    return np.asarray(rows[0])


def _box(box: np.ndarray) -> str:
    return "(" + ", ".join(f"{float(value):.4g}" for value in box) + ")"
