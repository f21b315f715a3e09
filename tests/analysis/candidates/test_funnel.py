import pytest

from maskrcnn_inspect.analysis.candidates.fates import find_fates
from maskrcnn_inspect.analysis.candidates.funnel import funnel
from tests.analysis.candidates.test_fates import EACH, SETTINGS
from tests.analysis.constructed import Candidate, make


def test_counts_and_best_scores_of_the_image():
    steps = funnel(make(EACH, **SETTINGS))
    assert [step.count for step in steps] == [9, 8, 6, 5, 4, 2, 1]
    assert [step.best_score for step in steps] == pytest.approx([0.99] * 3 + [0.9] * 4)
    assert {step.best_iou for step in steps} == {None}


def test_a_drawn_box_shows_where_its_object_vanishes():
    steps = funnel(make(EACH, **SETTINGS), (22, 22, 38, 38))
    assert [step.count for step in steps] == [1, 1, 1, 1, 1, 0, 0]
    assert [step.best_score for step in steps] == [pytest.approx(0.93)] * 3 + [pytest.approx(0.6)] * 2 + [
        None
    ] * 2
    assert [step.best_iou for step in steps] == [1.0] * 5 + [0.0] * 2


def test_the_funnel_agrees_with_the_fates():
    trace = make(EACH, **SETTINGS)
    counts = find_fates(trace).counts()
    assert funnel(trace)[-1].count == counts["reported"]
    assert funnel(trace)[2].count - funnel(trace)[3].count == counts["background"]


def test_nothing_left_is_a_normal_case():
    assert [step.count for step in funnel(make([Candidate((0, 0, 20, 20), 0.9, 0)]))] == [1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("box", [(1, 1, 1, 5), (1, 1, float("nan"), 5), (1, 2, 3)])
def test_what_is_no_box_is_refused(box):
    with pytest.raises(ValueError, match="wanted a box y1,x1,y2,x2"):
        funnel(make(EACH, **SETTINGS), box)
