"""The view of the masks: what is drawn are the recorded masks, other classes by their logits, edges are sentences."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.masks import view as masks
from maskrcnn_inspect.views.stages.masks.formulas import iou_of
from maskrcnn_inspect.views.stages.masks.scenes import probs_of, target_of

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(scene, name: str):
    return next(one for one in scene.layers if one.name == name)


def test_iou_of_masks_by_hand():
    a, b = np.array([[1, 1, 0]], bool), np.array([[0, 1, 1]], bool)
    assert iou_of(a, b) == pytest.approx(1 / 3)
    assert iou_of(a & ~a, b & ~b) == 0


def test_the_sigmoid_of_other_classes_is_that_of_the_stage(shapes_session):
    trace = shapes_session.trace
    for row, class_id in enumerate(trace["detections.class_ids"]):
        own = trace["mask_head.logits"][row, ..., class_id].astype(np.float64)
        np.testing.assert_allclose(trace["mask_head.probs"][row], 1 / (1 + np.exp(-own)), atol=1e-6)
        other = int(class_id) % 3 + 1
        logits = trace["mask_head.logits"][row, ..., other].astype(np.float64)
        np.testing.assert_allclose(probs_of(trace, row, other), 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_what_is_drawn_is_what_was_recorded(shapes_session):
    trace = shapes_session.trace
    whole, steps, close, classes = masks.draw(trace, Selection(2))
    np.testing.assert_array_equal(layer(whole, "masks").probs, trace["mask_head.probs"])
    np.testing.assert_array_equal(layer(whole, "masks").boxes, trace["pasting.boxes"])
    own = trace["detections.class_ids"][2]
    np.testing.assert_array_equal(layer(steps, "logits").values, trace["mask_head.logits"][2, ..., own])
    np.testing.assert_array_equal(layer(steps, "probabilities").values, trace["mask_head.probs"][2])
    assert layer(close, "cells of the grid").extent == tuple(trace["pasting.boxes"][2])
    assert whole.settings["mask_threshold"] == trace.config.pasting.threshold
    tiles = layer(classes, "masks")
    assert tiles.index[0] == own
    assert sorted(tiles.index.tolist()) == [1, 2, 3]
    np.testing.assert_array_equal(layer(classes, "probabilities").values[:, :28], trace["mask_head.probs"][2])


def test_the_target_is_that_of_the_own_proposal_if_it_was_sampled(shapes_session, changed):
    trace = shapes_session.trace
    count = len(trace["roi_targets.gt_index"])
    gt_index, origin = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    gt_index[:3] = [0, 1, 2]
    origin[2] = trace["detections.proposal_index"][1]
    drawn = changed(roi_targets__gt_index=gt_index, roi_targets__proposal_index=origin)
    assert target_of(drawn, 1)[0] == 2
    far = np.zeros((count, 4), np.float32)
    origin[:] = -1
    lost = changed(roi_targets__gt_index=gt_index, roi_targets__proposal_index=origin, roi_targets__boxes=far)
    assert target_of(lost, 1) is None
    assert "target" not in [one.name for one in masks.draw(lost, Selection(1))[1].layers]
    assert target_of(changed(roi_targets__gt_index=np.full(count, -1, np.int32)), 1) is None


def test_formulas_give_the_recorded_numbers(shapes_session):
    trace = shapes_session.trace
    lines = masks.explain(trace, Selection(1))
    logit = trace["mask_head.logits"][1, 14, 14, trace["detections.class_ids"][1]]
    assert f"1 / (1 + exp({-logit:.3f})) = {trace['mask_head.probs'][1, 14, 14]:.4f}" in lines[1]
    assert any(f"then cut: {int(trace['pasting.masks'][1].sum())} image px" in line for line in lines)
    assert any("fits best" in line for line in lines)
    other = masks.explain(trace, Selection(1), classes=int(trace["detections.class_ids"][1]) % 3 + 1)
    assert "not the detected class: this mask is not pasted" in other


def test_a_selection_moves_the_view_and_one_threshold_moves_all(own_session):
    panel = masks.widget(own_session)
    own_session.select(detection=3)
    assert panel.problem.value == ""
    assert panel.canvases[1].title.startswith("3 ")
    panel.canvases[3].selected = {"classes": 1}
    assert "mask of square" in panel.formula.value
    assert panel.canvases[1].title.startswith("3 square")
    panel.choices["count"].value = 1
    assert len(panel._shown[3].layers[2].index) == 1
    assert {canvas.mask_threshold for canvas in panel.canvases} == {own_session.config.pasting.threshold}
    panel.close()


def test_the_page_has_a_position_for_each_detection(shapes_session):
    _, steps, classes = masks.draw_baked(shapes_session.trace, Selection())
    count = len(shapes_session.trace["detections.boxes"])
    assert len(steps.frames.labels) == len(classes.frames.labels) == count > 1
    np.testing.assert_array_equal(
        layer(steps, "probabilities").values, shapes_session.trace["mask_head.probs"]
    )
    assert len(page("x", masks.snapshot(shapes_session))) < 1_000_000


def test_nothing_reported_is_a_sentence(no_detections):
    session = Session(no_detections)
    panel = masks.widget(session)
    assert panel.problem.value == ""
    assert panel.canvases[0].title == "0 masks on the image, image px"
    assert "Nothing is reported" in panel.formula.value
    assert page("x", masks.snapshot(session))
    masks.figure(no_detections)


def test_sliders_that_take_the_selected_detection_away_leave_a_view(own_session):
    panel = masks.widget(own_session)
    own_session.select(detection=1)
    own_session.rerun(**{"detections.max_count": 1})
    assert panel.problem.value == ""
    own_session.rerun(**{"detections.min_score": 1.0})
    assert panel.problem.value == ""
    assert len(panel.canvases) == 1
    own_session.reset()
    assert len(panel.canvases) == 4
    panel.close()


@pytest.mark.parametrize("name", ["mask_head.probs", "mask_head.logits", "pasting.boxes", "image.original"])
def test_a_missing_tensor_is_a_sentence(without, name: str):
    panel = masks.widget(Session(without(name)))
    assert f"{name} was not recorded" in panel.problem.value
    parts = masks.snapshot(Session(without(name)))
    assert any(f"{name} was not recorded" in part for part in parts if isinstance(part, str))


def test_truth_that_was_not_kept_is_not_missed(without, shapes_session):
    names = [name for name in shapes_session.base if name.split(".")[0] in ("truth", "roi_targets", "losses")]
    panel = masks.widget(Session(without(*names)))
    assert panel.problem.value == ""
    assert "target" not in panel.canvases[1].title


def test_a_box_without_a_pixel_and_cells_that_are_no_numbers(changed, shapes_session):
    boxes = shapes_session.base["pasting.boxes"].copy()
    logits = shapes_session.base["mask_head.logits"].copy()
    probs = shapes_session.base["mask_head.probs"].copy()
    boxes[0], logits[0], probs[0] = [5, 5, 5, 5], np.nan, np.nan
    trace = changed(pasting__boxes=boxes, mask_head__logits=logits, mask_head__probs=probs)
    panel = masks.widget(Session(trace))
    assert panel.problem.value == ""
    assert "holds no pixel" in panel.formula.value


def test_a_thousand_classes_show_the_best_few(shapes_session):
    names = ("background", *(HOSTILE for _ in range(1000)))
    trace, base = Trace(config=shapes_session.base.config.replace(class_names=names)), shapes_session.base
    others = ("box_head.", "mask_head.", "losses.")
    trace.update({name: value for name, value in base.items() if not name.startswith(others)})
    rng, count = np.random.default_rng(0), len(base["detections.boxes"])
    trace.update(
        {
            "box_head.class_probs": rng.uniform(size=(200, 1001)).astype(np.float32),
            "mask_head.logits": rng.normal(size=(count, 28, 28, 1001)).astype(np.float32),
            "mask_head.probs": base["mask_head.probs"],
        }
    )
    session = Session(trace)
    panel = masks.widget(session)
    assert panel.problem.value == ""
    assert len(panel._shown[3].layers[2].index) == masks.CLASSES
    assert HOSTILE not in panel.formula.value
    assert HOSTILE not in page("x", masks.snapshot(session))


def test_one_class_alone_draws_one_mask(shapes_session):
    base = shapes_session.base
    trace = Trace(config=base.config.replace(class_names=("background", "thing")))
    kept = ("image.", "pasting.", "molding.")
    trace.update({name: value for name, value in base.items() if name.startswith(kept)})
    count = len(base["pasting.boxes"])
    trace.update(
        {
            "detections.boxes": base["detections.boxes"],
            "detections.class_ids": np.ones(count, np.int32),
            "detections.scores": base["detections.scores"],
            "mask_head.logits": base["mask_head.logits"][..., :2],
            "mask_head.probs": base["mask_head.probs"],
        }
    )
    panel = masks.widget(Session(trace))
    assert panel.problem.value == ""
    assert layer(panel._shown[3], "masks").index.tolist() == [1]
    assert len(masks.draw_baked(trace, Selection())) == 2


def test_needs_no_tensorflow(without_tensorflow):
    without_tensorflow(
        "from maskrcnn_inspect.views import masks; p = masks.widget(s); s.select(detection=0);"
        "masks.snapshot(s); assert not p.problem.value"
    )
