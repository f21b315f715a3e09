"""A box that a person draws is asked as an object would be: the funnel, a verdict, and a change that keeps it."""

import numpy as np
import pytest

from maskrcnn_inspect.explorer.why import why_not_found


def test_a_box_around_a_detection_is_found(kernel):
    trace = kernel.run()
    said = why_not_found(trace, trace["pasting.boxes"][0].tolist(), kernel.model)
    assert said["verdict"] == "found" and said["detection"] == 0
    assert "setting_change" not in said
    assert [step["count"] > 0 for step in said["steps"]] == [True] * len(said["steps"])


def test_what_a_higher_score_would_need_is_lost_to_the_score_and_the_setting_change_brings_it_back(kernel):
    own = kernel.run()
    trace = kernel.run(settings={"detections.min_score": 1.0})
    box = own["pasting.boxes"][0].tolist()
    said = why_not_found(trace, box, kernel.model)
    assert said["verdict"] == "score"
    settings = said["setting_change"]["settings"]
    again = kernel.run(settings={"detections.min_score": 1.0, **settings})
    assert why_not_found(again, box)["verdict"] == "found"


def test_where_nothing_is_the_funnel_ends_before_the_detections(kernel):
    said = why_not_found(kernel.run(), [2, 2, 30, 30])
    counts = [step["count"] for step in said["steps"]]
    assert counts[0] > 0 and counts[-1] == 0
    assert said["verdict"] != "found" and said["sentence"]


def test_the_trace_is_left_as_it_was(kernel):
    trace = kernel.run()
    before = {name: np.array(trace[name]) for name in trace}
    why_not_found(trace, [2, 2, 30, 30], kernel.model)
    assert set(trace) == set(before)
    for name, value in before.items():
        np.testing.assert_array_equal(trace[name], value)


@pytest.mark.parametrize("box", [[], [5, 5, 5, 9], [0, 0, float("nan"), 4]])
def test_no_box_is_refused_in_words(kernel, box):
    with pytest.raises(ValueError, match="wanted a box"):
        why_not_found(kernel.run(), box)
