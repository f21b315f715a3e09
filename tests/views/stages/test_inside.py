"""Views of what is inside blocks and heads: recorded when it is chosen, told with its field and its neighbours."""

import numpy as np
import pytest

from maskrcnn_core.recording.tensors import names_of
from maskrcnn_inspect.analysis.features.blocks import block_channels
from maskrcnn_inspect.analysis.features.receptive_field import receptive_field
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.bar_chart import Bars
from maskrcnn_inspect.views.stages.box_head import view as box_head
from maskrcnn_inspect.views.stages.feature_maps import view as activations
from maskrcnn_inspect.views.why import what_if


def layer(canvas, name):
    return next(one for one in canvas.layers if one.name == name)


def test_a_session_records_more_of_its_image(own_session):
    own_session.rerun(**{"detections.min_score": 0.9})
    own_session.select(detection=0)
    own_session.record("backbone.*.output", "box_head.fc2")
    fresh = own_session.model.trace(
        own_session.base["image.original"], keep=["backbone.*.output", "box_head.fc2"]
    )
    for name, values in fresh.items():
        np.testing.assert_array_equal(own_session.trace[name], values)
    assert own_session.settings == {"detections.min_score": 0.9}
    assert own_session.selection.detection == 0
    trace = own_session.trace
    assert own_session.record("box_head.fc2") is trace  # nothing to do
    own_session.reset()
    assert "box_head.fc2" in own_session.trace


def test_without_a_model_nothing_more_can_be_recorded(shapes_session):
    with pytest.raises(ValueError, match="no model to run again"):
        Session(shapes_session.base).record("box_head.fc1")
    with pytest.raises(KeyError, match="did you mean"):
        shapes_session.record("box_head.fc9")


@pytest.mark.parametrize(
    ("name", "cells"),
    [("backbone.c3.block1.conv1", "P3 cells"), ("backbone.stem.relu", "backbone.stem.relu cells")],
)
def test_every_block_is_on_offer_and_tells_its_field(own_session, name, cells):
    panel = activations.widget(own_session)
    assert name not in own_session.trace
    panel.choices["name"].value = name
    assert panel.problem.value == "" and panel.canvases[0].title.startswith(f"{name} over its")
    np.testing.assert_array_equal(
        layer(panel.canvases[0], "max").values, own_session.trace[name].max(axis=-1)
    )
    columns = own_session.trace.shape(name)[1]
    panel.canvases[0].selected = {cells: 5 * columns + 6}
    field = receptive_field(own_session.config, (128, 128), name, (5, 6))
    np.testing.assert_array_equal(layer(panel.canvases[0], "receptive field").boxes[0], field)
    assert f"can see y {field[0]} to {field[2]}" in panel.formula.value
    panel.close()


def test_all_maps_inside_are_on_offer_in_order(own_session):
    options = [label for label, _ in activations.widget(own_session).choices["name"].options][1:]
    order = list(names_of(own_session.config))
    assert options == sorted(options, key=order.index)
    assert {"backbone.c5.block1.sum", "fpn.lateral2", "rpn.hidden.p6", "mask_head.deconv"} <= set(options)
    saved = [label for label, _ in activations.widget(Session(own_session.base)).choices["name"].options]
    assert "fpn.lateral2" not in saved


def test_channels_by_block_are_counted(own_session):
    panel = activations.widget(own_session)
    before = len(panel.area.children)
    panel.choices["blocks"].value = True
    assert len(panel.area.children) == before + 2
    blocks = block_channels(own_session.base, own_session.model)
    chart = panel.area.children[before].value
    for block in blocks:
        assert f"{block.block} {len(block.dead)} of {block.count}" in chart
    dead = next(block for block in blocks if len(block.dead))
    assert f"{dead.block}: {dead.dead[0]}" in panel.formula.value


def test_the_nearest_by_hidden_vector_follow_the_selection(own_session):
    panel = box_head.widget(own_session)
    assert len(panel.canvases) == 2
    panel.choices["nearest"].value = True
    own_session.select(detection=1)
    proposal = own_session.selection.proposal
    scene = panel.canvases[2]
    assert f"Proposal {proposal} (dotted)" in scene.title
    near = layer(scene, "nearest proposals")
    vectors = own_session.trace["box_head.fc2"].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    similarity = vectors @ vectors[proposal] / np.where(lengths > 0, lengths * lengths[proposal], 1)
    similarity[proposal] = -2
    assert near.index[0] == np.argmax(similarity)
    assert f"proposal {near.index[0]}" in panel.formula.value and "cosine" in panel.formula.value
    panel.choices["nearest"].value = False
    assert len(panel.canvases) == 2
    assert "cosine" not in panel.formula.value
    panel.close()


def test_no_detection_has_no_chart_of_detections(shapes_session, no_detections):
    trace = shapes_session.model.replay(no_detections, keep="box_head.fc2")
    shown = box_head.draw(trace, Selection(proposal=3))
    assert [type(one) for one in shown].count(Bars) == 1  # the probabilities alone
    assert "detections by similarity" not in [one.name for one in shown[-1].layers]
    told = "\n".join(box_head.explain(trace, Selection(proposal=3)))
    assert "by cosine similarity" in told and "    proposal " in told and "    detection " not in told


def test_no_proposal_makes_no_neighbour(shapes_session, no_proposals):
    session = Session(no_proposals, shapes_session.model)
    panel = box_head.widget(session)
    panel.choices["nearest"].value = True
    assert "no proposals" in panel.problem.value


def test_pages_hold_blocks_and_neighbours_where_the_model_is_there(shapes_session):
    from maskrcnn_inspect.canvas.standalone import page

    live = page("t", [*activations.snapshot(shapes_session), *box_head.snapshot(shapes_session)])
    assert "Dead channels by block" in live and "nearest by hidden vector" in live
    saved = Session(shapes_session.base)
    still = page("t", [*activations.snapshot(saved), *box_head.snapshot(saved)])
    assert "Dead channels by block" not in still and "nearest by hidden vector" not in still


def test_what_if_edits_inside_a_block(own_session):
    panel = what_if.widget(own_session)
    panel.choices["tensor"].value, panel.choices["change"].value = "backbone.c4.block1.sum", "put 0"
    assert panel.problem.value == "" and "Nothing changed" not in panel.formula.value
    assert "backbone.c4.block1.sum" not in own_session.trace  # the session stays as large as it is
    panel.choices["channel"].value = 3
    assert "channel 3" in panel.canvases[1].title and panel.problem.value == ""
    panel.close()
