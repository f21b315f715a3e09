"""Comparison as a view: both sides linked, the parting named, equal colours for equal values."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.what_if.comparison import Difference, compare
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.why import comparison

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def other(shapes_session) -> Trace:
    """Give the same image with a pyramid that is a little louder at P3."""
    return shapes_session.model.replay(shapes_session.base, {"fpn.merged3": lambda value: value * 1.2})


def layer(scene, name):
    return next(one for one in scene.layers if one.name == name)


@pytest.mark.parametrize(
    ("difference", "wanted"),
    [
        (Difference("fpn.p2", 0.0, 1.0, ((), ())), "equal"),
        (Difference("fpn.p2", 0.0123, 1.0, ((), ())), "0.012"),
        (Difference("proposals.boxes", 0.5, 0.75, ((), ())), "0.5, 75% of rows in common"),
        (Difference("fpn.p2", None, 1.0, ((2,), (3,)), "shapes (2,) and (3,)"), "shapes (2,) and (3,)"),
    ],
)
def test_a_difference_in_words(difference, wanted):
    assert comparison.told(difference) == wanted


def test_both_sides_show_their_own_and_are_linked(shapes_session, other):
    beside = comparison.Beside(other, ("own", "louder"))
    ours, theirs, chart = beside.draw(shapes_session.base, Selection())
    assert layer(ours, "detections").boxes is shapes_session.base["detections.boxes"]
    assert layer(theirs, "outcomes").boxes is other["detections.boxes"]
    partners = layer(theirs, "outcomes").lineage["detections"]
    assert set(partners.tolist()) <= {-1, 0, 1, 2, 3}
    assert "They part at fpn.merged3." in chart.title
    assert beside.comparison(shapes_session.base) is beside.comparison(shapes_session.base)


def test_equal_colours_are_equal_values(shapes_session, other):
    beside = comparison.Beside(other, ("own", "louder"))
    ours, theirs, _ = beside.draw(shapes_session.base, Selection(), "fpn.p3")
    limits = layer(ours, "fpn.p3").limits
    assert limits == layer(theirs, "fpn.p3").limits
    values = [np.asarray(layer(scene, "fpn.p3").values) for scene in (ours, theirs)]
    assert limits == pytest.approx((min(v.min() for v in values), max(v.max() for v in values)))


def test_lines_name_the_parting_and_each_stage(shapes_session, other):
    lines = comparison.Beside(other, ("own", "louder")).explain(shapes_session.base, Selection())
    assert lines[0] == "the first tensor to differ is fpn.merged3"
    assert "backbone      0" in lines
    same = comparison.Beside(shapes_session.base, ("own", "own")).explain(shapes_session.base, Selection())
    assert same[0] == "equal in everything"
    assert same[-1].startswith("Nothing changed")


def test_the_panel_offers_the_maps_that_both_hold(own_session, other):
    panel = comparison.widget(own_session, other)
    assert panel.problem.value == ""
    assert ("fpn.p3", "fpn.p3") in panel.choices["map_name"].options  # the name as shown, the name as meant
    panel.choices["map_name"].value = "fpn.p3"
    assert panel.problem.value == ""
    panel.canvases[1].selected = {"outcomes": 0, "detections": 2}
    assert own_session.selection.detection == 2
    panel.close()


def test_another_image_becomes_a_sentence(own_session, changed, other):
    image = np.zeros_like(own_session.base["image.original"])
    session = Session(changed(image__original=image))
    panel = comparison.widget(session, other)
    assert "wanted two traces of one image" in panel.problem.value


def test_a_page_without_a_kernel_needs_no_model(shapes_session, other):
    hostile = ("<b>one</b>", HOSTILE)
    text = page("t", comparison.snapshot(Session(shapes_session.base), other, hostile))
    assert "<img src=x" not in text
    assert "<b>one" not in text
    assert "They part at fpn.merged3" in text


def test_figures_mark_the_first_to_part(shapes_session, other):
    found = compare(shapes_session.base, other)
    (axes,) = comparison.figure(found, ("own", "louder")).axes
    assert "they part at fpn.merged3" in axes.get_title(loc="left")
    assert len(axes.patches) == len(found.differences)
    assert len(comparison.detections_figure(shapes_session.base, other).axes) == 2
