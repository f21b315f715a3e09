"""Training targets on the image. Classic defect 13: training could not be inspected at all."""

import numpy as np
import pytest

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry.boxes import iou
from maskrcnn_inspect.analysis.training.matches import USES, anchor_uses, use_counts
from maskrcnn_inspect.canvas import Canvas, Choice
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.training.targets import scenes as training_scenes
from maskrcnn_inspect.views.training.targets import view as training_targets


def layers(panel, number):
    return {layer.name: layer for layer in panel.canvases[number].layers}


def test_positive_anchors_move_onto_their_truths(shapes_session):
    trace = shapes_session.trace
    rows = np.flatnonzero(trace["anchor_targets.labels"] == 1)
    moved = training_scenes.wanted_anchors(trace, rows)
    assert moved == pytest.approx(trace["truth.boxes"][trace["anchor_targets.gt_index"][rows]], abs=1e-3)


def test_positive_rois_move_onto_their_truths_and_negative_ones_stay(shapes_session):
    trace = shapes_session.trace
    moved, of_truth = training_scenes.wanted_rois(trace), trace["roi_targets.gt_index"]
    own = of_truth >= 0
    assert moved[own] == pytest.approx(trace["truth.boxes"][of_truth[own]], abs=1e-3)
    assert moved[~own] == pytest.approx(trace["roi_targets.boxes"][~own], abs=1e-3)


def test_every_use_of_anchors_can_be_looked_at(own_session):
    panel, counts = training_targets.widget(own_session), use_counts(anchor_uses(own_session.trace))
    for use in USES:
        panel.choices["use"].value = use
        layer = layers(panel, 0)[f"{use} anchors"]
        shown = min(counts[use], training_scenes.SPARE)
        assert np.asarray(layer.index).size == shown
        assert panel.problem.value == ""
    assert f"{counts['neutral']} neutral" in panel.formula.value


def test_rois_say_what_is_wanted_of_them(own_session):
    trace = own_session.trace
    panel = training_targets.widget(own_session)
    own = trace["roi_targets.gt_index"] >= 0
    coloured, grey = layers(panel, 1)["ROIs on objects"], layers(panel, 1)["background ROIs"]
    assert len(grey.boxes) == (~own).sum()
    # a ground-truth object has the colour of the detection that found it, in every view
    of_truth = [trace["roi_targets.gt_index"][own].tolist(), np.asarray(coloured.colours).tolist()]
    for truth, colour in zip(*of_truth, strict=True):
        assert trace["detections.class_ids"][colour] == trace["truth.class_ids"][truth]
        assert iou(trace["detections.boxes"][[colour]], trace["truth.boxes"][[truth]])[0, 0] >= 0.5
    added = trace["roi_targets.proposal_index"][own] < 0
    assert [("the ground truth itself" in label) for label in coloured.labels] == added.tolist()
    assert f"{own.sum()} on an object" in panel.canvases[1].title


def test_a_selected_truth_shows_the_targets_of_its_rois(own_session):
    panel = training_targets.widget(own_session)
    own_session.select(truth=2)
    rows = np.flatnonzero(own_session.trace["roi_targets.gt_index"] == 2)
    assert np.asarray(layers(panel, 2)["ROIs"].index).tolist() == rows.tolist()
    assert panel.canvases[2].title.startswith(f"Targets of {len(rows)} of ")
    own_session.select()
    assert np.asarray(layers(panel, 2)["ROIs"].index).tolist() == list(range(training_scenes.SHOWN))


def test_every_truth_has_a_line_and_a_selected_anchor_its_deltas(own_session):
    panel = training_targets.widget(own_session)
    for number in range(4):
        assert f"\n{number} " in panel.formula.value
    anchor = int(np.flatnonzero(own_session.trace["anchor_targets.labels"] == 1)[0])
    own_session.select(anchor=anchor)
    assert f"anchor {anchor} on P" in panel.formula.value
    assert "wanted raw deltas (dy, dx, log dh, log dw) = (" in panel.formula.value


def test_an_object_that_no_anchor_reaches_is_said(shapes_session, changed):
    boxes = shapes_session.base["truth.boxes"].copy()
    boxes[1] = [0, 0, 2, 2]
    lines = training_targets.explain(changed(truth__boxes=boxes), shapes_session.selection)
    assert sum("NO ANCHOR REACHES IT" in line for line in lines) == 1


def test_of_many_objects_those_out_of_reach_are_told_first(shapes_session, changed, monkeypatch):
    monkeypatch.setattr(training_targets, "TOLD", 2)
    boxes = shapes_session.base["truth.boxes"].copy()
    boxes[3] = [0, 0, 2, 2]
    lines = training_targets.explain(changed(truth__boxes=boxes), shapes_session.selection)
    assert "NO ANCHOR REACHES IT" in lines[2] and lines[2].startswith("3 ")
    assert lines[3].startswith("0 ")
    assert lines[4] == "and 2 more objects"


def test_no_objects_and_crowds_are_drawn(shapes_session):
    """Classic defect 9: the walk crashed on an image without a positive ROI."""
    image, full = shapes_session.truth.image, shapes_session.truth
    none = Sample(image, np.zeros(0, np.int32), np.zeros((0, *image.shape[:2]), bool))
    crowds = Sample(image, full.class_ids, full.masks, np.ones(len(full), bool))
    for truth in (none, crowds):
        session = Session.run(shapes_session.model, image, truth)
        panel = training_targets.widget(session)
        assert panel.problem.value == ""
        assert ("a crowd, nothing learns from it" in panel.formula.value) == bool(len(truth))
        training_targets.figure(session.trace)._repr_png_()
        training_targets.rois_figure(session.trace)._repr_png_()
        training_targets.rois_figure(session.trace, [])._repr_png_()


def test_hostile_class_names_stay_text(shapes_session, changed):
    nasty = "<img src=x onerror=alert(1)>"
    trace = changed()
    trace.config = trace.config.replace(class_names=("background", nasty, nasty, nasty))
    panel = training_targets.widget(Session(trace))
    assert "<img src=x" not in panel.formula.value
    assert "&lt;img src=x" in panel.formula.value


def test_without_truth_a_sentence_says_what_to_do(without):
    panel = training_targets.widget(Session(without("truth.boxes")))
    assert "record it with model.trace(image, truth=sample)" in panel.problem.value


def test_the_still_shows_anchors_rois_and_targets(shapes_session):
    parts = training_targets.snapshot(shapes_session)
    (choice,) = (part for part in parts if isinstance(part, Choice))
    assert sum(isinstance(part, Canvas) for part in parts) == 2  # anchors and ROIs, the same for all
    assert [sum(isinstance(part, Canvas) for part in case.parts) for case in choice.cases] == [1] * 4
