"""Stage oracles: one stage is replaced by the ground truth, and the model goes on from there.

Inputs: a trace with its ground truth. Outputs: for each oracle edits and settings of a replay; the stages that follow
are the model's own. An object belongs to a box that it overlaps with IoU >= ``roi_positive_iou``, the rule of
training; crowds belong to none.

Shapes: A anchors; n proposals; d detections; g ground-truth objects without crowds; K classes; yxyx network-input px;
y, x cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.evaluation.metrics.matching import match
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.tensors import STAGES, spec_of
from maskrcnn_core.recording.trace import Edit, Trace, config_of
from maskrcnn_core.stages.molding import layout, mold_masks
from maskrcnn_core.stages.ranking import refine

from ..candidates.fates import candidate_index, candidates_of_classes
from ..candidates.near_truth import RefinedAnchors
from ..candidates.suppression import overlaps_in_blocks

UNSURE = 0.01  # by which the probability of a box that fits badly stays below 1: the better fit goes first
UNLIKELY = 1e-12  # the least probability that is given as a logit
MASK_PIXELS = 2**24  # of ground-truth masks pooled at once: 64 MB


class Correction(NamedTuple):
    """What a replay is given."""

    edits: dict[str, Edit]
    settings: dict[str, Any]


def perfect_objectness(trace: Trace) -> Correction:
    """Score each anchor with the IoU of its refined box with a ground-truth object: its right place in the ranking."""
    scores = np.zeros(trace.shape("rpn.scores"), np.float32)
    rows, truths = np.arange(len(scores)), _boxes(trace)
    if len(truths):
        both = np.concatenate([RefinedAnchors(trace).boxes, truths])
        columns = np.arange(len(scores), len(both))
        for part, shared in overlaps_in_blocks(both, rows, columns, config_of(trace).box_corner):
            scores[part] = shared.max(axis=1)
    return Correction(_objectness(trace, scores), {})


def _objectness(trace: Trace, scores: np.ndarray) -> dict[str, Edit]:
    """Return the edits that give anchors (A,) these probabilities of an object, as logits too where these rank them."""
    settings = config_of(trace).proposals
    if settings.top_k_by == settings.nms_by == "score":
        return {"rpn.scores": scores}
    sure = np.clip(scores.astype(np.float64), UNLIKELY, 1 - UNLIKELY)
    logits = np.zeros(trace.shape("rpn.logits"), np.float32)
    logits[:, -1] = np.log(sure / (1 - sure))  # of two the other, background, is 0
    return {"rpn.logits": logits, "rpn.scores": scores}


def perfect_proposals(trace: Trace) -> Correction:
    """Let the RPN propose the ground-truth boxes and nothing else: an anchor for each, moved onto it, the others not
    asked.
    """
    config, truths = config_of(trace), _boxes(trace)
    anchors = _anchors_for(trace, truths)
    scores, deltas = np.zeros(trace.shape("rpn.scores"), np.float32), np.array(trace["rpn.deltas"])
    scores[anchors] = 1.0
    with np.errstate(
        divide="ignore"
    ):  # a ground-truth object of one pixel has no side where the corner is the last pixel
        moved = box_algebra.encode(trace["anchors.boxes"][anchors], truths, config.box_corner)
    deltas[anchors] = moved / np.asarray(config.rpn.delta_std, np.float32)
    # the best of each level are more than the objects: then the count leaves the others out
    count = len(truths) if config.proposals.by_level else max(config.proposals.count, len(truths))
    settings = {"top_k": len(truths), "nms_threshold": 1.0, "count": count}
    return Correction(
        {**_objectness(trace, scores), "rpn.deltas": deltas},
        {f"proposals.{name}": value for name, value in settings.items()},
    )


def perfect_classes(trace: Trace) -> Correction:
    """Give each proposal the class of the ground truth that it belongs to, or background, for sure.

    Of two for one ground-truth object that whose refined box fits better is surer, by up to ``UNSURE``: what a perfect
    classifier knows and NMS needs.
    """
    of_truth = _belongs(trace, trace["proposals.boxes"])
    rows = np.flatnonzero(of_truth >= 0)
    truth, classes = of_truth[rows], _classes(trace)[of_truth[rows]]
    refined = _refined(trace, rows, classes)
    fits = np.zeros(len(rows), np.float32)
    for place, (box, true) in enumerate(zip(refined, _boxes(trace)[truth], strict=True)):
        fits[place] = box_algebra.iou(box[None], true[None], config_of(trace).box_corner)[0, 0]
    probs = np.zeros(trace.shape("box_head.class_probs"), np.float32)
    probs[:, 0] = 1.0
    probs[rows, classes] = 1.0 - UNSURE * (1.0 - fits)
    probs[rows, 0] = UNSURE * (1.0 - fits)
    return Correction({"box_head.class_probs": probs}, {})


def perfect_boxes(trace: Trace) -> Correction:
    """Move each proposal onto the ground truth that it belongs to, whatever its class; the others as the model
    wants.
    """
    config, proposals = config_of(trace), trace["proposals.boxes"]
    of_truth = _belongs(trace, proposals)
    rows = np.flatnonzero(of_truth >= 0)
    deltas = np.array(trace["box_head.deltas"])
    with np.errstate(divide="ignore"):
        moved = box_algebra.encode(proposals[rows], _boxes(trace)[of_truth[rows]], config.box_corner)
    deltas[rows] = (moved / np.asarray(config.box_head.delta_std, np.float32))[:, None]
    return Correction({"box_head.deltas": deltas}, {})


def perfect_suppression(trace: Trace) -> Correction:
    """Keep the best box of each object's class for each object, and of what belongs to none what the model
    kept.
    """
    rows = candidates_of_classes(trace)
    boxes, classes = trace["detections.clipped"][rows], trace["detections.candidate_class"][rows]
    iou = np.asarray(box_algebra.iou(boxes, _boxes(trace), config_of(trace).box_corner))
    same = classes[:, None] == _classes(trace)[None]
    least = config_of(trace).training.roi_positive_iou
    near = np.where(same, iou, 0.0)
    # the box that fits best has the first choice of objects, so that each object gets its best
    matches = match(near, near.max(axis=1, initial=0.0), np.zeros(near.shape[1], bool), least, same)
    best = rows[matches.of_truth[matches.of_truth >= 0]]
    stray = rows[(near < least).all(axis=1)]
    kept = np.union1d(best, np.intersect1d(stray, candidate_index(trace)))
    order = np.argsort(-trace["detections.candidate_score"][kept], kind="stable")
    # where a proposal is one candidate, the choice of proposals is that of candidates
    every = config_of(trace).detections.candidates == "every"
    name = "detections.candidate_index" if every else "detections.proposal_index"
    return Correction({name: kept[order].astype(np.int32)}, {})


def perfect_masks(trace: Trace, config: Config | None = None) -> Correction:
    """Give each detection the mask that training asks for: that of the ground truth of its class that it belongs to.

    config: with another ``mask_roi.size`` than the trace's, for a replay with that setting.
    """
    config = config or config_of(trace)
    of_truth = _belongs(trace, trace["detections.boxes"], trace["detections.class_ids"])
    side = 2 * config.mask_roi.size
    wanted = np.zeros((len(of_truth), side, side), np.float32)
    rows = np.flatnonzero(of_truth >= 0)
    if len(rows):
        wanted[rows] = _pooled_masks(trace, rows, of_truth[rows], config)

    def edit(probs: Any) -> np.ndarray:
        return np.where((of_truth >= 0)[:, None, None], wanted, np.asarray(probs))

    return Correction({"mask_head.probs": edit}, {})


# in the order of the pipeline
ORACLES: dict[str, Callable[[Trace], Correction]] = {
    "objectness": perfect_objectness,
    "proposals": perfect_proposals,
    "classes": perfect_classes,
    "boxes": perfect_boxes,
    "suppression": perfect_suppression,
    "masks": perfect_masks,
}


def correct(
    model: Any, trace: Trace, correction: Correction, before: Mapping[str, Edit] | None = None
) -> Trace:
    """Return the replay of ``trace`` with a stage corrected, its ground truth with it.

    before: edits made to get ``trace``; those of stages that run again are made again.
    """
    start = min(STAGES.index(spec_of(name).stage) for name in correction.edits)
    again = {
        name: edit for name, edit in (before or {}).items() if STAGES.index(spec_of(name).stage) >= start
    }
    replayed: Trace = model.replay(trace, {**again, **correction.edits}, **correction.settings)
    replayed.update({name: trace[name] for name in trace if name.startswith("truth.")})
    return replayed


def _boxes(trace: Trace) -> np.ndarray:
    """Return the boxes (g, yxyx) of ground-truth objects that are no crowds."""
    return np.asarray(trace["truth.boxes"][~trace["truth.is_crowd"]])


def _classes(trace: Trace) -> np.ndarray:
    return np.asarray(trace["truth.class_ids"][~trace["truth.is_crowd"]])


def _belongs(trace: Trace, boxes: np.ndarray, classes: np.ndarray | None = None) -> np.ndarray:
    """Return the ground-truth object that each of ``boxes`` belongs to, or -1; with ``classes`` one of its class."""
    iou = np.asarray(box_algebra.iou(boxes, _boxes(trace), config_of(trace).box_corner))
    if classes is not None:
        iou = np.where(classes[:, None] == _classes(trace)[None], iou, 0.0)
    near = iou.max(axis=1, initial=0.0) >= config_of(trace).training.roi_positive_iou
    return np.where(near, iou.argmax(axis=1) if iou.shape[1] else 0, -1)


def _anchors_for(trace: Trace, truths: np.ndarray) -> np.ndarray:
    """Return an anchor (g,) of its own for each object: of the top k, the one not taken yet that fits best."""
    candidates = trace["proposals.top_k_index"]
    if len(candidates) < len(truths):
        candidates = np.arange(len(trace["anchors.boxes"]))
    boxes = trace["anchors.boxes"][candidates]
    if len(boxes) < len(truths):
        raise ValueError(
            f"wanted an anchor for each of {len(truths)} ground-truth objects, the image has {len(boxes)}"
        )
    iou = np.asarray(box_algebra.iou(boxes, truths, config_of(trace).box_corner))
    chosen = np.zeros(len(truths), np.int64)
    for truth in range(len(truths)):
        chosen[truth] = iou[:, truth].argmax()
        iou[chosen[truth]] = -1.0
    return np.asarray(candidates[chosen])


def _refined(trace: Trace, rows: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the boxes of proposals ``rows`` as the deltas of ``classes`` move them."""
    config, raw = config_of(trace), trace["box_head.deltas"][rows, classes]
    moved = refine(trace["proposals.boxes"][rows], raw, config.box_head, config.box_corner)
    return np.asarray(box_algebra.clip(moved, trace["molding.window"], config.box_corner))


def _pooled_masks(trace: Trace, rows: np.ndarray, truths: np.ndarray, config: Config) -> np.ndarray:
    """Return the targets (row, y, x) of detections ``rows`` of ``truths``, some ground-truth objects at a time."""
    import tensorflow as tf

    from maskrcnn_core.stages.anchor_targets import Truth
    from maskrcnn_core.stages.roi_targets import target_masks

    config = config.replace(**{"training.mini_mask": None})
    shape = trace.shape("molding.image")[:2]
    place = layout(trace.shape("truth.masks")[1:], config.molding)
    boxes, classes, masks = _boxes(trace), _classes(trace), trace["truth.masks"]
    whole = np.flatnonzero(~trace["truth.is_crowd"])
    step = max(1, MASK_PIXELS // int(np.prod(shape)))
    wanted = np.zeros((len(rows), 2 * config.mask_roi.size, 2 * config.mask_roi.size), np.float32)
    for start in range(0, len(boxes), step):
        part = slice(start, start + step)
        mine = np.flatnonzero((truths >= start) & (truths < start + step))
        truth = Truth(
            tf.constant(boxes[part]),
            tf.constant(classes[part]),
            tf.zeros(len(boxes[part]), tf.bool),
            tf.constant(mold_masks(masks[whole[part]], place)),
        )
        regions = tf.constant(trace["detections.boxes"][rows[mine]])
        index = tf.constant((truths[mine] - start).astype(np.int32))
        wanted[mine] = target_masks(regions, index, truth, tf.constant(shape), config).numpy()
    return wanted
