"""MMDetection's numbers, stage by stage from the golden's own inputs, and end to end."""

import pytest

from maskrcnn_core.weights.formats.mmdetection import is_mmdetection, read_mmdetection
from tests.golden import two_peers
from tests.golden.peers import LIMIT, Peer, model_of, relative_error
from tests.golden.two_peers import SETTINGS, Pairs, Run


@pytest.fixture(scope="module")
def peer() -> Peer:
    return Peer("mmdetection_r50_320", "make_mmdetection_weights.py")


@pytest.fixture(scope="module")
def run(peer: Peer) -> Run:
    assert is_mmdetection(peer.shapes)
    return Run(model_of(read_mmdetection(peer.shapes), peer.state, SETTINGS), peer)


def backbone(run: Run, peer: Peer) -> Pairs:
    for name, level in run.maps._asdict().items():
        yield f"backbone/{name}", peer.error(f"backbone/{name}", level)


def proposals(run: Run, peer: Peer) -> Pairs:
    out = run.proposals()
    yield "rpn/proposals_xyxy", relative_error(out.boxes.numpy(), peer.boxes("rpn/proposals_xyxy"))
    yield "rpn/proposal_scores", relative_error(out.scores.numpy(), peer.whole("rpn/proposal_scores"))


STAGES = (
    *(two_peers.molding, backbone, two_peers.fpn, two_peers.anchors, two_peers.rpn, proposals),
    *(two_peers.box_head, two_peers.detections, two_peers.mask_head, two_peers.pasting),
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_stage_gives_mmdetections_numbers(stage, run: Run, peer: Peer):
    for key, error in stage(run, peer):
        print(f"{stage.__name__:11} {key:26} {error:.1e}")
        assert error <= LIMIT, key


def test_every_detection_is_mmdetections(run: Run, peer: Peer):
    two_peers.hold_end_to_end(run.model, peer)


def test_the_style_of_the_backbone_and_the_classes_are_what_the_file_says(peer: Peer):
    names = ["cat", "dog", "cow", "hen", "pig", "ox"]
    meta = {"cfg": "backbone=dict(depth=50, style='caffe')", "dataset_meta": {"classes": names}}
    config = read_mmdetection(peer.shapes, {"meta": meta}).config
    assert config.class_names == ("background", *names)
    assert (config.backbone.stride_on, config.molding.channel_order) == ("1x1", "bgr")
    assert read_mmdetection(peer.shapes).config.backbone.stride_on == "3x3"
