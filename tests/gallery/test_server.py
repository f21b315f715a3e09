"""The gallery served: to whom has the address, its own files, and the Explorer of an image that there is."""

import http.client
import threading

import pytest

from maskrcnn_inspect.gallery.server import GalleryServer


def explorer(index):
    if index > 3:
        raise IndexError(f"wanted a sample of 0 to 3, received {index} <b>")
    return f"<p>image {index}</p>"


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "gallery.html").write_text("the gallery")
    (folder / "crops_00000.jpg").write_bytes(b"jpeg")
    (folder / "images.jsonl").write_text("a journal")
    (tmp_path / "secret.html").write_text("secret")
    with GalleryServer(folder, explorer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(server, path, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_it_gives_the_report_and_the_explorer_of_an_image(server):
    assert server.address.startswith("http://127.0.0.1:")
    page = server.address.split(str(server.server_port))[1]
    status, text, headers = ask(server, page)
    assert (status, text) == (200, "the gallery")
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert ask(server, f"/{server.token}/crops_00000.jpg")[:2] == (200, "jpeg")
    assert ask(server, f"/{server.token}/walk/2")[:2] == (200, "<p>image 2</p>")


def test_an_image_that_is_not_there_is_said_in_words_that_are_text(server):
    status, text, _ = ask(server, f"/{server.token}/walk/9")
    assert status == 404 and "Image 9 cannot be shown" in text and "<b>" not in text


@pytest.mark.parametrize(
    "path",
    ["/gallery.html", "/wrong/gallery.html", "/", "//", "/%s"],
)
def test_without_the_token_nothing_is_given(server, path):
    assert ask(server, path)[0] == 403


@pytest.mark.parametrize(
    "name", ["images.jsonl", "../secret.html", "%2e%2e/secret.html", "", "walk/-1", "walk/1/2"]
)
def test_no_other_file_is_given(server, name):
    status, text, _ = ask(server, f"/{server.token}/{name}")
    assert status == 404 and "secret" not in text.replace("secret.html", "")


def test_a_page_of_another_name_is_refused(server):
    assert ask(server, f"/{server.token}/gallery.html", host="evil.example")[0] == 403
