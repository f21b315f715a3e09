"""Hard-coded cases from other projects' tests, where their convention is one of ours or differs by a change of frame.

A case whose boxes sit half a cell off, or whose ratio is height over width, is brought into our frame first. Not ours,
so left out: samples outside the map that count as 0 at once, adaptive sampling, ROIPool, anchors at the middle of a
cell, generalised IoU, score top-k per class, masks pasted by corner-aligned resampling.
"""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Anchors, Detections, RoiAlign, tiny
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import select
from maskrcnn_core.stages.pasting import paste, paste_mask
from maskrcnn_core.stages.proposals import suppress
from maskrcnn_core.stages.roi_align import Regions, roi_align, roi_level

Cases = dict[str, dict]
XYXY = [1, 0, 3, 2]  # from x1 y1 x2 y2 to yxyx and back


def array(numbers: Any) -> np.ndarray:
    return np.asarray(numbers, np.float32)


def regions(boxes: np.ndarray, shape: tuple[int, int]) -> Regions:
    boxes = tf.constant(array(boxes).reshape(-1, 4))
    return Regions(boxes, tf.zeros(len(boxes), tf.int32), tf.constant(shape), 0.0)


# --- ROIAlign ------------------------------------------------------------------------------------------------


def test_roi_align_and_its_gradient_match_mmcv(peer_cases: Cases):
    case = peer_cases["mmcv_roialign_1"]
    inputs, wanted = case["inputs"], case["expected"]
    features = tf.constant(array(inputs["feature_nchw"]).transpose(0, 2, 3, 1))
    rois = regions(array(inputs["rois"])[:, 1:][:, XYXY], (2, 2))
    with tf.GradientTape() as tape:
        tape.watch(features)
        pooled = roi_align(features, rois, RoiAlign(2, "cells", 2))
    np.testing.assert_allclose(pooled.numpy().transpose(0, 3, 1, 2), wanted["output_nchw"], atol=1e-6)
    gradient = tape.gradient(pooled, features).numpy().transpose(0, 3, 1, 2)
    np.testing.assert_allclose(gradient, wanted["grad_input_for_ones"], atol=1e-6)


def test_no_rois_give_no_features(peer_cases: Cases):
    count, channel, *bins = peer_cases["d2_roialign_empty_batch"]["expected"]["output_shape"]
    features = tf.zeros([1, 10, 10, channel])
    for sampling in ("corners", "cells"):
        pooled = roi_align(features, regions(np.zeros((0, 4)), (10, 10)), RoiAlign(bins[0], sampling))
        assert pooled.shape == (count, *bins, channel)


def test_cells_match_averaged_samples_half_a_cell_off(peer_cases: Cases):
    chosen = [case for name, case in peer_cases.items() if name.startswith("tfod_mlroialign_")]
    inside = [case for case in chosen if case["op"] == "roi_align_tfod" and "extrapolate" not in case["id"]]
    assert len(inside) == 5
    for case in inside:
        inputs = case["inputs"]
        features = array(inputs["feature_hw"])
        boxes = array(inputs["boxes_norm_yxyx"]) * (np.tile(features.shape, 2) - 1) + 0.5
        config = RoiAlign(inputs["output_size"][0], "cells", inputs["samples_per_cell"])
        pooled = roi_align(tf.constant(features[None, ..., None]), regions(boxes, features.shape), config)
        np.testing.assert_allclose(pooled[..., 0], case["expected"]["output"], atol=case["tolerance"])


@pytest.mark.parametrize("name", ["onnx_roialign", "d2_roialign_unaligned"])
def test_cells_match_unaligned_sampling_half_a_cell_off(name: str, peer_cases: Cases):
    case = peer_cases[name]
    inputs, tolerance = case["inputs"], case["tolerance"]
    features = array(inputs["feature_hw"])
    boxes = array(inputs.get("rois") or [inputs["box"]])[:, XYXY] + 0.5
    samples = inputs["sampling_ratio"] or 1  # adaptive: one sample for bins of at most a cell
    config = RoiAlign(inputs["output_size"][0], "cells", samples)
    pooled = roi_align(tf.constant(features[None, ..., None]), regions(boxes, features.shape), config)
    wanted = array(case["expected"]["output"]).reshape(pooled.shape[:3])
    np.testing.assert_allclose(pooled[..., 0], wanted, atol=tolerance)


def test_corners_match_crop_and_resize(peer_cases: Cases):
    chosen = [case for case in peer_cases.values() if case["op"] == "crop_and_resize"]
    assert len(chosen) == 4
    for case in chosen:
        features = array(case["inputs"]["feature_hw"])
        boxes = array(case["inputs"]["boxes_norm_yxyx"]) * 8  # px of an image of 8x8
        config = RoiAlign(case["inputs"]["crop_size"][0], "corners")
        pooled = roi_align(tf.constant(features[None, ..., None]), regions(boxes, (8, 8)), config)
        np.testing.assert_allclose(pooled[..., 0], case["expected"]["output"], atol=case["tolerance"])


def test_levels_match(peer_cases: Cases):
    case = peer_cases["tfod_mlroialign_levels"]
    rois = regions(case["inputs"]["boxes_yxyx_pixels"], (640, 640))
    levels = roi_level(rois, RoiAlign(sampling="cells"))
    np.testing.assert_array_equal(levels, case["expected"]["pooled_constant"])


# --- anchors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["d2_anchors_offset0", "tv_anchors", "mmdet_anchor_strides"])
def test_anchors_match(name: str, peer_cases: Cases):
    case = peer_cases[name]["inputs"]
    ratios = tuple(1 / ratio for ratio in case["aspect_ratios"])  # theirs is height over width
    cells, stride = case["feature_hw"], case["stride"]
    shape = (cells[0] * stride, cells[1] * stride)
    by_size = []
    for size in case["sizes"]:
        anchors = make_anchors(shape, Anchors((size,) * 5, ratios, (stride, 64, 64, 64, 64)))
        by_size.append(anchors.boxes[anchors.level == 2].reshape(-1, len(ratios), 4))
    ours = np.stack(by_size, axis=1).reshape(-1, 4)[:, XYXY]  # position, size, ratio
    np.testing.assert_allclose(ours, peer_cases[name]["expected"]["anchors"], atol=1e-5)


# --- boxes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tfod_box_encode", "tfod_box_encode_scaled"])
def test_encode_and_decode_match(name: str, peer_cases: Cases):
    inputs = peer_cases[name]["inputs"]
    anchors, boxes = array(inputs["anchors"]), array(inputs["boxes"])
    std = 1 / array(inputs["scale_factors"] or [1, 1, 1, 1])
    codes = array(peer_cases[name]["expected"]["codes"])
    np.testing.assert_allclose(box_algebra.encode(anchors, boxes) / std, codes, atol=1e-5)
    np.testing.assert_allclose(box_algebra.decode(anchors, codes * std), boxes, atol=1e-4)


@pytest.mark.parametrize("name", ["tv_box_iou", "kcv_iou", "tfv_iou"])
def test_iou_matches(name: str, peer_cases: Cases):
    inputs = peer_cases[name]["inputs"]
    ours = box_algebra.iou(array(inputs["boxes1"]), array(inputs["boxes2"]))
    np.testing.assert_allclose(ours, peer_cases[name]["expected"]["iou"], atol=1e-6)


def test_iou_of_no_boxes_has_no_entries(peer_cases: Cases):
    for rows, columns in peer_cases["tfod_iou_empty"]["expected"]["shapes"]:
        for kind in (np, tf):
            assert box_algebra.iou(kind.zeros([rows, 4]), kind.zeros([columns, 4])).shape == (rows, columns)


def test_conversions_match(peer_cases: Cases):
    case = peer_cases["tv_box_convert"]
    boxes, xywh = array(case["inputs"]["xyxy"])[:, XYXY], array(case["expected"]["xywh"])
    np.testing.assert_array_equal(box_algebra.to_xywh(boxes), xywh)
    np.testing.assert_array_equal(box_algebra.from_xywh(xywh), boxes)
    np.testing.assert_array_equal(box_algebra.area(boxes[:2]), case["expected"]["area_first_two"])
    for xyxy, wanted in peer_cases["d2_boxmode"]["expected"]["xyxy_to_xywh"]:
        np.testing.assert_array_equal(box_algebra.to_xywh(array(xyxy)[XYXY]), [wanted])


def test_boxes_of_masks_match(peer_cases: Cases):
    case = peer_cases["d2_bitmask_boxes"]
    boxes = box_algebra.from_masks(np.array(case["inputs"]["masks"], bool))
    np.testing.assert_array_equal(boxes[:, XYXY], case["expected"]["boxes"])


# --- NMS ---------------------------------------------------------------------------------------------


def test_suppression_matches(peer_cases: Cases):
    chosen = [case for case in peer_cases.values() if case["op"] == "nms"]
    assert len(chosen) == 7
    for case in chosen:
        inputs = case["inputs"]
        scores = array(inputs["scores"])
        good = scores > (inputs["score_threshold"] or 0.0)  # sorted out before, as the stages do
        boxes, count = array(inputs["boxes"])[good], inputs["max_output"] or len(scores)
        kept = suppress(tf.constant(boxes), tf.constant(scores[good]), count, inputs["iou_threshold"])
        np.testing.assert_array_equal(
            np.flatnonzero(good)[kept], case["expected"]["keep"], err_msg=case["id"]
        )


def test_selection_by_class_matches(peer_cases: Cases):
    case = peer_cases["tfod_multiclass_nms"]
    inputs, wanted = case["inputs"], case["expected"]
    probs = np.pad(array(inputs["scores"]), [[0, 0], [1, 0]])  # a background that is never the most probable
    settings = Detections(inputs["score_threshold"], inputs["iou_threshold"], inputs["max_output"])
    boxes = tf.constant(array(inputs["boxes"]))
    head = BoxHeadOutput(tf.constant(probs), tf.constant(probs), tf.zeros([len(probs), 3, 4]))
    found = select(boxes, head, tf.constant([0.0, 0.0, 2000.0, 2000.0]), tiny().replace(detections=settings))
    np.testing.assert_allclose(found.boxes, wanted["boxes"], rtol=1e-5)
    np.testing.assert_allclose(found.scores, wanted["scores"])
    np.testing.assert_array_equal(found.class_ids, np.array(wanted["classes"]) + 1)


# --- pasting -------------------------------------------------------------------------------------------------


def test_no_masks_paste_to_none(peer_cases: Cases):
    shape = peer_cases["tfod_mask_paste_none"]["expected"]["shape"]
    pasted = paste(np.zeros((0, 4)), np.zeros((0, 3, 3)), array([0, 0, 4, 4]), (4, 4), tiny())
    assert pasted.masks.shape == tuple(shape)


def test_paste_at_its_own_size_is_the_identity(peer_cases: Cases):
    assert peer_cases["tfv_mask_paste_identity"]["expected"]["identity"]
    probs = np.random.default_rng(0).random((6, 6), np.float32)
    target = np.zeros((10, 10), bool)
    paste_mask(target, probs, array([2, 0, 8, 6]), 0.5)
    np.testing.assert_array_equal(target[2:8, :6], probs >= 0.5)
    assert target.sum() == (probs >= 0.5).sum()


def test_pasted_masks_overlap_as_in_tensorflow_models(peer_cases: Cases):
    case = peer_cases["tfv_instance_masks_overlap"]
    inputs, pasted = case["inputs"], {}
    for kind, boxes, masks in (("found", "boxes", "masks"), ("true", "gt_boxes", "gt_masks")):
        pasted[kind] = np.zeros((2, *inputs["output_size"]), bool)
        for target, box, mask in zip(pasted[kind], inputs[boxes], inputs[masks], strict=True):
            paste_mask(target, array(mask), array(box), 0.5 + 1e-6)  # theirs is above, not from
    found, true = (pasted[kind].reshape(2, 1, -1) for kind in ("found", "true"))
    shared = (found & true.swapaxes(0, 1)).sum(axis=-1)
    union = (found | true.swapaxes(0, 1)).sum(axis=-1)
    np.testing.assert_allclose(shared / union, case["expected"]["iou"], atol=1e-6)
