"""The page of this machine lets in who has its address, and nobody else; its answers are those of a notebook."""

import http.client
import json

import numpy as np
import pytest

from maskrcnn_inspect.explorer.served import Server
from maskrcnn_inspect.session import Session


@pytest.fixture(scope="module")
def server(shapes_session):
    server = Server(lambda: "http://127.0.0.1:9/lab")
    server.show(Session(shapes_session.base, shapes_session.model))
    yield server
    server.close()


class Browser:
    """Requests as a browser makes them, with the cookie that the token gives."""

    def __init__(self, server: Server) -> None:
        self.port = server.port
        given = self.get(server.address.partition(str(server.port))[2], cookie="")
        self.cookie = given.headers["Set-Cookie"].partition(";")[0]
        self.attributes = given.headers["Set-Cookie"]

    def get(self, path, **heads):
        return self._request("GET", path, None, heads)

    def ask(self, question, **heads):
        return self._request("POST", "/ask", json.dumps(question), heads)

    def answer(self, **question):
        content = self.ask({"id": 7, **question}).content
        length = int.from_bytes(content[:4], "little")
        head, at, parts = json.loads(content[4 : 4 + length]), 4 + length, []
        for size in head.pop("lengths"):
            parts.append(content[at : at + size])
            at += size
        assert at == len(content)
        return head, parts

    def _request(self, method, path, body, heads):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in heads.items()}
        cookie = named.pop("cookie", None)
        held = self.cookie if cookie is None else cookie
        connection.request(method, path, body, {**named, **({"Cookie": held} if held else {})})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


@pytest.fixture(scope="module")
def browser(server):
    return Browser(server)


def test_the_token_gives_a_cookie_that_no_script_reads_and_no_other_site_sends(browser):
    assert "HttpOnly" in browser.attributes and "SameSite=Strict" in browser.attributes


@pytest.mark.parametrize(
    "heads",
    [
        {"cookie": ""},
        {"cookie": "explorer-1=wrong"},
        {"Host": "evil.example"},  # a name that was made to point here
        {"Origin": "http://evil.example"},
    ],
)
def test_who_does_not_come_from_the_address_is_let_in_nowhere(browser, heads):
    for answer in (browser.get("/", **heads), browser.ask({"ask": "look"}, **heads)):
        assert answer.status == 403 and b"The Explorer" not in answer.content
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_wrong_token_gives_no_cookie(browser):
    answer = browser.get("/?token=wrong", cookie="")
    assert answer.status == 403 and "Set-Cookie" not in answer.headers


def test_the_page_asks_nobody_but_its_own_server(browser):
    answer = browser.get("/")
    assert answer.status == 200 and b"connect-src 'self'" in answer.content
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_answers_are_those_of_the_run(browser, shapes_session):
    head, (scores,) = browser.answer(ask="tensors", page="a", wants=[{"name": "detections.scores"}])
    assert head["id"] == 7
    np.testing.assert_array_equal(np.frombuffer(scores, np.float32), shapes_session.base["detections.scores"])


def test_a_setting_moved_on_one_page_moves_nothing_on_another(browser):
    browser.answer(ask="run", page="a", settings={"detections.max_count": 1})
    counts = [
        browser.answer(ask="tensors", page=page, wants=[{"name": "detections.scores"}]) for page in "ab"
    ]
    assert [head["tensors"][0]["shape"] for head, _ in counts] == [[1], [4]]


@pytest.mark.parametrize("body", ["[]", "{", '{"ask": "close"}', '"text"'])
def test_what_is_no_question_is_refused(browser, body):
    assert browser._request("POST", "/ask", body, {}).status == 400


def test_a_sample_is_opened_with_the_weights_it_is_for_and_its_ground_truth(browser):
    head, _ = browser.answer(ask="open", page="c", sample="empty")
    assert head["description"]["image"] == "empty" and head["description"]["counts"]["detections"] == 0
    _, (said,) = browser.answer(ask="tensors", page="c", wants=[{"name": "reading.outcomes"}])
    assert json.loads(said) == {"objects": [], "detections": []}
    assert browser.answer(ask="open", page="c", sample="no such")[0]["error"].startswith("unknown sample")


def test_a_file_that_is_no_image_is_told_by_its_name(browser):
    head, _ = browser.answer(ask="open", page="d", name="notes.txt", content="bm8gaW1hZ2U=")
    assert "notes.txt" in head["error"]
    assert "base64" in browser.answer(ask="open", page="d", name="a.png", content="?")[0]["error"]


def test_a_page_that_waits_is_told_why_there_is_nothing_to_show():
    server = Server()
    try:
        waiting = Browser(server)
        server.fail(ValueError("photo.jpg: no image"))
        assert waiting.answer(ask="look", page="a")[0]["error"] == "photo.jpg: no image"
        assert waiting.get("/notebook").status == 404
    finally:
        server.close()


def test_the_notebook_is_a_click_away(browser):
    answer = browser.get("/notebook")
    assert answer.status == 303 and answer.headers["Location"] == "http://127.0.0.1:9/lab"
