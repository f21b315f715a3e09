"""detectron2's numbers, stage by stage from the golden's own inputs, and end to end."""

import numpy as np
import pytest
import tensorflow as tf
import yaml

from maskrcnn_core.weights.formats.detectron2 import is_detectron2, read_detectron2
from tests.golden import two_peers
from tests.golden.peers import LIMIT, Peer, model_of, relative_error
from tests.golden.two_peers import SETTINGS, Pairs, Run


@pytest.fixture(scope="module")
def peer() -> Peer:
    return Peer("detectron2_r50_320", "make_detectron2_weights.py")


@pytest.fixture(scope="module")
def run(peer: Peer) -> Run:
    assert is_detectron2(peer.shapes)
    found = read_detectron2(peer.shapes, peer.state.__getitem__)
    state = {name: array for name, array in peer.state.items() if not name.startswith("pixel_")}
    return Run(model_of(found, state, SETTINGS), peer)


def backbone(run: Run, peer: Peer) -> Pairs:
    padded = tf.pad(run.molded.image[None], [[0, 0], [3, 3], [3, 3], [0, 0]])
    pool = [[0, 0], [1, 1], [1, 1], [0, 0]]
    stem = tf.nn.max_pool2d(tf.nn.relu(run.model.backbone.stem(padded)), 3, 2, pool)
    yield "stem", peer.error("stem", stem)
    for number, level in enumerate(run.maps, start=2):
        yield f"backbone/res{number}", peer.error(f"backbone/res{number}", level)


def proposals(run: Run, peer: Peer) -> Pairs:
    out, rpn = run.proposals(), run.rpn()
    logits = rpn.logits.numpy()[out.anchor_index.numpy(), 0]
    yield "rpn/proposals_xyxy", relative_error(out.boxes.numpy(), peer.boxes("rpn/proposals_xyxy"))
    yield "rpn/proposal_logits", relative_error(logits, peer.whole("rpn/proposal_logits"))


def hidden(run: Run, peer: Peer) -> Pairs:
    _, features = run.pool(peer.boxes("rpn/proposals_xyxy"), "box_roi")
    head = run.model.box_head
    yield "box/head", peer.error("box/head", tf.nn.relu(head.conv2(tf.nn.relu(head.conv1(features)))))
    yield "box/probs", relative_error(np.roll(run.head().class_probs, -1, axis=1), peer.whole("box/probs"))


def decoded(run: Run, peer: Peer) -> Pairs:
    ours = run.detections().decoded.numpy().reshape(1000, -1, 4)[..., [1, 0, 3, 2]].reshape(1000, -1)
    yield "box/decoded_xyxy", peer.error("box/decoded_xyxy", ours)


STAGES = (
    *(two_peers.molding, backbone, two_peers.fpn, two_peers.anchors, two_peers.rpn, proposals),
    *(two_peers.box_head, hidden, decoded, two_peers.detections, two_peers.mask_head, two_peers.pasting),
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_stage_gives_detectron2s_numbers(stage, run: Run, peer: Peer):
    for key, error in stage(run, peer):
        print(f"{stage.__name__:11} {key:26} {error:.1e}")
        assert error <= LIMIT, key


def test_every_detection_is_detectron2s(run: Run, peer: Peer):
    two_peers.hold_end_to_end(run.model, peer)


def test_its_own_configuration_says_what_the_preset_says(run: Run, peer: Peer):
    settings = yaml.safe_load((peer.folder / "config.yaml").read_text())
    found = read_detectron2(peer.shapes, peer.state.__getitem__, settings)
    assert found.config == run.config
