"""Tracking, on masks of a few pixels worked out by hand."""

import numpy as np
import pytest

from maskrcnn_core.geometry.rle import as_text, encode_masks
from maskrcnn_core.inference.video.tracking import Tracker, Tracking, mask_ious


def codes(*columns, width=10):
    """Return codes of masks on one row of ``width`` px, each (start, end)."""
    masks = np.zeros((len(columns), 1, width), bool)
    for mask, (start, end) in zip(masks, columns, strict=True):
        mask[0, start:end] = True
    return [as_text(code) for code in encode_masks(masks)]


def test_mask_ious_match_hand_worked_overlaps():
    np.testing.assert_allclose(
        mask_ious(codes((0, 4), (4, 6)), codes((2, 6), (0, 4))), [[1 / 3, 1], [1 / 2, 0]]
    )
    assert mask_ious(codes((0, 4)), codes((0, 4), width=11)) == [[0]]  # of another size


def test_an_object_keeps_its_number_in_whatever_order_it_comes():
    tracker = Tracker()
    assert tracker.number([1, 1], codes((0, 3), (5, 8))) == (0, 1)
    assert tracker.number([1, 1], codes((6, 9), (1, 4))) == (1, 0)
    assert tracker.number([1], codes((7, 10))) == (1,)


def test_the_sum_of_overlaps_decides_not_the_largest_alone():
    # track 0 is (0, 4), track 1 is (3, 7). The best object (2, 6) overlaps them by 1/3 and 3/5, the second (4, 8) by 0
    # and 3/5: taking 3/5 for the best leaves the second none, 1/3 + 3/5 is more
    tracker = Tracker()
    tracker.number([1, 1], codes((0, 4), (3, 7)))
    assert tracker.number([1, 1], codes((2, 6), (4, 8))) == (0, 1)


def test_another_class_or_too_little_overlap_is_another_object():
    tracker = Tracker()
    tracker.number([1], codes((0, 4)))
    assert tracker.number([2], codes((0, 4))) == (1,)
    assert tracker.number([1], codes((3, 7))) == (2,)  # 1/7 of track 0, which is still remembered
    assert tracker.number([1], codes((2, 6))) == (2,)  # 3/5 of the one, 1/3 of the other


def test_a_lower_least_overlap_makes_them_one():
    tracker = Tracker(Tracking(min_iou=0.1))
    tracker.number([1], codes((0, 4)))
    assert tracker.number([1], codes((3, 7))) == (0,)


@pytest.mark.parametrize(("absent", "number"), [(2, 0), (3, 1)])
def test_a_track_ends_after_more_frames_without_it_than_the_gap(absent, number):
    tracker = Tracker(Tracking(max_gap=2))
    tracker.number([1], codes((0, 4)))
    for _ in range(absent):
        assert tracker.number([], []) == ()
    assert tracker.number([1], codes((0, 4))) == (number,)
    assert len(tracker.tracks) == 1
