"""The classic implementation's small functions, from their own inputs. Boxes are yxyx."""

import math

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Anchors, Molding, RoiAlign
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.stages.anchors import grid_sizes, make_anchors
from maskrcnn_core.stages.molding import layout, mold, mold_masks
from maskrcnn_core.stages.pasting import paste_mask, resize_probs, unmold_boxes
from maskrcnn_core.stages.proposals import suppress
from maskrcnn_core.stages.roi_align import Regions, roi_align

Utils = dict[str, np.ndarray]
SIZE = (200, 300)  # px (y, x) of the image that most cases start from
RESIZINGS = {
    "square_256_256": Molding("square", 256, 256),
    "square_256_320": Molding("square", 256, 320),
    "square_128_320": Molding("square", 128, 320),
    "square_800_1024_small": Molding("square", 300, 448),
    "pad64": Molding("pad64", 256, 256),
    "pad64_minscale2": Molding("pad64", 128, 0, min_scale=2.0),
    "none": Molding("none", 256, 256),
}


def test_every_resizing_but_the_crop_is_compared(utils: Utils):
    assert {key.split("/")[1] for key in utils if key.startswith("resize/")} == {
        "image_in",
        "crop",
        *RESIZINGS,
    }


@pytest.mark.parametrize("case", RESIZINGS)
def test_resizing_gives_the_classic_grey_levels_window_and_scale(case: str, utils: Utils):
    config = RESIZINGS[case]
    molded = mold(utils["resize/image_in"], config)
    grey_levels = np.rint(molded.image + np.float32(config.mean)).astype(np.int32)
    wanted = utils[f"resize/{case}/image"]
    every = math.ceil(len(grey_levels) / len(wanted))  # of the largest image only every so many rows are kept
    np.testing.assert_array_equal(grey_levels[::every], wanted)
    np.testing.assert_array_equal(molded.window, utils[f"resize/{case}/window"])
    assert molded.scale == np.float32(utils[f"resize/{case}/scale"])
    place = layout(SIZE, config)
    padding = [
        (before, whole - before - inside)
        for before, whole, inside in zip(place.offset, place.shape, place.content, strict=True)
    ]
    np.testing.assert_array_equal([*padding, (0, 0)], utils[f"resize/{case}/padding"])


def test_molding_subtracts_the_mean(utils: Utils):
    molded = mold(utils["resize/image_in"][:8, :8], Molding("none"))
    np.testing.assert_allclose(molded.image, utils["mold/mold_8x8"], rtol=1e-6)


@pytest.mark.parametrize("case", ["square_256_256", "square_256_320", "pad64"])
def test_masks_resize_as_in_the_classic_code(case: str, utils: Utils, unpack):
    masks = unpack(utils["mask/masks_in_packed"], (5, *SIZE))
    height, width, count = utils[f"mask/resize_{case}_shape"]
    wanted = unpack(utils[f"mask/resize_{case}_packed"], (count, height, width))
    np.testing.assert_array_equal(mold_masks(masks, layout(SIZE, RESIZINGS[case])), wanted)


def test_boxes_of_masks_are_the_classic_ones(utils: Utils, unpack):
    masks = unpack(utils["mask/masks_in_packed"], (5, *SIZE))
    np.testing.assert_array_equal(box_algebra.from_masks(masks), utils["mask/bboxes"])


def test_pasted_masks_are_the_classic_ones(utils: Utils, unpack):
    pasted = np.zeros((6, *SIZE), bool)
    for target, probs, box in zip(pasted, utils["unmold/masks28"], utils["unmold/boxes"], strict=True):
        paste_mask(target, probs, box, 0.5)
    np.testing.assert_array_equal(pasted, unpack(utils["unmold/full_packed"], (6, *SIZE)))


@pytest.mark.parametrize("key", ["unmold/resized0", "unmold/resized_down"])
def test_stretched_probabilities_are_the_classic_ones(key: str, utils: Utils):
    wanted, probs = utils[key], utils["unmold/masks28"][0]
    np.testing.assert_allclose(resize_probs(probs, wanted.shape), wanted, atol=1e-6)


def test_box_algebra_gives_the_classic_numbers(utils: Utils):
    boxes, others, truths = (
        utils[f"box/{name}"].astype(np.float32) for name in ("boxes1", "boxes2", "refine_gt")
    )
    np.testing.assert_allclose(box_algebra.iou(boxes, others), utils["box/overlaps"], atol=1e-6)
    deltas = utils["box/box_refinement"]
    np.testing.assert_allclose(box_algebra.encode(boxes, truths), deltas, atol=1e-6)
    np.testing.assert_allclose(box_algebra.decode(boxes, deltas), utils["box/apply_box_deltas"], rtol=1e-5)


def test_corner_stands_for_the_classic_normalisation(utils: Utils):
    boxes, extent = utils["box/boxes1"].astype(np.float32), np.float32([255, 319, 255, 319])
    normalised = box_algebra.shift_corner(boxes, 1.0) / extent
    np.testing.assert_allclose(normalised, utils["box/norm_256_320"], atol=1e-7)
    whole = unmold_boxes(normalised * extent + [0, 0, 1, 1], np.float32([0, 0, 256, 320]), (256, 320), 1.0)
    np.testing.assert_array_equal(whole, utils["box/denorm_256_320"].clip(0, [256, 320, 256, 320]))


def test_suppression_keeps_the_classic_boxes(utils: Utils):
    boxes, scores = tf.constant(utils["box/boxes1"], tf.float32), tf.constant(utils["box/scores"])
    for key in ("box/nms_0.3", "box/tf_nms_0.3"):
        np.testing.assert_array_equal(suppress(boxes, scores, 100, 0.3), utils[key])


@pytest.mark.parametrize("size", [7, 1])
def test_corner_sampling_is_the_classic_crop(size: int, utils: Utils):
    boxes = tf.constant(utils["crop/boxes"]) * 64  # px of an image of 64x64: exact in float32
    regions = Regions(boxes, tf.zeros(len(boxes), tf.int32), tf.constant([64, 64]), 0.0)
    features = tf.constant(utils["crop/feature"])
    np.testing.assert_allclose(
        roi_align(features, regions, RoiAlign(size)), utils[f"crop/out{size}"], atol=1e-6
    )


def test_anchors_are_the_classic_ones(utils: Utils):
    np.testing.assert_allclose(make_anchors((256, 256), Anchors()).boxes, utils["anchors/all_256"], atol=1e-4)
    np.testing.assert_array_equal(grid_sizes((256, 256), Anchors()), utils["anchors/backbone_shapes"])
    np.testing.assert_array_equal(grid_sizes((300, 500), Anchors()), utils["anchors/backbone_shapes_odd"])


def test_spacing_takes_every_second_centre(utils: Utils):
    anchors = make_anchors((32, 24), Anchors(spacing=2))  # 8x6 cells of P2, 4x3 centres
    np.testing.assert_allclose(anchors.boxes[anchors.level == 2], utils["anchors/level2_stride2"], atol=1e-5)
