"""Activations: what the maps hold, to the last number that is none."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.features.activations import channels_of, contact_sheet, shrink, summarise
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.feature_maps import view as activations
from maskrcnn_inspect.views.stages.feature_maps.channel_sheet import sheet
from maskrcnn_inspect.views.stages.feature_maps.maps import FeatureMap, map_of, maps_in, raster

NOTHING = Selection()


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


def test_summaries_by_hand():
    features = np.array([[[3.0, -4.0], [0.0, 0.0]]], np.float32)
    np.testing.assert_allclose(summarise(features, "energy"), [[np.sqrt(12.5), 0]])
    np.testing.assert_allclose(summarise(features, "mean"), [[-0.5, 0]])
    np.testing.assert_allclose(summarise(features, "max"), [[3, 0]])
    with pytest.raises(ValueError, match="energy, mean, max"):
        summarise(features, "median")


def test_what_is_no_number_stays_none():
    features = np.array([[[1.0, np.nan], [np.inf, -np.inf]]], np.float32)
    for how in ("energy", "mean", "max"):
        assert not np.isfinite(summarise(features, how)).any()


def test_channels_by_hand():
    features = np.zeros((2, 2, 4), np.float32)
    features[..., 1] = [[1, -1], [1, -1]]
    features[..., 2] = [[np.nan, 2], [np.inf, 2]]
    features[0, 0, 3] = -4
    numbers = channels_of(features)
    np.testing.assert_allclose(numbers.energy[[0, 1, 3]], [0, 1, 2])
    assert numbers.dead.tolist() == [True, False, False, False]
    assert numbers.order.tolist() == [2, 3, 1, 0]
    assert [numbers.mark(k) for k in range(4)] == ["dead", "", "1 NaN, 1 infinite", ""]


def test_shrunk_cells_are_means_and_lose_no_nan():
    features = np.arange(25, dtype=np.float32).reshape(5, 5, 1)
    small, step = shrink(features, 3)
    assert step == 2
    np.testing.assert_allclose(small[..., 0], [[3, 5, 6.5], [13, 15, 16.5], [20.5, 22.5, 24]])
    features[4, 4] = np.nan
    assert np.isnan(shrink(features, 3)[0][2, 2, 0])
    assert shrink(features, 5) == (features, 1) or shrink(features, 5)[0] is features


def test_contact_sheet_by_hand():
    values, boxes = contact_sheet(np.arange(1, 7, dtype=np.float32).reshape(1, 2, 3), 2)
    np.testing.assert_array_equal(
        values, [[0] * 7, [0, 1, 4, 0, 2, 5, 0], [0] * 7, [0, 3, 6, 0, 0, 0, 0], [0] * 7]
    )
    np.testing.assert_array_equal(boxes, [[1, 1, 2, 3], [1, 4, 2, 6], [3, 1, 4, 3]])


def test_scenes_show_the_recorded_numbers(shapes_session):
    """The classic notebook cast to uint8: -1.5 came out as 255."""
    trace = shapes_session.base
    summed, one, tiles, chart = activations.draw(trace, NOTHING, "fpn.p2")
    np.testing.assert_array_equal(layer(summed, "max").values, trace["fpn.p2"].max(axis=-1))
    heat, channel = layer(one, "channel"), int(one.frames.labels[0].split()[1])
    np.testing.assert_array_equal(heat.values[0], trace["fpn.p2"][..., channel])
    assert heat.values.min() < 0 and heat.colours == "diverging"
    box = layer(tiles, "channels").boxes[0].astype(int)
    tile = layer(tiles, "activation").values[box[0] : box[2], box[1] : box[3]]
    np.testing.assert_array_equal(tile, trace["fpn.p2"][..., layer(tiles, "channels").index[0]])
    assert "fpn.p2" in chart.title
    assert layer(summed, "energy").extent == (0, 0, 128, 128)


def test_dead_and_broken_channels_are_marked(shapes_session, changed):
    features = shapes_session.base["backbone.c3"].copy()
    features[..., 5], features[2, 3, 7] = 0, np.nan
    trace = changed(backbone__c3=features)
    scene = sheet(FeatureMap(trace, "backbone.c3"), count=64)
    channels = layer(scene, "channels")
    assert channels.labels[list(channels.index).index(5)] == "dead"
    assert channels.index[0] == 7 and channels.labels[0] == "1 NaN" and channels.style[0] == "dotted"
    assert np.isnan(layer(scene, "activation").values).sum() == 1
    title = activations.histogram(FeatureMap(trace, "backbone.c3")).axes[0].get_title(loc="left")
    assert "1 NaN" in title and "0 infinite" in title
    assert np.isnan(layer(activations.summed_up(FeatureMap(trace, "backbone.c3")), "energy").values[2, 3])
    activations.figure(trace, ["backbone.c3"])


def test_the_histogram_counts_every_finite_value(shapes_session, changed):
    axes = activations.histogram(FeatureMap(shapes_session.base, "fpn.p4")).axes[0]
    counts = axes.patches[0].get_data().values
    assert counts.sum() == shapes_session.base["fpn.p4"].size
    huge = np.full_like(shapes_session.base["fpn.p5"], 3e38)
    huge[0] = -3e38  # their distance is no float32
    axes = activations.histogram(FeatureMap(changed(fpn__p5=huge), "fpn.p5")).axes[0]
    assert axes.patches[0].get_data().values.tolist()[::79] == [(huge < 0).sum(), (huge > 0).sum()]


def test_own_scale_takes_each_channel_to_its_greatest(shapes_session):
    values = layer(sheet(FeatureMap(shapes_session.base, "fpn.p3"), own_scale=True), "activation").values
    assert np.abs(values).max() == pytest.approx(1)
    assert (np.abs(values) > 0.999).sum() >= activations.TILES


def test_all_values_broken_still_makes_a_view(shapes_session, changed):
    trace = changed(fpn__p5=np.full_like(shapes_session.base["fpn.p5"], np.nan))
    assert len(activations.draw(trace, NOTHING, "fpn.p5", own_scale=True)) == 4
    [one.canvas() for one in activations.draw(trace, NOTHING, "fpn.p5")[:3]]


def test_a_map_of_one_channel_needs_no_slider(shapes_session, changed):
    trace = changed(fpn__p5=shapes_session.base["fpn.p5"][..., :1])
    scene = activations.one_channel(FeatureMap(trace, "fpn.p5"))
    assert scene.frames is None
    scene.canvas()


def test_a_selection_leads_to_its_map_and_cell(own_session):
    trace, selection = own_session.trace, own_session.select(detection=0)
    level = int(trace["box_roi.level"][selection.proposal])
    one = map_of(trace, selection)
    assert one.name == f"fpn.p{level}"
    y1, x1, y2, x2 = trace["proposals.boxes"][selection.proposal]
    row, column = int((y1 + y2) / 2 / 2**level), int((x1 + x2) / 2 / 2**level)
    assert activations.cell_shown(one, selection, {}) == row * one.shape[1] + column
    assert f"cell ({row}, {column})" in "\n".join(activations.explain(trace, selection))


def test_a_click_on_a_cell_shows_its_field_until_something_else_is_selected(own_session):
    panel = activations.widget(own_session)
    panel.choices["name"].value = "backbone.c2"
    panel.canvases[0].selected = {"P2 cells": 5 * 32 + 6}
    assert "cell (5, 6)" in panel.formula.value and "theoretical receptive field" in panel.formula.value
    box = layer(panel.canvases[0], "receptive field").boxes[0]
    np.testing.assert_array_equal(box, FeatureMap(own_session.trace, "backbone.c2").field(5 * 32 + 6))
    own_session.select(detection=0)
    assert "cell (5, 6)" not in panel.formula.value
    assert panel.problem.value == ""


def test_a_click_on_a_tile_shows_the_channel_large(own_session):
    panel = activations.widget(own_session)
    weakest = int(channels_of(own_session.trace["fpn.p3"]).order[-1])
    panel.canvases[2].selected = {"fpn.p3 channels": weakest}
    shown = panel.canvases[1]
    heat = layer(shown, "channel")
    np.testing.assert_array_equal(heat.values[shown.frame], own_session.trace["fpn.p3"][..., weakest])


def test_maps_are_listed_as_they_flow(shapes_session, without):
    names = maps_in(shapes_session.base)
    assert names[:3] == ["molding.image", "backbone.c2", "backbone.c3"]
    assert names[-4:] == ["fpn.p6", "box_roi.pooled", "mask_roi.pooled", "mask_head.logits"]
    assert "fpn.p3" not in maps_in(without("fpn.p3"))


@pytest.mark.parametrize(
    ("name", "row"),
    [("box_roi.pooled", "proposal"), ("mask_roi.pooled", "detection"), ("mask_head.logits", "detection")],
)
def test_a_tensor_with_a_map_a_row_shows_the_selected_one(own_session, name, row):
    panel = activations.widget(own_session)
    panel.choices["name"].value = name
    assert panel.problem.value == "" and f"{name} of {row} 0" in panel.canvases[0].title
    chosen = getattr(own_session.select(detection=2), row)
    values = own_session.trace[name][chosen]
    np.testing.assert_array_equal(layer(panel.canvases[0], "max").values, values.max(axis=-1))
    assert f"{name} of {row} {chosen}" in panel.canvases[1].title
    panel.canvases[0].selected = {f"{name} cells": 0}
    assert "cell (0, 0): energy" in panel.formula.value and panel.problem.value == ""
    assert {"receptive field", "detections"}.isdisjoint(one.name for one in panel.canvases[0].layers)


def test_the_input_is_a_map_too(shapes_session):
    shown = activations.draw(shapes_session.base, NOTHING, "molding.image")
    heat = layer(shown[1], "channel")
    assert heat.values.shape == (3, 128, 128)
    assert shown[0].title.startswith("molding.image over its 3 channels, 128 x 128 cells, network-input px")


def test_no_detections_leave_no_map_of_them(own_session):
    own_session.rerun(**{"detections.min_score": 1.1})
    assert "mask_roi.pooled" not in maps_in(own_session.trace)
    with pytest.raises(ValueError, match=r"no maps mask_roi\.pooled"):
        activations.draw(own_session.trace, NOTHING, "mask_roi.pooled")


def test_raster_covers_small_maps_too():
    assert raster(1, 1) == [0]
    assert raster(2, 3) == [0, 1, 2, 3, 4, 5]
    assert len(raster(100, 100)) == 25 and raster(100, 100)[-1] == 9999
    assert raster(9, 9)[12] == 4 * 9 + 4  # the middle of the slider is the middle of the map


def test_without_maps_a_sentence_says_so(without, shapes_session):
    trace = without(*maps_in(shapes_session.base))
    panel = activations.widget(Session(trace))
    assert "holds no maps" in panel.problem.value
    assert "holds no maps" in activations.snapshot(Session(trace))[-1]


def test_without_the_image_the_maps_are_shown_on_blank(without):
    scene = activations.draw(without("molding.image"), NOTHING)[0]
    assert scene.image is None and scene.size == (128, 128)


def test_an_unknown_backbone_shows_maps_without_fields(shapes_session):
    config = shapes_session.config.replace(**{"backbone.architecture": "vgg"})
    trace = Trace(config=config)
    trace.update(shapes_session.base)
    scene = activations.summed_up(FeatureMap(trace, "fpn.p3"), cell=3)
    assert "receptive field" not in [one.name for one in scene.layers]
    assert "cannot be told: receptive field: wanted a backbone of resnet18" in "\n".join(
        activations.explain(trace, NOTHING, "fpn.p3", **{"P3 cells": 3})
    )


def test_the_page_bakes_fields_and_stays_small(shapes_session):
    from maskrcnn_inspect.canvas import canvases_in, page
    from maskrcnn_inspect.canvas.standalone import Choice

    parts = activations.snapshot(Session(shapes_session.base))
    at_first = [part for one in parts for part in (one.cases[0].parts if isinstance(one, Choice) else [one])]
    assert len(canvases_in(at_first)) == 4  # of the backbone, then three of the pyramid
    assert len(layer(canvases_in(parts)[0], "receptive field").frames) == 25
    assert len(page("x", parts)) < 1e6


def test_the_figure_of_channels_starts_with_the_strongest(shapes_session):
    drawn, features = (
        activations.channels(shapes_session.base, "backbone.c3", 3),
        shapes_session.base["backbone.c3"],
    )
    strongest = np.argsort(-np.square(features, dtype=np.float64).mean(axis=(0, 1)), kind="stable")[:3]
    assert [one.get_title(loc="left").strip() for one in drawn.axes] == [f"channel {k}" for k in strongest]
    np.testing.assert_array_equal(drawn.axes[0].images[0].get_array(), features[..., strongest[0]])
