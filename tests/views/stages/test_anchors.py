"""Anchors: where they sit, how they are numbered, and what they reach."""

import numpy as np
import pytest

from maskrcnn_core.config import LEVELS, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_inspect.analysis.training.anchor_reach import KINDS, best_anchors, counts_by_level, kinds
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.cells import (
    Cell,
    anchors_of,
    best_anchor,
    cell_at,
    cell_of,
    centre_of,
    grid_of,
)
from maskrcnn_inspect.views.stages.anchors import view as anchors
from maskrcnn_inspect.views.stages.anchors.labels import detection_of_truth

NOTHING = Selection()


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


def small(**settings):
    """Give a trace that holds the anchors of an image of 96 x 130 px and little else."""
    config = tiny(("background", "<img src=x onerror=alert(1)>")).replace(**settings)
    trace = Trace(config=config)
    trace("molding.image", np.zeros((96, 130, 3), np.float32))
    for name, value in make_anchors((96, 130), config.anchors)._asdict().items():
        trace(f"anchors.{name}", value)
    return trace


@pytest.mark.parametrize("spacing", [1, 2])
def test_cell_of_inverts_anchors_of(spacing):
    trace = small(**{"anchors.spacing": spacing})
    total = len(trace["anchors.boxes"])
    assert sum(grid_of(trace, level).rows * grid_of(trace, level).columns for level in LEVELS) * 3 == total
    for anchor in range(0, total, 7):
        cell = cell_of(trace, anchor)
        assert anchors_of(trace, cell)[cell.ratio] == anchor
        y1, x1, y2, x2 = trace["anchors.boxes"][anchor]
        assert ((y1 + y2) / 2, (x1 + x2) / 2) == pytest.approx(centre_of(trace, cell), abs=1e-4)
        assert trace["anchors.level"][anchor] == cell.level
        assert trace["anchors.ratio"][anchor] == trace.config.anchors.ratios[cell.ratio]


def test_cells_by_hand():
    trace = small()
    assert grid_of(trace, 3) == (24 * 33 * 3, 12, 17, (8, 8))  # after P2's 24 x 33 cells of 3 ratios
    assert anchors_of(trace, Cell(3, 1, 2)).tolist() == [2376 + 57, 2376 + 58, 2376 + 59]
    assert cell_at(trace, 3, 13.0, 300.0) == Cell(
        3, 2, 16
    )  # 13 / 8 rounds to 2; beyond the last column: the last
    with pytest.raises(IndexError, match="P3 has no cell at row 12, column 0"):
        anchors.of_cell(trace, 3, 12, 0)
    with pytest.raises(ValueError, match="level of 2 to 6"):
        grid_of(trace, 7)


def test_best_anchors_by_hand():
    trace = Trace()
    trace("anchors.boxes", np.array([[0, 0, 10, 10], [0, 0, 10, 20], [50, 50, 60, 60]], np.float32))
    trace("truth.boxes", np.array([[0, 0, 10, 15], [200, 200, 210, 210]], np.float32))
    reached = best_anchors(trace)
    np.testing.assert_allclose(reached.iou, [0.75, 0])
    assert reached.anchor[0] == 1
    empty = Trace()
    empty("anchors.boxes", np.zeros((0, 4), np.float32))
    empty("truth.boxes", np.zeros((2, 4), np.float32))
    assert best_anchors(empty).anchor.tolist() == [-1, -1]


def test_kinds_by_hand():
    trace = Trace(config=tiny(("background", "thing")))  # background below 0.3, object from 0.7
    trace("anchor_targets.labels", np.array([1, 1, -1, 0, 0, 0], np.int32))
    trace("anchor_targets.iou", np.array([0.8, 0.4, 0.1, 0.5, 0.1, 0.9], np.float32))
    trace("anchors.level", np.array([2, 2, 3, 3, 3, 2], np.int32))
    assert [KINDS[k] for k in kinds(trace)] == [
        "object", "object", "background", "neutral", "not sampled", "not sampled"
    ]  # fmt: skip
    assert counts_by_level(trace, (2, 3)).tolist() == [[2, 0, 0, 1], [0, 1, 1, 1]]


def test_counts_add_up_to_all_anchors(shapes_session):
    trace = shapes_session.base
    table = counts_by_level(trace, LEVELS)
    assert table.sum() == len(trace["anchors.boxes"])
    assert table[:, 0].sum() == (trace["anchor_targets.labels"] == 1).sum()
    title = anchors.counts(trace).axes[0].get_title(loc="left")
    assert title == f"{len(trace['anchors.boxes']):,} anchors by level"


def test_the_anchors_of_the_selected_cell_are_shown(own_session):
    trace, selection = own_session.trace, own_session.select(detection=0)
    scene = anchors.here(trace, selection)
    shown, cell = layer(scene, "anchors"), cell_of(trace, selection.anchor)
    assert selection.anchor in shown.index and len(shown.index) == 3
    np.testing.assert_array_equal(shown.boxes, trace["anchors.boxes"][shown.index])
    assert f"P{cell.level} at cell ({cell.row}, {cell.column})" in scene.title
    other = anchors.here(trace, selection, level=5, ratio=2.0)
    assert layer(other, "anchors").index.tolist() == [
        anchors_of(trace, cell_at(trace, 5, *centre_of(trace, cell)))[2]
    ]


def test_a_click_on_a_cell_selects_its_best_anchor(own_session):
    panel = anchors.widget(own_session)
    panel.choices["level"].value = 3
    panel.canvases[0].selected = {"P3 cells": 9 * 16 + 4}
    index = anchors_of(own_session.trace, Cell(3, 9, 4))
    assert own_session.selection.anchor == index[np.argmax(own_session.trace["rpn.scores"][index])]
    assert set(index) == set(layer(panel.canvases[0], "anchors").index)
    assert "(9 * 16 + 4) * 3 ratios" in panel.formula.value
    assert best_anchor(own_session.trace, {"detections": 1}) is None
    panel.canvases[0].selected = {"anchors": int(index[2])}
    assert own_session.selection.anchor == index[2]


def test_the_numbers_of_an_anchor_by_hand():
    lines = anchors.explain(small(), Selection(anchor=2376 + 57 + 2))
    assert lines[0] == "anchor 2435 = 2376 (first of P3) + (1 * 17 + 2) * 3 ratios + 2"
    assert lines[1] == "centre (y, x) = (1, 2) * 8 = (8, 16) network-input px"
    assert lines[2].endswith("height = 24 / sqrt(2) = 16.97, width = 24 * sqrt(2) = 33.94")
    assert "P2: 24 x 33 cells every 4 px * 3 ratios = 2376 anchors" in anchors.explain(small(), NOTHING)[0]


def test_labels_and_truths_are_told_apart(shapes_session):
    trace = shapes_session.base
    scene = anchors.labelled(trace, Selection(anchor=0))
    positive = np.flatnonzero(trace["anchor_targets.labels"] == 1)
    np.testing.assert_array_equal(layer(scene, "object").index, positive)
    np.testing.assert_array_equal(
        layer(scene, "background").index, np.flatnonzero(trace["anchor_targets.labels"] == -1)
    )
    missed = np.flatnonzero(best_anchors(trace).iou < trace.config.training.rpn_positive_iou)
    np.testing.assert_array_equal(layer(scene, "objects that no anchor reaches").index, missed)
    heat = layer(scene, "best IoU of a cell, P2")
    iou = trace["anchor_targets.iou"][:3072].reshape(32, 32, 3)
    np.testing.assert_array_equal(heat.values, iou.max(axis=-1))
    assert "highest IoU" in anchors.explain(trace, Selection(anchor=0))[-1]


def test_a_truth_has_the_colour_of_the_detection_that_found_it(shapes_session, without):
    trace = shapes_session.base
    found = detection_of_truth(trace)
    assert sorted(found) == [0, 1, 2, 3]
    for truth, detection in enumerate(found):
        assert trace["truth.class_ids"][truth] == trace["detections.class_ids"][detection]
    assert (detection_of_truth(without("detections.scores")) == -1).all()


def test_without_truth_there_are_anchors_and_counts(without):
    trace = without("truth.boxes", "anchor_targets.labels")
    shown = anchors.draw(trace, NOTHING)
    assert len(shown) == 2
    assert len(anchors.counts(trace).axes) == 1
    assert anchors.widget(Session(trace)).problem.value == ""


def test_an_image_without_objects(shapes_session):
    config = shapes_session.config
    trace = Trace(config=config)
    kept = ("molding.", "anchors.", "proposals.", "rpn.")
    trace.update({name: value for name, value in shapes_session.base.items() if name.startswith(kept)})
    total = len(trace["anchors.boxes"])
    trace.update(
        {
            "truth.boxes": np.zeros((0, 4), np.float32),
            "truth.class_ids": np.zeros(0, np.int32),
            "truth.is_crowd": np.zeros(0, bool),
            "anchor_targets.labels": np.full(total, -1, np.int32),
            "anchor_targets.iou": np.zeros(total, np.float32),
            "anchor_targets.gt_index": np.full(total, -1, np.int32),
        }
    )
    scene = anchors.draw(trace, NOTHING)[1]
    assert "0 of 0 objects" in scene.title
    assert {one.name for one in scene.layers} == {"background", "object"}
    scene.canvas()


def test_the_page_bakes_places(shapes_session):
    scene = anchors.here(shapes_session.base, NOTHING, baked=True)
    boxes = layer(scene, "anchors")
    assert len(scene.frames.labels) == len(boxes.frames) == 25
    middle = boxes.index[boxes.frames[12]]
    expected = [
        anchors_of(shapes_session.base, cell_at(shapes_session.base, level, 64, 64)) for level in LEVELS
    ]
    np.testing.assert_array_equal(middle, np.concatenate(expected))
    scene.canvas()


def test_what_is_missing_is_said(without):
    assert "anchors.boxes was not recorded" in anchors.widget(Session(without("anchors.boxes"))).problem.value


def test_figure_has_a_panel_a_level(shapes_session):
    titles = [axes.get_title(loc="left") for axes in anchors.figure(shapes_session.base).axes]
    assert titles[0] == "P2: stride 4 px, 3072 anchors\nscale 12 px" and len(titles) == len(LEVELS)
