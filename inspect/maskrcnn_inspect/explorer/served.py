"""The Explorer as a page of this machine: the model runs in this process, and the browser asks it.

Inputs: a session, which may come when the page is open already. Outputs: an address on loopback, with a token as
Jupyter has it: who does not know it is let in nowhere. A cookie takes its place, so that it leaves the address bar.
Every page that is opened has answers of its own: a slider moved here moves nothing there.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..canvas.loopback import LOOPBACK, LoopbackHandler, LoopbackServer, same_token
from ..canvas.page_parts import json_text, whole_page
from ..session import Session
from .assets import page_look, page_script
from .questions import Questions

MOST_BYTES = 2**28  # of a question: the base64 of an image of 200 MB
MOST_PAGES = 8  # whose runs are kept; the one that asked longest ago goes
HEAD = 4  # bytes, little endian: the length of an answer's JSON, which the bytes of its tensors follow


@dataclass
class Desk:
    """What the pages of one server are answered from.

    opening: the session, as soon as there is one. notebook: starts the notebook and returns its address.
    """

    token: str
    notebook: Callable[[], str] | None = None
    opening: Future[Session] = field(default_factory=Future)
    pages: OrderedDict[str, Questions] = field(default_factory=OrderedDict)
    turn: threading.Lock = field(default_factory=threading.Lock)  # one question at a time: there is one model

    def answer(self, question: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]] | None:
        """Return the answer to a question of ``page``, its own name; waits for the session."""
        try:
            session = self.opening.result()
        except Exception as error:
            return {"id": question.get("id"), "error": str(error)}, []
        with self.turn:
            return self._questions(str(question.get("page", "")), session).answer(question)

    def _questions(self, page: str, session: Session) -> Questions:
        """Return the answers for a page, made at its first question, of a session of its own on the same run."""
        if page not in self.pages:
            self.pages[page] = Questions(Session(session.base, session.model, session.truth))
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)
        self.pages.move_to_end(page)
        return self.pages[page]


class Server:
    """Serves the Explorer on a free port of this machine from now on, until ``close``."""

    def __init__(self, notebook: Callable[[], str] | None = None) -> None:
        self._desk = Desk(secrets.token_urlsafe(24), notebook)
        self._http = LoopbackServer(type("Handler", (Handler,), {"desk": self._desk}))
        self.port = int(self._http.server_address[1])
        threading.Thread(target=self._http.serve_forever, name="explorer", daemon=True).start()

    @property
    def address(self) -> str:
        """The address to open, with its token."""
        return f"http://{LOOPBACK}:{self.port}/?token={self._desk.token}"

    def show(self, session: Session) -> None:
        """Answer from ``session``; pages that are open have waited for it."""
        self._desk.opening.set_result(session)

    def fail(self, error: Exception) -> None:
        """Say to the pages that are open why there will be no session."""
        self._desk.opening.set_exception(error)

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()


def served_page(notebook: bool) -> str:
    """Return the page: the screen, and where it asks. notebook: whether one can be opened from it."""
    body = (
        '<main id="explorer"><p class="mx-waiting" role="status">The model is loading…</p></main>\n'
        f'<script type="application/json" id="explorer-server">{json_text({"notebook": notebook})}</script>'
    )
    return whole_page(
        "Mask R-CNN Explorer", page_look(), body, page_script(), kind="mx-page", allowed="connect-src 'self'"
    )


class Handler(LoopbackHandler):
    """Answers one request; ``desk`` is that of its server."""

    desk: Desk
    protocol_version = "HTTP/1.1"  # a connection for many questions

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, and there may be several servers."""
        return f"explorer-{self.port}"

    def allowed(self) -> bool:
        """Return whether the request comes from a page of ours; answer it otherwise."""
        origin = self.headers.get("Origin")
        if self.comes_here() and origin in (None, *(f"http://{host}" for host in self.hosts)):
            try:
                held = SimpleCookie(self.headers.get("Cookie", "")).get(self.cookie)
            except CookieError:
                held = None
            if held and same_token(held.value, self.desk.token):
                return True
        self.reply(HTTPStatus.FORBIDDEN, b"Open the whole address that the terminal shows.", "text/plain")
        return False

    def do_GET(self) -> None:  # noqa: N802  # as http.server calls it
        """Give the page, or let in who knows the token, or lead to the notebook."""
        asked = urlsplit(self.path)
        token = parse_qs(asked.query).get("token", [""])[0]
        if asked.path == "/favicon.ico":
            return self.reply(HTTPStatus.NO_CONTENT)
        if self.comes_here() and token and same_token(token, self.desk.token):
            cookie = f"{self.cookie}={self.desk.token}; HttpOnly; SameSite=Strict; Path=/"
            return self.reply(HTTPStatus.SEE_OTHER, more={"Location": "/", "Set-Cookie": cookie})
        if not self.allowed():
            return None
        if asked.path == "/notebook" and self.desk.notebook:
            return self.lead_to_notebook(self.desk.notebook)
        if asked.path != "/":
            return self.reply(HTTPStatus.NOT_FOUND, b"There is one page: /", "text/plain")
        return self.reply(HTTPStatus.OK, served_page(self.desk.notebook is not None).encode(), "text/html")

    def lead_to_notebook(self, start: Callable[[], str]) -> None:
        """Start the notebook, once, and go there."""
        try:
            address = start()
        except Exception as error:
            return self.reply(HTTPStatus.SERVICE_UNAVAILABLE, str(error).encode(), "text/plain")
        return self.reply(HTTPStatus.SEE_OTHER, more={"Location": address})

    def do_POST(self) -> None:  # noqa: N802  # as http.server calls it
        """Answer a question: JSON in, the length of the JSON, JSON and bytes out."""
        if not self.allowed():
            return None
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= MOST_BYTES:
            words = b"wanted a question of at most 256 MB"
            return self.reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words, "text/plain")
        try:
            question = json.loads(self.rfile.read(length))
            answered = self.desk.answer(question) if isinstance(question, dict) else None
        except ValueError:
            answered = None
        if answered is None:
            return self.reply(HTTPStatus.BAD_REQUEST, b"wanted a question", "text/plain")
        return self.reply(HTTPStatus.OK, packed(*answered), "application/octet-stream")

    def reply(
        self,
        status: HTTPStatus,
        content: bytes = b"",
        kind: str = "",
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Send an answer that nobody keeps, reads as another kind, or shows in a frame."""
        kept = {"Cache-Control": "no-store", "Content-Security-Policy": "frame-ancestors 'none'"}
        if status >= HTTPStatus.BAD_REQUEST:
            kept["Connection"] = "close"  # what was sent may not have been read
            self.close_connection = True
        self.send(status, content, kind, {**kept, **(more or {})})


def packed(reply: Mapping[str, Any], buffers: list[bytes]) -> bytes:
    """Return an answer as one piece: the length of its JSON, the JSON with the length of each buffer, the buffers."""
    head = json.dumps({**reply, "lengths": [len(one) for one in buffers]}).encode()
    return b"".join((len(head).to_bytes(HEAD, "little"), head, *buffers))
