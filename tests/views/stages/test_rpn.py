"""RPN: scores and deltas as the network gave them."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas import canvases_in
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.framework.cells import Cell, anchors_of
from maskrcnn_inspect.views.stages import rpn

NOTHING = Selection()


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


def test_a_cell_shows_the_best_of_its_ratios(shapes_session):
    trace = shapes_session.base
    for level, row, column in ((2, 31, 0), (3, 12, 9), (6, 1, 1)):
        scores = trace["rpn.scores"][anchors_of(trace, Cell(level, row, column))]
        assert rpn.score_map(trace, level)[row, column] == scores.max()


def test_a_broken_score_does_not_hide_its_neighbours(shapes_session, changed):
    scores = shapes_session.base["rpn.scores"].copy()
    cell = anchors_of(shapes_session.base, Cell(3, 12, 9))
    scores[cell[0]] = np.nan
    scores[anchors_of(shapes_session.base, Cell(3, 0, 0))] = np.nan
    trace = changed(rpn__scores=scores)
    values = rpn.score_map(trace, 3)
    assert values[12, 9] == np.nanmax(scores[cell])
    assert np.isnan(values[0, 0]) and np.isnan(values).sum() == 1
    assert "4 not finite" in rpn.explain(trace, NOTHING)[1]
    rpn.draw(trace, NOTHING)[0].canvas()
    rpn.figure(trace)


def test_deltas_have_their_right_names(shapes_session):
    """The classic notebook swapped dw and dh."""
    axes = rpn.deltas(shapes_session.base).axes
    means = shapes_session.base["rpn.deltas"].mean(axis=0)
    titles = [one.get_title(loc="left") for one in axes]
    for title, name, mean in zip(titles, ("dy", "dx", "log dh", "log dw"), means, strict=True):
        assert title == f"{name}, mean {mean:.3f}"


def test_broken_deltas_are_counted(shapes_session, changed):
    deltas = shapes_session.base["rpn.deltas"].copy()
    deltas[:5, 2] = np.inf
    titles = [one.get_title(loc="left") for one in rpn.deltas(changed(rpn__deltas=deltas)).axes]
    assert "5 not finite" in titles[2] and "not finite" not in titles[0] + titles[1] + titles[3]
    nothing = changed(rpn__deltas=np.full_like(deltas, np.nan))
    assert all("4092 not finite" in one.get_title(loc="left") for one in rpn.deltas(nothing).axes)


def test_the_score_is_told_from_its_logits(shapes_session):
    trace = shapes_session.base
    anchor = int(trace["proposals.top_k_index"][0])
    background, thing = trace["rpn.logits"][anchor]
    lines = rpn.explain(trace, Selection(anchor=anchor))
    assert f"exp({thing:.3f}) / (exp({background:.3f}) + exp({thing:.3f}))" in lines[1]
    assert lines[1].endswith(f"= {np.exp(thing) / (np.exp(background) + np.exp(thing)):.4f}")
    assert "rank by objectness: 1 of 4092" in lines[2]
    raw = trace["rpn.deltas"][anchor]
    assert f"exp({raw[2] * 0.2:.4f})" in lines[5] and f"{np.exp(raw[2] * 0.2):.3f} in height" in lines[5]


def test_one_logit_is_a_sigmoid():
    trace = Trace()
    trace("rpn.scores", np.array([0.5], np.float32))
    trace("rpn.logits", np.array([[0.0]], np.float32))
    assert rpn._score_line(trace, 0) == "objectness = sigmoid(0.000) = 0.5000"


def test_the_rank_told_is_the_models(shapes_session):
    trace = shapes_session.base
    for place in (0, 1, 17, 400, 999):
        assert rpn._rank(trace, int(trace["proposals.top_k_index"][place])) == f"{place + 1} of 4092"


def test_the_level_shown_is_that_of_the_selection(own_session):
    trace, selection = own_session.trace, own_session.select(detection=2)
    level = int(trace["anchors.level"][selection.anchor])
    heat = rpn.draw(trace, selection)[0].layers[0]
    assert heat.name == f"objectness of P{level}"
    np.testing.assert_array_equal(heat.values, rpn.score_map(trace, level))
    assert heat.limits == (0.0, 1.0)
    chosen = rpn.draw(trace, selection, level=2)[0]
    assert chosen.layers[0].name == "objectness of P2"
    assert set(trace["anchors.level"][layer(chosen, "best anchors").index]) <= {2}


def test_best_anchors_are_the_models_top_k(shapes_session, without):
    trace = shapes_session.base
    shown = layer(rpn.draw(trace, NOTHING, count=20)[0], "best anchors")
    np.testing.assert_array_equal(shown.index, trace["proposals.top_k_index"][:20])
    np.testing.assert_array_equal(shown.boxes, trace["anchors.boxes"][shown.index])
    alone = without(*(name for name in trace if name.startswith(("proposals.", "detections."))))
    scene, _ = rpn.draw(alone, NOTHING, count=20)
    np.testing.assert_array_equal(layer(scene, "best anchors").index, shown.index)
    assert len(layer(rpn.draw(alone, NOTHING, count=0)[0], "best anchors").index) == 0


def test_a_click_on_a_cell_tells_its_best_anchor(own_session):
    panel = rpn.widget(own_session)
    panel.canvases[0].selected = {"P3 cells": 12 * 16 + 9}
    assert "P3, cell (12, 9)" in panel.formula.value and panel.problem.value == ""
    assert own_session.selection.anchor in anchors_of(own_session.trace, Cell(3, 12, 9))


def test_the_chart_is_drawn_once_for_the_same_tensors(own_session):
    first = rpn.draw(own_session.trace, NOTHING)[1]
    own_session.select(detection=0)
    assert rpn.draw(own_session.trace, own_session.selection)[1] is first
    assert first.html() is first.html()
    own_session.rerun(**{"proposals.nms_threshold": 0.5})
    assert rpn.draw(own_session.trace, NOTHING)[1] is first  # the deltas are the same, and so are the top k
    own_session.rerun(**{"proposals.top_k": 10})
    assert rpn.draw(own_session.trace, NOTHING)[1] is not first


def test_the_page_holds_every_level(shapes_session):
    parts = rpn.snapshot(Session(shapes_session.base))
    canvas = canvases_in(parts)[0]
    assert [one.name for one in canvas.layers[:5]] == [f"objectness of P{level}" for level in range(2, 7)]
    assert len(canvas.hidden) >= 4


@pytest.mark.parametrize("name", ["rpn.scores", "rpn.deltas", "anchors.level", "molding.image"])
def test_what_is_missing_is_said(without, name):
    session = Session(without(name))
    assert f"{name} was not recorded" in rpn.widget(session).problem.value
    assert f"{name} was not recorded" in rpn.snapshot(session)[-1]


def test_the_figure_of_top_anchors_shows_each_step(shapes_session):
    axes = rpn.top_anchors(shapes_session.base, 7).axes
    assert [one.get_title(loc="left") for one in axes] == [
        "top 7 anchors, colour = level",
        "top 7 refined by their deltas, colour = level",
        "top 7 clipped to the network input, colour = level",
    ]
    assert [len(one.collections[0].get_segments()) for one in axes] == [7, 7, 7]
