"""One file over HTTP, however often the connection breaks.

Bytes go to a partial file. After a break, or in a later run, the rest is asked for (Range), if the server can do that
and says that its file is still the same one (If-Range); otherwise all is asked for again. A few attempts, then an error
in words.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ..terminal.inert import inert
from ..terminal.progress import telling
from ..terminal.screen import errors

ATTEMPTS = 8  # requests for one file
ATTEMPTS_TO_CONNECT = 3  # of these in a row without any answer: offline
TIMEOUT = (10.0, 30.0)  # s, to connect and between two pieces
PIECE = 2**14  # bytes; a break loses less than one
WINDOW, SLOWEST = 60.0, 1000.0  # s; bytes a second in it, below which a connection counts as broken
MOST_BYTES = 2**35  # where the server does not say how much it will send
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PASSING = (408, 425, 429, 500, 502, 503, 504)  # answers that another attempt may better


class DownloadError(ValueError):
    """A file that could not be fetched, in one sentence with the next step."""


class OfflineError(DownloadError):
    """A server that gave no answer at all."""


class Break(Exception):  # noqa: N818  # not an error yet: another attempt follows
    """A connection that broke; ``answered`` says whether there was one."""

    def __init__(self, reason: str, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class Mark(NamedTuple):
    """What a partial file is a part of."""

    url: str
    validator: str  # ETag or Last-Modified; "" = the server gives none, and the part cannot be continued
    total: int | None  # bytes


def transfer(
    url: str, part: Path, size: int | None = None, progress: bool = True, patience: float = 1.0
) -> None:
    """Fetch ``url`` into ``part``, going on from what an earlier attempt left there.

    size: bytes, where they are known beforehand. progress: a bar, if the output is a terminal.
    patience: s to wait before the second attempt; twice as much each time after.
    Raises: DownloadError when offline, for an answer that is no file, another size, a full disk, or too many breaks.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    silent = 0
    with _bar(progress) as bar, telling(lambda: _where(bar)):
        task = bar.add_task(escape(inert(url.rpartition("/")[2])), total=size)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _receive(url, part, size, bar, task)
            except Break as reason:
                silent = 0 if reason.answered else silent + 1
                if silent == ATTEMPTS_TO_CONNECT:
                    raise OfflineError(_offline(url, str(reason))) from None
                if attempt == ATTEMPTS:
                    raise DownloadError(_gave_up(url, part, str(reason))) from None
            time.sleep(min(patience * 2 ** (attempt - 1), 16 * patience))


def _receive(url: str, part: Path, size: int | None, bar: Progress, task: Any) -> None:
    """Ask once for what is missing and write it. Raises: Break where another attempt may help, DownloadError else."""
    mark, start = _read_mark(part, url)
    if mark is not None and start == mark.total:
        return
    headers = {"Accept-Encoding": "identity"}  # lengths and ranges count the file's own bytes
    if mark is not None and start:
        headers |= {"Range": f"bytes={start}-", "If-Range": mark.validator}
    with _ask(url, headers) as response:
        start, total = _judged(response, part, start)
        if size is not None and total not in (None, size):
            raise DownloadError(
                f"{url}: wanted a file of {size} bytes, the server offers {total}: another file"
            )
        free = shutil.disk_usage(part.parent).free
        if free < (total or 0) - start:
            raise DownloadError(
                f"{part.parent}: {(total or 0) - start} bytes are needed, {free} are free; make room"
            )
        bar.update(task, total=total or size, completed=start)
        _write_mark(part, Mark(url, _validator(response), total))
        _write(response, part, start, total or size, bar, task)
    received = part.stat().st_size
    if received < (total or size or 0):
        raise Break(f"the connection ended after {received} of {total or size} bytes", answered=True)


def _ask(url: str, headers: dict[str, str]) -> requests.Response:
    """Send the request and return the answer with its body still to be read."""
    try:
        return _Session().get(url, headers=headers, stream=True, timeout=TIMEOUT)
    except requests.exceptions.SSLError as error:
        raise DownloadError(f"{url}: the server's certificate is not trusted: {error}") from error
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        raise Break(f"no connection ({type(error).__name__})", answered=False) from error
    except requests.exceptions.RequestException as error:  # malformed addresses, endless redirects
        raise DownloadError(f"{url}: this address cannot be fetched: {error}") from error


class _Session(requests.Session):
    """Requests that are led on to https alone: whoever can answer for a plain address could send anything.

    This machine may lead on to itself, as tests do.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where an answer leads on to. Raises: DownloadError for an address that is not https."""
        target: str | None = super().get_redirect_target(resp)
        if target is None:
            return None
        place = urlsplit(urljoin(resp.url, target))
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
            raise DownloadError(
                f"{resp.url}: wanted to be led on to https alone, the server leads to {place.geturl()[:200]!r}; "
                "give the address of the file itself"
            )
        return target


def _judged(response: requests.Response, part: Path, start: int) -> tuple[int, int | None]:
    """Return (first byte, bytes of the whole file) of an answer that brings the file."""
    status, url = response.status_code, response.url
    if status == 416 or (
        status == 206 and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    ):
        forget(part)  # our part is of no use to this server: all over again
        raise Break(f"the server would not go on from byte {start}", answered=True)
    if status in PASSING:
        raise Break(f"the server answered {status} {response.reason}", answered=True)
    if status not in (200, 206):
        raise DownloadError(f"{url}: wanted the file, the server answered {status} {response.reason}")
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise DownloadError(
            f"{url}: wanted the file, received a web page; is there a sign-in page on this network?"
        )
    if status == 206:
        whole = response.headers["Content-Range"].rpartition("/")[2]
        return start, int(whole) if whole.isdecimal() else None
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _write(
    response: requests.Response, part: Path, start: int, total: int | None, bar: Progress, task: Any
) -> None:
    """Write the body behind the first ``start`` bytes of ``part``."""
    received, most = start, total or MOST_BYTES
    try:
        with open_part(part, start) as file:
            for piece in _pieces(response, start):
                received += len(piece)
                if received > most:
                    raise DownloadError(f"{response.url}: wanted {most} bytes at most, the server sends more")
                if file.write(piece) != len(piece):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                bar.update(task, completed=received)
    except OSError as error:
        raise DownloadError(f"{part}: cannot be written ({error.strerror}); make room") from error


def open_part(part: Path, start: int) -> IO[bytes]:
    """Open a partial file behind its first ``start`` bytes; what is written is at once the system's."""
    file = part.open("r+b" if start else "wb", buffering=0)
    file.seek(start)
    file.truncate()
    return file


def _pieces(response: requests.Response, start: int) -> Iterator[bytes]:
    """Give the body as it comes. Raises: Break where it breaks off, or comes too slowly to ever end.

    A server that sends a byte now and then keeps every timeout from running out.
    """
    read = getattr(
        response.raw, "read1", response.raw.read
    )  # what has come; urllib3 1 waits for a whole piece
    received, since, before = start, time.monotonic(), start
    while True:
        try:
            piece = read(PIECE)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = f"the connection broke after {received} bytes ({type(error).__name__})"
            raise Break(reason, answered=True) from error
        if not piece:
            return
        received += len(piece)
        yield piece
        if (took := time.monotonic() - since) > WINDOW:
            if received - before < SLOWEST * took:
                raise Break(f"only {received - before} bytes came in {took:.0f} s", answered=True)
            since, before = time.monotonic(), received


def forget(part: Path) -> None:
    """Delete a partial file and its mark."""
    part.unlink(missing_ok=True)
    _mark_file(part).unlink(missing_ok=True)


def _validator(response: requests.Response) -> str:
    """Return what names this very version of the file; weak ETags do not (RFC 9110, section 13.1.5)."""
    etag = response.headers.get("ETag", "")
    return response.headers.get("Last-Modified", "") if not etag or etag.startswith("W/") else etag


def _mark_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _write_mark(part: Path, mark: Mark) -> None:
    try:
        _mark_file(part).write_text(json.dumps(mark._asdict()), encoding="utf-8")
    except OSError as error:
        raise DownloadError(f"{_mark_file(part)}: cannot be written ({error.strerror}); make room") from error


def _read_mark(part: Path, url: str) -> tuple[Mark | None, int]:
    """Return the mark and length of a partial file that can be continued, or (None, 0)."""
    try:
        mark = Mark(**json.loads(_mark_file(part).read_text(encoding="utf-8")))
        length = part.stat().st_size
    except (OSError, ValueError, TypeError):  # none, or not ours
        return None, 0
    return (mark, length) if mark.url == url and mark.validator else (None, 0)


def _offline(url: str, reason: str) -> str:
    return f"{url.split('/')[2]} cannot be reached ({reason}); connect to a network and try again"


def _gave_up(url: str, part: Path, reason: str) -> str:
    """Say why no further attempt is made, and what was kept."""
    kept = f"; {part.stat().st_size} bytes are kept and continued from next time" if part.exists() else ""
    return f"{url}: gave up after {ATTEMPTS} attempts, in the last one {reason}{kept}"


def _where(bar: Progress) -> str:
    """Return how much of the file has come, in words."""
    task = bar.tasks[0]
    of = f" of {task.total / 1e6:.1f}" if task.total else ""
    return f"Fetching {task.description}: {task.completed / 1e6:.1f}{of} MB"


def _bar(progress: bool) -> Progress:
    """Return a progress bar on the error output; it stays silent where that is no terminal."""
    console = errors()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not (progress and console.is_terminal))
