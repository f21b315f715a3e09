"""Lessons: right answers are right, wrong ones are not, and the model has the last word."""

import re

import numpy as np
import pytest

from maskrcnn_core import load_model
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect import lessons
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session


@pytest.fixture(scope="module")
def model():
    return load_model("shapes")


@pytest.fixture(scope="module")
def session(model) -> Session:
    return Session.run(model, Shapes(count=10, seed=UNSEEN_SEED)[3].image[10:110, :120])


@pytest.fixture(scope="module")
def empty(model) -> Session:
    return Session.run(model, np.full((90, 60, 3), 120, np.uint8))


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_the_answer_is_right_and_another_is_not(lesson, session: Session):
    exercise = lesson(session)
    assert exercise.check(exercise.answer).right is True, exercise.check(exercise.answer)
    assert exercise.check([0.001, 0.001][: np.size(exercise.answer)]).right is False
    assert exercise.question and exercise.hint and exercise.passage and exercise.working
    assert exercise.title.startswith(f"{lessons.ALL.index(lesson) + 1} · ")


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_what_is_no_answer_is_said(lesson, session: Session):
    exercise = lesson(session)
    for given in (None, "text", [1, 2, 3, 4], float("nan")):
        assert exercise.check(given).right is None, given


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_a_picture_on_which_nothing_is_found_is_met_or_refused_in_words(lesson, empty: Session):
    try:
        exercise = lesson(empty)
    except ValueError as error:
        assert "choose another" in str(error)
    else:
        assert exercise.check(exercise.answer).right is True


def test_the_pixel_of_a_resized_picture_by_hand(session: Session):
    """100 x 120 px become 107 x 128 (128 / 120), laid 10 rows down: 25 * 1.07 + 10, 40 * 128 / 120."""
    exercise = lessons.molding(session)
    assert exercise.check((36.75, 42.667)).right is True
    assert exercise.check((26.75, 42.667)).right is False


def test_the_anchors_of_128_px_by_hand(session: Session):
    assert lessons.anchors(session).answer == 3 * (32**2 + 16**2 + 8**2 + 4**2 + 2**2)


def test_interpolation_reproduces_a_plane(session: Session):
    """Law: on features 2 y + 3 x, bilinear interpolation at (y, x) gives 2 y + 3 x."""
    number = int(session.base["box_roi.level"][int(session.base["detections.proposal_index"][0])])
    y, x = np.mgrid[: session.base.shape(f"fpn.p{number}")[0], : session.base.shape(f"fpn.p{number}")[1]]
    plane = Trace(config=session.base.config)
    features = np.zeros(session.base.shape(f"fpn.p{number}"), np.float32)
    features[..., 5] = 2 * y + 3 * x
    plane.update({**session.base, f"fpn.p{number}": features})
    exercise = lessons.bilinear(Session(plane))
    row, column = map(float, re.search(r"at row ([\d.]+), column ([\d.]+) ", exercise.question).groups())
    assert "channel 5" in exercise.question
    assert exercise.answer == pytest.approx(2 * row + 3 * column, abs=0.01)


def test_the_model_says_whether_a_smaller_top_k_would_do(session: Session):
    exercise = lessons.top_k(session)
    assert "does not come through" in str(exercise.check(exercise.answer - 1))
    assert "smaller one would do" in str(exercise.check(exercise.answer + 1))


def test_without_a_model_a_threshold_cannot_be_replayed(session: Session):
    saved = Session(session.base)
    assert lessons.suppression(saved).check(0.99).right is None
    assert lessons.top_k(saved).check(lessons.top_k(saved).answer).right is True


def test_class_names_are_text(model, session: Session):
    trace = session.base
    before = trace.config
    trace.config = before.replace(class_names=("background", "<img src=x onerror=alert(1)>", "b", "c"))
    try:
        shown = lessons.score(session)._repr_html_() + lessons.mask(session)._repr_html_()
        assert "<img" not in shown and "&lt;img" in shown
    finally:
        trace.config = before
