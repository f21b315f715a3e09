"""What if: an edit becomes detections before and after, told in lines; what cannot be done becomes a sentence."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.attribution.ablations import ChannelEffect, Occlusion
from maskrcnn_inspect.analysis.what_if.effects import Effect, Pair, Support, find_effect
from maskrcnn_inspect.canvas import NEUTRAL
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.before_after import after_layers, effect_lines
from maskrcnn_inspect.views.why import what_if

HOSTILE = "<img src=x onerror=alert(1)>"


def layer(canvas, name):
    return next(one for one in canvas.layers if one.name == name)


def test_lines_tell_pairs_lost_and_new(shapes_session):
    trace = shapes_session.base
    effect = Effect((Pair(0, 1, 1, 2, 0.9, 0.8, 0.75, 0.5, False),), (2,), (3,))
    lines = effect_lines(trace, trace, effect)
    assert lines[1] == "0 square 0.90         1 circle 0.80          -0.1000    0.750     0.500"
    assert lines[2] == "2 triangle 1.00       lost"
    assert lines[3].split() == ["3", "triangle", "1.00", "new"]
    assert effect_lines(trace, trace, find_effect(trace, trace)) == [
        "Nothing changed: every score, box and mask is what it was."
    ]


def test_what_comes_after_has_the_colours_of_what_it_was(shapes_session, changed):
    before = shapes_session.base
    moved = before["detections.boxes"][::-1].copy()
    moved[0] = [0, 0, 9, 9]
    after = changed(
        detections__boxes=moved, detections__class_ids=before["detections.class_ids"][::-1].copy(),
        detections__scores=before["detections.scores"][::-1].copy(),
    )  # fmt: skip
    (boxes,) = after_layers(before, after, masks=False)
    assert np.asarray(boxes.colours).tolist() == [NEUTRAL, 2, 1, 0]
    assert boxes.lineage["detections"].tolist() == [-1, 2, 1, 0]


def test_the_panel_replays_and_a_click_chooses_the_box(own_session):
    panel = what_if.widget(own_session)
    assert len(layer(panel.canvases[1], "outcomes").boxes) == 4  # what is shown first loses nothing here …
    assert "Nothing changed" not in panel.formula.value  # … and does something
    panel.choices["tensor"].value, panel.choices["change"].value = "fpn.p2", "put 0"
    assert len(layer(panel.canvases[1], "outcomes").boxes) == 0  # P2 is what all four are pooled from
    assert "lost" in panel.formula.value
    panel.choices["where"].value = "inside the selected box"
    assert "click a detection first" in panel.problem.value
    own_session.select(detection=1)
    assert panel.problem.value == ""
    lost = np.asarray(layer(panel.canvases[0], "detections").style)
    assert lost[1] == "dotted"
    panel.choices["where"].value = "outside the selected box"
    kept = layer(panel.canvases[1], "outcomes")
    assert 1 in kept.lineage["detections"].tolist()
    panel.choices["channel"].value = 4000
    assert "fpn.p2: wanted a channel that it has, received 4000; it has 64 of them" in panel.problem.value
    panel.close()


def test_rows_of_a_level_can_be_chosen(own_session):
    experiment = what_if.Experiment(own_session)
    silent = experiment.after(own_session.trace, Selection(), "rpn.scores", "put 0", level=2)
    levels = own_session.trace["anchors.level"]
    assert not silent["rpn.scores"][levels == 2].any()
    np.testing.assert_array_equal(
        silent["rpn.scores"][levels == 3], own_session.trace["rpn.scores"][levels == 3]
    )
    assert experiment.after(own_session.trace, Selection(), "rpn.scores", "put 0", level=2) is silent
    assert (
        what_if.words("rpn.scores", "put 0", level=2, channel=1)
        == "rpn.scores, P2, channel 1: put 0 everywhere"
    )


def test_every_tensor_on_offer_can_be_edited(own_session):
    experiment = what_if.Experiment(own_session)
    for tensor in what_if.EDITABLE:
        after = experiment.after(own_session.trace, Selection(), tensor, "halve")
        assert not np.array_equal(after[tensor], own_session.trace[tensor]), tensor


def test_the_slider_of_levels_holds_the_detections_of_each(shapes_session):
    scene = what_if.levels_scene(shapes_session.model, shapes_session.base)
    (boxes,) = scene.layers
    assert list(scene.frames.labels)[:2] == ["as it is", "fpn.p2 = 0: 0 left"]
    assert [len(rows) for rows in boxes.frames][:2] == [4, 0]
    assert sum(map(len, boxes.frames)) == len(boxes.boxes)


def test_without_a_model_a_sentence_says_so(shapes_session):
    saved = Session(shapes_session.base)
    assert what_if.NO_MODEL in what_if.snapshot(saved)
    assert what_if.NO_MODEL in what_if.widget(saved).problem.value


def test_a_hostile_class_name_stays_text(shapes_session):
    names = ("background", HOSTILE, HOSTILE, HOSTILE)
    trace = Trace(config=shapes_session.base.config.replace(class_names=names))
    trace.update(shapes_session.base)
    session = Session(trace, shapes_session.model)
    panel = what_if.widget(session)
    assert "<img src=x" not in panel.formula.value
    assert "<img src=x" not in page("t", [*panel.canvases, *what_if.snapshot(session)])
    what_if.figure(trace, trace)


def test_a_trace_without_masks_is_said(without, shapes_session):
    session = Session(without("mask_head.probs"), shapes_session.model)
    assert "mask_head.probs was not recorded" in what_if.widget(session).problem.value


def test_the_figure_of_an_occlusion_shows_the_change(shapes_session):
    boxes = np.tile(np.int32([0, 0, 16, 16]), (2, 2, 1))
    occlusion = Occlusion(
        boxes, np.float32([[0, 1], [1, 1]]), np.float32([[-3, 0], [0, 0]]), Support(0.9, 2.0)
    )
    drawn = what_if.occlusion_figure(shapes_session.base, 0, occlusion)
    np.testing.assert_allclose(drawn.axes[1].images[0].get_array(), [[-5, -2], [-2, -2]])
    assert "16 x 16 px" in drawn.axes[1].get_title(loc="left")


def test_values_can_be_taken_from_another_image(own_session):
    other = own_session.model.trace(np.full((128, 128, 3), 90, np.uint8))
    panel = what_if.widget(own_session, other)
    panel.choices["tensor"].value, panel.choices["change"].value = "fpn.p2", what_if.SWAP
    assert panel.problem.value == ""
    assert len(layer(panel.canvases[1], "outcomes").boxes) == 0
    assert what_if.SWAP not in what_if.widget(own_session).choices["change"].options
    with pytest.raises(ValueError, match="wanted the trace of another image"):
        what_if.Experiment(own_session).after(own_session.trace, Selection(), change=what_if.SWAP)


def test_channels_are_drawn_from_loss_to_gain():
    effects = [ChannelEffect(c, Support(0.5, 0.0), change) for c, change in enumerate([0.1, -2.0, 0.0, 1.5])]
    (axes,) = what_if.channels_figure(effects, "fpn.p2", count=3).axes
    assert [bar.get_width() for bar in axes.patches] == [-2.0, 0.1, 1.5]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["channel 1", "channel 0", "channel 3"]


@pytest.mark.parametrize("name", ["put 0", "halve", "double", "turn the sign", "add noise"])
def test_changes_do_what_they_say(name):
    values = np.float32([1.0, -2.0])
    wanted = {"put 0": [0, 0], "halve": [0.5, -1], "double": [2, -4], "turn the sign": [-1, 2]}
    found = what_if.CHANGES[name](values)
    if name in wanted:
        np.testing.assert_allclose(found, wanted[name])
    else:
        assert (found != values).all()
