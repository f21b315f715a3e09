"""Box algebra: cases by hand, laws, arrays equal to tensors. Boxes are yxyx."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.geometry import boxes as box_algebra

CORNERS = pytest.mark.parametrize("corner", [0.0, 1.0])


def random_boxes(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    top_left = rng.uniform(0, 50, (count, 2))
    return np.concatenate([top_left, top_left + rng.uniform(2, 40, (count, 2))], axis=1).astype(np.float32)


def test_area_matches_the_hand_worked_case():
    boxes = np.float32([[0, 0, 3, 5], [2, 2, 2, 9], [4, 4, 1, 1]])  # 3x5, no height, inside out
    np.testing.assert_array_equal(box_algebra.area(boxes), [15, 0, 0])
    np.testing.assert_array_equal(box_algebra.area(boxes, corner=1), [8, 0, 0])  # 2x4: the last pixel counts


def test_iou_matches_the_hand_worked_case():
    a = np.float32([[0, 0, 4, 4]])
    b = np.float32([[0, 0, 4, 4], [0, 2, 4, 6], [2, 2, 6, 6], [4, 0, 8, 4], [1, 1, 1, 1]])
    np.testing.assert_allclose(box_algebra.iou(a, b), [[1, 8 / 24, 4 / 28, 0, 0]])
    np.testing.assert_array_equal(box_algebra.intersection(a, b), [[16, 8, 4, 0, 0]])


@CORNERS
def test_iou_is_symmetric_and_one_with_itself(corner: float):
    a, b = random_boxes(20), random_boxes(30, seed=1)
    overlaps = box_algebra.iou(a, b, corner)
    np.testing.assert_allclose(overlaps, box_algebra.iou(b, a, corner).T, rtol=1e-6)
    assert 0 <= overlaps.min() <= overlaps.max() <= 1
    np.testing.assert_allclose(np.diag(box_algebra.iou(a, a, corner)), 1, rtol=1e-6)


def test_iou_with_a_box_without_area_is_zero():
    line = np.float32([[3, 3, 3, 9]])
    np.testing.assert_array_equal(box_algebra.iou(line, line), [[0]])


def test_clip_matches_the_hand_worked_case():
    boxes = np.float32([[-2, 3, 5, 99], [20, 20, 30, 30]])
    limits = np.float32([0, 0, 10, 12])
    np.testing.assert_array_equal(box_algebra.clip(boxes, limits), [[0, 3, 5, 12], [10, 12, 10, 12]])
    clipped = box_algebra.clip(boxes, limits, corner=1)
    np.testing.assert_array_equal(clipped, [[0, 3, 5, 12], [9, 11, 10, 12]])  # one pixel is left


@CORNERS
def test_clip_twice_is_clip_once(corner: float):
    boxes, limits = random_boxes(50) * 3 - 40, np.float32([5, 6, 40, 50])
    once = box_algebra.clip(boxes, limits, corner)
    np.testing.assert_array_equal(box_algebra.clip(once, limits, corner), once)
    assert (once[:, :2] >= limits[:2]).all()
    assert (once[:, 2:] <= limits[2:]).all()
    height, width = box_algebra.sides(once, corner)
    assert min(height.min(), width.min()) >= 0


def test_encode_matches_the_hand_worked_case():
    box, target = np.float32([[0, 0, 10, 20]]), np.float32([[5, 0, 25, 10]])
    # centre (5, 10) to (15, 5), sides (10, 20) to (20, 10)
    np.testing.assert_allclose(
        box_algebra.encode(box, target), [[1, -0.25, np.log(2), np.log(0.5)]], rtol=1e-6
    )


@CORNERS
def test_decode_inverts_encode(corner: float):
    boxes, targets = random_boxes(50), random_boxes(50, seed=1)
    deltas = box_algebra.encode(boxes, targets, corner)
    np.testing.assert_allclose(box_algebra.decode(boxes, deltas, corner), targets, atol=1e-4)


@CORNERS
def test_zero_deltas_change_nothing(corner: float):
    boxes = random_boxes(50)
    np.testing.assert_allclose(box_algebra.decode(boxes, np.zeros_like(boxes), corner), boxes, atol=1e-5)


def test_corner_commutes_with_the_classic_normalisation():
    a, b, extent = random_boxes(20), random_boxes(20, seed=1), np.float32([127, 255, 127, 255])
    norm_a, norm_b = ((boxes - np.float32([0, 0, 1, 1])) / extent for boxes in (a, b))
    np.testing.assert_allclose(box_algebra.iou(a, b, 1), box_algebra.iou(norm_a, norm_b), atol=1e-6)
    deltas = box_algebra.encode(a, b, 1)
    np.testing.assert_allclose(deltas, box_algebra.encode(norm_a, norm_b), atol=1e-4)
    decoded = box_algebra.decode(norm_a, deltas) * extent + np.float32([0, 0, 1, 1])
    np.testing.assert_allclose(box_algebra.decode(a, deltas, 1), decoded, atol=1e-3)


@CORNERS
def test_arrays_and_tensors_give_the_same(corner: float, both_ways):
    a, b = random_boxes(20), random_boxes(20, seed=1)
    limits, deltas = np.float32([5, 6, 40, 50]), box_algebra.encode(a, b, corner)
    calls = [
        (lambda x: box_algebra.area(x, corner), (a,)),
        (lambda x, y: box_algebra.iou(x, y, corner), (a, b)),
        (lambda x, y: box_algebra.clip(x, y, corner), (a, limits)),
        (lambda x, y: box_algebra.encode(x, y, corner), (a, b)),
        (lambda x, y: box_algebra.decode(x, y, corner), (a, deltas)),
        (lambda x: box_algebra.shift_corner(x, corner), (a,)),
    ]
    for function, arrays in calls:
        from_arrays = function(*arrays)
        assert isinstance(from_arrays, np.ndarray)
        assert from_arrays.dtype == np.float32
        from_tensors = both_ways(function, *(tf.constant(array) for array in arrays))
        np.testing.assert_allclose(from_arrays, from_tensors, rtol=1e-5, atol=1e-5)


def test_conversions_invert_each_other():
    boxes = np.float32([[1, 2, 4, 8]])  # 3 high, 6 wide
    np.testing.assert_array_equal(box_algebra.to_xywh(boxes), [[2, 1, 6, 3]])
    np.testing.assert_array_equal(box_algebra.from_xywh(box_algebra.to_xywh(boxes)), boxes)
    np.testing.assert_array_equal(box_algebra.shift_corner(boxes, 1.0), [[1, 2, 3, 7]])


def test_no_boxes_stay_no_boxes():
    none = np.zeros((0, 4), np.float32)
    assert box_algebra.iou(none, none).shape == (0, 0)
    for same in (
        box_algebra.decode(none, none),
        box_algebra.encode(none, none),
        box_algebra.clip(none, none),
    ):
        assert same.shape == (0, 4)
    assert box_algebra.to_xywh(none).shape == box_algebra.from_xywh(none).shape == (0, 4)
    assert box_algebra.from_masks(np.zeros((0, 5, 5), bool)).shape == (0, 4)


def test_box_of_a_mask_is_tight_and_of_no_pixels_zero():
    masks = np.zeros((3, 5, 6), bool)
    masks[0, 1:3, 2:6] = True
    masks[1, 4, 0] = True
    np.testing.assert_array_equal(box_algebra.from_masks(masks), [[1, 2, 3, 6], [4, 0, 5, 1], [0, 0, 0, 0]])
