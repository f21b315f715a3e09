"""The gallery served on this machine alone, with the Explorer of each image made when it is asked for.

The token stands in the address. What is given out are the report's own files and the pages of its images, by number.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from ..canvas.loopback import LOOPBACK, LoopbackHandler, LoopbackServer, same_token

TYPES = {".html": "text/html", ".jpg": "image/jpeg", ".csv": "text/csv"}
FILES = re.compile(r"(gallery\.html|explain\.html|objects\.csv|crops_\d{5}\.jpg)")
WALK = re.compile(r"walk/(\d{1,9})")


class GalleryServer(LoopbackServer):
    """Serves a report's folder. explorer: gives the Explorer's page of an image by its number in the data set.

    port: 0 takes a free one. Law: nothing outside the folder is given out, nor anything without the token.
    """

    def __init__(self, folder: Path, explorer: Callable[[int], str], port: int = 0) -> None:
        self.folder, self.explorer = folder, explorer
        self.token = secrets.token_urlsafe(24)
        self.one_at_a_time = Lock()  # models do not run side by side
        super().__init__(_Handler, port)

    @property
    def address(self) -> str:
        """Return the address of the gallery, token included."""
        return f"http://{LOOPBACK}:{self.server_port}/{self.token}/gallery.html"


class _Handler(LoopbackHandler):
    server: GalleryServer

    def do_GET(self) -> None:  # noqa: N802  # as http.server calls it
        """Answer with a file of the report, or with a page of the Explorer."""
        _, _, rest = self.path.partition("/")
        token, _, name = rest.partition("/")
        if not (self.comes_here() and same_token(token, self.server.token)):
            self._answer(HTTPStatus.FORBIDDEN, "Open the address that the command printed.")
        elif walk := WALK.fullmatch(name):
            self._walk(int(walk[1]))
        elif FILES.fullmatch(name) and (self.server.folder / name).is_file():
            path = self.server.folder / name
            self.send(HTTPStatus.OK, path.read_bytes(), TYPES[path.suffix])
        else:
            self._answer(HTTPStatus.NOT_FOUND, "The report has no such file.")

    def _walk(self, index: int) -> None:
        try:
            with self.server.one_at_a_time:
                page = self.server.explorer(index)
        except (ValueError, OSError, IndexError) as error:
            self._answer(HTTPStatus.NOT_FOUND, f"Image {index} cannot be shown: {error}")
            return
        self.send(HTTPStatus.OK, page.encode(), TYPES[".html"])

    def _answer(self, status: HTTPStatus, words: str) -> None:
        self.send(
            status, f"<!doctype html><title>{status}</title><p>{escape(words)}</p>".encode(), TYPES[".html"]
        )
