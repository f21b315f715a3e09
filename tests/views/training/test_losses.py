"""The X-ray of the losses: places that can be clicked, and maps whose sum is the loss."""

import numpy as np
import pytest

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.training.loss_shares import LOSSES, costliest, scalars
from maskrcnn_inspect.canvas import Canvas
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.training import losses


def test_the_map_is_the_loss(own_session):
    panel = losses.widget(own_session)
    values = scalars(own_session.trace)
    for loss in (losses.ALL, *LOSSES):
        panel.choices["loss"].value = loss
        canvas = panel.canvases[0]
        wanted = sum(values.values()) if loss == losses.ALL else values[loss]
        assert canvas.layers[0].values.sum() == pytest.approx(wanted, rel=1e-5)
        assert canvas.title.startswith(f"{loss}: {wanted:.4f}, a px")
    assert panel.problem.value == ""


def test_a_coarser_map_keeps_the_sum():
    per_px = np.random.default_rng(0).random((300, 500))
    grid, cells = losses.coarse(per_px)
    assert (grid.shape, cells) == ((75, 125), 4)
    assert grid.sum() == pytest.approx(per_px.sum())
    assert losses.coarse(np.ones((128, 128)))[1] == 1


def test_the_ten_costliest_are_places_to_click(own_session):
    panel = losses.widget(own_session)
    found = costliest(own_session.trace, 10)
    layers = {layer.name: layer for layer in panel.canvases[0].layers}
    anchors = [share.row for share in found if share.kind == "anchor"]
    assert np.asarray(layers["costliest anchors"].index).tolist() == anchors
    assert len(layers["costliest rois"].boxes) == 10 - len(anchors)
    close_ups = {layer.name: layer for layer in panel.canvases[1].layers}
    assert np.asarray(close_ups["anchors"].index).tolist() == anchors
    panel.canvases[1].selected = {"anchors": anchors[0]}
    assert own_session.selection.anchor == anchors[0]
    assert f"selected: rpn_delta of row {anchors[0]}" in panel.formula.value
    for share in found:
        assert f"{share.loss}, {share.kind} {share.row}" in panel.formula.value


def test_the_losses_follow_a_rerun(own_session):
    panel = losses.widget(own_session)
    before = panel.formula.value
    own_session.intervene({"rpn.deltas": lambda deltas: deltas + 1.0})
    assert panel.formula.value != before
    total = sum(scalars(own_session.trace).values())
    assert panel.canvases[0].layers[0].values.sum() == pytest.approx(total, rel=1e-5)


def test_an_image_without_objects_is_drawn(shapes_session):
    image = shapes_session.truth.image
    none = Sample(image, np.zeros(0, np.int32), np.zeros((0, *image.shape[:2]), bool))
    session = Session.run(shapes_session.model, image, none)
    assert losses.widget(session).problem.value == ""
    losses.figure(session.trace)._repr_png_()
    losses.costliest_figure(session.trace)._repr_png_()
    losses.costliest_figure(session.trace, "mask")._repr_png_()  # there is none


def test_no_number_is_drawn_as_no_number(shapes_session, changed):
    parts = shapes_session.base["losses.rpn_delta_parts"].copy()
    parts[np.flatnonzero(parts.any(axis=1))[0], 0] = np.nan
    session = Session(changed(losses__rpn_delta_parts=parts, losses__rpn_delta=np.float32(np.nan)))
    panel = losses.widget(session)
    assert "not a finite number" in panel.formula.value.split(" 2. ")[0]
    losses.figure(session.trace)._repr_png_()


def test_without_truth_a_sentence_says_what_to_do(without):
    trace = without("losses.mask_parts")
    assert "model.trace(image, truth=sample)" in losses.widget(Session(trace)).problem.value
    parts = losses.snapshot(Session(Trace(config=trace.config)))
    assert "cannot be shown" in parts[-1]


def test_the_still_has_the_map_and_the_close_ups(shapes_session):
    parts = losses.snapshot(shapes_session)
    assert sum(isinstance(part, Canvas) for part in parts) == 2
    assert sum("mi-chart" in part for part in parts if isinstance(part, str)) == 1
