"""What the servers of this machine alone have in common: who is let in by name and token, and how they answer.

They listen on loopback. The Host header is checked, since another page of the same browser may have a name of its own
made to point here (DNS rebinding), and a token is asked for, which only who started the server knows.
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"
NOTHING: Mapping[str, str] = {}


class LoopbackServer(ThreadingHTTPServer):
    """Listens on loopback, port 0 for a free one; a request of its own thread, which the end of the command ends."""

    daemon_threads = True

    def __init__(self, handler: type[LoopbackHandler], port: int = 0) -> None:
        super().__init__((LOOPBACK, port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that was closed while its answer was on the way."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LoopbackHandler(BaseHTTPRequestHandler):
    """Answers one request of a page of ours."""

    # headers and content leave as one, and at once: else the system keeps the end of an answer back until the browser
    # has acknowledged its beginning, which takes 40 ms, for each of the questions of a moved slider
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal belongs to the command."""

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self.server.server_address[1])  # type: ignore[index]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that lead here; any other is a page elsewhere."""
        return f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"

    def comes_here(self) -> bool:
        """Return whether the request names this server."""
        return self.headers.get("Host") in self.hosts

    def send(self, status: HTTPStatus, content: bytes, kind: str, more: Mapping[str, str] = NOTHING) -> None:
        """Send an answer that nobody reads as another kind, and whose address, token and all, goes nowhere.

        kind: of the content, "" for none; text is UTF-8. more: headers beside those.
        """
        self.send_response(status)
        fixed = {
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        if kind:
            fixed["Content-Type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        for name, value in {**fixed, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def same_token(given: str, token: str) -> bool:
    """Return whether ``given`` is the token, in a time that tells nothing of it."""
    return hmac.compare_digest(given.encode(), token.encode())
