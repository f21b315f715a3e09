"""The view of ROIAlign: its points and weights are those of the stage, RoIPool by hand, and every edge a sentence."""

import numpy as np
import pytest

from maskrcnn_core.config import RoiAlign, tiny
from maskrcnn_inspect.analysis.features.roi_pool import (
    Region,
    points_of,
    quantised,
    reading_of,
    region_of,
    roi_pool,
)
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.roi_align import view as roi_align
from maskrcnn_inspect.views.stages.roi_align.formulas import level_lines


def region(box: list[float], cells=(8, 8), config: RoiAlign | None = None) -> Region:
    config = config or RoiAlign(2, "cells", 2)
    return Region("box_roi", 0, np.array(box, np.float32), 2, cells, (32, 32), 0.0, config)


def layer(scene, name: str):
    return next(one for one in scene.layers if one.name == name)


# --- numbers --------------------------------------------------------------------------------------------------


def test_points_lie_in_the_middle_of_their_quarters():
    # 8 x 8 px on stride 4: cells 0 and 1; points at px 1, 3, 5, 7, four in each of four bins
    one = region([0, 0, 8, 8])
    places, bins = points_of(one)
    np.testing.assert_allclose(one.to_molded(places)[:4], [[1, 1], [1, 3], [1, 5], [1, 7]])
    assert bins.reshape(4, 4).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]


def test_a_bin_on_one_cell_reads_that_cell_most():
    # points at -1/4 and 1/4 of a line: cell 0 clamped, then 3/4 of cell 0 and 1/4 of cell 1
    reading = reading_of(region([0, 0, 8, 8]), 0)
    weights = dict(zip(map(tuple, reading.cells.tolist()), reading.weights, strict=True))
    assert weights == pytest.approx({(0, 0): 49 / 64, (0, 1): 7 / 64, (1, 0): 7 / 64, (1, 1): 1 / 64})


def test_corners_lay_the_outermost_cells_on_the_outermost_pixels():
    one = Region(
        "box_roi", 0, np.array([0, 0, 32, 32], np.float32), 2, (8, 8), (32, 32), 1.0, RoiAlign(3, "corners")
    )
    places, _ = points_of(one)
    np.testing.assert_allclose(places[[0, 4, 8]], [[0, 0], [3.5, 3.5], [7, 7]], atol=1e-6)
    np.testing.assert_allclose(one.to_molded(places)[[0, 8]], [[0.5, 0.5], [31.5, 31.5]], atol=1e-5)


def test_quantised_bins_match_the_hand_worked_ones():
    # px 5 to 21 of stride 4 are cells 1.25 to 5.25, rounded to 1 to 5: two bins of two cells
    bins = quantised(region([5, 5, 21, 23]))
    assert bins.rows.tolist() == [[1, 3], [3, 5]]
    assert bins.columns.tolist() == [[1, 4], [3, 6]]  # 1 to 6: five cells in two bins that share one
    features = np.arange(64, dtype=np.float32).reshape(8, 8, 1)
    assert roi_pool(features, bins)[..., 0].tolist() == [[19, 21], [35, 37]]  # the lower-right cells
    assert roi_pool(features, bins, "mean")[0, 0, 0] == np.mean([9, 10, 11, 17, 18, 19])


def test_quantised_bins_beyond_the_map_hold_nothing():
    bins = quantised(region([40, 0, 60, 8]))
    assert roi_pool(np.ones((8, 8, 1), np.float32), bins)[:, :, 0].tolist() == [[0, 0], [0, 0]]


def test_a_region_smaller_than_a_cell_still_has_one():
    bins = quantised(region([5, 5, 5.5, 5.5]))
    assert bins.rows.tolist() == bins.columns.tolist() == [[1, 2], [1, 2]]


@pytest.mark.parametrize("stage", ["box_roi", "mask_roi"])
def test_what_is_drawn_is_what_was_pooled(shapes_session, stage: str):
    trace = shapes_session.trace
    for row in range(min(20, len(trace[f"{stage}.pooled"]))):
        one = region_of(trace, stage, row)
        features = trace[f"fpn.p{one.level}"]
        for cell in (0, one.config.size + 1, one.config.size**2 - 1):
            reading = reading_of(one, cell)
            values = features[reading.cells[:, 0], reading.cells[:, 1]]
            value = (values * reading.weights[:, None]).sum(axis=0)
            recorded = trace[f"{stage}.pooled"][row][divmod(cell, one.config.size)]
            np.testing.assert_allclose(value, recorded, atol=1e-4)


# --- the view -------------------------------------------------------------------------------------------------


def test_a_selected_detection_is_pooled_here(shapes_session):
    trace = shapes_session.trace
    row = int(trace["detections.proposal_index"][2])
    selection = Selection(2, row, int(trace["proposals.anchor_index"][row]))
    where, points, pooled = roi_align.draw(trace, selection)
    assert layer(where, "pooled here").index.tolist() == [row]
    np.testing.assert_array_equal(layer(points, "region").boxes, trace["proposals.boxes"][[row]])
    energy = np.sqrt(np.mean(trace["box_roi.pooled"][row].astype(np.float64) ** 2, axis=-1))
    np.testing.assert_allclose(layer(pooled, "ROIAlign, recorded").values, energy)
    lines = roi_align.explain(trace, selection)
    assert any(line.startswith(f"Proposal {row}: ") for line in lines)
    assert any(f": P{trace['box_roi.level'][row]}" in line and "level = 4 + " in line for line in lines)
    computed, recorded = next(line for line in lines if "recorded" in line).split(";")
    assert computed.split("= ")[1] == recorded.split("= ")[1]


def test_the_difference_is_that_of_the_two_maps(shapes_session):
    *_, pooled = roi_align.draw(shapes_session.trace, Selection(), channel=5)
    aligned, rounded, gap = (one.values for one in pooled.layers)
    np.testing.assert_allclose(gap, aligned - rounded, atol=1e-6)


def test_a_click_on_a_region_and_on_a_bin_moves_the_view(own_session):
    panel = roi_align.widget(own_session)
    assert panel.problem.value == ""
    proposal = int(own_session.trace["detections.proposal_index"][1])
    panel.canvases[0].selected = {"detections": 1, "proposals": proposal}
    assert f"Proposal {proposal}:" in panel.formula.value
    assert panel.canvases[1].title.startswith(f"Proposal {proposal}:")
    region_before = panel.canvases[1].region
    panel.canvases[2].selected = {"bins": 0}
    assert own_session.selection.proposal == proposal
    assert "bin (0, 0) reads at" in panel.formula.value
    assert panel.canvases[1].region == region_before
    own_session.select(detection=0)
    assert panel.canvases[1].region != region_before
    panel.choices["head"].value = "mask_roi"
    assert panel.problem.value == ""
    assert panel.canvases[1].title.startswith("Detection 0: 28 x 28 points")
    assert panel.canvases[2].size == (14, 44)
    panel.close()


def test_the_page_has_a_position_for_each_detection(shapes_session):
    *points, pooled = roi_align.draw_baked(shapes_session.trace, Selection())
    count = len(shapes_session.trace["detections.boxes"])
    assert len(pooled.frames.labels) == count > 1
    assert len({one.title for one in points}) == min(count, roi_align.CLOSE_UPS)
    assert len(page("x", roi_align.snapshot(shapes_session))) < 1_000_000


def test_no_proposal_is_a_sentence(no_proposals):
    assert no_proposals.shape("proposals.boxes") == (0, 4)
    panel = roi_align.widget(Session(no_proposals))
    assert "there are no proposals, so nothing is pooled" in panel.problem.value
    assert any("there are no proposals" in part for part in roi_align.snapshot(Session(no_proposals)))
    roi_align.figure(no_proposals)


def test_no_detection_shows_the_best_candidates(no_detections):
    assert no_detections.shape("detections.boxes") == (0, 4)
    panel = roi_align.widget(Session(no_detections))
    assert panel.problem.value == ""
    panel.choices["head"].value = "mask_roi"
    assert "there are no detections" in panel.problem.value
    assert len(roi_align.draw_baked(no_detections, Selection())[-1].frames.labels) == 6


@pytest.mark.parametrize("name", ["fpn.p2", "box_roi.pooled", "box_roi.level", "proposals.boxes"])
def test_a_missing_tensor_is_a_sentence(without, name: str):
    panel = roi_align.widget(Session(without(name)))
    assert f"{name} was not recorded" in panel.problem.value
    roi_align.snapshot(Session(without(name)))


def test_a_trace_of_the_region_stages_alone_is_enough(without, shapes_session):
    names = [name for name in shapes_session.base if name.split(".")[0] in ("detections", "box_head")]
    panel = roi_align.widget(Session(without(*names)))
    assert panel.problem.value == ""


def test_what_is_no_number_is_drawn_as_such(shapes_session, changed):
    pooled = shapes_session.base["box_roi.pooled"].copy()
    boxes = shapes_session.base["proposals.boxes"].copy()
    row = roi_align.default_rows(shapes_session.base)[0]
    pooled[row, 0, 0] = np.nan
    boxes[row] = np.nan
    broken = changed(box_roi__pooled=pooled, proposals__boxes=boxes)
    panel = roi_align.widget(Session(broken))
    assert panel.problem.value == ""
    assert np.isnan(layer(panel._shown[2], "ROIAlign, recorded").values[0, 0])


def test_the_classic_formula_is_told_with_its_numbers():
    one = Region(
        "box_roi", 0, np.array([0, 0, 225, 225], np.float32), 4, (64, 64), (1024, 1024), 1.0, RoiAlign()
    )
    formula = "round(log2(sqrt(h w / (1023 * 1023)) / (224 / sqrt(1024 * 1024))))"
    assert level_lines(one)[1] == f"level = 4 + {formula} = 4 + round(0.001) = 4: P4"


def test_needs_no_tensorflow(without_tensorflow):
    without_tensorflow(
        "from maskrcnn_inspect.views import roi_align; p = roi_align.widget(s); s.select(detection=0);"
        "roi_align.snapshot(s); assert not p.problem.value"
    )


def test_settings_of_the_tiny_model_are_those_assumed_here():
    assert (tiny().box_roi.size, tiny().mask_roi.size, tiny().mask_roi.samples) == (7, 14, 2)
