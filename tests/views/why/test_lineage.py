"""Lineage as a view: the story of what is clicked, its stations and who suppressed it."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.candidates.fates import CLASS_NMS, REPORTED, find_fates
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.why import lineage

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(scene, name):
    return next((one for one in scene.layers if one.name == name), None)


def test_without_a_selection_all_fates_are_counted(shapes_session):
    trace = shapes_session.base
    lines = lineage.explain(trace, Selection())
    counts = [int(line.split()[-1].replace(",", "")) for line in lines]
    assert sum(counts) == len(trace["anchors.boxes"])
    scene, chart = lineage.draw(trace, Selection())
    assert layer(scene, "stations") is None
    assert "reported 4" in chart.title


def test_points_are_the_best_candidates_and_all_that_were_reported(shapes_session):
    trace = shapes_session.base
    points = layer(lineage.draw(trace, Selection(), count=10)[0], "candidates")
    index = np.asarray(points.index)
    assert set(trace["proposals.top_k_index"][:10].tolist()) <= set(index.tolist())
    reported = np.flatnonzero(find_fates(trace).fate == REPORTED)
    assert set(reported.tolist()) <= set(index.tolist())
    box = trace["proposals.clipped"][trace["proposals.top_k_index"].tolist().index(int(index[0]))]
    np.testing.assert_allclose(points.points[0], [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])


def test_the_story_of_a_suppressed_candidate_has_its_suppressor(own_session):
    trace = own_session.base
    fates = find_fates(trace)
    anchor = int(np.flatnonzero(fates.fate == CLASS_NMS)[0])
    selection = own_session.select(anchor=anchor)
    scene, _ = lineage.draw(trace, selection)
    assert f"Anchor {anchor}: suppressed in its class, by anchor {fates.by[anchor]}" in scene.title
    stations = layer(scene, "stations")
    np.testing.assert_array_equal(stations.boxes[0], trace["anchors.boxes"][anchor])
    assert len(stations.boxes) == 4  # anchor, refined, proposal, moved by its class
    assert layer(scene, "suppressed by").labels == [f"anchor {fates.by[anchor]}"]
    assert lineage.explain(trace, selection)[-1].startswith("end         suppressed in class")


def test_a_truth_tells_its_verdict_and_its_best_candidate(shapes_session):
    trace = shapes_session.base
    lines = lineage.explain(trace, Selection(truth=0))
    assert lines[0].startswith("object 0: found. found by detection")
    assert lines[1].startswith("anchor")
    assert layer(lineage.draw(trace, Selection(truth=0))[0], "stations") is not None


def test_a_crowd_has_no_story(shapes_session, changed):
    crowd = np.ones(len(shapes_session.base["truth.boxes"]), bool)
    trace = changed(truth__is_crowd=crowd)
    assert lineage.explain(trace, Selection(truth=0))[0] == "object 0: crowd. crowd regions are ignored"
    assert layer(lineage.draw(trace, Selection(truth=0))[0], "stations") is None


def test_a_click_on_a_point_tells_its_story(own_session):
    panel = lineage.widget(own_session)
    anchor = int(own_session.trace["proposals.top_k_index"][5])
    panel.canvases[0].selected = {"anchors": anchor}
    assert own_session.selection.anchor == anchor
    assert f"anchor {anchor}: P" in panel.formula.value
    panel.choices["count"].value = 20
    assert panel.problem.value == ""
    panel.close()


@pytest.mark.parametrize("missing", ["proposals.clipped", "pasting.masks"])
def test_what_is_missing_becomes_a_sentence(missing, without):
    parts = lineage.snapshot(Session(without(missing)))
    assert f"{missing} was not recorded" in parts[-1]


def test_a_hostile_class_name_stays_text(shapes_session):
    trace = Trace(config=shapes_session.base.config.replace(class_names=("background", *[HOSTILE] * 3)))
    trace.update(shapes_session.base)
    session = Session(trace)
    session.select(detection=0)
    assert "<img src=x" not in page("t", lineage.snapshot(session))
    assert len(lineage.figure(trace).axes) == 2


def test_a_saved_trace_needs_no_tensorflow(without_tensorflow):
    without_tensorflow("from maskrcnn_inspect.views import lineage; assert len(lineage.snapshot(s)) > 3")


def test_what_is_the_same_for_all_who_select_is_worked_out_once(shapes_session, monkeypatch):
    """A page tells the way of each detection; all anchors' fates and their chart are the same for each of them."""
    calls = []
    monkeypatch.setattr(lineage, "find_fates", lambda trace: calls.append(trace) or find_fates(trace))
    trace = shapes_session.model.replay(shapes_session.base, **{"detections.min_score": 0.6})
    shown = [lineage.draw(trace, Selection(anchor=anchor))[1] for anchor in (0, 1)]
    assert len(calls) == 1
    assert shown[0] is shown[1]
    assert not lineage.molded_image(trace).flags.writeable
