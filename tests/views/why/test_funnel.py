"""The funnel: a box drawn on the image is followed through the stages."""

import pytest

from maskrcnn_inspect.views.why import funnel


def test_a_drawn_box_is_written_and_followed(own_session):
    panel = funnel.widget(own_session)
    y1, x1, y2, x2 = (float(v) for v in own_session.trace["pasting.boxes"][0])
    panel.canvases[0].drawn = [y1, x1, y2, x2]
    assert panel.choices["box"].value == f"{y1:.1f}, {x1:.1f}, {y2:.1f}, {x2:.1f}"
    assert "it was found" in panel.formula.value and panel.problem.value == ""


def test_a_place_without_an_object_says_where_its_candidates_end(own_session):
    panel = funnel.widget(own_session)
    panel.canvases[0].drawn = [2.0, 80.0, 26.0, 104.0]  # empty sky
    assert "lost at" in panel.formula.value
    assert panel.canvases[0].layers[0].name == "detections"


def test_the_whole_image_counts_every_anchor(own_session):
    _, bars = funnel.draw(own_session.trace, own_session.selection)
    assert bars.values[0] == len(own_session.trace["anchors.boxes"])
    assert bars.values[-1] == len(own_session.trace["detections.boxes"])


@pytest.mark.parametrize("box", ["1, 2, 3", "a, b, c, d", "1, 2, 1, 2", "nan, 0, 3, 4"])
def test_what_is_no_box_is_a_sentence(own_session, box):
    panel = funnel.widget(own_session)
    panel.choices["box"].value = box
    assert "wanted a box" in panel.problem.value
    panel.choices["box"].value = "(1, 2, 30, 40)"
    assert panel.problem.value == ""


def test_no_detections_have_a_funnel(own_session, no_detections):
    assert funnel.draw(no_detections, own_session.selection)[1].values[-1] == 0


def test_the_still_has_the_image_and_the_counts(own_session):
    assert any("Candidates after each step" in str(part) for part in funnel.snapshot(own_session))
