"""Attribution as a view: maps lie where their tensor lies, numbers are told, what cannot be asked is a sentence."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.attribution.checks import Curve
from maskrcnn_inspect.analysis.attribution.maps import Found, find, find_gradients, on_molded, share_inside
from maskrcnn_inspect.analysis.attribution.probe import IMAGE, Target
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.why import attribution

HOSTILE = "<img src=x onerror=alert(1)>"


def found(values, extent=(0.0, 0.0, 8.0, 8.0)) -> Found:
    return Found(np.array(values, float), extent, "unit", ())


def test_a_map_is_laid_where_it_belongs():
    laid = on_molded(found([[1, 2], [3, 4]], (2.0, 0.0, 6.0, 8.0)), (8, 8))
    assert laid[0].tolist() == [0] * 8
    assert laid[2].tolist() == laid[3].tolist() == [1] * 4 + [2] * 4
    assert laid[5].tolist() == [3] * 4 + [4] * 4
    assert laid[6].tolist() == [0] * 8


def test_the_share_inside_counts_what_is_positive():
    assert share_inside(found([[1, -5], [0, 3]]), np.float32([0, 0, 4, 4])) == 0.25
    assert share_inside(found([[0, 0], [0, -1]]), np.float32([0, 0, 4, 4])) == 0.0


def test_a_pooled_tensor_lies_in_its_box(shapes_session):
    trace = shapes_session.base
    pooled = find(shapes_session.model, trace, Target(1, "mask"), "gradient", "mask_roi.pooled")
    np.testing.assert_allclose(pooled.extent, trace["detections.boxes"][1])
    assert pooled.values.shape == (14, 14)
    on_map = find(shapes_session.model, trace, Target(1), "Grad-CAM", "fpn.p2")
    assert on_map.extent == (0, 0, 128, 128)
    assert share_inside(on_map, trace["detections.boxes"][1]) > 0.8


def test_the_panel_asks_about_what_is_clicked(own_session):
    panel = attribution.widget(own_session)
    assert "0 square" in panel.canvases[0].title
    own_session.select(detection=1)
    assert "1 circle" in panel.canvases[0].title
    assert "logit: 6.98" in panel.formula.value
    panel.choices["kind"].value = "box"
    assert "y1: 77.9" in panel.formula.value
    panel.choices["method"].value = "Grad-CAM"
    assert "Grad-CAM: wanted a map of channels" in panel.problem.value
    panel.choices["tensor"].value = "fpn.p2"
    assert panel.problem.value == ""
    panel.close()


@pytest.mark.slow
def test_checks_add_curves_and_a_number(own_session):
    asked = attribution.Asked(own_session)
    choices = {"method": "gradient", "tensor": IMAGE, "checks": True}
    _, chart = asked.draw(own_session.trace, own_session.selection, **choices)
    assert "Deletion and insertion" in chart.title
    (line,) = [
        one for one in asked.explain(own_session.trace, own_session.selection, **choices) if "shuffled" in one
    ]
    assert float(line.split(": ")[1].split(" ")[0]) < 0.7


def test_curves_carry_their_areas():
    curve = Curve(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.0]), np.zeros(3))
    drawn = attribution.curves_figure({"this map": curve}, {"this map": curve})
    assert [text.get_text() for text in drawn.axes[0].get_legend().get_texts()] == ["this map: area 0.50"]


def test_the_figure_draws_each_map_in_its_place(shapes_session):
    maps = {"one": found([[1, 2], [3, 4]], (0.0, 0.0, 64.0, 64.0)), "signed": found([[1, -2]])}
    _, one, signed = attribution.figure(shapes_session.base, 0, maps).axes[:3]
    assert list(one.images[0].get_extent()) == [0, 64, 64, 0]
    assert one.get_xlim() == (0, 128)
    low, high = signed.images[0].get_clim()
    assert (low, high) == (-2, 2)


def test_a_page_has_a_position_a_detection(shapes_session):
    *_, canvas = attribution.snapshot(shapes_session, count=2)
    assert canvas._frames["labels"] == ["0 square 1.00", "1 circle 1.00"]
    (heat,) = [one for one in canvas.layers if one.name == "importance"]
    assert np.shape(heat.values) == (2, 128, 128)
    assert np.max(heat.values) == 1.0


def test_what_is_missing_becomes_a_sentence(shapes_session):
    saved = Session(shapes_session.base)
    assert attribution.snapshot(saved)[-1].endswith(attribution.NO_MODEL)
    assert attribution.NO_MODEL in attribution.widget(saved).problem.value
    empty = shapes_session.model.replay(shapes_session.base, **{"detections.min_score": 1.0})
    session = Session(empty, shapes_session.model)
    assert attribution.NOTHING in attribution.widget(session).problem.value
    assert attribution.snapshot(session)[-1].endswith(attribution.NOTHING)


def test_a_hostile_class_name_stays_text(shapes_session):
    trace = Trace(config=shapes_session.base.config.replace(class_names=("background", *[HOSTILE] * 3)))
    trace.update(shapes_session.base)
    session = Session(trace, shapes_session.model)
    assert "<img src=x" not in page(
        "t", [*attribution.widget(session).canvases, *attribution.snapshot(session, 1)]
    )


def test_one_graph_for_all_detections_gives_the_gradients_of_each_by_itself(shapes_session):
    model, trace = shapes_session.model, shapes_session.base
    rows = range(min(3, len(trace["detections.boxes"])))
    together = find_gradients(model, trace, Target(0), rows)
    for row, found in zip(rows, together, strict=True):
        alone = find(model, trace, Target(row))
        assert found.lines == alone.lines
        np.testing.assert_allclose(found.values, alone.values, rtol=1e-3, atol=1e-4 * alone.values.max())
    assert not np.allclose(together[0].values, together[1].values)
