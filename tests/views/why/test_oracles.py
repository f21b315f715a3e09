"""Oracles on one image, live: switches put the ground truth into stages, lines say what each object became."""

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.oracles.budget import FIGURES, Budget, Row
from maskrcnn_inspect.analysis.oracles.stages import ORACLES
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.why import oracles

HOSTILE = "<img src=x onerror=alert(1)>"


def row(name: str, value: float) -> Row:
    return Row(name, dict.fromkeys(FIGURES, value))


def test_the_figure_climbs_from_the_model_to_the_ceiling():
    alone = [row(name, 0.6 + 0.01 * place) for place, name in enumerate(ORACLES)]
    together = [row(name, 0.5 + 0.1 * place) for place, name in enumerate(ORACLES)]
    drawn = oracles.figure(Budget(3, 9, row("as it is", 0.6), alone, together, []))
    first, second = drawn.axes
    np.testing.assert_allclose(
        [bar.get_width() for bar in first.patches], [0, 0.01, 0.02, 0.03, 0.04, 0.05], atol=1e-9
    )
    np.testing.assert_allclose([bar.get_width() for bar in second.patches], [-0.1, *[0.1] * 5], atol=1e-9)
    np.testing.assert_allclose([bar.get_x() + bar.get_width() for bar in second.patches][-1], 1.0)
    assert "from 0.600 to the ceiling of 1.000" in second.get_title(loc="left")


def test_switches_put_the_truth_into_stages(own_session):
    panel = oracles.widget(own_session)
    assert list(panel.choices) == list(ORACLES)
    assert panel.problem.value == ""
    before = panel.formula.value
    for name in ("proposals", "masks"):
        panel.choices[name].value = True
    assert panel.problem.value == ""
    assert panel.formula.value != before
    assert "True: proposals, masks; 4 of 4 objects found" in panel.canvases[1].title
    panel.close()


def test_nothing_true_changes_nothing(own_session):
    corrected = oracles.Corrected(own_session)
    assert corrected.after(own_session.trace, []) is own_session.trace
    lines = corrected.explain(own_session.trace, Selection())
    assert len(lines) == 1 + len(own_session.trace["truth.boxes"])
    assert all(line[24:48].strip() == line[48:].strip() for line in lines[1:])


def test_of_many_objects_those_that_changed_are_told(own_session, monkeypatch):
    monkeypatch.setattr(oracles, "LINES", 2)
    lines = oracles.Corrected(own_session).explain(own_session.trace, Selection(), masks=True)
    assert len(lines) == 4
    assert lines[-1] == "and 2 more"


def test_a_page_shows_each_stage_on_a_slider(shapes_session):
    *_, canvas = oracles.snapshot(shapes_session)
    labels = canvas._frames["labels"]
    assert labels[0] == "as it is: 4 of 4 found"
    assert labels[-1] == "all true: 4 of 4 found"
    assert len(labels) == 2 + len(ORACLES)


@pytest.mark.parametrize("missing", ["model", "truth"])
def test_what_is_missing_becomes_a_sentence(missing, shapes_session, without):
    truths = [
        name for name in shapes_session.base if name.startswith(("truth.", "losses.", "roi_t", "anchor_t"))
    ]
    session = (
        Session(shapes_session.base)
        if missing == "model"
        else Session(without(*truths), shapes_session.model)
    )
    wanted = oracles.NO_MODEL if missing == "model" else "oracles need the ground truth of the image"
    assert wanted in oracles.snapshot(session)[-1]
    assert wanted in oracles.widget(session).problem.value


def test_a_hostile_class_name_stays_text(shapes_session):
    trace = Trace(config=shapes_session.base.config.replace(class_names=("background", *[HOSTILE] * 3)))
    trace.update(shapes_session.base)
    session = Session(trace, shapes_session.model)
    assert "<img src=x" not in oracles.widget(session).formula.value
    assert "<img src=x" not in page("t", oracles.snapshot(session))
