from dataclasses import replace

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.fates import find_fates
from maskrcnn_inspect.analysis.candidates.nms_lab import (
    Choice,
    compare,
    graph,
    keep,
    own_choice,
    places_without_count,
)
from tests.analysis.candidates.test_fates import EACH, SETTINGS
from tests.analysis.constructed import Candidate, Truth, make

A = Candidate((0, 0, 20, 20), 0.9, prob=0.9)
B = Candidate((0, 6, 20, 26), 0.8, prob=0.8)  # IoU 14/26 with A
C = Candidate((0, 6, 20, 26.5), 0.7, class_id=2, prob=0.7)  # of another class
OPEN = {"proposals.nms_threshold": 1.0}


def change(candidates, truths=None, **settings):
    trace = make(candidates, truths, **OPEN)
    return compare(trace, "detections", replace(own_choice(trace, "detections"), **settings))


@pytest.fixture(scope="module")
def model():
    from maskrcnn_core import load_model

    return load_model("shapes", {"detections": {"min_score": 0.02}})


def test_hard_at_the_models_settings_is_the_models_outcome(model):
    for sample in Shapes(10, seed=7):
        trace = model.trace(sample.image)
        for stage, own in (("proposals", "nms_index"), ("detections", "proposal_index")):
            kept = keep(trace, stage, own_choice(trace, stage))
            np.testing.assert_array_equal(kept.rows, trace[f"{stage}.{own}"])


def test_other_thresholds_are_what_a_replay_keeps(model):
    trace = model.trace(Shapes(1, seed=8)[0].image)
    for stage, name, own in (
        ("proposals", "proposals.nms_threshold", "nms_index"),
        ("detections", "detections.nms_threshold", "proposal_index"),
    ):
        kept = keep(trace, stage, replace(own_choice(trace, stage), threshold=0.5))
        np.testing.assert_array_equal(kept.rows, model.replay(trace, **{name: 0.5})[f"{stage}.{own}"])


def test_the_graph_names_every_pair():
    edges = graph(make(EACH, **SETTINGS), "proposals")
    assert list(zip(edges.winner, edges.loser, strict=True)) == [(0, 1)]
    assert edges.iou == pytest.approx([19 / 21])
    edges = graph(make(EACH, **SETTINGS), "detections")
    assert list(zip(edges.winner, edges.loser, strict=True)) == [(0, 1)]
    assert edges.iou == pytest.approx([14 / 26])


def test_every_suppressed_box_has_an_edge(model):
    trace = model.trace(Shapes(1, seed=9)[0].image)
    losers = set(graph(trace, "proposals").loser.tolist())
    assert losers >= {
        i for i, a in enumerate(trace["proposals.top_k_index"]) if find_fates(trace).fate[a] == 1
    }


def test_a_higher_threshold_keeps_a_second_object():
    trace = [A, B], [Truth(A.box), Truth(B.box)]
    other = change(*trace, threshold=0.6)
    assert (other.added.tolist(), other.removed.tolist()) == ([1], [])
    assert (other.found_before, other.found_after) == (1, 2)


def test_without_classes_another_class_suppresses():
    assert change([A, C]).kept.rows.tolist() == [0, 1]
    other = change([A, C], by_class=False)
    assert (other.kept.rows.tolist(), other.removed.tolist(), other.found_after) == ([0], [1], None)


def test_soft_suppression_decays_by_the_formulas():
    iou = 14 / 26
    linear = change([A, B], method="linear", min_score=0.0).kept
    assert linear.scores == pytest.approx([0.9, 0.8 * (1 - iou)])
    gaussian = change([A, B], method="gaussian", min_score=0.0, sigma=0.5).kept
    assert gaussian.scores == pytest.approx([0.9, 0.8 * np.exp(-(iou**2) / 0.5)])
    assert change([A, C], method="gaussian", min_score=0.0).kept.scores == pytest.approx([0.9, 0.7])


def test_soft_suppression_drops_what_decays_below_the_minimum():
    assert change([A, B], method="linear", min_score=0.5).kept.rows.tolist() == [0]
    assert change([A, B], method="linear", min_score=0.0, count=1).kept.rows.tolist() == [0]


def test_linear_leaves_what_overlaps_little():
    assert change([A, B], method="linear", threshold=0.6).kept.scores == pytest.approx([0.9, 0.8])


def test_places_without_a_count_go_on():
    trace = make(EACH, **SETTINGS)
    assert places_without_count(trace, "proposals").tolist() == [0, -1, 1, 2, 3, 4, 5, 6]
    assert places_without_count(trace, "detections").tolist() == [0, -1, -1, -1, 1, 2]


def test_unknown_stage_and_method_are_refused():
    with pytest.raises(ValueError, match="wanted a stage of proposals, detections"):
        own_choice(make([A]), "masks")
    with pytest.raises(ValueError, match="wanted a method of hard, linear, gaussian"):
        Choice(0.5, 10, method="matrix")


def test_nothing_to_suppress_is_a_normal_case():
    background = make([Candidate((0, 0, 20, 20), 0.9, 0)])
    assert len(graph(background, "detections").winner) == 0
    assert len(keep(background, "detections", Choice(0.5, 10, method="gaussian")).rows) == 0
