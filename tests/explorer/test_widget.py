"""The widget answers each message with its number, and shares the selection with the session."""

import numpy as np
import pytest

from maskrcnn_inspect.explorer import Explorer, explore
from maskrcnn_inspect.session import Session


@pytest.fixture
def opened(shapes_session) -> Explorer:
    return explore(Session(shapes_session.base, shapes_session.model))


@pytest.fixture
def ask(opened, monkeypatch):
    """Give a question's answer: what the front end would get."""
    sent = []
    monkeypatch.setattr(opened, "send", lambda message, buffers=None: sent.append((message, buffers)))

    def asked(**question):
        opened._asked(opened, {"id": len(sent) + 1, **question}, [])
        return sent[-1]

    return asked


def test_tensors_come_as_bytes_under_the_number_of_the_question(ask, opened):
    message, (scores,) = ask(ask="tensors", wants=[{"name": "detections.scores"}])
    assert message["id"] == 1 and message["tensors"] == [{"dtype": "float32", "shape": [4]}]
    np.testing.assert_array_equal(np.frombuffer(scores, np.float32), opened.run.trace["detections.scores"])


def test_a_run_changes_what_tensors_are_of_and_back(ask):
    message, _ = ask(ask="run", settings={"proposals.count": 20})
    assert message["description"]["counts"]["proposals"] == 20
    assert ask(ask="tensors", wants=[{"name": "proposals.scores"}])[0]["tensors"][0]["shape"] == [20]
    ask(ask="run", settings={})
    assert ask(ask="tensors", wants=[{"name": "proposals.scores"}])[0]["tensors"][0]["shape"] == [200]


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "tensors", "wants": [{"name": "no.such"}]},
        {"ask": "run", "settings": {"fpn.channels": 3}},
        {"ask": "why", "box": [1, 2, 3]},
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(ask, question):
    message, _ = ask(**question)
    assert len(message["error"].split()) > 3


def test_what_is_no_question_is_not_answered(opened, monkeypatch):
    monkeypatch.setattr(opened, "send", lambda *_, **__: pytest.fail("it was answered"))
    for message in ("text", {}, {"ask": "close"}, None):
        opened._asked(opened, message, [])


def test_selection_goes_both_ways(opened):
    opened.session.select(detection=1)
    assert opened.selected["detections"] == 1
    opened.selected = {"detections": 0}
    assert opened.session.selection.detection == 0
    assert opened.session.selection.anchor is not None


def test_where_settings_were_moved_the_anchor_is_what_both_mean(opened, ask):
    anchor = int(opened.run.trace["proposals.anchor_index"][opened.run.trace["detections.proposal_index"][1]])
    ask(ask="run", settings={"proposals.top_k": 300, "detections.max_count": 2})
    opened.session.select(detection=1)
    assert opened.selected == {"anchors": anchor}
    opened.selected = {"anchors": anchor, "detections": 0}  # another row in this run, the same object
    assert opened.session.selection.detection == 1


def test_nothing_selected_here_is_nothing_selected_there(opened):
    opened.session.select(detection=1)
    opened.selected = {}
    assert opened.session.selection.anchor is None


def test_another_image_of_the_session_is_followed(opened, ask):
    ask(ask="run", settings={"detections.max_count": 1})
    grey = np.full((128, 128, 3), 90, np.uint8)
    opened.session.look_at(grey)
    assert opened._description["counts"]["detections"] == 0 and opened.selected == {}
    _, (image,) = ask(ask="tensors", wants=[{"name": "image.original"}])
    assert image == grey.tobytes()


def test_what_other_views_rerun_is_theirs(opened):
    before = opened._description
    opened.session.rerun(**{"detections.max_count": 1})
    assert opened._description is before and len(opened.run.trace["detections.boxes"]) == 4
