"""Exercises on the second stage: from a proposal to the pixels of an object, each on the trace of a session.

Shapes: yxyx network-input px; y, x cells.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import ROI_LEVELS
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.roi_sampling import Regions, lines, octave, operator_boxes, points_a_side

from ..analysis.candidates.fates import candidate_index
from ..session import Session
from .exercise import Exercise, Feedback


def level(session: Session) -> Exercise:
    """Ask from which level a proposal is pooled."""
    trace, row = session.trace, _proposal(session.trace)
    config = config_of(trace)
    box = trace["proposals.boxes"][row]
    regions = _regions(trace, box[None])
    octaves = float(octave(regions, config.box_roi)[0])
    height, width = box_algebra.sides(box, config.box_corner)
    shape = trace.shape("molding.image")[:2]
    scaled = config.box_roi.canonical_size
    side = np.sqrt(shape[0] * shape[1])
    if config.box_roi.sampling == "corners":
        rule = f"4 + round(log2(sqrt(h w) / (sqrt(H W) * {scaled:g} / {side:g}))), H and W those of the network input"
    else:
        rule = f"floor(4 + log2(sqrt(h w) / {scaled:g}))"
    return Exercise(
        "7 · Which level will this box go to?",
        f"Proposal {row} is {height:.1f} px high and {width:.1f} px wide in a network input of {shape[0]} x {shape[1]} "
        f"px. The rule is {rule}; levels below 2 and above 5 are cut. From which level is it pooled?",
        "log2 is 0 for the canonical size, which goes to P4; half the side goes one level down.",
        "Feature Pyramid Networks, eq. 1: k = floor(k0 + log2(sqrt(w h) / 224)), with k0 = 4.",
        int(trace["box_roi.level"][row]),
        [f"sqrt(h w) = {np.sqrt(height * width):.2f}, log2(...) = {octaves:.3f}, so 4 + {octaves:.3f} before rounding"],
    )  # fmt: skip


def bilinear(session: Session) -> Exercise:
    """Ask for the value that ROIAlign reads between four cells."""
    trace, row = session.trace, _proposal(session.trace)
    config, number = config_of(trace), int(trace["box_roi.level"][row])
    features = trace[f"fpn.p{number}"]
    cells = np.asarray(features.shape[:2], np.float32)
    stride = float(config.anchors.strides[ROI_LEVELS.index(number)])
    regions = _regions(trace, trace["proposals.boxes"][row][None])
    box = operator_boxes(regions, cells, config.box_roi, stride)[0]
    points = np.broadcast_to(points_a_side(regions, config.box_roi, stride), (1, 2)).astype(int)
    down, right = lines(box, features.shape[:2], config.box_roi, tuple(points[0]))
    y, x = (int(np.argmax((line.high > line.low) & line.inside)) for line in (down, right))
    channel = int(np.argmax(np.abs(features).max(axis=(0, 1))))
    rows, columns = [down.low[y], down.high[y]], [right.low[x], right.high[x]]
    four = features[rows][:, columns, channel]
    shares = np.array([1 - down.share[y], down.share[y]]), np.array([1 - right.share[x], right.share[x]])
    value = float(shares[0] @ four @ shares[1])
    return Exercise(
        "8 · What does ROIAlign read?",
        f"For proposal {row}, ROIAlign samples P{number} at row {down.place[y]:.3f}, column {right.place[x]:.3f} (in "
        f"cells). The four cells around have, in channel {channel}, the values {four[0, 0]:.4f} and {four[0, 1]:.4f} "
        f"in row {rows[0]}, {four[1, 0]:.4f} and {four[1, 1]:.4f} in row {rows[1]}, in columns {columns[0]} "
        f"and {columns[1]}. Which value does the sample get?",
        "Interpolate along the columns in both rows, then between the rows. The part after the point is the weight of "
        "the farther cell.",
        "Mask R-CNN, section 3, RoIAlign: we use bilinear interpolation to compute the exact values of the input "
        "features at four regularly sampled locations in each RoI bin, and aggregate the result.",
        value,
        [f"weights of the rows {shares[0].round(3).tolist()}, of the columns {shares[1].round(3).tolist()}"],
        "activation",
        1e-3 * max(1.0, float(np.abs(four).max())),
    )  # fmt: skip


def score(session: Session) -> Exercise:
    """Ask for the largest minimum score that still reports the weakest detection."""
    trace = session.trace
    scores = trace["detections.scores"]
    if not len(scores):
        raise ValueError("wanted an image on which something is found; choose another image")
    d = len(scores) - 1
    p = int(trace["detections.proposal_index"][d])
    candidate = int(candidate_index(trace)[d])
    logits = trace["box_head.class_logits"][p]
    own = float(logits[trace["detections.class_ids"][d]])
    names = config_of(trace).class_names
    listed = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, logits, strict=True))

    def replayed(given: float) -> Feedback:
        if not 0 <= given <= 1 or session.model is None:
            return Feedback(None, "Wanted a score from 0 to 1 and a session with a model.")
        again = session.model.replay(trace, **{"detections.min_score": given})
        if candidate not in candidate_index(again):
            return Feedback(False, f"Replayed at {given:g}: it is not reported any more.")
        if float(scores[d]) - given > 0.01:
            return Feedback(False, f"Replayed at {given:g}: it is reported, but a larger one would do.")
        return Feedback(True, f"Right. Replayed at {given:g}: it is still reported.")

    return Exercise(
        "9 · How sure is it?",
        f"The last detection came from proposal {p}, whose class logits are: {listed}. What is the largest "
        "`detections.min_score` at which it is still reported (to 0.01)?",
        "Its score is the softmax of the logits, at the class it was given.",
        "Fast R-CNN, section 2.3: a discrete probability distribution (per RoI) over K + 1 categories, computed by a "
        "softmax over the outputs of a fully connected layer.",
        float(scores[d]) - 1e-4,
        [f"exp({own:.3f}) / sum of exp = {float(scores[d]):.4f}"],
        replayed=replayed,
    )


def mask(session: Session) -> Exercise:
    """Ask how large a mask is at a threshold, given its logits."""
    trace = session.trace
    if not len(trace["mask_head.probs"]):
        raise ValueError("wanted an image on which something is found; choose another image")
    class_id = int(trace["detections.class_ids"][0])
    logits = trace["mask_head.logits"][0, :, :, class_id]
    name = config_of(trace).class_names[class_id]
    threshold = 0.8
    edge = float(np.log(threshold / (1 - threshold)))
    return Exercise(
        "10 · Which cells belong to the object?",
        f"The mask of the first detection, a {name}, has {logits.shape[0]} x {logits.shape[1]} logits. A cell belongs "
        f"to it when its probability, the sigmoid of the logit, is at least {threshold:g}. How large must a "
        "logit be for that?",
        "Solve 1 / (1 + exp(-logit)) = probability for the logit.",
        "Mask R-CNN, section 3: to this we apply a per-pixel sigmoid, and define the mask loss as the average binary "
        "cross-entropy; masks of different classes do not compete.",
        edge,
        [f"log({threshold:g} / (1 - {threshold:g})) = {edge:.4f}: {int((logits >= edge).sum())} cells reach it, "
         f"{int((trace['mask_head.probs'][0] >= threshold).sum())} by their recorded probability"],
        tolerance=0.005,
    )  # fmt: skip


def _proposal(trace: Trace) -> int:
    """Return the proposal of the first detection, or the best one where nothing was found."""
    if not len(trace["proposals.boxes"]):
        raise ValueError("wanted an image with proposals, received none; choose another image")
    found = trace["detections.proposal_index"]
    return int(found[0]) if len(found) else 0


def _regions(trace: Trace, boxes: np.ndarray) -> Regions:
    shape = np.asarray(trace.shape("molding.image")[:2], np.float32)
    return Regions(boxes, None, shape, config_of(trace).box_corner)
