import numpy as np
import pytest

from maskrcnn_inspect.analysis.candidates.suppression import explain_suppression, ranks

# a; a moved by 2 of 10; far away; a moved by 8 of 10
BOXES = np.array([[0, 0, 10, 10], [0, 2, 10, 12], [50, 50, 60, 60], [0, 8, 10, 18]], np.float32)
SCORES = np.array([0.9, 0.8, 0.7, 0.6], np.float32)


def explain(kept, threshold=0.5, count=10, **more):
    return explain_suppression(BOXES, SCORES, np.array(kept, np.int32), (threshold, count), **more)


def test_a_suppressed_box_names_the_better_one_and_the_overlap():
    record = explain([0, 2, 3])
    assert record.kept.tolist() == [0, -1, 1, 2]
    assert record.by.tolist() == [-1, 0, -1, -1]
    assert record.iou[1] == pytest.approx(8 / 12)


def test_what_comes_after_a_full_count_was_never_examined():
    record = explain([0, 2], count=2)
    assert record.by.tolist() == [-1, 0, -1, -1]
    assert record.beyond_count.tolist() == [False, False, False, True]


def test_kept_suppressed_and_beyond_cover_all_once():
    record = explain([0, 2], count=2)
    assert ((record.kept >= 0).astype(int) + (record.by >= 0) + record.beyond_count).tolist() == [1, 1, 1, 1]


def test_only_boxes_of_a_group_suppress_each_other():
    record = explain([0, 1, 2], threshold=0.1, groups=np.array([1, 2, 2, 2]))
    assert record.by.tolist() == [-1, -1, -1, 1]  # box 1, though box 0 is better: it is of another group


def test_order_of_the_rows_does_not_matter():
    turned = explain_suppression(BOXES[::-1], SCORES[::-1], np.array([3, 1, 0]), (0.5, 10))
    assert turned.by.tolist() == [-1, -1, 3, -1]


def test_at_the_threshold_the_model_is_believed():
    assert explain([0, 2, 3], threshold=8 / 12).by[1] == 0


def test_nothing_in_nothing_out():
    record = explain_suppression(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), (0.5, 3))
    assert len(record.kept) == len(record.beyond_count) == 0


def test_equal_scores_rank_by_index_and_nan_last():
    assert ranks(np.array([np.nan, 0.5, 0.9, 0.5])).tolist() == [3, 1, 0, 2]
