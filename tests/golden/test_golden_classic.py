"""The classic implementation's numbers, stage by stage from the golden's own inputs.

The relative error of a tensor is its largest difference over the largest magnitude wanted. Where the golden holds only
every so many entries of a tensor (the maps of the backbone and the pyramid, the pooled features), the next stage starts
from ours, which has just been compared. Classic boxes are normalised; ``px`` undoes it.

The numbers in the repository are thinned (`thin.py`); beside the project may lie the full ones, of which more tensors
are whole. Both are gone through.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import select
from maskrcnn_core.stages.molding import mold
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.stages.proposals import propose
from maskrcnn_core.stages.roi_align import Regions, pool_regions
from maskrcnn_core.stages.rpn import RpnOutput
from tests.beside import beside
from tests.golden.reading import Arrays, load_model_numbers

LIMIT = 1e-4
SIDE = 256  # px of the network input
Golden = Arrays
Pairs = Iterable[
    tuple[str, np.ndarray, np.ndarray | None]
]  # golden key, ours, wanted if not golden[key] itself

# without a counterpart here: the meta vector, and a step inside the formula of the ROI level
NOT_OURS = {"image", "image_meta", "roi_align_classifier/log2", "result/masks_shape", "masks"}
END_TO_END = {"result/class_ids", "result/scores"}


def px(boxes: np.ndarray) -> np.ndarray:
    """Turn normalised boxes into pixels with an exclusive lower-right corner."""
    return (np.asarray(boxes, np.float64) * (SIDE - 1) + [0, 0, 1, 1]).astype(np.float32)


def tensor(array: np.ndarray) -> tf.Tensor:
    return tf.constant(np.asarray(array))


def molding(model: MaskRCNN, golden: Golden) -> Pairs:
    molded = mold(golden["image"], model.config.molding)
    yield "molded_image", molded.image[None], None
    yield "window", molded.window[None], None
    yield "det/window_norm", molded.window, px(golden["det/window_norm"])


def anchors(model: MaskRCNN, golden: Golden) -> Pairs:
    boxes = make_anchors((SIDE, SIDE), model.config.anchors).boxes
    yield "anchors_pixel", boxes, None
    yield "anchors_norm", boxes[None], px(golden["anchors_norm"])[None]


def backbone(model: MaskRCNN, golden: Golden) -> Pairs:
    net = model.backbone
    padded = tf.pad(tensor(golden["molded_image"]), [[0, 0], [3, 3], [3, 3], [0, 0]])
    bn_conv1 = net.stem(padded)
    yield "conv1", net.stem.conv(padded), None
    yield "bn_conv1", bn_conv1, None
    yield "C1", pooled_stem(bn_conv1), None
    yield "res2a_out", net.stages[0][0](golden.get("C1", pooled_stem(bn_conv1))), None
    for name, level in net(tensor(golden["molded_image"]))._asdict().items():
        yield name.upper(), level, None


def pooled_stem(bn_conv1: tf.Tensor) -> tf.Tensor:
    return tf.nn.max_pool2d(tf.nn.relu(bn_conv1), 3, 2, "SAME")


def fpn(model: MaskRCNN, golden: Golden) -> Pairs:
    maps = model.backbone(tensor(golden["molded_image"]))
    pyramid = model.fpn(maps._replace(**{key.lower(): golden[key] for key in ("C4", "C5") if key in golden}))
    yield "fpn_c5p5", pyramid.merged5, None
    for number in (2, 3, 4):
        yield f"fpn_p{number}add", getattr(pyramid, f"merged{number}"), None
    for number in (2, 3, 4, 5, 6):
        yield f"P{number}", getattr(pyramid, f"p{number}"), None


def levels(model: MaskRCNN, golden: Golden) -> list[tf.Tensor]:
    pyramid = model.fpn(model.backbone(tensor(golden["molded_image"])))
    return [tensor(golden.get(f"P{n}", getattr(pyramid, f"p{n}"))) for n in (2, 3, 4, 5, 6)]


def rpn(model: MaskRCNN, golden: Golden) -> Pairs:
    maps = levels(model, golden)
    for suffix, chosen in (("", maps), *((f"_P{n}", [level]) for n, level in enumerate(maps, start=2))):
        logits, scores, deltas = model.rpn(chosen)
        yield f"rpn_class_logits{suffix}", logits, None
        yield f"rpn_probs{suffix}", scores, golden[f"rpn_probs{suffix}"][..., 1]
        yield f"rpn_bbox{suffix}", deltas, None


def proposals(model: MaskRCNN, golden: Golden) -> Pairs:
    probs, deltas = golden["rpn_probs"][0, :, 1], golden["rpn_bbox"][0]
    reference = make_anchors((SIDE, SIDE), model.config.anchors)
    rpn_output = RpnOutput(golden["rpn_class_logits"][0], tensor(probs), tensor(deltas))
    out = propose(rpn_output, reference, tf.constant([SIDE, SIDE]), model.config, 1000)
    yield "roi/top_anchors_ix", out.top_k_index[None], None
    yield "roi/pre_nms_scores", out.top_k_scores[None], None
    index = out.top_k_index.numpy()
    yield "roi/pre_nms_deltas_scaled", deltas[index][None] * np.float32(model.config.rpn.delta_std), None
    yield "roi/pre_nms_anchors", reference.boxes[index], px(golden["roi/pre_nms_anchors"][0])
    yield "roi/refined_anchors", out.decoded, px(golden["roi/refined_anchors"][0])
    yield "roi/refined_anchors_clipped", out.clipped, px(golden["roi/refined_anchors_clipped"][0])
    yield "roi/nms_indices", out.nms_index, None
    yield "proposals", out.boxes, px(golden["proposals"][0])


def pooled(
    model: MaskRCNN, golden: Golden, boxes: np.ndarray, config: RoiAlign
) -> tuple[tf.Tensor, tf.Tensor]:
    image, shape = tf.zeros(len(boxes), tf.int32), tf.constant([SIDE, SIDE])
    regions = Regions(tensor(px(boxes)), image, shape, model.config.box_corner)
    return pool_regions(levels(model, golden)[:4], regions, config, "box_roi")


def box_head(model: MaskRCNN, golden: Golden) -> Pairs:
    level, features = pooled(model, golden, golden["proposals"][0], model.config.box_roi)
    yield "roi_align_classifier/level", level[None], None
    yield "roi_align_classifier", features[None], None
    head, logits_probs_deltas = model.box_head, model.box_head(features)
    conv1 = head.conv1(features)
    bn1 = head.norm1(conv1, training=False)
    yield "mrcnn_class_conv1", conv1[None, :, None, None], None
    yield "mrcnn_class_bn1", bn1[None, :, None, None], None
    yield "pool_squeeze", tf.nn.relu(head.norm2(head.conv2(tf.nn.relu(bn1)), training=False))[None], None
    for key, output in zip(
        ("mrcnn_class_logits", "mrcnn_class", "mrcnn_bbox"), logits_probs_deltas, strict=True
    ):
        yield key, output[None], None


def detections(model: MaskRCNN, golden: Golden) -> Pairs:
    head = BoxHeadOutput(
        *(tensor(golden[key][0]) for key in ("mrcnn_class_logits", "mrcnn_class", "mrcnn_bbox"))
    )
    window, config = tensor(golden["window"][0].astype(np.float32)), model.config
    out = select(tensor(px(golden["proposals"][0])), head, window, config)
    chosen = tf.gather(head.deltas, out.candidate_class, batch_dims=1)
    yield "det/class_ids", out.candidate_class, None
    yield "det/class_scores", out.candidate_score, None
    yield "det/deltas_specific", chosen, None
    yield "det/refined_rois", out.decoded, px(golden["det/refined_rois"])
    yield "det/refined_rois_clipped", out.clipped, px(golden["det/refined_rois_clipped"])
    candidates = (out.candidate_class > 0) & (out.candidate_score >= config.detections.min_score)
    yield "det/keep_before_nms", np.flatnonzero(candidates), None
    yield "det/keep_final", out.proposal_index, None
    rows = np.column_stack([out.boxes, out.class_ids, out.scores])
    wanted = golden["detections"][0]
    yield "detections", rows, np.column_stack([px(wanted[:, :4]), wanted[:, 4:]])


def mask_head(model: MaskRCNN, golden: Golden) -> Pairs:
    found = golden["detections"][0]
    level, features = pooled(model, golden, found[:, :4], model.config.mask_roi)
    yield "roi_align_mask/level", level[None], None
    yield "roi_align_mask", features[None], None
    net, x = model.mask_head, features
    for number, (conv, norm) in enumerate(zip(net.convs, net.norms, strict=True), start=1):
        x = conv(x)
        if number == 1:
            yield "mrcnn_mask_conv1", x[None], None
        x = norm(x, training=False)
        if number == 4:
            yield "mrcnn_mask_bn4", x[None], None
        x = tf.nn.relu(x)
    yield "mrcnn_mask_deconv", net.deconv(x)[None], None
    out = net(features, found[:, 4].astype(np.int32))
    yield "mrcnn_mask_logits", out.logits, None
    yield "mrcnn_mask", tf.sigmoid(out.logits)[None], None
    yield "mrcnn_mask_of_class", out.probs, masks_of_classes(golden)


def masks_of_classes(golden: Golden) -> np.ndarray:
    if "mrcnn_mask_of_class" in golden:
        return golden["mrcnn_mask_of_class"]
    class_ids = golden["detections"][0][:, 4].astype(int)
    return golden["mrcnn_mask"][0][np.arange(len(class_ids)), :, :, class_ids]


def pasting(model: MaskRCNN, golden: Golden) -> Pairs:
    found, window = golden["detections"][0], golden["window"][0].astype(np.float32)
    out = paste(px(found[:, :4]), masks_of_classes(golden), window, golden["image"].shape[:2], model.config)
    yield "result/rois", out.boxes, None
    yield "result/masks_packed", out.masks.astype(np.int32), golden["masks"].astype(np.int32)
    yield "result/mask_areas", out.masks.sum(axis=(1, 2)), None


STAGES = (molding, anchors, backbone, fpn, rpn, proposals, box_head, detections, mask_head, pasting)


@pytest.fixture(scope="module", params=["thinned", *beside("goldens")])
def golden(request: pytest.FixtureRequest, goldens: Path) -> Golden:
    return load_model_numbers(goldens if request.param == "thinned" else request.param)


@pytest.fixture(scope="module")
def pairs(golden_model: MaskRCNN, golden: Golden) -> dict[str, list]:
    return {stage.__name__: list(stage(golden_model, golden)) for stage in STAGES}


@pytest.mark.parametrize("stage", [stage.__name__ for stage in STAGES])
def test_stage_gives_the_classic_numbers(stage: str, pairs: dict[str, list], golden: Golden):
    for key, received, wanted in pairs[stage]:
        error = family_error(golden, key, np.asarray(received), wanted)
        print(f"{stage:11} {key:28} {error:.1e}")
        exact = np.issubdtype(np.asarray(received).dtype, np.integer)
        assert error <= (0 if exact else LIMIT), f"{key}: relative error {error:.1e}"


def test_every_tensor_of_the_golden_is_compared(pairs: dict[str, list], golden: Golden):
    compared = {key for stage in pairs.values() for key, _, _ in stage}
    families = {key.split("__")[0] for key in golden}
    assert families - compared == NOT_OURS | END_TO_END


def family_error(golden: Golden, key: str, received: np.ndarray, wanted: np.ndarray | None) -> float:
    """Give the largest relative error of a tensor, or of all that the golden holds of a large one."""
    if wanted is not None or key in golden:
        return relative_error(received, golden[key] if wanted is None else wanted)
    assert received.shape == tuple(golden[f"{key}__shape"])
    every = tuple(slice(None, None, int(step)) for step in golden[f"{key}__stride"])
    wide = received.astype(np.float64)
    channel_mean = wide.mean(axis=tuple(range(wide.ndim - 1)))
    kind, axes = ("row_mean", (-2, -1)) if f"{key}__row_mean" in golden else ("pos_mean", -1)
    sum_to_max = np.array([wide.sum(), wide.mean(), wide.std(), wide.min(), wide.max()])
    spread = np.abs(golden[f"{key}__stats"][3:]).max() * np.array([wide.size, 1, 1, 1, 1])
    return max(
        relative_error(received[every], golden[f"{key}__sub"]),
        relative_error(channel_mean, golden[f"{key}__chan_mean"]),
        relative_error(wide.mean(axis=axes), golden[f"{key}__{kind}"]),
        relative_error(sum_to_max / spread, golden[f"{key}__stats"] / spread),
    )


def relative_error(received: np.ndarray, wanted: np.ndarray) -> float:
    assert received.shape == wanted.shape
    return float(np.abs(received - wanted.astype(np.float64)).max() / np.abs(wanted).max())
