"""What lies on a seam between tiles is one object: rules worked by hand."""

import numpy as np
import pytest

from maskrcnn_core.inference.seams import Piece, is_continued, is_covered, is_same, merge
from maskrcnn_core.inference.tiling import make_tiles, pieces_of
from maskrcnn_core.stages.composing import Result

SIZE = (10, 28)  # two tiles of 16 px, columns 0 to 15 and 12 to 27; their cores meet at column 14
LEFT, RIGHT = make_tiles((10, 28), 16, 4)


def found(tile, *instances):
    """Return the pieces of one tile from (class id, score, box in image px), masks filling their boxes."""
    boxes = np.array([box for _, _, box in instances], np.int32).reshape(-1, 4)
    boxes = boxes - np.tile(tile.box[:2], 2)
    masks = np.zeros((len(boxes), *(tile.box[2:] - tile.box[:2])), bool)
    for mask, (y1, x1, y2, x2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
    ids, scores = [c for c, _, _ in instances], [s for _, s, _ in instances]
    return pieces_of(
        Result(boxes, np.array(ids, int), np.array(scores), masks, ("background", "a", "b")), tile
    )


def boxes_of(pieces):
    return sorted((piece.class_id, piece.score, piece.box.tolist()) for piece in merge(pieces))


def test_tiles_and_cores_of_a_hand_worked_image():
    assert LEFT.box.tolist() == [0, 0, 10, 16]
    assert RIGHT.box.tolist() == [0, 12, 10, 28]
    assert LEFT.core.tolist() == [-np.inf, -np.inf, np.inf, 14]
    assert RIGHT.core.tolist() == [-np.inf, 14, np.inf, np.inf]


@pytest.mark.parametrize(("end", "cut"), [(14, True), (13, False)])
def test_a_box_is_cut_within_two_px_of_an_inner_edge(end: int, cut: bool):
    assert found(LEFT, (1, 0.8, (2, 8, 6, end)))[0].cut == cut


@pytest.mark.parametrize(("end", "cut"), [(1150, True), (1149, False)])
def test_a_large_box_is_cut_within_a_twentieth_of_its_side(end: int, cut: bool):
    left, _ = make_tiles((4, 2000), 1200, 400)  # the left one ends at column 1200
    assert found(left, (1, 0.8, (0, end - 1000, 4, end)))[0].cut == cut


def strip(start: int, end: int, class_id: int = 1) -> Piece:
    """Give a piece one row high, seen by a tile that shows all."""
    box = np.array([0, start, 1, end], np.int32)
    mask = np.ones((1, end - start), bool)
    return Piece(np.array([0, 0, 1, 2000]), box, class_id, 0.5, mask, (0, start), 1.0, False, True)


@pytest.mark.parametrize(("common", "same"), [(500, True), (499, False)])
def test_two_masks_are_one_object_from_half_on(common: int, same: bool):
    whole = strip(0, 1000)
    assert is_same(whole, strip(0, common)) == same  # IoU common / 1000
    assert is_covered(whole, strip(0, common, class_id=2)) == same  # of the cut one's 1000 px
    assert is_continued(whole, strip(1000 - common, 2000 - common)) == same  # of the smaller one's 1000 px


def test_of_whole_doubles_the_deeper_one_stays():
    # columns 9 to 12 end 3 px before the left tile's edge; the right tile shows one column of them
    left = found(LEFT, (1, 0.8, (2, 8, 6, 13)))
    right = found(RIGHT, (1, 0.9, (2, 12, 6, 13)))
    assert right[0].cut and not left[0].cut
    assert boxes_of(left + right) == [(1, 0.8, [2, 8, 6, 13])]


def test_a_fragment_taken_for_another_class_yields_to_the_whole():
    left = found(LEFT, (1, 0.8, (2, 6, 6, 13)))
    right = found(RIGHT, (2, 0.99, (2, 12, 6, 13)))
    assert boxes_of(left + right) == [(1, 0.8, [2, 6, 6, 13])]


def test_pieces_of_an_object_wider_than_the_overlap_are_joined():
    left, right = found(LEFT, (1, 0.8, (2, 5, 6, 16))), found(RIGHT, (1, 0.9, (2, 12, 6, 24)))
    (one,) = merge(left + right)
    assert one.box.tolist() == [2, 5, 6, 24]
    assert (one.score, one.class_id) == (0.9, 1)
    assert one.corner == (2, 5)
    assert one.mask.shape == (4, 19) and one.mask.all()


def test_pieces_of_different_classes_or_rows_are_not_joined():
    left = found(LEFT, (1, 0.8, (0, 5, 4, 16)))
    assert len(merge(left + found(RIGHT, (2, 0.9, (0, 12, 4, 24))))) == 2
    assert len(merge(left + found(RIGHT, (1, 0.9, (5, 12, 9, 24))))) == 2


def test_touching_objects_of_a_class_stay_two():
    left = found(LEFT, (1, 0.8, (0, 4, 5, 12)), (1, 0.8, (5, 4, 9, 12)))
    assert len(merge(left)) == 2


def test_what_the_tile_that_sees_it_best_does_not_confirm_is_left_out():
    lone = found(LEFT, (1, 0.8, (2, 13, 6, 16)))  # its centre 14.5 lies in the right tile's core
    assert boxes_of(lone) == []
    assert len(merge(found(LEFT, (1, 0.8, (2, 3, 6, 7))))) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_tiles_changes_nothing(order):
    left = found(LEFT, (1, 0.8, (2, 5, 6, 16)), (2, 0.7, (7, 1, 9, 5)))
    right = found(RIGHT, (1, 0.9, (2, 12, 6, 24)))
    assert boxes_of((left + right)[::order]) == [(1, 0.9, [2, 5, 6, 24]), (2, 0.7, [7, 1, 9, 5])]


def test_an_empty_mask_meets_nothing():
    pieces = found(LEFT, (1, 0.8, (2, 8, 6, 13)))
    empty = pieces_of(
        Result(
            np.array([[2, 0, 6, 5]]), np.array([1]), np.array([0.5]), np.zeros((1, 10, 16), bool), ("x", "a")
        ),
        RIGHT,
    )
    assert len(merge(pieces + empty)) == 2
