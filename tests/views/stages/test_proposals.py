"""Proposals: refined, suppressed, left; and run again."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.candidates.fates import proposal_suppression
from maskrcnn_inspect.canvas import Canvas, page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.recall import can_recall, recall_lines
from maskrcnn_inspect.views.stages import rpn
from maskrcnn_inspect.views.stages.anchors import view as anchors
from maskrcnn_inspect.views.stages.feature_maps import view as activations
from maskrcnn_inspect.views.stages.molding import view as molding
from maskrcnn_inspect.views.stages.proposals import view as proposals
from maskrcnn_inspect.views.stages.proposals.thresholds import at_thresholds, replay_all, table

NOTHING = Selection()
VIEWS = (molding, activations, anchors, rpn, proposals)


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


def test_the_slider_goes_through_the_recorded_boxes(shapes_session):
    trace = shapes_session.base
    boxes = layer(proposals.refinement(trace, 30), "candidates")
    index = trace["proposals.top_k_index"][:30]
    np.testing.assert_array_equal(boxes.boxes[0], trace["anchors.boxes"][index])
    np.testing.assert_array_equal(boxes.boxes[1], trace["proposals.decoded"][:30])
    np.testing.assert_array_equal(boxes.boxes[2], trace["proposals.clipped"][:30])


def test_the_film_ends_with_what_the_model_kept(shapes_session):
    trace = shapes_session.base
    scene = proposals.film(trace, 60)
    kept, gone = layer(scene, "kept"), layer(scene, "suppressed")
    own = trace["proposals.nms_index"]
    np.testing.assert_array_equal(kept.index, trace["proposals.top_k_index"][np.sort(own[own < 60])])
    assert not set(kept.index) & set(gone.index) and len(kept.index) + len(gone.index) == 60
    assert [len(frame) for frame in kept.frames] == sorted(len(frame) for frame in kept.frames)
    assert len(kept.frames[0]) == 1 and len(kept.frames[-1]) == len(kept.index)
    assert len(gone.frames[-1]) == len(gone.index)
    assert scene.frames.start == len(scene.frames.labels) - 1


def test_a_suppressed_box_tells_by_whom(shapes_session):
    trace = shapes_session.base
    why = proposal_suppression(trace)
    k = int(np.flatnonzero(why.by >= 0)[0])
    lines = proposals.fate_lines(trace, int(trace["proposals.top_k_index"][k]))
    winner = trace["proposals.top_k_index"][why.by[k]]
    assert lines[-1] == f"suppressed by anchor {winner}: IoU {why.iou[k]:.3f} > 0.7"
    assert why.iou[k] > 0.7
    worst = int(np.argmin(trace["rpn.scores"]))
    assert "not among the best 1000" in proposals.fate_lines(trace, worst)[-1]


def test_the_slider_runs_the_stage_again(own_session):
    panel = proposals.widget(own_session)
    before = len(own_session.trace["proposals.boxes"])
    slider = panel.children[1].children[1]
    assert "NMS threshold" in slider.description and not slider.disabled
    slider.value = 0.1
    assert own_session.trace.config.proposals.nms_threshold == 0.1
    after = len(own_session.trace["proposals.boxes"])
    assert after < before
    assert panel.canvases[2].title == f"{after} proposals, network-input px" and panel.problem.value == ""
    top_k = panel.children[1].children[2]
    top_k.value = 10
    assert own_session.trace.shape("proposals.clipped") == (10, 4)
    own_session.reset()
    assert slider.value == pytest.approx(0.7) and len(own_session.trace["proposals.boxes"]) == before


def test_recall_is_told_by_one_definition(shapes_session):
    lines = recall_lines(shapes_session.base)
    assert lines[0].startswith("4 objects, covered") and len(lines) == 6
    assert "all anchors (4,092)" in lines[1] and lines[1].split()[-6:] == ["4", "of", "4", "0", "of", "4"]
    assert "detections (4)" in lines[5] and lines[5].split()[-6:] == ["4", "of", "4", "4", "of", "4"]
    told = proposals.explain(shapes_session.base, NOTHING)
    assert told[-6:] == lines
    assert proposals.explain(shapes_session.base, NOTHING, baked=True)[-1] not in lines


def test_no_recall_without_truths(without, changed):
    assert not can_recall(without("truth.boxes"))
    assert not can_recall(without("detections.clipped"))
    assert not can_recall(changed(truth__is_crowd=np.ones(4, bool)))
    assert len(proposals.draw(without("truth.boxes"), NOTHING, baked=True)) == 3


def test_baked_thresholds_are_replays(shapes_session, own_session):
    trace = shapes_session.base
    runs = replay_all(own_session, (0.2, 0.9))
    assert [run.threshold for run in runs] == [0.2, 0.7, 0.9]
    np.testing.assert_array_equal(runs[1].kept, trace["proposals.nms_index"])
    np.testing.assert_array_equal(runs[1].boxes, trace["detections.boxes"])
    scene = at_thresholds(trace, runs)
    kept = layer(scene, "kept")
    np.testing.assert_array_equal(
        np.sort(kept.index[kept.frames[1]]), np.sort(trace["proposals.anchor_index"])
    )
    assert scene.frames.start == 1 and scene.frames.labels[1] == "0.7: 200 kept, 4 detections"
    follow = layer(scene, "detections that follow")
    np.testing.assert_array_equal(np.asarray(follow.boxes)[follow.frames[1]], trace["detections.boxes"])
    scene.canvas()
    assert (
        table(trace, runs)[1]
        == "0.7: 200 kept, 4 detections, 4 of 4 ground-truth objects covered at IoU >= 0.5"
    )
    assert own_session.settings == {} and own_session.trace is trace


def test_a_page_bakes_thresholds_only_with_a_model(shapes_session):
    saved, live = (
        proposals.snapshot(Session(shapes_session.base, model)) for model in (None, shapes_session.model)
    )
    assert sum(isinstance(part, Canvas) for part in saved) == 3
    assert sum(isinstance(part, Canvas) for part in live) == 4
    assert any("Proposals at other thresholds" in part.title for part in live if isinstance(part, Canvas))
    assert len(page("proposals", live)) < 1e6


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_found_is_a_normal_case(own_session, view):
    own_session.rerun(**{"detections.min_score": 1.1})
    assert own_session.trace.shape("detections.boxes") == (0, 4)
    panel = view.widget(own_session)
    assert panel.problem.value == "" and len(panel.canvases) >= 1
    own_session.select(anchor=0)
    assert panel.problem.value == "" and "cannot" not in panel.formula.value
    page("x", view.snapshot(Session(own_session.trace)))


@pytest.mark.parametrize("view", VIEWS)
def test_a_single_proposal_is_enough(own_session, view):
    own_session.rerun(**{"proposals.count": 1, "proposals.top_k": 1})
    panel = view.widget(own_session)
    assert panel.problem.value == ""
    own_session.select(proposal=0)
    assert panel.problem.value == ""


@pytest.mark.parametrize("view", VIEWS)
def test_one_selection_runs_through(own_session, view):
    panel = view.widget(own_session)
    chosen = own_session.select(detection=2)
    for canvas in panel.canvases:
        rows = {key: canvas.selected[key] for key in ("detections", "proposals", "anchors")}
        assert rows == {"detections": 2, "proposals": chosen.proposal, "anchors": chosen.anchor}
    panel.canvases[0].selected = {"detections": 1}
    assert own_session.selection.detection == 1
    panel.close()
    panel.close()  # as when it is collected


@pytest.mark.parametrize("view", VIEWS)
def test_class_names_stay_text(shapes_session, view):
    from maskrcnn_core.recording.trace import Trace

    names = ("background", "<img src=x onerror=alert(1)>", "b", "$c$")
    trace = Trace(config=shapes_session.config.replace(class_names=names))
    trace.update(shapes_session.base)
    markup = page("x", view.snapshot(Session(trace)))
    assert "<img src=x" not in markup


@pytest.mark.parametrize("view", VIEWS)
def test_one_class_or_a_thousand(shapes_session, view):
    from maskrcnn_core.recording.trace import Trace

    for names in (("background",), ("background", *(f"class {k}" for k in range(1000)))):
        trace = Trace(config=shapes_session.config.replace(class_names=names))
        trace.update(
            {k: v for k, v in shapes_session.base.items() if not k.startswith(("box_head", "mask_head"))}
        )
        assert view.widget(Session(trace)).problem.value == ""


def test_views_of_a_saved_trace_need_no_tensorflow(without_tensorflow):
    without_tensorflow("""
from maskrcnn_inspect.views import activations, anchors, molding, proposals, rpn
for view in (molding, activations, anchors, rpn, proposals):
    assert view.widget(s).problem.value == ""
    page("x", view.snapshot(s))
s.select(detection=0)
""")


def test_what_is_missing_is_said_and_the_rest_goes_on(without):
    assert (
        "proposals.clipped was not recorded"
        in proposals.widget(Session(without("proposals.clipped"))).problem.value
    )
    panel = proposals.widget(
        Session(without("detections.boxes", "detections.proposal_index", "box_roi.level"))
    )
    assert panel.problem.value == "" and len(panel.canvases) == 3
    proposals.figure(without("box_roi.level"))
