"""The view of the detections: each filter leaves a part of the last, numbers are the stage's, edges are sentences."""

from itertools import pairwise

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.detections import view as detections
from maskrcnn_inspect.views.stages.detections.formulas import filters_of

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(scene, name: str):
    return next(one for one in scene.layers if one.name == name)


@pytest.fixture
def by_hand(shapes_session) -> Trace:
    """Six proposals: 0 background, 1 weak, 2 and 3 the same place, 4 another class there, 5 beyond the maximum of 2."""
    config = shapes_session.base.config.replace(
        **{"detections.min_score": 0.5, "detections.nms_threshold": 0.5, "detections.max_count": 2}
    )
    trace = Trace(config=config)
    box = [10.0, 10, 20, 20]
    refined = np.array([box, box, box, [10, 10, 20, 18], box, [50, 50, 60, 60]], np.float32)
    kept = np.array([2, 4])
    trace.update(
        {
            "molding.image": np.zeros((128, 128, 3), np.float32),
            "proposals.anchor_index": np.arange(6, dtype=np.int32),
            "detections.candidate_class": np.array([0, 1, 1, 1, 2, 1], np.int32),
            "detections.candidate_score": np.float32([0.99, 0.3, 0.9, 0.8, 0.7, 0.6]),
            "detections.clipped": refined,
            "detections.proposal_index": kept.astype(np.int32),
            "detections.boxes": refined[kept],
            "detections.class_ids": np.array([1, 2], np.int32),
            "detections.scores": np.float32([0.9, 0.7]),
        }
    )
    return trace


def test_filters_match_the_hand_worked_ones(by_hand):
    filters = filters_of(by_hand)
    assert [np.flatnonzero(left).tolist() for left in filters.left] == [
        [0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3, 4, 5], [2, 4, 5], [2, 4],
    ]  # fmt: skip
    assert filters.ends == (
        "background", "score too low", "reported", "suppressed by 2, IoU 0.80", "reported", "beyond the maximum",
    )  # fmt: skip


def test_formulas_match_the_hand_worked_ones(by_hand):
    assert detections.explain(by_hand, Selection()) == [
        "6 proposals - 1 (background) - 1 (score too low) - 1 (suppressed) - 1 (beyond the maximum) = 2 detections"
    ]
    assert detections.explain(by_hand, Selection(proposal=3)) == [
        "1 class: the most probable of proposal 3 is square",
        "2 score: 0.8000 >= 0.5",
        "3 NMS: 3 candidates of class square; proposal 2 scores 0.9000 and covers the same place",
        "    IoU = 80.0 / (80.0 + 100.0 - 80.0) = 0.800 > 0.5",
        "so proposal 3: suppressed by 2, IoU 0.80",
    ]
    assert detections.explain(by_hand, Selection(proposal=0))[0].endswith("background, which is dropped")
    assert "2 score: 0.3000 < 0.5" in detections.explain(by_hand, Selection(proposal=1))
    assert "4 maximum: place 2 of at most 2" in detections.explain(by_hand, Selection(proposal=4))
    assert "never examined" in detections.explain(by_hand, Selection(proposal=5))[3]


def test_each_filter_leaves_a_part_of_the_last_and_the_last_is_what_was_reported(shapes_session):
    trace = shapes_session.trace
    scene = detections.filtering(trace)
    kept = [set(rows.tolist()) for rows in layer(scene, "candidates").frames]
    assert all(after <= before for before, after in pairwise(kept))
    assert kept[-1] == set(trace["detections.proposal_index"].tolist())
    assert [label.rsplit(": ", 1)[1] for label in scene.frames.labels] == [str(len(rows)) for rows in kept]
    np.testing.assert_array_equal(layer(scene, "candidates").boxes, trace["detections.clipped"])


def test_a_candidate_that_was_suppressed_has_an_arrow_to_a_better_one(shapes_session):
    links, trace = layer(detections.filtering(shapes_session.trace), "suppressed by"), shapes_session.trace
    assert len(links.pairs) > 5
    scores, classes = trace["detections.candidate_score"], trace["detections.candidate_class"]
    for loser, winner in links.pairs:
        assert scores[loser] <= scores[winner]
        assert classes[loser] == classes[winner]


def test_baked_thresholds_are_those_of_a_rerun(own_session):
    scene = detections.thresholds(own_session.trace)
    reported = layer(scene, "reported")
    for place in (0, 8):
        trace = own_session.rerun(**{"detections.nms_threshold": detections.THRESHOLDS[place]})
        shown = np.asarray(reported.index)[reported.frames[place]]
        assert set(shown.tolist()) == set(trace["detections.proposal_index"].tolist())
        assert scene.frames.labels[place] == f"{detections.THRESHOLDS[place]:.1f}: {len(shown)} reported"


def test_sliders_run_the_stage_again(own_session):
    panel = detections.widget(own_session)
    assert panel.problem.value == ""
    own_session.rerun(**{"detections.nms_threshold": 1.0, "detections.max_count": 6})
    assert panel.canvases[0].title == "200 proposals through four filters to 6 detections, network-input px"
    proposal = int(own_session.trace["detections.proposal_index"][5])
    panel.canvases[0].selected = {"proposals": proposal}
    assert own_session.selection.detection == 5
    assert "4 maximum: place 6 of at most 6" in panel.formula.value
    panel.close()


def test_nothing_reported_tells_what_came_closest(no_detections):
    panel = detections.widget(Session(no_detections))
    assert panel.problem.value == ""
    assert "came closest" in panel.formula.value
    assert panel.formula.value.count("below the minimum score of 1") == 5
    detections.figure(no_detections)


def test_no_proposals_draw_an_empty_image(no_proposals):
    session = Session(no_proposals)
    panel = detections.widget(session)
    assert panel.problem.value == ""
    assert "0 proposals" in panel.canvases[0].title
    assert len(detections.thresholds(no_proposals).layers[-1].boxes) == 0


@pytest.mark.parametrize(
    "name", ["detections.candidate_class", "detections.clipped", "proposals.anchor_index"]
)
def test_a_missing_tensor_is_a_sentence(without, shapes_session, name: str):
    trace = without(name)
    assert f"{name} was not recorded" in detections.widget(Session(trace)).problem.value
    parts = detections.snapshot(Session(trace, shapes_session.model))
    assert any(f"{name} was not recorded" in part for part in parts if isinstance(part, str))


def test_masks_that_were_not_kept_are_not_missed(without):
    trace = without("mask_head.probs", "mask_head.logits", "pasting.masks", "pasting.boxes")
    panel = detections.widget(Session(trace))
    assert panel.problem.value == ""
    assert panel._shown[1].names[-1] == "detections"
    assert panel._shown[1].values[-1] == 4


def test_scores_that_are_no_numbers_are_no_crash(changed, shapes_session):
    scores = shapes_session.base["detections.candidate_score"].copy()
    boxes = shapes_session.base["detections.clipped"].copy()
    scores[:3], boxes[:3] = np.nan, np.nan
    panel = detections.widget(Session(changed(detections__candidate_score=scores, detections__clipped=boxes)))
    assert panel.problem.value == ""


def test_a_hostile_class_name_is_text(shapes_session):
    trace = Trace(config=shapes_session.base.config.replace(class_names=("background", HOSTILE, "b", "c")))
    trace.update(dict(shapes_session.base))
    session = Session(trace)
    panel = detections.widget(session)
    session.select(detection=0)
    assert HOSTILE not in panel.formula.value
    text = page("x", detections.snapshot(session))
    assert HOSTILE not in text
    assert len(text) < 1_000_000


def test_needs_no_tensorflow(without_tensorflow):
    without_tensorflow(
        "from maskrcnn_inspect.views import detections, box_head;"
        "ps = [v.widget(s) for v in (detections, box_head)]; s.select(detection=0);"
        "[v.snapshot(s) for v in (detections, box_head)];"
        "assert not any(p.problem.value for p in ps)"
    )
