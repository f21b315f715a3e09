"""Composing: colours over the image, the best on top."""

import numpy as np

from maskrcnn_core.config import Composing
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.composing import PALETTE, Result, colour_of, compose, take

GREY = np.full((2, 3, 3), 100, np.uint8)


def masks(*rows: list[int]) -> np.ndarray:
    return np.array(rows, bool).reshape(-1, 2, 3)


def test_colour_is_blended_as_by_hand():
    composed = compose(GREY, masks([1, 0, 0, 0, 0, 0]), Composing(alpha=0.5))
    np.testing.assert_array_equal(
        composed[0, 0], [165, 130, 50]
    )  # half of 100 and half of (230, 159, 0); 129.5 to even
    np.testing.assert_array_equal(composed[0, 1:], GREY[0, 1:])
    assert composed.dtype == np.uint8


def test_best_is_on_top():
    both = masks([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1])
    np.testing.assert_array_equal(compose(GREY, both, Composing(alpha=1.0))[0, 0], PALETTE[0])


def test_alpha_zero_changes_nothing():
    everywhere = masks([1] * 6)
    np.testing.assert_array_equal(compose(GREY, everywhere, Composing(alpha=0.0)), GREY)


def test_every_mask_is_blended_where_it_is_and_nowhere_else():
    rng = np.random.default_rng(0)
    image, some = rng.integers(0, 256, (9, 7, 3), dtype=np.uint8), rng.random((6, 9, 7)) > 0.7
    some[2] = False  # an instance without a pixel
    some[3:, :4] = False
    wanted = image.astype(np.float32)
    for row in reversed(range(6)):
        colour = np.float32(colour_of(row))
        wanted[some[row]] = (1 - 0.3) * wanted[some[row]] + 0.3 * colour
    composed = compose(image, some, Composing(alpha=0.3))
    np.testing.assert_array_equal(composed, np.rint(wanted).astype(np.uint8))


def test_no_instances_leave_the_image_as_it_is():
    composed = compose(GREY, masks(), Composing())
    np.testing.assert_array_equal(composed, GREY)
    assert not np.shares_memory(composed, GREY)


def test_colours_are_eight_and_then_repeat():
    assert len({colour_of(rank) for rank in range(8)}) == 8
    assert colour_of(8) == colour_of(0)


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    compose(GREY, masks(), Composing(), tap=trace)
    assert set(trace) == names_of("composing")


def test_result_names_its_instances():
    ids = np.int32([2, 1])
    result = Result(
        np.zeros((2, 4)), ids, np.float32([0.9, 0.8]), np.zeros((2, 4, 4), bool), ("background", "cat", "dog")
    )
    assert result.labels == ["dog", "cat"]
    assert len(result) == 2


def test_rows_of_masks_are_taken_as_an_index_takes_them():
    some = np.random.default_rng(1).random((4, 9, 8)) < 0.1
    some[2] = False
    for rows in ([], [2], [0, 2, 3], [0, 1, 2, 3]):
        np.testing.assert_array_equal(take(some, rows), some[rows].reshape(-1, 9, 8))
