import numpy as np
import pytest
from pycocotools.cocoeval import COCOeval

from maskrcnn_core.evaluation.metrics.coco_ap import _fill
from maskrcnn_core.evaluation.metrics.matching import match, match_objects, rank_in_class
from maskrcnn_core.evaluation.metrics.objects import KINDS

NO_CROWD = np.zeros(2, bool)


def matched(iou, scores=None, crowd=None, threshold=0.5):
    iou = np.array(iou, float)
    scores = np.arange(len(iou), 0, -1) if scores is None else np.array(scores)
    return match(iou, scores, np.zeros(iou.shape[1], bool) if crowd is None else np.array(crowd), threshold)


def test_the_better_score_chooses_first():
    result = matched([[0.6, 0.9], [0.0, 0.95]], scores=[0.8, 0.3])
    assert result.of_detection.tolist() == [1, -1]
    assert result.of_truth.tolist() == [-1, 0]
    result = matched([[0.6, 0.9], [0.0, 0.95]], scores=[0.3, 0.8])
    assert result.of_detection.tolist() == [0, 1]


def test_a_truth_is_found_once():
    assert matched([[0.9], [0.9]]).of_detection.tolist() == [0, -1]


def test_of_equal_scores_the_earlier_of_equal_overlaps_the_later_truth():
    assert matched([[0.7, 0.7], [0.7, 0.7]], scores=[0.5, 0.5]).of_detection.tolist() == [1, 0]


def test_the_threshold_is_one_of_overlap_and_not_of_score():
    # the classic compute_matches(score_threshold=…) compared it with the IoU
    sure, unsure = matched([[0.5]], scores=[0.99]), matched([[0.5]], scores=[0.01])
    assert sure.of_detection.tolist() == unsure.of_detection.tolist() == [0]
    assert matched([[0.49]], scores=[0.99]).of_detection.tolist() == [-1]
    assert matched([[0.6]], scores=[0.99], threshold=0.7).of_detection.tolist() == [-1]


@pytest.mark.parametrize(("missing", "found"), [(0.9e-10, 0), (1.1e-10, -1)])
def test_at_threshold_1_what_rounding_took_from_an_overlap_is_forgiven(missing, found):
    assert matched([[1 - missing]], threshold=1.0).of_detection.tolist() == [found]


def test_a_crowd_takes_any_number_and_only_what_finds_nothing_else():
    result = matched([[0.6, 0.9], [0.4, 0.9], [0.4, 0.9], [0.0, 0.1]], crowd=[False, True])
    assert result.of_detection.tolist() == [0, -1, -1, -1]
    assert result.ignored.tolist() == [False, True, True, False]
    assert result.of_truth.tolist() == [0, -1]


def test_classes_keep_apart_or_do_not(truths, found):
    pair = found([[0, 0, 5, 5]], [0.9], [2]), truths([[0, 0, 5, 5]], [1])
    assert match_objects(*pair).of_detection.tolist() == [-1]
    assert match_objects(*pair, by_class=False).of_detection.tolist() == [0]


def test_nothing_matches_nothing(truths, found):
    result = match_objects(found([], []), truths([[0, 0, 2, 2]]))
    assert len(result.of_detection) == 0
    assert result.of_truth.tolist() == [-1]
    assert match_objects(found([[0, 0, 2, 2]], [1]), truths([])).of_detection.tolist() == [-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("threshold", [0.5, 0.75, 0.95])
def test_it_is_cocos_match(scenes, kind, threshold):
    judged = 0
    for true, detections in scenes:
        judge = COCOeval(iouType=kind)
        judge.params.iouThrs = np.array([threshold])
        _fill(judge._gts, true, kind)
        _fill(judge._dts, detections, kind)
        result = match_objects(detections, true, kind, threshold)
        for key in {*judge._gts, *judge._dts}:
            judge.ious[key] = judge.computeIoU(*key)
            theirs = judge.evaluateImg(*key, [0, 1e10], 100)
            rows = np.flatnonzero(detections.class_ids == key[1])
            rows = rows[np.argsort(-detections.scores[rows], kind="stable")]
            number = result.of_detection[rows] + 1
            wanted = np.where(theirs["dtIgnore"][0], 0, theirs["dtMatches"][0])
            np.testing.assert_array_equal(number, wanted)
            np.testing.assert_array_equal(result.ignored[rows], theirs["dtIgnore"][0])
            judged += len(rows)
    assert judged > 60


def test_ranks_are_by_score_within_the_class():
    ranks = rank_in_class(np.array([1, 2, 1, 1]), np.array([0.2, 0.1, 0.9, 0.2]))
    assert ranks.tolist() == [1, 0, 0, 2]
