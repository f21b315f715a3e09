"""Lessons: right answers are right, wrong ones are not, and the model has the last word."""

import math
import re

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect import lessons
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


@pytest.fixture(scope="module")
def session(model) -> Session:
    return Session.run(model, Shapes(count=10, seed=UNSEEN_SEED)[3].image[10:110, :120])


@pytest.fixture(scope="module")
def empty(model) -> Session:
    return Session.run(model, np.full((90, 60, 3), 120, np.uint8))


# --- as a reader works it out -----------------------------------------------------------------------------------


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def boxes_in(question: str) -> list[list[float]]:
    return [numbers(inside) for inside in re.findall(r"\(([^()]*)\)", question) if len(numbers(inside)) == 4]


def iou_by_hand(one: list[float], other: list[float]) -> float:
    height = min(one[2], other[2]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(height, 0) * max(width, 0)
    areas = [(y2 - y1) * (x2 - x1) for y1, x1, y2, x2 in (one, other)]
    return shared / (sum(areas) - shared)


def molding_by_hand(question: str) -> list[float]:
    """100 x 120 px become 107 x 128 (128 / 120), laid 10 rows down: 25 * 1.07 + 10, 40 * 128 / 120."""
    assert "100 x 120 px" in question and "(25, 40)" in question
    return [36.75, 42.6667]


def anchors_by_hand(question: str) -> float:
    assert "128 x 128 px" in question
    return 3 * (1024 + 256 + 64 + 16 + 4)


def overlap_by_hand(question: str) -> float:
    return iou_by_hand(*boxes_in(question))


def delta_by_hand(question: str) -> list[float]:
    ((y1, _, y2, _),) = boxes_in(question)
    dy, tall = (float(re.search(rf"{name} (-?[\d.]+)", question)[1]) for name in ("dy", "log dh"))
    return [(y1 + y2) / 2 + dy * (y2 - y1), (y2 - y1) * math.exp(tall)]


def top_k_by_hand(question: str) -> float:
    return int(re.search(r"(\d+) anchors have a higher one", question)[1]) + 1


def suppression_by_hand(question: str) -> float:
    return iou_by_hand(*boxes_in(question)) + 0.005


def level_by_hand(question: str) -> float:
    height, width = map(float, re.search(r"is ([\d.]+) px high and ([\d.]+) px wide", question).groups())
    canonical = float(re.search(r"sqrt\(h w\) / ([\d.]+)\)", question)[1])
    return min(max(math.floor(4 + math.log2(math.sqrt(height * width) / canonical)), 2), 5)


def bilinear_by_hand(question: str) -> float:
    row, column = map(float, re.search(r"at row ([\d.]+), column ([\d.]+) ", question).groups())
    a, b, top, c, d, _ = numbers(re.search(r"the values (.*?), in columns", question)[1])
    down, right = row - top, column % 1
    upper, lower = a * (1 - right) + b * right, c * (1 - right) + d * right
    return upper * (1 - down) + lower * down


def score_by_hand(question: str) -> float:
    logits = numbers(re.search(r"logits are: (.*?)\. What", question)[1])
    return math.exp(max(logits)) / sum(map(math.exp, logits)) - 0.001


def mask_by_hand(question: str) -> float:
    assert "at least 0.8" in question
    return 1.3863  # ln 4


BY_HAND = {lesson: globals()[f"{lesson.__name__}_by_hand"] for lesson in lessons.ALL}


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_what_a_reader_works_out_of_the_question_is_right_and_another_answer_is_not(lesson, session: Session):
    exercise = lesson(session)
    worked = BY_HAND[lesson](exercise.question)
    assert exercise.check(worked).right is True, exercise.check(worked)
    np.testing.assert_allclose(worked, exercise.answer, atol=max(exercise.tolerance, 0.01))
    assert exercise.check([0.001, 0.001][: np.size(worked)]).right is False
    assert exercise.question and exercise.hint and exercise.passage and exercise.working
    assert exercise.title.startswith(f"{lessons.ALL.index(lesson) + 1} · ")


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_what_is_no_answer_is_said(lesson, session: Session):
    exercise = lesson(session)
    for given in (None, "text", [1, 2, 3, 4], float("nan")):
        assert exercise.check(given).right is None, given


@pytest.mark.parametrize("lesson", lessons.ALL, ids=lambda lesson: lesson.__name__)
def test_an_image_on_which_nothing_is_found_is_met_or_refused_in_words(lesson, empty: Session):
    try:
        exercise = lesson(empty)
    except ValueError as error:
        assert "choose another" in str(error)
    else:
        # of this image, 90 x 60 px, the pixel (22, 20): stretched by 128 / 90 and laid 21 columns to the right
        worked = [31.289, 49.333] if lesson is lessons.molding else BY_HAND[lesson](exercise.question)
        assert exercise.check(worked).right is True, exercise.check(worked)


def test_a_pixel_of_the_image_that_forgets_the_padding_is_wrong(session: Session):
    assert lessons.molding(session).check((26.75, 42.667)).right is False


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
    needed = top_k_by_hand(exercise.question)
    assert (
        np.count_nonzero(session.base["rpn.scores"] >= session.base["proposals.top_k_scores"][needed - 1])
        == needed
    )
    assert "does not come through" in str(exercise.check(needed - 1))
    assert "smaller one would do" in str(exercise.check(needed + 1))


def test_without_a_model_a_threshold_cannot_be_replayed(session: Session):
    saved = Session(session.base)
    assert lessons.suppression(saved).check(0.99).right is None
    exercise = lessons.top_k(saved)
    assert exercise.check(top_k_by_hand(exercise.question)).right is True
    assert exercise.check(top_k_by_hand(exercise.question) + 1).right is False


def test_class_names_are_text(model, session: Session):
    trace = session.base
    before = trace.config
    trace.config = before.replace(class_names=("background", "<img src=x onerror=alert(1)>", "b", "c"))
    try:
        shown = lessons.score(session)._repr_html_() + lessons.mask(session)._repr_html_()
        assert "<img" not in shown and "&lt;img" in shown
    finally:
        trace.config = before
