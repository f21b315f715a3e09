"""torchvision's numbers, v1, v2 and a ResNet-18, stage by stage from the golden's own inputs, and end to end.

Where the golden holds only every so many entries of a tensor, the next stage starts from ours, which has just been
compared. Decisions (which anchors, which boxes) are compared as sets with their scores: a tie may fall either way.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import select
from maskrcnn_core.stages.molding import mold
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.stages.proposals import propose
from maskrcnn_core.stages.roi_align import Regions, pool_regions
from maskrcnn_core.stages.rpn import RpnOutput
from maskrcnn_core.weights.formats.torchvision import is_torchvision, read_torchvision
from tests.golden.peers import LIMIT, Peer, mask_ious, matched, model_of, relative_error, theirs

RECIPE = "make_torchvision_weights.py"
SETTINGS = {  # golden -> settings that its weights do not tell
    "torchvision_r50_256": {"molding.min_dim": 256, "molding.max_dim": 384},
    "torchvision_v2_r50_128": {
        "molding.min_dim": 128,
        "molding.max_dim": 176,
        "detections.max_count": 40,
    },
}
V1, V2 = SETTINGS
R18 = "torchvision_r18_128"  # of which the backbone's stages and the detections are held
# golden's name -> ours, of the tensors inside a block
INSIDE = {
    "body/layer2.0.bn1": "backbone.c3.block1.conv1",
    "body/layer2.0.downsample": "backbone.c3.block1.shortcut",
    "body/layer2.0": "backbone.c3.block1.output",
}
Pairs = Iterable[tuple[str, float]]  # key, relative error


@pytest.fixture(scope="module", params=SETTINGS)
def peer(request: pytest.FixtureRequest) -> Peer:
    return Peer(request.param, RECIPE)


@pytest.fixture(scope="module")
def v1() -> Peer:
    return Peer(V1, RECIPE)


@pytest.fixture(scope="module")
def model(peer: Peer) -> MaskRCNN:
    model = model_of(read_torchvision(peer.shapes), peer.state, SETTINGS[peer.folder.name])
    assert model.config.name == ("torchvision_v2" if peer.folder.name == V2 else "torchvision_v1")
    return model


def shape_of(peer: Peer) -> tuple[int, int]:
    """Give (y, x) of the network input."""
    height, width = peer.settings["tensors"]["transform/image"]["shape"][2:]
    return height, width


def tapped(layer: Callable[..., Any], *inputs: Any) -> dict[str, tf.Tensor]:
    """Give what ``layer`` makes of ``inputs`` on the way, by the names of tensors."""
    seen: dict[str, tf.Tensor] = {}

    def tap(name: str, value: tf.Tensor) -> tf.Tensor:
        seen[name] = value
        return value

    layer(*inputs, tap=tap)
    return seen


def molding(model: MaskRCNN, peer: Peer) -> Pairs:
    molded = mold(peer.image, model.config.molding)
    yield "transform/image", peer.error("transform/image", molded.image[None])
    size = molded.window[2:].astype(int)
    yield "transform/image_sizes", peer.error("transform/image_sizes", size[None])


def molded(model: MaskRCNN, peer: Peer) -> tf.Tensor:
    return tf.constant(mold(peer.image, model.config.molding).image[None])


def backbone(model: MaskRCNN, peer: Peer) -> Pairs:
    net, image = model.backbone, molded(model, peer)
    padded = tf.pad(image, [[0, 0], [3, 3], [3, 3], [0, 0]])
    pool = [[0, 0], [1, 1], [1, 1], [0, 0]]
    yield (
        "body/stem_maxpool",
        peer.error("body/stem_maxpool", tf.nn.max_pool2d(tf.nn.relu(net.stem(padded)), 3, 2, pool)),
    )
    for name, level in net(image)._asdict().items():
        yield f"body/{name.upper()}", peer.error(f"body/{name.upper()}", level)
    inside = tapped(net, image)
    for key in INSIDE.keys() & peer.arrays.keys():
        yield key, peer.error(key, inside[INSIDE[key]])


def fpn(model: MaskRCNN, peer: Peer) -> Pairs:
    maps = model.backbone(molded(model, peer))
    laterals = tapped(model.fpn, maps)
    for number in range(4):
        key = f"fpn/inner_{number}_lateral"
        yield key, peer.error(key, laterals[f"fpn.lateral{number + 2}"])
    pyramid = model.fpn(maps)
    for number, level in zip(("0", "1", "2", "3", "pool"), pyramid.rpn_levels, strict=True):
        yield f"fpn/{number}", peer.error(f"fpn/{number}", level)


def anchors(model: MaskRCNN, peer: Peer) -> Pairs:
    boxes = make_anchors(shape_of(peer), model.config.anchors).boxes
    yield "rpn/anchors", relative_error(boxes, peer.boxes("rpn/anchors"))


def rpn(model: MaskRCNN, peer: Peer) -> Pairs:
    levels = model.fpn(model.backbone(molded(model, peer))).rpn_levels
    for number, level in enumerate(levels):
        logits, _, deltas = model.rpn([level])
        shape = (1, *level.shape[1:3], -1)
        for key, output in (
            ("objectness", tf.reshape(logits, shape)),
            ("deltas", theirs(deltas).reshape(shape)),
        ):
            yield f"rpn/{key}_{number}", peer.error(f"rpn/{key}_{number}", output)


def golden_rpn(peer: Peer) -> RpnOutput:
    logits = np.concatenate([peer.map(f"rpn/objectness_{n}").reshape(-1, 1) for n in range(5)])
    deltas = np.concatenate([peer.map(f"rpn/deltas_{n}").reshape(-1, 4) for n in range(5)])
    return RpnOutput(*map(tf.constant, (logits, 1 / (1 + np.exp(-logits[:, 0])), theirs(deltas))))


def proposals(model: MaskRCNN, peer: Peer) -> Pairs:
    found = make_anchors(shape_of(peer), model.config.anchors)
    window = tf.constant([0.0, 0.0, *map(float, peer.whole("transform/image_sizes")[0])])
    out = propose(golden_rpn(peer), found, tf.constant(shape_of(peer)), model.config, 1000, window)
    yield "rpn/topk_idx", relative_error(np.sort(out.top_k_index), np.sort(peer.whole("rpn/topk_idx")))
    decoded = peer.boxes("rpn/proposals_decoded")[out.top_k_index.numpy()]
    yield "rpn/proposals_decoded", relative_error(out.decoded.numpy(), decoded)
    yield "rpn/proposals", relative_error(out.boxes.numpy(), peer.boxes("rpn/proposals"))
    yield "rpn/proposal_scores", relative_error(out.scores.numpy(), peer.whole("rpn/proposal_scores"))


def pooled(model: MaskRCNN, peer: Peer, boxes: np.ndarray, stage: str) -> tuple[tf.Tensor, tf.Tensor]:
    levels = model.fpn(model.backbone(molded(model, peer))).roi_levels
    image, shape = tf.zeros(len(boxes), tf.int32), tf.constant(shape_of(peer))
    regions = Regions(tf.constant(boxes), image, shape, 0.0)
    return pool_regions(levels, regions, getattr(model.config, stage), stage)


def box_head(model: MaskRCNN, peer: Peer) -> Pairs:
    level, features = pooled(model, peer, peer.boxes("rpn/proposals"), "box_roi")
    yield "box/levels", relative_error(level.numpy(), peer.whole("box/levels") + 2)
    yield "box/roi_features", peer.error("box/roi_features", features)
    out = model.box_head(features)
    hidden = tapped(model.box_head, features)[last_hidden(model.config)]
    yield "box/head", peer.error("box/head", hidden)
    yield "box/class_logits", peer.error("box/class_logits", out.class_logits)
    yield "box/scores_softmax", peer.error("box/scores_softmax", out.class_probs)
    yield "box/box_regression", peer.error("box/box_regression", theirs(out.deltas).reshape(len(hidden), -1))


def detections(model: MaskRCNN, peer: Peer) -> Pairs:
    deltas = theirs(peer.whole("box/box_regression").reshape(-1, 5, 4))
    head = BoxHeadOutput(
        *(tf.constant(a) for a in (peer.whole("box/class_logits"), peer.whole("box/scores_softmax"), deltas))
    )
    window = tf.constant([0.0, 0.0, *map(float, peer.whole("transform/image_sizes")[0])])
    out = select(tf.constant(peer.boxes("rpn/proposals")), head, window, model.config)
    yield "det/labels", relative_error(out.class_ids.numpy(), peer.whole("det/labels"))
    yield "det/scores", relative_error(out.scores.numpy(), peer.whole("det/scores"))
    yield "det/boxes_pre", relative_error(out.boxes.numpy(), peer.boxes("det/boxes_pre"))
    enough = (out.candidate_score.numpy() > 0.05) & (np.diff(out.clipped.numpy()[:, ::2]) >= 0.01)[:, 0]
    enough &= (np.diff(out.clipped.numpy()[:, 1::2]) >= 0.01)[:, 0]
    yield "det/nms_idxs", relative_error(out.candidate_class.numpy()[enough], peer.whole("det/nms_idxs"))
    yield "det/nms_scores", relative_error(out.candidate_score.numpy()[enough], peer.whole("det/nms_scores"))
    yield "det/nms_boxes", relative_error(out.clipped.numpy()[enough], peer.boxes("det/nms_boxes"))
    kept = np.flatnonzero(enough)[peer.whole("det/nms_keep")[: model.config.detections.max_count]]
    yield "det/nms_keep", relative_error(out.candidate_index.numpy(), kept)


def mask_head(model: MaskRCNN, peer: Peer) -> Pairs:
    level, features = pooled(model, peer, peer.boxes("det/boxes_pre"), "mask_roi")
    yield "mask/levels", relative_error(level.numpy(), peer.whole("mask/levels") + 2)
    yield "mask/roi_features", peer.error("mask/roi_features", features)
    class_ids = peer.whole("det/labels").astype(np.int32)
    hidden = tapped(model.mask_head, features, class_ids)
    yield "mask/head", peer.error("mask/head", hidden["mask_head.conv4"])
    out = model.mask_head(features, class_ids)
    yield "mask/logits", peer.error("mask/logits", out.logits)
    yield "mask/probs_selected", relative_error(out.probs.numpy()[:, None], peer.whole("mask/probs_selected"))


def pasting(model: MaskRCNN, peer: Peer) -> Pairs:
    window = np.float32([0, 0, *peer.whole("transform/image_sizes")[0]])
    probs = peer.whole("mask/probs_selected")[:, 0]
    out = paste(peer.boxes("det/boxes_pre"), probs, window, peer.image.shape[:2], model.config)
    yield "det/boxes", relative_error(out.boxes, peer.boxes("det/boxes"))
    yield "det/masks_packed", float((out.masks != masks_of(peer)).mean()) * 100  # of a million pixels, 1


def masks_of(peer: Peer) -> np.ndarray:
    return np.unpackbits(peer.arrays["det/masks_packed"], axis=-1, count=peer.image.shape[1]).astype(bool)


STAGES = (molding, backbone, fpn, anchors, rpn, proposals, box_head, detections, mask_head, pasting)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_stage_gives_torchvisions_numbers(stage, model: MaskRCNN, peer: Peer):
    for key, error in stage(model, peer):
        print(f"{stage.__name__:11} {key:24} {error:.1e}")
        assert error <= LIMIT, key


def test_every_detection_is_torchvisions(model: MaskRCNN, peer: Peer):
    result = model.detect(peer.image)
    rows, overlaps = matched(
        result.boxes, result.class_ids, peer.boxes("det/boxes"), peer.whole("det/labels")
    )
    score_error = np.abs(result.scores[rows] - peer.whole("det/scores")).max()
    masks = mask_ious(result.masks[rows], masks_of(peer))
    print(f"box IoU {overlaps.min():.6f}  score {score_error:.1e}  mask IoU {masks.min():.4f}")
    assert sorted(rows) == list(range(model.config.detections.max_count))
    assert overlaps.min() > 0.99
    assert score_error < 1e-3
    assert masks.min() > 0.99


def test_frozen_norms_without_an_epsilon_are_those_of_the_published_weights(v1: Peer):
    peer, frozen = v1, Peer(V1, RECIPE, "state_dict_manifest_frozenbn.json")
    found = read_torchvision(frozen.shapes)
    assert found.config.backbone.norm_epsilon == 0.0
    model = model_of(found, frozen.state, SETTINGS[V1])
    trace = model.trace(peer.image)
    for key, name in (("body/C2", "c2"), ("body/C5", "c5")):
        assert peer.error(f"frozen_eps0/{key}", trace[f"backbone.{name}"][None]) <= LIMIT
    for key, name in (("fpn/0", "p2"), ("fpn/3", "p5")):
        assert peer.error(f"frozen_eps0/{key}", trace[f"fpn.{name}"][None]) <= LIMIT
    boxes, labels, scores = (peer.arrays[f"frozen_eps0/det/{key}"] for key in ("boxes", "labels", "scores"))
    rows, overlaps = matched(
        trace["pasting.boxes"], trace["detections.class_ids"], boxes[:, [1, 0, 3, 2]], labels
    )
    assert sorted(rows) == list(range(100))
    assert overlaps.min() > 0.99
    assert np.abs(trace["detections.scores"][rows] - scores).max() < 1e-3


def test_frozen_norms_of_other_depths_have_the_epsilon_of_the_layer():
    shapes = Peer(V1, RECIPE, "state_dict_manifest_frozenbn.json").shapes
    last = {name: shape for name, shape in shapes.items() if ".layer3.5." in name}
    deeper = shapes | {
        name.replace(".5.", f".{block}."): shape for block in range(6, 23) for name, shape in last.items()
    }
    backbone = read_torchvision(deeper).config.backbone
    assert (backbone.architecture, backbone.norm_epsilon) == ("resnet101", 1e-5)


def test_basic_blocks_give_torchvisions_maps_and_detections():
    peer = Peer(R18, RECIPE, image_of=V2)
    found = read_torchvision(peer.shapes)
    backbone = found.config.backbone
    assert (backbone.architecture, backbone.norm_epsilon, backbone.norm_frozen) == ("resnet18", 1e-5, True)
    model = model_of(found, peer.state, SETTINGS[V2])
    keys = {f"backbone.c{level}": f"body/C{level}" for level in range(2, 6)}
    keys["backbone.c3.block1.shortcut"] = "body/layer2.0.downsample"
    trace = model.trace(peer.image, keep=["*", "backbone.c3.block1.shortcut"])
    for name, key in keys.items():
        assert peer.error(key, trace[name][None]) <= LIMIT, key
    rows, overlaps = matched(
        trace["pasting.boxes"],
        trace["detections.class_ids"],
        peer.boxes("det/boxes"),
        peer.whole("det/labels"),
    )
    assert sorted(rows) == list(range(40))
    assert overlaps.min() > 0.99
    assert np.abs(trace["detections.scores"][rows] - peer.whole("det/scores")).max() < 1e-3


def test_old_names_are_the_same_weights(v1: Peer):
    def old(name: str) -> str:
        for kind in ("inner", "layer"):
            for number in range(4):
                name = name.replace(f"{kind}_blocks.{number}.0.", f"{kind}_blocks.{number}.")
        for number in range(4):
            name = name.replace(f"mask_head.{number}.0.", f"mask_head.mask_fcn{number + 1}.")
        return name.replace("rpn.head.conv.0.0.", "rpn.head.conv.")

    shapes = v1.shapes
    renamed = {old(name): shape for name, shape in shapes.items()}
    assert renamed.keys() != shapes.keys()
    assert is_torchvision(renamed)
    ours, theirs_ = read_torchvision(shapes), read_torchvision(renamed)
    assert theirs_.unknown == ()
    assert {name: old(source.name) for name, source in ours.sources.items()} == {
        name: source.name for name, source in theirs_.sources.items()
    }


def test_a_proposal_is_a_candidate_for_each_class(model: MaskRCNN, peer: Peer):
    trace = model.trace(peer.image, keep=["detections.*", "proposals.boxes", "anchors.level", "proposals.*"])
    config: Config = model.config
    proposal, index = trace["detections.candidate_proposal"], trace["detections.candidate_index"]
    assert len(proposal) == len(trace["proposals.boxes"]) * (config.num_classes - 1)
    np.testing.assert_array_equal(proposal[index], trace["detections.proposal_index"])
    np.testing.assert_array_equal(trace["detections.clipped"][index], trace["detections.boxes"])
    np.testing.assert_array_equal(trace["detections.candidate_class"][index], trace["detections.class_ids"])
    enough = trace["detections.candidate_score"] > config.detections.min_score
    assert np.unique(proposal[enough], return_counts=True)[1].max() > 1
    level = trace["anchors.level"][trace["proposals.top_k_index"]]
    assert (np.diff(level) >= 0).all()
    kept = level[trace["proposals.nms_index"]]
    boxes = trace["proposals.boxes"]
    for number in np.unique(kept):
        overlaps = box_algebra.iou(boxes[kept == number], boxes[kept == number])
        assert np.triu(overlaps, 1).max() <= config.proposals.nms_threshold + 1e-5
