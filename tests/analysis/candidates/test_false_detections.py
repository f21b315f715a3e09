import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.false_detections import (
    DETECTION_VERDICTS,
    NOT_JUDGED,
    judge_detections,
)
from tests.analysis.constructed import Candidate, Truth, make

T = (10, 10, 30, 30)
FAR = (40, 40, 60, 60)
BESIDE = (10, 2, 30, 22)  # IoU 12/28 with T
NEAR = (10, 8, 30, 28)  # IoU 18/22
OPEN = {"detections.nms_threshold": 0.9, "proposals.nms_threshold": 0.9}


def judged(candidates, truths, **more):
    return [(one.verdict, one.truth) for one in judge_detections(make(candidates, truths, **OPEN), **more)]


@pytest.mark.parametrize(
    ("candidate", "verdict", "truth"),
    [
        (Candidate(T, 0.9), "correct", 0),
        (Candidate(T, 0.9, 2), "confusion", 0),
        (Candidate(BESIDE, 0.9, 2), "confusion and localisation", 0),
        (Candidate(BESIDE, 0.9), "localisation", 0),
        (Candidate(FAR, 0.9), "background", None),
        (Candidate(T, 0.9, fill=0.0), "background", None),
    ],
)
def test_each_verdict(candidate, verdict, truth):
    assert judged([candidate], [Truth(T)]) == [(verdict, truth)]


def test_a_duplicate_names_the_object_and_who_found_it():
    trace = make(
        [Candidate(T, 0.9, prob=0.95), Candidate(NEAR, 0.8, prob=0.9)], [Truth(FAR), Truth(T)], **OPEN
    )
    first, second = judge_detections(trace)
    assert (first.verdict, second.verdict) == ("correct", "duplicate")
    assert second.sentence == "doubles object 1, a square (mask IoU 0.82), which detection 0 found"


def test_in_a_crowd_is_neither_right_nor_wrong():
    assert judged([Candidate(T, 0.9)], [Truth(T, is_crowd=True)]) == [("crowd", None)]


def test_classes_that_the_truth_does_not_speak_of_are_not_judged():
    assert judged([Candidate(T, 0.9, 2)], [Truth(T)], judged_classes=frozenset([1])) == [(NOT_JUDGED, None)]


def test_every_detection_has_one_verdict_and_as_many_are_correct_as_truths_are_found():
    from maskrcnn_core import load_model
    from maskrcnn_inspect.analysis.candidates.verdicts import judge_truths

    model = load_model("shapes", {"detections": {"min_score": 0.05}})
    for sample in Shapes(10, seed=5):
        trace = model.trace(sample.image, truth=sample)
        detections = judge_detections(trace)
        assert [one.detection for one in detections] == list(range(len(trace["detections.boxes"])))
        assert {one.verdict for one in detections} <= set(DETECTION_VERDICTS.values())
        found = [one for one in judge_truths(trace) if one.verdict == "found"]
        assert sum(one.verdict == "correct" for one in detections) == len(found)


def test_no_detections_and_no_truths_are_normal_cases():
    assert judged([Candidate(T, 0.9, 0)], [Truth(T)]) == []
    assert judged([Candidate(T, 0.9)], []) == [("background", None)]
