"""Stages that the goldens of detectron2 and MMDetection hold alike, from the golden's own inputs.

Each gives (key, relative error). Where a golden holds only every so many entries of a tensor, the next stage starts
from ours, which has just been compared.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import DetectionOutput, select
from maskrcnn_core.stages.fpn import Pyramid
from maskrcnn_core.stages.molding import mold
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.stages.proposals import ProposalOutput, propose
from maskrcnn_core.stages.resizing import resize
from maskrcnn_core.stages.roi_align import Regions, pool_regions
from maskrcnn_core.stages.rpn import RpnOutput
from tests.golden.peers import Peer, mask_ious, matched, of_levels, relative_error, theirs

SETTINGS = {"molding.min_dim": 320, "molding.max_dim": 448}
Pairs = Iterable[tuple[str, float]]


class Run:
    """Our model beside a golden: maps are made once."""

    def __init__(self, model: MaskRCNN, peer: Peer) -> None:
        self.model, self.peer, self.config = model, peer, model.config
        self.molded = mold(peer.image, model.config.molding)
        self.shape = tf.constant(self.molded.image.shape[:2])
        self.maps = model.backbone(tf.constant(self.molded.image[None]))
        self.pyramid: Pyramid = model.fpn(self.maps)

    def pool(self, boxes: np.ndarray, stage: str) -> tuple[tf.Tensor, tf.Tensor]:
        regions = Regions(tf.constant(boxes), tf.zeros(len(boxes), tf.int32), self.shape, 0.0)
        return pool_regions(self.pyramid.roi_levels, regions, getattr(self.config, stage), stage)

    def rpn(self) -> RpnOutput:
        """Give the golden's objectness and deltas; those of P2, which it holds in parts, are ours."""
        logits = of_levels(self.peer, "rpn/objectness_{}".format, 1)
        own = self.model.rpn([self.pyramid.p2]).deltas[0].numpy()
        deltas = [self.peer.map(f"rpn/deltas_{level}").reshape(-1, 4) for level in range(3, 7)]
        deltas = np.concatenate([own, *map(theirs, deltas)])
        return RpnOutput(*map(tf.constant, (logits, 1 / (1 + np.exp(-logits[:, 0])), deltas)))

    def proposals(self) -> ProposalOutput:
        anchors = make_anchors(tuple(self.shape.numpy()), self.config.anchors)
        return propose(self.rpn(), anchors, self.shape, self.config, 1000, tf.constant(self.molded.window))

    def head(self) -> BoxHeadOutput:
        """Give the golden's logits and deltas in our order: the background first, with deltas of 0."""
        logits = np.roll(self.peer.whole("box/class_logits"), 1, axis=1)
        deltas = theirs(self.peer.whole("box/deltas").reshape(1000, -1, 4))
        deltas = np.pad(deltas, [(0, 0), (1, 0), (0, 0)])
        return BoxHeadOutput(*map(tf.constant, (logits, tf.nn.softmax(logits).numpy(), deltas)))

    def detections(self) -> DetectionOutput:
        boxes = tf.constant(self.peer.boxes("rpn/proposals_xyxy"))
        return select(boxes, self.head(), tf.constant(self.molded.window), self.config)


def molding(run: Run, peer: Peer) -> Pairs:
    config, bgr = run.config.molding, peer.image[..., ::-1]
    wanted = peer.whole("molded/resized_bgr_uint8")
    resized = resize(bgr, wanted.shape[:2], config.resizer)
    yield "molded/resized_bgr_uint8", float(np.abs(resized.astype(int) - wanted).max())  # every grey level
    yield "molded/image", peer.error("molded/image", run.molded.image[None])


def fpn(run: Run, peer: Peer) -> Pairs:
    for name in ("p2", "p3", "p4", "p5", "p6"):
        yield f"fpn/{name}", peer.error(f"fpn/{name}", getattr(run.pyramid, name))


def anchors(run: Run, peer: Peer) -> Pairs:
    ours = make_anchors(tuple(run.shape.numpy()), run.config.anchors)
    for level in range(2, 7):
        key = f"rpn/anchors_{level}_xyxy"
        yield key, relative_error(ours.boxes[ours.level == level], peer.boxes(key))


def rpn(run: Run, peer: Peer) -> Pairs:
    for number, level in enumerate(run.pyramid.rpn_levels, start=2):
        logits, _, deltas = run.model.rpn([level])
        for name, output in (("objectness", logits), ("deltas", theirs(deltas))):
            key = f"rpn/{name}_{number}"
            yield key, peer.error(key, tf.reshape(output, (1, *level.shape[1:3], -1)))


def box_head(run: Run, peer: Peer) -> Pairs:
    level, features = run.pool(peer.boxes("rpn/proposals_xyxy"), "box_roi")
    yield "box/pooled", peer.error("box/pooled", features)
    if "box/level" in peer.arrays:
        yield "box/level", relative_error(level.numpy() - 2, peer.whole("box/level"))
    out = run.model.box_head(features)
    yield "box/class_logits", peer.error("box/class_logits", np.roll(out.class_logits, -1, axis=1))
    yield "box/deltas", peer.error("box/deltas", theirs(out.deltas)[:, 1:].reshape(1000, -1))


def detections(run: Run, peer: Peer) -> Pairs:
    out = run.detections()
    yield "det/classes", relative_error(out.class_ids.numpy() - 1, peer.whole("det/classes"))
    yield "det/scores", relative_error(out.scores.numpy(), peer.whole("det/scores"))
    yield "det/boxes", relative_error(out.boxes.numpy(), peer.boxes("det/boxes_network_xyxy"))


def mask_head(run: Run, peer: Peer) -> Pairs:
    _, features = run.pool(peer.boxes("det/boxes_network_xyxy"), "mask_roi")
    if "mask/pooled" in peer.arrays:
        yield "mask/pooled", peer.error("mask/pooled", features)
    out = run.model.mask_head(features, peer.whole("det/classes").astype(np.int32) + 1)
    yield "mask/logits", peer.error("mask/logits", out.logits[..., 1:])


def pasting(run: Run, peer: Peer) -> Pairs:
    _, features = run.pool(peer.boxes("det/boxes_network_xyxy"), "mask_roi")
    probs = run.model.mask_head(features, peer.whole("det/classes").astype(np.int32) + 1).probs.numpy()
    size = peer.image.shape[:2]
    out = paste(peer.boxes("det/boxes_network_xyxy"), probs, run.molded.window, size, run.config)
    yield "out/boxes", relative_error(out.boxes, peer.boxes("out/boxes_xyxy"))
    yield "out/masks_packed", float(1 - mask_ious(out.masks, masks_of(peer)).min()) / 100  # IoU .99 is 1e-4


def masks_of(peer: Peer) -> np.ndarray:
    return np.unpackbits(peer.arrays["out/masks_packed"], axis=-1, count=peer.image.shape[1]).astype(bool)


def hold_end_to_end(model: MaskRCNN, peer: Peer) -> None:
    """Hold every detection of the image against the golden's: class, box, score, mask."""
    result = model.detect(peer.image)
    rows, overlaps = matched(
        result.boxes, result.class_ids - 1, peer.boxes("out/boxes_xyxy"), peer.whole("out/classes")
    )
    score_error = np.abs(result.scores[rows] - peer.whole("out/scores")).max()
    masks = mask_ious(result.masks[rows], masks_of(peer))
    print(f"box IoU {overlaps.min():.6f}  score {score_error:.1e}  mask IoU {masks.min():.4f}")
    assert sorted(rows) == list(range(100))
    assert overlaps.min() > 0.99
    assert score_error < 1e-3
    assert masks.min() > 0.99
