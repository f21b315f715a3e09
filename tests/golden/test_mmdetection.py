"""MMDetection's numbers, stage by stage from the golden's own inputs, and end to end.

It ranks anchors by their score in float32, with a sort that leaves the order of equal ones to chance. In this golden
the best 1,000 anchors of P2 have 12 scores between them, so that which of them go on, and which survive, is no property
of the numbers. Proposals are therefore compared where scores differ, and detections with the golden's proposals in
place.
"""

import numpy as np
import pytest

from maskrcnn_core.geometry.boxes import iou
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.weights.formats.mmdetection import is_mmdetection, read_mmdetection
from tests.golden import two_peers
from tests.golden.peers import LIMIT, Peer, mask_ious, matched, model_of
from tests.golden.two_peers import SETTINGS, Pairs, Run


@pytest.fixture(scope="module")
def peer() -> Peer:
    return Peer("mmdetection_r50_320", "make_mmdetection_weights.py", image_of="detectron2_r50_320")


@pytest.fixture(scope="module")
def run(peer: Peer) -> Run:
    assert is_mmdetection(peer.shapes)
    return Run(model_of(read_mmdetection(peer.shapes), peer.state, SETTINGS), peer)


def backbone(run: Run, peer: Peer) -> Pairs:
    for name, level in run.maps._asdict().items():
        yield f"backbone/{name}", peer.error(f"backbone/{name}", level)


STAGES = (
    *(two_peers.molding, backbone, two_peers.fpn, two_peers.anchors, two_peers.rpn),
    *(two_peers.box_head, two_peers.detections, two_peers.mask_head, two_peers.pasting),
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_stage_gives_mmdetections_numbers(stage, run: Run, peer: Peer):
    for key, error in stage(run, peer):
        print(f"{stage.__name__:11} {key:26} {error:.1e}")
        assert error <= LIMIT, key


def test_proposals_are_mmdetections_where_scores_do_not_tie(run: Run, peer: Peer):
    out, levels = run.proposals(), make_anchors(tuple(run.shape.numpy()), run.config.anchors).level
    of_p2 = levels[out.top_k_index.numpy()] == 2
    assert len(np.unique(out.top_k_scores.numpy()[of_p2])) < 20
    boxes, scores = out.boxes.numpy(), out.scores.numpy()
    wanted, wanted_scores = peer.boxes("rpn/proposals_xyxy"), peer.whole("rpn/proposal_scores")
    values, counts = np.unique(run.rpn().scores.numpy(), return_counts=True)
    single = values[counts == 1]
    least = max(scores.min(), wanted_scores.min())
    chosen = [
        np.array([score > least and np.abs(single - score).min() < 1e-7 for score in both])
        for both in (scores, wanted_scores)
    ]
    overlaps = iou(wanted[chosen[1]].astype(float), boxes[chosen[0]].astype(float))
    print(f"{chosen[1].sum()} proposals of scores of their own, IoU {overlaps.max(axis=1).min():.6f}")
    assert chosen[0].sum() == chosen[1].sum() > 100
    assert overlaps.max(axis=1).min() > 0.99


def test_every_detection_is_mmdetections_from_its_proposals(run: Run, peer: Peer):
    edits = {"proposals.boxes": peer.boxes("rpn/proposals_xyxy")}
    trace = run.model.trace(peer.image, keep=["detections.*", "pasting.*"], edits=edits)
    ids, scores = trace["detections.class_ids"] - 1, trace["detections.scores"]
    rows, overlaps = matched(
        trace["pasting.boxes"], ids, peer.boxes("out/boxes_xyxy"), peer.whole("out/classes")
    )
    score_error = np.abs(scores[rows] - peer.whole("out/scores")).max()
    masks = mask_ious(trace["pasting.masks"][rows], two_peers.masks_of(peer))
    print(f"box IoU {overlaps.min():.6f}  score {score_error:.1e}  mask IoU {masks.min():.4f}")
    assert sorted(rows) == list(range(100))
    assert overlaps.min() > 0.99
    assert score_error < 1e-3
    assert masks.min() > 0.99


def test_most_detections_are_mmdetections_whichever_way_ties_fall(run: Run, peer: Peer):
    result = run.model.detect(peer.image)
    _, overlaps = matched(
        result.boxes, result.class_ids - 1, peer.boxes("out/boxes_xyxy"), peer.whole("out/classes")
    )
    print(f"{(overlaps > 0.99).sum()} of 100 detections matched")
    assert (overlaps > 0.99).sum() >= 80


def test_the_style_of_the_backbone_and_the_classes_are_what_the_file_says(peer: Peer):
    names = ["cat", "dog", "cow", "hen", "pig", "ox"]
    meta = {"cfg": "backbone=dict(depth=50, style='caffe')", "dataset_meta": {"classes": names}}
    config = read_mmdetection(peer.shapes, {"meta": meta}).config
    assert config.class_names == ("background", *names)
    assert (config.backbone.stride_on, config.molding.channel_order) == ("1x1", "bgr")
    assert read_mmdetection(peer.shapes).config.backbone.stride_on == "3x3"
