import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS, judge_truths
from tests.analysis.constructed import Candidate, Truth, make

T = (10, 10, 30, 30)
FAR = (40, 40, 60, 60)
BESIDE = (10, 2, 30, 22)  # IoU 12/28 with T
NEAR = (10, 8, 30, 28)  # IoU 18/22 with T, 14/26 with BESIDE
CASES = {
    "found": ([Candidate(T, 0.9)], {}),
    "no anchor": ([Candidate(FAR, 0.9)], {}),
    "objectness": ([Candidate(FAR, 0.9), Candidate(T, 0.2)], {"proposals.top_k": 1}),
    "top k": ([Candidate(FAR, 0.9), Candidate(T, 0.6)], {"proposals.top_k": 1}),
    "proposal localisation": ([Candidate(T, 0.9, refined=FAR)], {}),
    "proposal size": ([Candidate(T, 0.9)], {"proposals.min_size": 20.0}),
    "size": ([Candidate(T, 0.9)], {"detections.min_size": 20.0}),
    "proposal NMS": (
        [Candidate(BESIDE, 0.9, 0), Candidate(NEAR, 0.8)],
        {"proposals.nms_threshold": 0.3},
    ),
    "proposal count": ([Candidate(FAR, 0.9), Candidate(T, 0.8)], {"proposals.count": 1}),
    "background": ([Candidate(T, 0.9, 0, 0.8)], {}),
    "wrong class": ([Candidate(T, 0.9, 2, 0.8)], {}),
    "localisation": ([Candidate(T, 0.9, final=FAR)], {}),
    "score": ([Candidate(T, 0.9, prob=0.4)], {}),
    "class NMS": ([Candidate(BESIDE, 0.9, prob=0.95), Candidate(NEAR, 0.8, prob=0.9)], {}),
    "over the maximum of detections": (
        [Candidate(FAR, 0.9, prob=0.95), Candidate(T, 0.8, prob=0.9)],
        {"detections.max_count": 1},
    ),
    "mask": ([Candidate(T, 0.9, fill=0.0)], {}),
}
SENTENCES = {
    "found": "found by detection 0: mask IoU 1.00, score 0.90",
    "no anchor": "no anchor overlaps it by 0.5; the best has IoU 0.00",
    "objectness": "its best anchor (refined IoU 1.00) has objectness 0.200, rank 2, below the top 1",
    "top k": "its best anchor (refined IoU 1.00) has objectness 0.600, rank 2, below the top 1",
    "proposal localisation": "its anchor (IoU 1.00) was moved away to IoU 0.00",
    "proposal size": "its best box (IoU 1.00) has a side that is not above 20 px",
    "size": "its box (IoU 1.00) has a side that is not above 20 px",
    "proposal NMS": "its best box (IoU 0.82) was suppressed by the box of anchor 0 at IoU 0.54",
    "proposal count": "its best box (IoU 1.00) came after the 1 proposals kept",
    "background": "its best proposal (IoU 1.00) is square with 0.100, but background with 0.800",
    "wrong class": "its best proposal (IoU 1.00) is square with 0.100, but circle with 0.800",
    "localisation": "its box was moved from IoU 1.00 to 0.00",
    "score": "its best score is 0.4, below the minimum of 0.5",
    "class NMS": "its best box (IoU 0.82) was suppressed in its class by the box of anchor 0 at IoU 0.54",
    "over the maximum of detections": "its box (IoU 1.00) came after the 1 best detections",
    "mask": "its box has IoU 1.00, its mask 0.00",
    "matched another object": "detection 0 covers it (mask IoU 0.95) but found another ground-truth object",
    "crowd": "crowd regions are ignored",
}


@pytest.mark.parametrize("verdict", CASES)
def test_each_verdict(verdict):
    candidates, settings = CASES[verdict]
    judged = judge_truths(make(candidates, [Truth(T)], **settings))
    assert [(one.verdict, one.sentence) for one in judged] == [(verdict, SENTENCES[verdict])]
    assert judged[0].anchor == len(candidates) - 1


@pytest.mark.parametrize(("score", "verdict"), [(0.5, "top k"), (0.499, "objectness")])
def test_an_anchor_below_the_top_k_was_taken_for_an_object_from_one_half_on(score, verdict):
    trace = make([Candidate(FAR, 0.9), Candidate(T, score)], [Truth(T)], **{"proposals.top_k": 1})
    assert judge_truths(trace)[0].verdict == verdict


def test_a_detection_finds_one_truth_and_leaves_the_other():
    judged = judge_truths(make([Candidate(T, 0.9)], [Truth(T), Truth((10, 10, 30, 31))]))
    assert [one.verdict for one in judged] == ["found", "matched another object"]
    assert judged[1].sentence == SENTENCES["matched another object"]


def test_a_crowd_is_not_to_be_found():
    (judged,) = judge_truths(make([Candidate(T, 0.9)], [Truth(T, is_crowd=True)]))
    assert (judged.verdict, judged.sentence, judged.anchor) == ("crowd", SENTENCES["crowd"], None)


def test_every_verdict_is_tested():
    assert set(CASES) | {"matched another object", "crowd"} == set(VERDICTS) == set(SENTENCES)


def test_what_would_have_found_it_beside_a_taken_detection_says_more():
    both = [Truth(T), Truth((10, 14, 30, 34))]  # IoU 16/24
    judged = judge_truths(make([Candidate(T, 0.9), Candidate((10, 14, 30, 34), 0.8, prob=0.8)], both))
    assert [one.verdict for one in judged] == ["found", "class NMS"]


def test_a_box_that_the_second_refinement_brings_near_counts():
    trace = make([Candidate(BESIDE, 0.9, prob=0.4, final=T)], [Truth(T)])
    assert judge_truths(trace)[0].verdict == "score"


def test_an_anchor_that_its_deltas_would_bring_near_counts():
    trace = make(
        [Candidate(FAR, 0.9), Candidate(BESIDE, 0.8, refined=T)], [Truth(T)], **{"proposals.top_k": 1}
    )
    assert judge_truths(trace)[0].verdict == "top k"


def test_the_threshold_is_for_boxes_and_masks():
    trace = make([Candidate(NEAR, 0.9)], [Truth(T)])
    assert judge_truths(trace, 0.8)[0].verdict == "found"
    assert judge_truths(trace, 0.9)[0].verdict == "no anchor"


def test_no_truths_no_verdicts():
    assert judge_truths(make([Candidate(T, 0.9)], [])) == []


def test_without_truth_it_says_so():
    with pytest.raises(KeyError, match=r"truth\.\w+ was not recorded"):
        judge_truths(make([Candidate(T, 0.9)]))


def test_found_truths_are_those_that_are_matched(shapes_model):
    from maskrcnn_inspect.analysis.candidates.matching import match_masks

    for sample in Shapes(10, seed=3):
        trace = shapes_model.trace(sample.image, truth=sample)
        judged, matches = judge_truths(trace), match_masks(trace)
        assert [one.truth for one in judged] == list(range(len(sample)))
        assert [one.verdict == "found" for one in judged] == (matches.of_truth >= 0).tolist()
        assert np.isfinite([one.iou for one in judged]).all()
