"""Packed masks: what was packed comes out, in whatever frame it is looked at."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.data.input.packed_masks import (
    boxes_of,
    look,
    pack,
    pick,
    show,
    transpose,
    unpack,
    visible,
    whole,
)
from maskrcnn_core.geometry import boxes as box_algebra

SIZE = (7, 21)  # (y, x) px; 21 is no multiple of 8


@pytest.fixture
def masks() -> np.ndarray:
    """Four masks: random, one pixel in the last corner, nothing, everything."""
    random = np.random.default_rng(0).random(SIZE) < 0.4
    corner = np.zeros(SIZE, bool)
    corner[-1, -1] = True
    return np.stack([random, corner, np.zeros(SIZE, bool), np.ones(SIZE, bool)])


def test_unpacking_inverts_packing(masks):
    np.testing.assert_array_equal(unpack(whole(pack(masks), tf.constant(SIZE))), masks)


def test_only_rows_between_first_and_last_pixel_are_stored(masks):
    assert pack(masks).height.tolist() == [7, 1, 0, 7]
    assert pack(masks).bits.shape == (15, 3)


def test_no_masks_are_packed_and_unpacked():
    none = np.zeros((0, *SIZE), bool)
    assert unpack(whole(pack(none), tf.constant(SIZE))).shape == none.shape
    assert boxes_of(tf.constant(none)).shape == (0, 4)


def test_picking_picks_rows_and_columns_and_is_empty_outside(masks):
    down, across = np.array([6, -1, 0, 0, 7], np.int32), np.array([20, 3, -5, 4], np.int32)
    picked = unpack(pick(whole(pack(masks), tf.constant(SIZE)), tf.constant(down), tf.constant(across)))
    wanted = np.pad(masks, ((0, 0), (1, 1), (1, 1)))[:, np.clip(down + 1, 0, 8)][
        ..., np.clip(across + 1, 0, 22)
    ]
    np.testing.assert_array_equal(picked, wanted)


def test_picks_after_a_transposition_act_on_the_new_frame(masks):
    turned = transpose(whole(pack(masks), tf.constant(SIZE)))
    np.testing.assert_array_equal(unpack(turned), masks.transpose(0, 2, 1))
    cut = pick(turned, tf.range(5, 15), tf.range(1, 4))
    np.testing.assert_array_equal(unpack(cut), masks.transpose(0, 2, 1)[:, 5:15, 1:4])


def test_a_truth_is_visible_where_it_has_a_pixel_in_the_frame(masks):
    frame = pick(whole(pack(masks), tf.constant(SIZE)), tf.range(0, 6), tf.range(0, 20))
    assert visible(look(frame)).numpy().tolist() == [True, False, False, True]
    np.testing.assert_array_equal(show(look(frame), tf.constant([3, 0])), masks[[3, 0], :6, :20])


def test_boxes_are_those_of_the_masks(masks):
    np.testing.assert_array_equal(boxes_of(tf.constant(masks)), box_algebra.from_masks(masks))
