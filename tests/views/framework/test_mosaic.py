"""Tiles show the pixels that are there, and boxes lie in them where they lie in the image."""

import numpy as np
import pytest

from maskrcnn_inspect.views.framework.mosaic import BEYOND, GAP, SIDE, arranged, mask_tile, mosaic


def test_a_tile_holds_its_part_of_the_image():
    image = np.zeros((20, 20, 3), np.uint8)
    image[5, 7] = 255
    tiles = mosaic(image, np.array([[2, 4, 10, 12]], float), margin=0.0)  # 8 px: 18 mosaic px an image px
    assert tiles.image.shape == (SIDE, SIDE, 3)
    lit = np.argwhere(tiles.image[..., 0] == 255)
    assert (lit.min(axis=0).tolist(), lit.max(axis=0).tolist()) == ([54, 54], [71, 71])
    assert tiles.place(np.array([[5, 7, 6, 8]], float)) == pytest.approx(np.array([[54, 54, 72, 72]]))


def test_a_box_is_cut_at_its_tile_and_lies_in_its_own():
    tiles = mosaic(np.zeros((50, 50, 3), np.uint8), np.array([[0, 0, 10, 10], [20, 20, 30, 30]], float), 0.0)
    whole = tiles.place(np.array([[-100, -100, 100, 100]] * 2, float))
    step = SIDE + GAP
    assert whole.tolist() == [[0, 0, SIDE, SIDE], [0, step, SIDE, step + SIDE]]
    assert tiles.place(np.array([[20, 20, 30, 30]], float), np.array([1])).tolist() == [
        [0, step, SIDE, step + SIDE]
    ]


def test_beyond_the_image_is_grey():
    tiles = mosaic(np.zeros((10, 10, 3), np.uint8), np.array([[0, 0, 10, 10]], float), margin=0.5)
    assert (tiles.image[0, 0] == BEYOND).all()
    assert (tiles.image[SIDE // 2, SIDE // 2] == 0).all()


@pytest.mark.parametrize("box", [[np.nan] * 4, [3, 3, 3, 3], [9, 9, 2, 2], [-500, 0, -400, 100]])
def test_odd_boxes_have_a_tile(box):
    tiles = mosaic(np.zeros((10, 10, 3), np.uint8), np.array([box], float))
    assert np.isfinite(tiles.place(np.array([box], float))).all()


def test_no_boxes_give_an_empty_mosaic():
    tiles = mosaic(np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4)))
    assert tiles.place(np.zeros((0, 4))).shape == (0, 4)
    assert arranged([], 4)[1].shape == (0, 2)


def test_a_mask_becomes_a_tile_of_its_colour():
    tile = mask_tile(np.array([[1, 0]]), (10, 20, 30))
    assert (tile[:, : SIDE // 2] == [10, 20, 30]).all()
    assert (tile[:, SIDE // 2 :] == tile[0, -1]).all()
    assert tile[0, -1].tolist() != [10, 20, 30]


def test_pairs_keep_their_boxes():
    image = np.random.default_rng(0).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    boxes = np.array([[2, 2, 10, 10], [5, 5, 25, 20], [0, 0, 4, 4]], float)
    alone = mosaic(image, boxes)
    pairs = alone.beside([mask_tile(np.ones((2, 2)), (number, 0, 0)) for number in range(3)], columns=2)
    for number, ((top, left), (before, across)) in enumerate(zip(pairs.corner, alone.corner, strict=True)):
        tile = pairs.image[top : top + SIDE, left : left + SIDE]
        assert np.array_equal(tile, alone.image[before : before + SIDE, across : across + SIDE])
        assert pairs.image[top, left + SIDE + GAP].tolist() == [number, 0, 0]
    moved = pairs.place(boxes) - np.tile(pairs.corner, 2)
    assert moved == pytest.approx(alone.place(boxes) - np.tile(alone.corner, 2))
