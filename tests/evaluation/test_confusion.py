import numpy as np
import pytest

from maskrcnn_core.evaluation.metrics.confusion import Confusion
from maskrcnn_core.evaluation.metrics.matching import match_objects

NAMES = ("background", "a", "b")
ONE, TWO = [0, 0, 8, 8], [10, 10, 18, 18]


def matrix(true, detections, **settings):
    confusion = Confusion(NAMES, **settings)
    confusion.add(true, detections)
    return confusion.matrix.tolist()


def test_right_wrong_missed_and_invented(truths, found):
    true = truths([ONE, TWO, [0, 12, 4, 16]], [1, 1, 2])
    detections = found([ONE, TWO, [14, 0, 18, 4]], [0.9, 0.8, 0.7], [1, 2, 2])
    # a found, a called b, b missed, b invented
    assert matrix(true, detections) == [[0, 0, 1], [0, 1, 1], [1, 0, 0]]


def test_the_right_class_keeps_its_truth_from_a_surer_wrong_one(truths, found):
    detections = found([ONE, ONE], [0.9, 0.6], [2, 1])
    assert matrix(truths([ONE], [1]), detections) == [[0, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_unsure_detections_do_not_count(truths, found):
    assert matrix(truths([ONE]), found([ONE], [0.4])) == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert matrix(truths([ONE]), found([ONE], [0.4]), min_score=0.4)[1] == [0, 1, 0]


def test_overlap_below_the_threshold_is_no_pair(truths, found):
    half = found([[0, 0, 8, 4]], [0.9])
    assert matrix(truths([ONE]), half) == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert matrix(truths([ONE]), half, threshold=0.6) == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_crowds_count_on_neither_side(truths, found):
    assert not np.any(matrix(truths([ONE], [1], [True]), found([[2, 2, 4, 4]], [0.9], [1])))
    # of another class a crowd excuses nothing
    assert matrix(truths([ONE], [1], [True]), found([[2, 2, 4, 4]], [0.9], [2]))[0] == [0, 0, 1]


def test_empty_images(truths, found):
    assert not np.any(matrix(truths([]), found([], [])))
    assert matrix(truths([ONE]), found([], []))[1] == [1, 0, 0]
    assert matrix(truths([]), found([ONE], [0.9]))[0] == [0, 1, 0]


@pytest.mark.parametrize("min_score", [0.0, 0.5])
def test_rows_sum_to_truths_and_columns_to_detections(scenes, min_score):
    confusion = Confusion(NAMES, min_score=min_score)
    rows, columns, right = np.zeros(3, int), np.zeros(3, int), 0
    for true, detections in scenes:
        confusion.add(true, detections)
        counted = detections.only(detections.scores >= min_score)
        matches = match_objects(counted, true)
        rows += np.bincount(true.class_ids[~true.is_crowd], minlength=3)
        columns += np.bincount(counted.class_ids[~matches.ignored], minlength=3)
        right += int((matches.of_detection >= 0).sum())
    np.testing.assert_array_equal(confusion.matrix[1:].sum(axis=1), rows[1:])
    np.testing.assert_array_equal(confusion.matrix[:, 1:].sum(axis=0), columns[1:])
    assert np.trace(confusion.matrix) == right > 0
    assert confusion.matrix[0, 0] == 0


def test_pairs_are_most_frequent_first(truths, found):
    confusion = Confusion(NAMES)
    for _ in range(2):
        confusion.add(truths([ONE], [1]), found([ONE], [0.9], [2]))
    confusion.add(truths([ONE], [2]), found([], []))
    pairs = [(pair.truth, pair.found, pair.count) for pair in confusion.pairs()]
    assert pairs == [("a", "b", 2), ("b", "background", 1)]
