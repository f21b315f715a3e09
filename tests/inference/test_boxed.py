"""Masks inside their boxes: the same results in a fraction of the memory."""

import dataclasses

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.geometry.boxed_masks import BoxedMasks, extent, inside
from maskrcnn_core.geometry.rle import encode_masks
from maskrcnn_core.inference.outputs import areas, coco_results, overlay, splash
from maskrcnn_core.inference.tiling import detect_tiled
from maskrcnn_core.stages.composing import Result, take
from maskrcnn_core.stages.pasting import PASTE, paste, paste_boxed

SIZE = (37, 45)


@pytest.fixture
def masks() -> np.ndarray:
    """Masks of all kinds: random, one pixel, nothing, all, a row, a column."""
    made = np.zeros((6, *SIZE), bool)
    made[0] = np.random.default_rng(0).random(SIZE) < 0.4
    made[1, -1, -1] = made[4, 5] = made[5, :, 9] = True
    made[3] = True
    return made


def test_what_is_packed_comes_out(masks: np.ndarray):
    boxed = BoxedMasks.of(masks, SIZE)
    np.testing.assert_array_equal(np.asarray(boxed), masks)
    assert (boxed.shape, boxed.dtype, len(boxed)) == (masks.shape, masks.dtype, len(masks))
    for one, mask in zip(boxed, masks, strict=True):
        np.testing.assert_array_equal(one, mask)
    assert np.asarray(BoxedMasks.of([], SIZE)).shape == (0, *SIZE)


def test_a_row_inside_its_bounds_is_that_of_the_array(masks: np.ndarray):
    boxed = BoxedMasks.of(masks, SIZE)
    for row in range(len(masks)):
        part, pixels = inside(boxed, row)
        assert part == inside(masks, row)[0] == extent(masks[row])
        np.testing.assert_array_equal(pixels, masks[row][part])


def test_picked_rows_share_their_bits(masks: np.ndarray):
    boxed = BoxedMasks.of(masks, SIZE)
    some = take(boxed, [4, 0])
    np.testing.assert_array_equal(np.asarray(some), masks[[4, 0]])
    assert isinstance(some, BoxedMasks)
    assert some.crops[1].bits is boxed.crops[0].bits


def test_a_mask_takes_a_bit_a_pixel_of_its_box():
    large = np.zeros((2000, 3000), bool)
    large[100:180, 200:360] = True
    assert sum(crop.bits.nbytes for crop in BoxedMasks.of([large] * 3, large.shape).crops) == 3 * 80 * 160 / 8


@pytest.mark.parametrize("rule", PASTE)
def test_pasting_gives_the_same_masks_either_way(rule: str):
    rng = np.random.default_rng(1)
    config = tiny().replace(**{"pasting.rule": rule})
    corners = np.sort(rng.uniform(-5, 50, (30, 2, 2)), axis=1).reshape(-1, 4).astype(np.float32)
    corners[0] = [5, 5, 5, 9]  # without area
    probs, window = rng.random((30, 28, 28)).astype(np.float32), np.float32([0, 0, 40, 50])
    wanted, received = (how(corners, probs, window, SIZE, config) for how in (paste, paste_boxed))
    np.testing.assert_array_equal(received.boxes, wanted.boxes)
    np.testing.assert_array_equal(np.asarray(received.masks), wanted.masks)
    assert wanted.masks.any()


def test_outputs_are_the_same_either_way(masks: np.ndarray):
    names, ids = ("background", "a", "b"), np.int32([1, 2, 1, 1, 2, 2])
    boxes = np.int32(
        [[0, 0, 37, 45], [36, 44, 37, 45], [0, 0, 1, 1], [0, 0, 37, 45], [5, 0, 6, 45], [0, 9, 37, 10]]
    )
    whole = Result(boxes, ids, np.linspace(1, 0.5, 6, dtype=np.float32), masks, names)
    boxed = dataclasses.replace(whole, masks=BoxedMasks.of(masks, SIZE))
    image = np.random.default_rng(2).integers(0, 255, (*SIZE, 3), np.uint8)
    assert areas(boxed) == areas(whole)
    assert coco_results(boxed, 1) == coco_results(whole, 1)
    assert encode_masks(boxed.masks) == encode_masks(masks)
    np.testing.assert_array_equal(overlay(image, boxed), overlay(image, whole))
    np.testing.assert_array_equal(splash(image, boxed.masks), splash(image, masks))


def equal(boxed: Result, whole: Result) -> None:
    assert isinstance(boxed.masks, BoxedMasks)
    assert isinstance(whole.masks, np.ndarray)
    for field in ("boxes", "class_ids", "scores", "masks", "ranks"):
        np.testing.assert_array_equal(np.asarray(getattr(boxed, field)), getattr(whole, field))


def test_detection_gives_the_same_either_way(shapes_model):
    image = np.tile(np.random.default_rng(3).integers(0, 255, (20, 20, 3), np.uint8), (10, 10, 1))
    image[30:90, 40:120] = 200
    image[120:170, 20:60] = 90
    shapes_model.config, before = (
        shapes_model.config.replace(**{"detections.min_score": 0.0}),
        shapes_model.config,
    )
    try:
        whole = shapes_model.detect(image)
        equal(shapes_model.detect(image, boxed=True), whole)
        equal(shapes_model.detect([image], boxed=True)[0], whole)
        equal(shapes_model.detect_features(image, boxed=True)[0], whole)
        tiled = detect_tiled(shapes_model, image, 128, 32)
        equal(detect_tiled(shapes_model, image, 128, 32, boxed=True), tiled)
    finally:
        shapes_model.config = before
    assert len(whole) and len(tiled)
