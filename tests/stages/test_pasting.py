"""Pasting: boxes back to the image, small masks stretched by hand."""

import numpy as np
import pytest

from maskrcnn_core.config import Molding, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.runtime.memory import peak
from maskrcnn_core.stages.molding import layout, mold_boxes
from maskrcnn_core.stages.pasting import blank_masks, paste, paste_mask, resize_probs, stretch, unmold_boxes

CONFIG = tiny()
WHOLE = np.float32([0, 0, 8, 8])  # window of an image that was not resized


def test_line_is_stretched_as_by_hand():
    # middles of four pixels at -1/4, 1/4, 3/4, 5/4 of two cells
    np.testing.assert_array_equal(stretch(2, 4), [[0.75, 0], [0.75, 0.25], [0.25, 0.75], [0, 0.75]])
    np.testing.assert_array_equal(stretch(4, 2), [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    np.testing.assert_array_equal(stretch(5, 5), np.eye(5))


def test_probabilities_are_resized_as_by_hand():
    # between 0.2 and 1: 0.75 * 0.2 = 0.15 at the edge, but never below the least that went in
    np.testing.assert_allclose(
        resize_probs(np.float32([[0.2, 1.0]]), (1, 4)), [[0.2, 0.4, 0.8, 0.75]], rtol=1e-6
    )


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (200, 90)])
def test_sure_mask_fills_its_box(size: tuple[int, int]):
    np.testing.assert_array_equal(resize_probs(np.ones((28, 28), np.float32), size), np.ones(size))


def test_pasted_mask_matches_the_hand_worked_case():
    probs = np.float32([[[0, 1], [0, 1]]])
    pasted = paste(np.float32([[2, 1, 6, 5]]), probs, WHOLE, (8, 8), CONFIG)
    np.testing.assert_array_equal(pasted.boxes, [[2, 1, 6, 5]])
    wanted = np.zeros((8, 8), bool)
    wanted[2:6, 3:5] = True  # 0.75 of 1 in two columns; at the upper and lower edge 0.75 of that is above 0.5
    np.testing.assert_array_equal(pasted.masks[0], wanted)


def test_probability_at_the_threshold_belongs():
    target = np.zeros((2, 2), bool)
    paste_mask(target, np.float32([[0.5, 0.49], [0.51, 0.5]]), np.array([0, 0, 2, 2]), 0.5)
    np.testing.assert_array_equal(target, [[True, False], [True, True]])


@pytest.mark.parametrize("size", [(48, 64), (64, 64), (31, 200), (1, 1), (7, 3)])
@pytest.mark.parametrize("mode", ["square", "pad64", "none"])
def test_unmold_inverts_mold(mode: str, size: tuple[int, int]):
    place = layout(size, Molding(mode, 32, 64))
    window = np.float32([*place.offset, *np.add(place.offset, place.content)])
    rng = np.random.default_rng(0)
    ends = np.sort(rng.integers(0, np.add(size, 1), (2, 50, 2)), axis=0)
    boxes = np.concatenate([ends[0], ends[1]], axis=1)
    np.testing.assert_array_equal(unmold_boxes(mold_boxes(boxes, place), window, size, 0.0), boxes)


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_window_becomes_the_image(corner: float):
    window = np.float32([10, 0, 50, 64])
    np.testing.assert_array_equal(unmold_boxes(window[None], window, (400, 640), corner), [[0, 0, 400, 640]])


def test_halves_are_rounded_to_even():
    boxes = np.float32([[0.5, 1.5, 2.5, 3.5]])
    np.testing.assert_array_equal(unmold_boxes(boxes, WHOLE, (8, 8), 0.0), [[0, 2, 2, 4]])


def test_boxes_are_cut_at_the_image():
    wild = np.float32([[-5, -5, 99, 99], [np.nan, 0, np.inf, 4], [-np.inf, 0, 3, 3]])
    np.testing.assert_array_equal(
        unmold_boxes(wild, WHOLE, (8, 8), 0.0), [[0, 0, 8, 8], [0, 0, 8, 4], [0, 0, 3, 3]]
    )


def test_image_of_one_pixel_is_a_normal_case():
    for corner in (0.0, 1.0):
        boxes = unmold_boxes(np.float32([[0, 0, 1, 1]]), np.float32([0, 0, 1, 1]), (1, 1), corner)
        np.testing.assert_array_equal(boxes, [[0, 0, 1, 1]])


def test_box_without_area_has_an_empty_mask():
    pasted = paste(np.float32([[3, 3, 3.2, 8], [5, 5, 2, 2]]), np.ones((2, 4, 4)), WHOLE, (8, 8), CONFIG)
    assert pasted.masks.shape == (2, 8, 8)
    assert not pasted.masks.any()


def test_no_detections_give_no_masks_and_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    pasted = paste(np.zeros((0, 4), np.float32), np.zeros((0, 28, 28)), WHOLE, (5, 6), CONFIG, tap=trace)
    assert pasted.boxes.shape == (0, 4)
    assert pasted.masks.shape == (0, 5, 6)
    assert set(trace) == names_of("pasting")
    assert [trace[name].dtype for name in trace] == [np.int32, np.bool_]


def test_threshold_is_the_configuration():
    box, probs = np.float32([[0, 0, 8, 8]]), np.full((1, 4, 4), 0.6, np.float32)
    for threshold, filled in ((0.5, True), (0.7, False)):
        config = CONFIG.replace(**{"pasting.threshold": threshold})
        assert paste(box, probs, WHOLE, (8, 8), config).masks.all() == filled


@pytest.mark.parametrize("shape", [(0, 5, 7), (3, 0, 7), (1, 1, 1), (4, 30, 50)])
def test_blank_masks_are_false_and_can_be_written_one_by_one(shape: tuple[int, int, int]):
    masks = blank_masks(shape[0], shape[1:])
    assert (masks.shape, masks.dtype, masks.any()) == (shape, np.dtype(bool), False)
    masks[-1:] = True
    assert masks.sum() == min(shape[0], 1) * shape[1] * shape[2]


def test_masks_of_small_objects_take_little_memory():
    """A thousand masks of 2,000 px would be 4 GB."""
    before = peak()
    masks = blank_masks(1000, (2000, 2000))
    masks[:, 100:110, 100:110] = True
    assert masks[:, 100:110, 100:110].all()
    assert peak() - before < 2e8
