"""Traces made by hand: a few boxes with chosen scores, classes and masks go through the stages' own functions."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import Anchors
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import select
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.stages.proposals import propose
from maskrcnn_core.stages.rpn import RpnOutput

SIDE = 64  # px of image and network input
CLASSES = ("background", "square", "circle")
Box = tuple[float, float, float, float]


class Candidate(NamedTuple):
    """An anchor and what the network says of it; boxes that are None stay as they are."""

    box: Box
    objectness: float
    class_id: int = 1
    prob: float = 0.9
    refined: Box | None = None
    final: Box | None = None
    fill: float = 1.0  # probability in every cell of its mask


class Truth(NamedTuple):
    box: Box
    class_id: int = 1
    is_crowd: bool = False


def make(candidates: list[Candidate], truths: list[Truth] | None = None, **settings) -> Trace:
    """Return the trace of an image in which ``candidates`` are all anchors there are."""
    config = tiny(CLASSES, size=SIDE).replace(**settings)
    trace = Trace(config=config)
    image = trace("image.original", np.zeros((SIDE, SIDE, 3), np.uint8))
    trace("molding.image", image.astype(np.float32))
    window = trace("molding.window", np.array([0, 0, SIDE, SIDE], np.float32))
    rpn, anchors = _rpn(candidates, config, trace)
    shape = tf.constant([SIDE, SIDE])
    proposals = propose(rpn, anchors, shape, config, config.proposals.count, tap=trace)
    kept = [candidates[i] for i in proposals.anchor_index.numpy()]
    trace("box_roi.level", np.full(len(kept), 2, np.int32))
    detections = select(
        proposals.boxes, _head(kept, proposals.boxes.numpy(), config, trace), window, config, tap=trace
    )
    fills = [kept[i].fill for i in detections.proposal_index.numpy()]
    probs = trace(
        "mask_head.probs", np.array(fills, np.float32)[:, None, None] * np.ones((1, 28, 28), np.float32)
    )
    paste(detections.boxes.numpy(), probs, window, (SIDE, SIDE), config, tap=trace)
    return _with_truth(trace, truths)


def _rpn(candidates: list[Candidate], config: Config, trace: Trace) -> tuple[RpnOutput, Anchors]:
    boxes = np.array([one.box for one in candidates], np.float32)
    refined = np.array([one.refined or one.box for one in candidates], np.float32)
    count = len(candidates)
    anchors = Anchors(boxes, np.full(count, 2, np.int32), np.ones(count, np.float32))
    for name, value in zip(Anchors._fields, anchors, strict=True):
        trace(f"anchors.{name}", value)
    scores = np.array([one.objectness for one in candidates], np.float32)
    deltas = box_algebra.encode(boxes, refined) / np.asarray(config.rpn.delta_std, np.float32)
    output = RpnOutput(logits=np.zeros((count, 2), np.float32), scores=scores, deltas=deltas)
    for name, value in zip(RpnOutput._fields, output, strict=True):
        trace(f"rpn.{name}", value)
    return RpnOutput(*(tf.convert_to_tensor(value) for value in output)), anchors


def _head(kept: list[Candidate], boxes: np.ndarray, config: Config, trace: Trace) -> BoxHeadOutput:
    """Return the box head's output: the chosen class has ``prob``, the others share the rest."""
    probs = np.array(
        [[one.prob if c == one.class_id else (1 - one.prob) / 2 for c in range(3)] for one in kept],
        np.float32,
    ).reshape(-1, 3)
    final = np.array([one.final or box for one, box in zip(kept, boxes, strict=True)], np.float32).reshape(
        -1, 4
    )
    deltas = box_algebra.encode(boxes, final) / np.asarray(config.box_head.delta_std, np.float32)
    output = {
        "class_logits": np.log(np.maximum(probs, 1e-6)),
        "class_probs": probs,
        "deltas": np.repeat(deltas[:, None], 3, axis=1),
    }
    return BoxHeadOutput(
        **{name: tf.convert_to_tensor(trace(f"box_head.{name}", value)) for name, value in output.items()}
    )


def _with_truth(trace: Trace, truths: list[Truth] | None) -> Trace:
    if truths is None:
        return trace
    masks = np.zeros((len(truths), SIDE, SIDE), bool)
    for mask, truth in zip(masks, truths, strict=True):
        top, left, bottom, right = (int(v) for v in truth.box)
        mask[top:bottom, left:right] = True
    trace("truth.boxes", np.array([one.box for one in truths], np.float32).reshape(-1, 4))
    trace("truth.class_ids", np.array([one.class_id for one in truths], np.int32))
    trace("truth.is_crowd", np.array([one.is_crowd for one in truths], bool))
    trace("truth.masks", masks)
    return trace
