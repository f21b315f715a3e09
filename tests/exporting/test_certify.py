"""Certification: rows are compared with their own counterpart, near ties are counted, and what differs is seen."""

import math
from typing import Any

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.exporting.certify import Difference, compare, worst_of

CONFIG = tiny()


def tensors() -> dict[str, Any]:
    boxes = np.array([[0, 0, 9, 9], [20, 20, 40, 50], [5, 60, 30, 90]], np.float32)
    return {
        "rpn.scores": np.array([0.9, 0.8, 0.7, 0.1], np.float32),
        "proposals.anchor_index": np.array([7, 3, 5], np.int32),
        "proposals.boxes": boxes,
        "detections.proposal_index": np.array([0, 2], np.int32),
        "detections.class_ids": np.array([1, 1], np.int32),
        "detections.boxes": boxes[[0, 2]],
    }


def swapped() -> dict[str, Any]:
    """The same with proposals 0 and 1 the other way round."""
    other, order = tensors(), [1, 0, 2]
    for name in ("proposals.anchor_index", "proposals.boxes"):
        other[name] = other[name][order]
    other["detections.proposal_index"] = np.array([1, 2], np.int32)
    return other


def by_name(found: list[Difference]) -> dict[str, Difference]:
    return {one.name: one for one in found}


def test_equal_tensors_do_not_differ():
    assert all(one.largest == 0 and one.apart == 0 for one in compare(tensors(), tensors(), CONFIG))


def test_rows_that_changed_places_are_the_same_rows():
    found = compare(tensors(), swapped(), CONFIG)
    assert all(one.largest == 0 and one.apart == 0 for one in found)


def test_a_difference_is_relative_to_the_largest_magnitude():
    other = tensors()
    other["rpn.scores"] = other["rpn.scores"] + np.float32(0.009)
    found = by_name(compare(tensors(), other, CONFIG))["rpn.scores"]
    assert found.largest == pytest.approx(0.01, rel=1e-4)
    assert found.exceeds(1e-3) and not found.exceeds(0.02)


def test_a_row_that_only_one_has_is_apart():
    other = tensors()
    other["proposals.anchor_index"] = np.array([7, 3, 6], np.int32)
    found = by_name(compare(tensors(), other, CONFIG))
    assert (found["proposals.boxes"].rows, found["proposals.boxes"].apart) == (2, 2)
    assert found["proposals.boxes"].exceeds(1e-4)  # of three rows a near tie may cost one
    assert found["detections.boxes"].apart == 2  # a detection comes from its anchor


def test_near_ties_may_cost_a_hundredth_of_the_rows():
    assert not Difference("a", 0.0, 300, 3).exceeds(1e-4)
    assert Difference("a", 0.0, 300, 4).exceeds(1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_has_to_be_none_in_both(value: float):
    one, other = tensors(), tensors()
    other["rpn.scores"] = np.array([0.9, value, 0.7, 0.1], np.float32)
    assert math.isinf(by_name(compare(one, other, CONFIG))["rpn.scores"].largest)
    one["rpn.scores"] = other["rpn.scores"]
    assert by_name(compare(one, other, CONFIG))["rpn.scores"].largest == 0


def test_another_shape_differs_without_end():
    other = tensors() | {"rpn.scores": np.zeros(3, np.float32)}
    assert by_name(compare(tensors(), other, CONFIG))["rpn.scores"].exceeds(1e9)


def test_masks_differ_by_their_share_of_pixels_and_whole_boxes_by_rounding():
    masks = np.zeros((1, 10, 10), bool)
    masks[0, 2:7, 2:6] = True
    one = {
        "pasting.boxes": np.array([[2, 2, 7, 6]], np.int32),
        "detections.class_ids": np.array([1], np.int32),
        "pasting.masks": masks,
    }
    fewer = masks.copy()
    fewer[0, 2, 2] = False
    other = one | {"pasting.masks": fewer, "pasting.boxes": np.array([[2, 2, 7, 7]], np.int32)}
    found = by_name(compare(one, other, CONFIG))
    assert found["pasting.masks"].largest == pytest.approx(1 / 20)
    assert (found["pasting.boxes"].largest, found["pasting.boxes"].apart) == (0, 1)


def test_a_tensor_that_tensorflow_did_not_make_is_refused():
    with pytest.raises(ValueError, match=r"received rpn\.scores besides"):
        compare({}, {"rpn.scores": np.zeros(1)}, CONFIG)


def test_of_several_images_the_worst_counts():
    found = worst_of([[Difference("a", 0.1, 3, 1)], [Difference("a", 0.3, 4, 0)]])
    assert found == [Difference("a", 0.3, 7, 1)]
