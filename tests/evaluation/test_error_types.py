import numpy as np
import pytest

from maskrcnn_core.evaluation.files import ResultFiles
from maskrcnn_core.evaluation.metrics.coco_ap import CocoAp
from maskrcnn_core.evaluation.metrics.error_types import (
    BKG,
    BOTH,
    CLS,
    CORRECT,
    DUPE,
    IGNORED,
    LOC,
    TYPES,
    ErrorTypes,
    Thresholds,
)
from maskrcnn_core.evaluation.metrics.objects import KINDS

NAMES = ("background", "a", "b")
# a 10x10 of class a and an 8x8 of class b
ONE, TWO = [0, 0, 10, 10], [12, 12, 20, 20]
BOTH_TRUE = ([ONE, TWO], [1, 2])
NO_COST = dict.fromkeys(TYPES, 0.0)


@pytest.fixture
def errors(truths, found):
    """Judge images, each (ground-truth objects, detections) as the makers take them; return the judgements and the
    report."""

    def judge(*images, **settings):
        types = ErrorTypes(NAMES, **settings)
        judged = [types.add(truths(*true), found(*detections)) for true, detections in images]
        return judged, types.report()

    return judge


def only(judged):
    [one] = judged
    return one.type.tolist()


@pytest.mark.parametrize(
    ("box", "class_id", "wanted"),
    [
        (ONE, 1, CORRECT),
        ([0, 0, 10, 5], 1, CORRECT),  # IoU 0.5
        ([0, 0, 10, 4], 1, LOC),  # 0.4
        ([0, 0, 10, 1], 1, LOC),  # 0.1
        ([0, 0, 9, 1], 1, BKG),  # 0.09
        (TWO, 1, CLS),
        ([12, 12, 20, 16], 1, CLS),  # 0.5
        ([12, 12, 16, 16], 1, BOTH),  # 0.25
        ([0, 15, 3, 18], 1, BKG),
    ],
)
def test_each_type_by_hand(errors, box, class_id, wanted):
    judged, report = errors((BOTH_TRUE, ([box], [0.9], [class_id])))
    assert only(judged) == [wanted]
    assert sum(report.counts[name] for name in TYPES[:-1]) == (wanted != CORRECT)


def test_a_second_detection_is_a_dupe_and_the_surer_one_is_right(errors):
    judged, _ = errors((([ONE],), ([[0, 0, 10, 9], ONE], [0.9, 0.8])))
    assert only(judged) == [CORRECT, DUPE]
    assert judged[0].truth.tolist() == [0, 0]


def test_a_truth_is_missed_unless_an_error_would_find_it(errors):
    for boxes, missed in (([], True), ([[0, 0, 10, 4]], False), ([[0, 15, 3, 18]], True)):
        judged, report = errors((([ONE],), (boxes, [0.9] * len(boxes))))
        assert judged[0].undetected.tolist() == [True]
        assert judged[0].missed.tolist() == [missed]
        assert report.counts["Miss"] == missed
    judged, _ = errors((([ONE],), ([ONE], [0.9], [2])))
    assert judged[0].missed.tolist() == [False]


def test_thresholds_can_be_others(errors):
    image = (([ONE],), ([[0, 0, 10, 6]], [0.9]))
    assert only(errors(image, thresholds=Thresholds(positive=0.7))[0]) == [LOC]
    assert only(errors(image, thresholds=Thresholds(positive=0.7, background=0.6001))[0]) == [BKG]


def test_detections_in_a_crowd_and_beyond_the_maximum_do_not_count(errors):
    judged, report = errors((([ONE], [1], [True]), ([[2, 2, 4, 4]], [0.9])))
    assert only(judged) == [IGNORED]
    assert report.ap50 == -1
    judged, _ = errors((([ONE],), ([TWO, ONE], [0.2, 0.9])), max_detections=1)
    assert only(judged) == [IGNORED, CORRECT]


def test_background_costs_precision(errors):
    # a sure false one before the right one: precision 1/2 everywhere
    _, report = errors((([ONE],), ([[0, 15, 3, 18], ONE], [0.95, 0.9])))
    assert report.ap50 == pytest.approx(0.5)
    assert report.costs == pytest.approx(NO_COST | {"Bkg": 0.5})
    assert report.summary == pytest.approx({"FP": 0.5, "FN": 0})


def test_a_dupe_costs_precision(errors):
    two = [[0, 0, 10, 5], [0, 10, 10, 15]]
    # right, dupe, right of two: precision 1 to a recall of 0.5, then 2/3
    _, report = errors(((two,), ([two[0], two[0], two[1]], [0.9, 0.8, 0.7])))
    base = (51 + 50 * 2 / 3) / 101
    assert report.ap50 == pytest.approx(base)
    assert report.costs == pytest.approx(NO_COST | {"Dupe": 1 - base})


def test_a_wrong_class_costs_both_classes(errors):
    # a: its ground truth found by 0.5 after a false 0.9; b: not found. Put right, both are perfect
    _, report = errors((BOTH_TRUE, ([ONE, TWO], [0.5, 0.9], [1, 1])))
    assert report.ap50 == pytest.approx(0.25)
    assert report.costs == pytest.approx(NO_COST | {"Cls": 0.75})
    assert report.summary == pytest.approx({"FP": 0.25, "FN": 0.25})  # b, with nothing left, is left out


def test_of_two_badly_placed_only_the_surer_becomes_right(errors):
    judged, report = errors((([ONE],), ([[0, 0, 10, 4], [0, 0, 4, 10]], [0.6, 0.7])))
    assert only(judged) == [LOC, LOC]
    assert judged[0].fixed_class.tolist() == [0, 1]
    assert report.costs == pytest.approx(NO_COST | {"Loc": 1})


def test_a_missed_truth_costs_recall(errors):
    _, report = errors((([ONE, TWO],), ([ONE], [0.9])))
    assert report.ap50 == pytest.approx(51 / 101)
    assert report.costs == pytest.approx(NO_COST | {"Miss": 50 / 101})
    assert report.summary == pytest.approx({"FP": 0, "FN": 50 / 101})


def test_empty_results_miss_everything_and_that_costs_all(errors):
    _, report = errors((BOTH_TRUE, ([], [])))
    assert report.ap50 == 0
    assert report.counts["Miss"] == 2
    assert report.costs == NO_COST | {"Miss": 1}
    assert report.summary == {"FP": 0, "FN": 1}


def test_without_truth_everything_is_background_and_nothing_to_measure(errors):
    judged, report = errors((([],), ([ONE], [0.9])))
    assert only(judged) == [BKG]
    assert report.ap50 == -1
    assert report.counts["Bkg"] == 1
    assert report.as_json()["dAP50"] is None
    assert errors()[1].ap50 == errors((([],), ([], [])))[1].ap50 == -1


@pytest.mark.parametrize("kind", KINDS)
def test_the_ap_they_start_from_is_cocos(scenes, kind):
    types, average = ErrorTypes(NAMES, kind), CocoAp(NAMES, [kind])
    for true, detections in scenes:
        judged = types.add(true, detections)
        average.add_objects(true, detections)
        assert len(judged.type) == len(detections)
    report = types.report()
    assert report.ap50 == pytest.approx(average.figures(kind)["AP50"], abs=1e-12)
    assert all(0 <= cost <= 1 - report.ap50 + 1e-12 for cost in report.costs.values())
    assert min(report.counts.values()) > 0, report.counts  # the scenes hold every type


# counts and dAP50 that tidecv 1.0.1 (dbolya/tide, MIT) gives for COCO's fake results, over classes with ground-truth
# objects
TIDE = {
    "segm": {
        "Cls": (76, 13.6884),
        "Loc": (82, 12.5951),
        "Both": (7, 0.3452),
        "Dupe": (0, 0),
        "Bkg": (4, 0.2911),
    },
    "bbox": {"Cls": (83, 16.7428), "Loc": (1, 0.2474), "Both": (0, 0), "Dupe": (1, 0.0206), "Bkg": (0, 0)},
}
TIDE["segm"] |= {"Miss": (109, 8.5194), "FP": (None, 9.4027), "FN": (None, 25.8750)}
TIDE["bbox"] |= {"Miss": (97, 9.3445), "FP": (None, 7.4063), "FN": (None, 19.3026)}


@pytest.mark.parametrize("kind", KINDS)
def test_counts_and_costs_are_those_of_the_authors_program(kind, peer_cases, case_file):
    inputs = peer_cases[f"coco_fake100_{kind}"]["inputs"]
    files = ResultFiles(case_file(inputs["gt_file"]), case_file(inputs["results_file"]))
    types = ErrorTypes(files.class_names, kind)
    for pair in files:
        types.add(pair.truths, pair.detections)
    report = types.report()
    costs = report.costs | report.summary
    for name, (count, cost) in TIDE[kind].items():
        assert count is None or report.counts[name] == count
        # equal scores stand in another order there, and recalls are n / 100 where COCO's are linspace
        assert 100 * costs[name] == pytest.approx(cost, abs=0.03)
    assert np.isclose(
        report.ap50, peer_cases[f"coco_fake100_{kind}"]["expected"]["full_precision"][1], atol=1e-12
    )
