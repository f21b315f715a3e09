"""Servers of this machine: a page that is closed is nothing to speak of, a mistake of ours is."""

import http.client
import socket
import threading
from http import HTTPStatus

import pytest

from maskrcnn_inspect.canvas.loopback import LOOPBACK, LoopbackHandler, LoopbackServer


def asked(error: Exception) -> None:
    """Ask a server whose handler raises ``error``, and wait until it is through."""

    class Handler(LoopbackHandler):
        def do_GET(self) -> None:  # noqa: N802  # as http.server calls it
            raise error

    with LoopbackServer(Handler) as server:
        server.daemon_threads = False  # the end of the block waits for the request
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connection = http.client.HTTPConnection(LOOPBACK, server.server_port, timeout=10)
        connection.request("GET", "/")
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            connection.getresponse()
        server.shutdown()


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), ConnectionResetError(104, "reset")])
def test_a_page_that_was_closed_is_passed_over(error, capfd):
    asked(error)
    assert capfd.readouterr().err == ""


def test_a_mistake_of_ours_is_told(capfd):
    asked(ValueError("wrong"))
    assert "ValueError: wrong" in capfd.readouterr().err


def test_another_name_does_not_lead_here(capfd):
    class Handler(LoopbackHandler):
        def do_GET(self) -> None:  # noqa: N802  # as http.server calls it
            self.send(HTTPStatus.OK, str(self.comes_here()).encode(), "text/plain", {"X-More": "1"})

    with LoopbackServer(Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for host, ours in (
            (None, "True"),
            ("evil.example", "False"),
            (f"localhost:{server.server_port}", "True"),
        ):
            connection = http.client.HTTPConnection(LOOPBACK, server.server_port, timeout=10)
            connection.request("GET", "/", headers={"Host": host} if host else {})
            answer = connection.getresponse()
            assert answer.read().decode() == ours and answer.headers["X-More"] == "1"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        server.shutdown()


@pytest.mark.parametrize("length", [0, 5, 100_000])
def test_no_end_of_an_answer_is_kept_back(length):
    """Else it waits 40 ms, until the browser says that it has the beginning."""
    waits = []

    class Handler(LoopbackHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802  # as http.server calls it
            self.send(HTTPStatus.OK, b"x" * length, "text/plain")
            waits.append(not self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with LoopbackServer(Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connection = http.client.HTTPConnection(LOOPBACK, server.server_port, timeout=10)
        for _ in range(2):  # one connection for both
            connection.request("GET", "/")
            assert len(connection.getresponse().read()) == length
        server.shutdown()
    assert waits == [False, False]
