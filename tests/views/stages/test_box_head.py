"""The view of the box head: refined boxes are the stage's own, every proposal is in its class, edges."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.palette import instance_colour
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.box_head import view as box_head

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(scene, name: str):
    return next(one for one in scene.layers if one.name == name)


def test_the_box_of_the_chosen_class_is_the_recorded_one(shapes_session):
    trace = shapes_session.trace
    for row in (0, 3, 50):
        boxes = box_head.refined_boxes(trace, row, trace["detections.candidate_class"][[row]])
        np.testing.assert_array_equal(boxes[0, 0], trace["proposals.boxes"][row])
        np.testing.assert_allclose(boxes[1, 0], trace["detections.decoded"][row], rtol=1e-6, atol=1e-4)
        np.testing.assert_allclose(boxes[2, 0], trace["detections.clipped"][row], rtol=1e-6, atol=1e-4)


def test_probable_classes_leave_the_background_out(changed):
    probs = np.tile(np.float32([0.7, 0.05, 0.2, 0.05]), (200, 1))
    probs[1] = [0.1, np.nan, 0.2, 0.3]
    trace = changed(box_head__class_probs=probs)
    assert box_head.probable_classes(trace, 0, 2).tolist() == [2, 1]  # of equal ones the lower
    assert box_head.probable_classes(trace, 1, 9).tolist() == [3, 2, 1]  # what is no number comes last


def test_the_chosen_class_is_solid_and_has_the_colour_of_its_detection(shapes_session):
    row = int(shapes_session.trace["detections.proposal_index"][1])
    scene, chart, _ = box_head.draw(shapes_session.trace, Selection(1, row))
    boxes = layer(scene, "one box a class")
    best = shapes_session.trace["detections.candidate_class"][row]
    rows = zip(boxes.index.tolist(), boxes.style, boxes.colours.tolist(), strict=True)
    assert [one for one in rows if one[1] == "solid"] == [(best, "solid", 1)]
    assert f"Proposal {row}:" in chart.title
    assert chart.colours[0] == instance_colour(1)


def test_every_proposal_is_in_exactly_one_class(shapes_session):
    trace = shapes_session.trace
    proposals = layer(box_head.by_class(trace), "proposals")
    objects, *classes = proposals.frames
    together = np.sort(np.concatenate(classes))
    np.testing.assert_array_equal(together, np.arange(len(trace["proposals.boxes"])))
    np.testing.assert_array_equal(objects, np.flatnonzero(trace["detections.candidate_class"] > 0))
    np.testing.assert_array_equal(proposals.boxes[1], trace["detections.clipped"])


def test_formulas_give_the_recorded_numbers(shapes_session):
    trace = shapes_session.trace
    row = int(trace["detections.proposal_index"][0])
    lines = box_head.explain(trace, Selection(0, row))
    z = trace["box_head.class_logits"][row].astype(np.float64)
    best = int(z.argmax())
    name = trace.config.class_names[best]
    assert f"    {name}: exp({z[best]:.3f} - {z[best]:.3f}) / {np.exp(z - z[best]).sum():.4f}" in lines[1]
    y1, _, y2, _ = trace["detections.decoded"][row]
    centre, height = (
        float(line.split(" = ")[-1]) for line in next(one for one in lines if "centre y" in one).split(",")
    )
    assert centre == pytest.approx((y1 + y2) / 2, abs=0.01)
    assert height == pytest.approx(y2 - y1, abs=0.01)
    other = box_head.explain(trace, Selection(0, row), classes=best % 3 + 1)
    assert other[-1] == "not the most probable class: the model does not use this box"


def test_a_click_moves_the_view(own_session):
    panel = box_head.widget(own_session)
    row = int(own_session.trace["detections.proposal_index"][2])
    own_session.select(detection=2)
    assert panel.problem.value == ""
    assert panel.canvases[0].title.startswith(f"Proposal {row}:")
    panel.canvases[0].selected = {"classes": 1}
    assert "square: raw deltas" in panel.formula.value
    panel.canvases[1].selected = {"proposals": 40}
    assert own_session.selection.proposal == 40
    assert panel.canvases[0].title.startswith("Proposal 40:")
    panel.choices["count"].value = 1
    assert "1 of the" not in panel.problem.value
    assert len(panel._shown[0].layers[-1].index) == 1
    panel.close()


def test_the_page_is_small_and_has_each_detection(shapes_session):
    scene, *charts, _ = box_head.draw_baked(shapes_session.trace, Selection())
    assert len(scene.frames.labels) == len(shapes_session.trace["detections.boxes"])
    assert len(charts) == min(4, len(scene.frames.labels))
    assert len(page("x", box_head.snapshot(shapes_session))) < 1_000_000


def test_no_proposal_is_a_sentence(no_proposals):
    panel = box_head.widget(Session(no_proposals))
    assert "there are no proposals, so there is nothing to classify" in panel.problem.value
    assert any("there are no proposals" in part for part in box_head.snapshot(Session(no_proposals)))
    box_head.figure(no_proposals)


def test_no_detection_shows_the_best_candidates(no_detections):
    panel = box_head.widget(Session(no_detections))
    assert panel.problem.value == ""
    assert len(box_head.draw_baked(no_detections, Selection())[0].frames.labels) == 6


@pytest.mark.parametrize("name", ["box_head.class_probs", "box_head.deltas", "proposals.boxes"])
def test_a_missing_tensor_is_a_sentence(without, name: str):
    panel = box_head.widget(Session(without(name)))
    assert f"{name} was not recorded" in panel.problem.value
    box_head.snapshot(Session(without(name)))


def test_logits_that_were_not_kept_are_not_missed(without):
    panel = box_head.widget(Session(without("box_head.class_logits")))
    assert panel.problem.value == ""


def test_what_is_no_number_is_no_crash(changed, shapes_session):
    probs, deltas = (shapes_session.base[f"box_head.{name}"].copy() for name in ("class_probs", "deltas"))
    row = int(shapes_session.base["detections.proposal_index"][0])
    probs[row], deltas[row] = np.nan, np.inf
    panel = box_head.widget(Session(changed(box_head__class_probs=probs, box_head__deltas=deltas)))
    assert panel.problem.value == ""


def test_a_thousand_classes_show_the_best_few(shapes_session):
    trace = Trace(
        config=shapes_session.base.config.replace(class_names=tuple(f"class {n}" for n in range(1001)))
    )
    kept = {name: value for name, value in shapes_session.base.items()
            if not name.startswith(("mask_head", "box_head"))}  # fmt: skip
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(200, 1001)).astype(np.float32)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    deltas = rng.normal(size=(200, 1001, 4)).astype(np.float32)
    head = {"class_logits": logits, "class_probs": probs, "deltas": deltas}
    trace.update({**kept, **{f"box_head.{name}": tensor for name, tensor in head.items()}})
    panel = box_head.widget(Session(trace))
    assert panel.problem.value == ""
    assert len(panel._shown[0].layers[-1].index) == box_head.SHOWN
    assert len(panel._shown[2].frames.labels) <= box_head.MOST_CLASSES + 2


def test_one_class_is_enough(shapes_session):
    base = shapes_session.base
    trace = Trace(config=base.config.replace(class_names=("background", HOSTILE)))
    others = ("mask_head", "box_head", "detections")
    trace.update({name: value for name, value in base.items() if not name.startswith(others)})
    probs = np.tile(np.float32([0.2, 0.8]), (200, 1))
    trace.update({"box_head.class_probs": probs, "box_head.deltas": np.zeros((200, 2, 4), np.float32)})
    session = Session(trace)
    panel = box_head.widget(session)
    assert panel.problem.value == ""
    assert HOSTILE not in panel.formula.value
    assert HOSTILE not in page("x", box_head.snapshot(session))
