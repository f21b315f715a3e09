"""Comparison: distances by hand, rows by anchor, and where two models part ways first."""

import numpy as np
import pytest

from maskrcnn_core import load_model
from maskrcnn_inspect.analysis.what_if.comparison import compare, distance
from tests.analysis.constructed import Candidate, make

LEFT, RIGHT, OFF = (10.0, 10.0, 30.0, 30.0), (30.0, 36.0, 50.0, 60.0), (50.0, 2.0, 62.0, 12.0)


def by_name(comparison):
    return {one.name: one for one in comparison.differences}


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ([3.0, 4.0], [3.0, 4.0], 0.0),
        ([3.0, 4.0], [0.0, 0.0], 1.0),  # relative to the greater of the two
        ([0.0, 0.0], [3.0, 4.0], 1.0),
        ([2.0, 0.0], [1.0, 0.0], 0.5),
        ([0.0], [0.0], 0.0),
        ([np.nan, 1.0], [np.nan, 1.0], 0.0),
        ([np.nan, 1.0], [0.0, 1.0], np.inf),
        ([np.inf, 1.0], [np.inf, 0.5], 0.5),
        ([], [], 0.0),
    ],
)
def test_distance_by_hand(a, b, wanted):
    assert distance(np.float32(a), np.float32(b)) == pytest.approx(wanted, abs=1e-7, rel=1)
    assert distance(np.float32(b), np.float32(a)) == distance(np.float32(a), np.float32(b))


def test_of_whole_numbers_the_share_that_differs():
    assert distance(np.int32([1, 2, 3, 4]), np.int32([1, 2, 3, 9])) == 0.25
    assert distance(np.array([True, False]), np.array([True, True])) == 0.5


def test_a_trace_does_not_differ_from_itself(shapes_trace):
    comparison = compare(shapes_trace, shapes_trace)
    assert comparison.parting() is None
    assert set(comparison.by_stage().values()) == {0.0}
    assert comparison.effect.is_nothing


def test_rows_are_compared_by_their_anchor():
    """Both see the same three anchors; in the second the last two change places by score."""
    a = make([Candidate(LEFT, 0.9), Candidate(RIGHT, 0.8, prob=0.8), Candidate(OFF, 0.7, prob=0.7)])
    b = make([Candidate(LEFT, 0.9), Candidate(RIGHT, 0.6, prob=0.8), Candidate(OFF, 0.7, prob=0.7)])
    found = by_name(compare(a, b))
    assert found["proposals.boxes"].relative == 0.0
    assert found["box_head.class_probs"].relative == 0.0
    assert found["proposals.boxes"].common == 1.0
    assert found["rpn.scores"].relative == pytest.approx(0.2 / np.sqrt(0.81 + 0.64 + 0.49))
    assert compare(a, b).parting() == "rpn.scores"


def test_proposals_that_one_alone_has_are_counted():
    a = make([Candidate(LEFT, 0.9), Candidate(RIGHT, 0.8), Candidate(OFF, 0.7)], **{"proposals.count": 2})
    b = make([Candidate(LEFT, 0.9), Candidate(RIGHT, 0.6), Candidate(OFF, 0.7)], **{"proposals.count": 2})
    found = by_name(compare(a, b))
    assert found["proposals.boxes"].common == pytest.approx(1 / 3)
    assert found["proposals.boxes"].parted()


def test_nothing_found_by_one_is_normal():
    nothing = make([Candidate(LEFT, 0.9, prob=0.1)])
    found = by_name(compare(make([Candidate(LEFT, 0.9)]), nothing))
    assert found["detections.boxes"].relative is None
    assert found["detections.boxes"].why == "no row of a common anchor"
    assert compare(nothing, nothing).parting() is None


def test_two_images_are_refused(shapes_trace):
    with pytest.raises(ValueError, match="wanted two traces of one image"):
        compare(shapes_trace, make([Candidate(LEFT, 0.9)]))


def test_a_change_in_the_pyramid_is_where_they_part(shapes_model, shapes_trace):
    other = shapes_model.replay(shapes_trace, {"fpn.merged4": lambda value: value * 1.01})
    comparison = compare(shapes_trace, other)
    assert comparison.parting() == "fpn.merged4"
    assert comparison.by_stage()["backbone"] == 0.0
    assert by_name(comparison)["fpn.merged4"].relative == pytest.approx(0.01 / 1.01, rel=1e-3)


def test_another_architecture_is_said_tensor_by_tensor(shapes_trace):
    nuclei = load_model("nuclei").trace(shapes_trace["image.original"])
    comparison = compare(shapes_trace, nuclei)
    assert comparison.parting() == "backbone.c2"
    assert by_name(comparison)["backbone.c2"].why == "shapes (32, 32, 32) and (32, 32, 48)"
    assert comparison.by_stage()["molding"] == 0.0
    assert comparison.by_stage()["fpn"] is None
