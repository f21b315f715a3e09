"""The NMS lab as a view: own settings change nothing, others show what is new and gone, the graph is readable."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.candidates.nms_lab import STAGES, Choice, compare, own_choice
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.why.nms_lab import view as nms_lab
from maskrcnn_inspect.views.why.nms_lab.scenes import Rows, as_graph, on_image

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


@pytest.mark.parametrize("stage", STAGES)
def test_at_the_models_own_settings_nothing_is_new_or_gone(stage, shapes_session):
    trace = shapes_session.base
    *_, difference = nms_lab.draw(trace, Selection(), stage)
    assert difference.title == "Beside the model's own outcome: 0 new, 0 gone, network-input px"
    lines = nms_lab.explain(trace, Selection(), stage)
    kept = next(line.split() for line in lines if line.startswith("kept"))
    assert kept[1] == kept[2]
    assert lines[-1].split()[:4] == ["objects", "found", "4", "4"]


def test_kept_is_solid_suppressed_is_dotted_and_says_by_whom(shapes_session):
    trace = shapes_session.base
    choice = own_choice(trace, "detections")
    boxes = layer(on_image(Rows(trace, "detections", choice), compare(trace, "detections", choice)), "boxes")
    solid = np.asarray(boxes.index)[np.asarray(boxes.style) == "solid"]
    assert sorted(solid.tolist()) == sorted(trace["detections.proposal_index"].tolist())
    gone = [label for label, style in zip(boxes.labels, boxes.style, strict=True) if style == "dotted"]
    assert gone
    assert all(label.startswith("suppressed by proposal ") for label in gone)


def test_the_graph_puts_losers_below_their_winner(shapes_session):
    trace = shapes_session.base
    choice = own_choice(trace, "detections")
    scene = as_graph(Rows(trace, "detections", choice), compare(trace, "detections", choice))
    points, links = layer(scene, "boxes"), layer(scene, "suppresses")
    at = {int(row): tuple(point) for row, point in zip(points.index, points.points, strict=True)}
    top = min(y for y, _ in at.values())
    assert {row for row, (y, _) in at.items() if y == top} == set(trace["detections.proposal_index"].tolist())
    for winner, loser in np.asarray(links.pairs).tolist():
        assert at[loser][0] > at[winner][0]
    assert all(0 < y < scene.size[0] and 0 < x < scene.size[1] for y, x in at.values())


def test_a_higher_threshold_keeps_more(shapes_session):
    trace = shapes_session.base
    *_, difference = nms_lab.draw(trace, Selection(), "detections", threshold=0.9)
    new = layer(difference, "new")
    assert len(new.boxes) > 0
    assert not set(np.asarray(new.index).tolist()) & set(trace["detections.proposal_index"].tolist())
    assert len(layer(difference, "gone").boxes) == 0


def test_the_panel_begins_each_stage_with_the_models_settings(own_session):
    panel = nms_lab.widget(own_session)
    assert (panel.choices["threshold"].value, panel.choices["min_score"].value) == pytest.approx((0.3, 0.7))
    panel.choices["stage"].value = "proposals"
    assert (panel.choices["threshold"].value, panel.choices["min_score"].value) == pytest.approx((0.7, 0.0))
    assert panel.choices["by_class"].disabled
    for method in ("linear", "gaussian"):
        panel.choices["method"].value = method
        assert panel.problem.value == ""
        assert method in panel.formula.value
    panel.close()


def test_nothing_to_suppress_is_normal(shapes_session):
    trace = shapes_session.base
    scenes = nms_lab.draw(trace, Selection(), "detections", min_score=1.0)
    assert len(layer(scenes[0], "boxes").boxes) == 0
    for scene in scenes:
        scene.canvas()


def test_figures_tell_what_is_new_and_gone(shapes_session):
    own = nms_lab.figure(shapes_session.base)
    assert "4; 0 new, 0 gone" in own.axes[1].get_title(loc="left")
    wide = nms_lab.figure(shapes_session.base, "detections", Choice(0.9, 50, 0.7))
    assert "0 new" not in wide.axes[1].get_title(loc="left")


def test_a_page_without_a_model_says_so(shapes_session):
    assert nms_lab.snapshot(Session(shapes_session.base))[-1] == nms_lab.NO_MODEL
    assert len(nms_lab.snapshot(shapes_session)) == 6


def test_a_hostile_class_name_stays_text(shapes_session):
    trace = Trace(config=shapes_session.base.config.replace(class_names=("background", *[HOSTILE] * 3)))
    trace.update(shapes_session.base)
    assert "<img src=x" not in page("t", nms_lab.snapshot(Session(trace, shapes_session.model)))
