"""Void: thick parts become regions that fill their boxes; outlines become nothing."""

import numpy as np

from maskrcnn_core.data.reading.void import FILLED, regions_of


def test_a_block_is_one_region_and_an_outline_none():
    void = np.zeros((60, 80), bool)
    void[10:30, 10:40] = True
    void[40:55, 60], void[40, 50:70] = True, True
    (region,) = regions_of(void)
    assert np.argwhere(region).min(axis=0).tolist() == [10, 10]
    assert np.argwhere(region).max(axis=0).tolist() == [29, 39]
    assert region.sum() == 20 * 30


def test_a_frame_around_the_image_is_cut_into_pieces_that_fill_their_boxes():
    void = np.ones((100, 120), bool)
    void[10:90, 10:110] = False
    regions = regions_of(void)
    assert (sum(region.astype(int) for region in regions) == void).all()
    for region in regions:
        rows, columns = np.nonzero(region)
        assert region[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].mean() >= FILLED


def test_nothing_to_ignore_is_no_region():
    assert regions_of(np.zeros((20, 20), bool)) == []
