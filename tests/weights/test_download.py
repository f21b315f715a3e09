"""Fetching files, from a server of our own that misbehaves."""

import io
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import h5py
import numpy as np
import pytest
from rich.console import Console

from maskrcnn_core.data import coco_download
from maskrcnn_core.files import download, transfer
from maskrcnn_core.files.cache import cache_folder
from maskrcnn_core.files.download import fetch
from maskrcnn_core.files.hashes import compute_sha256
from maskrcnn_core.files.registry import Download
from maskrcnn_core.files.transfer import ATTEMPTS, ATTEMPTS_TO_CONNECT, PIECE, DownloadError
from maskrcnn_core.weights import imagenet
from maskrcnn_core.weights.download import COCO, fetch_coco


@dataclass
class Behaviour:
    """What the server sends, how it goes wrong, and what it was asked."""

    content: bytes = b""
    etag: str = '"one"'  # "" = none
    ranges: bool = True
    drop_after: list[int] = field(default_factory=list)  # bytes sent of each answer before it breaks off
    statuses: list[int] = field(default_factory=list)  # answers before the first good one
    headers: dict[str, str] = field(default_factory=dict)
    with_length: bool = True
    requests: list[str] = field(default_factory=list)  # the Range of each request
    location: str = ""  # where the first request is led on to
    drip: float = 0.0  # s between two bytes; 0 = all at once


@dataclass
class Server:
    url: str
    behaviour: Behaviour


class Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        way = self.behaviour
        asked = self.headers.get("Range", "")
        way.requests.append(asked)
        if way.location and not self.path.endswith("?again"):
            self.send_response(302)
            self.send_header("Location", way.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if way.statuses:
            self.send_error(way.statuses.pop(0))
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and way.ranges else 0
        if self.headers.get("If-Range", way.etag) != way.etag:
            start = 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(way.content) - 1}/{len(way.content)}")
        if way.etag:
            self.send_header("ETag", way.etag)
        if way.with_length:
            self.send_header("Content-Length", str(len(way.content) - start))
        for name, value in way.headers.items():
            self.send_header(name, value)
        self.end_headers()
        end = start + way.drop_after.pop(0) if way.drop_after else len(way.content)
        with suppress(ConnectionError):
            for byte in way.content[start:end] if way.drip else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(way.drip)
            self.wfile.write(way.content[start:end])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def weights(tmp_path: Path) -> bytes:
    """A file in the classic layout, 300 kB."""
    with h5py.File(tmp_path / "source.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv1"]
        file.create_group("conv1").attrs["weight_names"] = [b"conv1/kernel:0"]
        random = np.random.default_rng(0)
        file["conv1/conv1/kernel:0"] = random.standard_normal((7, 7, 3, 512)).astype(np.float32)
    return (tmp_path / "source.h5").read_bytes()


@pytest.fixture
def server(weights: bytes) -> Iterator[Server]:
    behaviour = Behaviour(weights)
    handler = type("OwnHandler", (Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Server(f"http://127.0.0.1:{httpd.server_port}/mask_rcnn_coco.h5", behaviour)
        httpd.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MASKRCNN_CACHE", str(folder))
    monkeypatch.delenv("MASKRCNN_COCO_URL", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


def get(server: Server | str, what: Download = COCO) -> Path:
    return fetch(what, server if isinstance(server, str) else server.url, patience=0.001)


def left_over(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()} - {
        COCO.name,
        f"{COCO.name}.json",
        f"{COCO.name}.lock",
        "checked.json",
    }


# --- the good way -------------------------------------------------------------------------------------------


def test_a_file_is_fetched_once_and_noted(server: Server, cache: Path, weights: bytes):
    path = get(server)
    assert path == cache / "mask_rcnn_coco.h5"
    assert path.read_bytes() == weights
    record = json.loads((cache / "mask_rcnn_coco.h5.json").read_text())
    assert record == {"url": server.url, "sha256": compute_sha256(path)}
    assert get(server) == fetch_coco() == path
    assert server.behaviour.requests == [""]
    assert left_over(cache) == set()


def test_the_address_may_come_from_the_environment(
    server: Server, weights: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MASKRCNN_COCO_URL", server.url)
    assert fetch_coco().read_bytes() == weights


def test_another_address_is_fetched_anew(server: Server):
    get(server)
    assert get(f"{server.url}?mirror").is_file()
    assert server.behaviour.requests == ["", ""]


def test_the_default_is_the_published_release():
    assert COCO.url == "https://github.com/matterport/Mask_RCNN/releases/download/v2.0/mask_rcnn_coco.h5"
    assert COCO.size == 257_557_808


def test_the_cache_has_a_place_of_its_own_by_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MASKRCNN_CACHE")
    assert cache_folder().name == "maskrcnn"
    assert cache_folder().is_absolute()


# --- connections that break ---------------------------------------------------------------------------------


def test_a_broken_connection_is_continued_where_it_broke(server: Server, weights: bytes, cache: Path):
    server.behaviour.drop_after = [6 * PIECE, 3 * PIECE]
    assert get(server).read_bytes() == weights
    assert server.behaviour.requests == ["", f"bytes={6 * PIECE}-", f"bytes={9 * PIECE}-"]
    assert left_over(cache) == set()


def test_a_server_without_ranges_is_asked_for_all_again(server: Server, weights: bytes):
    server.behaviour.drop_after = [6 * PIECE]
    server.behaviour.ranges = False
    assert get(server).read_bytes() == weights
    assert server.behaviour.requests == ["", f"bytes={6 * PIECE}-"]


def test_a_server_that_does_not_name_its_version_is_asked_for_all_again(server: Server, weights: bytes):
    server.behaviour.drop_after = [6 * PIECE]
    server.behaviour.etag = ""
    assert get(server).read_bytes() == weights
    assert server.behaviour.requests == ["", ""]


def test_a_later_run_continues(server: Server, weights: bytes, cache: Path):
    server.behaviour.drop_after = [6 * PIECE] + [0] * (ATTEMPTS - 1)
    with pytest.raises(DownloadError, match=f"gave up after {ATTEMPTS} attempts.*{6 * PIECE} bytes are kept"):
        get(server)
    assert not (cache / COCO.name).exists()
    server.behaviour.requests.clear()
    assert get(server).read_bytes() == weights
    assert server.behaviour.requests == [f"bytes={6 * PIECE}-"]


def test_a_file_that_changed_meanwhile_is_not_patched_together(server: Server, weights: bytes):
    server.behaviour.drop_after = [6 * PIECE] + [0] * (ATTEMPTS - 1)
    with pytest.raises(DownloadError):
        get(server)
    server.behaviour.etag = '"two"'
    changed = weights[: 3 * PIECE] + b"\0\0\0\0" + weights[3 * PIECE + 4 :]
    server.behaviour.content = changed
    assert get(server).read_bytes() == changed
    assert server.behaviour.requests[-1] == f"bytes={6 * PIECE}-"


def test_a_range_that_is_refused_starts_over(server: Server, weights: bytes):
    server.behaviour.drop_after = [6 * PIECE] + [0] * (ATTEMPTS - 1)
    with pytest.raises(DownloadError):
        get(server)
    server.behaviour.statuses = [416]
    server.behaviour.requests.clear()
    assert get(server).read_bytes() == weights
    assert server.behaviour.requests == [f"bytes={6 * PIECE}-", ""]


def test_passing_errors_of_the_server_are_tried_again(server: Server, weights: bytes):
    server.behaviour.statuses = [503, 429, 500]
    assert get(server).read_bytes() == weights
    assert len(server.behaviour.requests) == 4


def test_attempts_come_to_an_end(server: Server, cache: Path):
    server.behaviour.statuses = [503] * 100
    with pytest.raises(DownloadError, match=f"gave up after {ATTEMPTS} attempts.*503"):
        get(server)
    assert len(server.behaviour.requests) == ATTEMPTS
    assert not (cache / COCO.name).exists()


def test_a_file_without_a_length_is_fetched(server: Server, weights: bytes):
    server.behaviour.with_length = False
    assert get(server).read_bytes() == weights


def test_offline_is_one_sentence_with_the_next_step(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/mask_rcnn_coco.h5"
    waits: list[float] = []
    monkeypatch.setattr(transfer.time, "sleep", waits.append)
    with pytest.raises(DownloadError) as caught:
        fetch_coco(url)
    message = str(caught.value)
    assert "cannot be reached" in message and "MASKRCNN_COCO_URL" in message and url in message
    assert "\n" not in message and "Traceback" not in message and "HTTPConnectionPool" not in message
    assert waits == [1.0, 2.0] and len(waits) == ATTEMPTS_TO_CONNECT - 1


@pytest.mark.parametrize("url", ["http://", "gopher://host/file", "http://[broken/file"])
def test_an_address_that_is_none_is_named(url: str):
    with pytest.raises(ValueError, match=r"cannot be fetched|there is none") as caught:
        get(url)
    assert url in str(caught.value)


# --- wrong content ------------------------------------------------------------------------------------------


def test_a_missing_file_is_said_at_once(server: Server):
    server.behaviour.statuses = [404]
    with pytest.raises(DownloadError, match="the server answered 404 Not Found"):
        get(server)
    assert len(server.behaviour.requests) == 1


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/html; charset=utf-8"}])
def test_a_web_page_is_no_file(server: Server, cache: Path, headers: dict[str, str]):
    server.behaviour.content = b"<!DOCTYPE html><title>Sign in</title>"
    server.behaviour.headers = headers
    with pytest.raises(DownloadError, match="received a web page"):
        get(server)
    assert left_over(cache) == set()
    assert not (cache / COCO.name).exists()


def test_a_truncated_file_is_deleted_and_said(server: Server, cache: Path, weights: bytes):
    server.behaviour.content = weights[:-100_000]
    with pytest.raises(DownloadError, match=r"this is not mask_rcnn_coco\.h5: .*truncated.*deleted"):
        get(server)
    assert left_over(cache) == set()
    server.behaviour.content = weights
    assert get(server).read_bytes() == weights


def test_another_size_than_the_published_one_is_refused(server: Server, cache: Path):
    known = replace(COCO, url=server.url, size=257_557_808)
    with pytest.raises(DownloadError, match="wanted a file of 257557808 bytes, the server offers"):
        get(server, known)
    assert not (cache / COCO.name).exists()


def test_a_known_hash_is_held_against_the_file(server: Server, cache: Path, weights: bytes, tmp_path: Path):
    right = compute_sha256(tmp_path / "source.h5")
    assert get(server, replace(COCO, url=server.url, size=None, pinned=f"sha256:{right}")).is_file()
    (cache / COCO.name).unlink()
    (cache / f"{COCO.name}.json").unlink()
    with pytest.raises(DownloadError, match="the file is not the published one"):
        get(server, replace(COCO, url=server.url, size=None, pinned=f"sha256:{'0' * 64}"))
    assert not (cache / COCO.name).exists()


def test_every_address_has_its_hash_pinned():
    assert re.fullmatch("md5:[0-9a-f]{32}", COCO.pinned)
    assert coco_download.HASHES.keys() == coco_download.SIZES.keys()
    assert all(re.fullmatch("md5:[0-9a-f]{32}", known) for known in coco_download.HASHES.values())
    assert all(re.fullmatch("[0-9a-f]{32}", md5) for md5, _ in imagenet.PUBLISHED.values())


@pytest.mark.parametrize(
    "target", ["http://example.org/a.h5", "ftp://example.org/a.h5", "file:///etc/passwd", "//example.org/a"]
)
def test_a_server_leads_on_to_https_alone(server: Server, cache: Path, target: str):
    server.behaviour.location = target
    with pytest.raises(DownloadError, match="wanted to be led on to https alone, the server leads to '"):
        get(server)
    assert not (cache / COCO.name).exists()


def test_a_server_on_this_machine_may_lead_on_to_itself(server: Server, weights: bytes):
    server.behaviour.location = server.url + "?again"
    assert get(server).read_bytes() == weights


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "WINDOW", 0.05)
    monkeypatch.setattr(transfer, "ATTEMPTS", 2)
    server.behaviour.drip = 0.02
    with pytest.raises(
        DownloadError, match=r"gave up after 2 attempts, in the last one only \d+ bytes came in"
    ):
        get(server)


def test_a_full_disk_is_named_with_the_file(server: Server, monkeypatch: pytest.MonkeyPatch):
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(transfer, "open_part", lambda *_: full)
        with pytest.raises(
            DownloadError, match=r"mask_rcnn_coco\.h5\.part: cannot be written \(No space left"
        ):
            get(server)


def test_a_file_damaged_in_the_cache_is_fetched_again(server: Server, weights: bytes):
    path = get(server)
    path.write_bytes(weights[:-1] + b"\0")
    assert fetch(COCO).read_bytes() == weights
    assert len(server.behaviour.requests) == 2


def test_a_file_that_differs_from_the_first_time_is_refused(server: Server, cache: Path, weights: bytes):
    get(server).unlink()
    server.behaviour.content = weights + b"\x00"
    with pytest.raises(
        DownloadError, match=r"not the one of the first time.*delete .*mask_rcnn_coco\.h5\.json"
    ):
        get(server)
    assert not (cache / COCO.name).exists()
    (cache / f"{COCO.name}.json").unlink()
    assert get(server).read_bytes() == weights + b"\x00"


def test_a_server_that_sends_without_end_is_stopped(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.behaviour.with_length = False
    monkeypatch.setattr(transfer, "MOST_BYTES", 1000)
    with pytest.raises(DownloadError, match="wanted 1000 bytes at most, the server sends more"):
        get(server)


def test_a_full_disk_is_said_before_anything_is_written(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = transfer.shutil.disk_usage(cache.parent)._replace(free=1000)
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadError, match="1000 are free; make room"):
        get(server)
    assert not (cache / f"{COCO.name}.part").exists()


# --- files of one's own -------------------------------------------------------------------------------------


def test_a_local_file_is_copied_into_the_cache(tmp_path: Path, weights: bytes, cache: Path):
    assert fetch_coco(path=tmp_path / "source.h5") == cache / COCO.name
    (tmp_path / "source.h5").unlink()
    assert fetch_coco().read_bytes() == weights


@pytest.mark.parametrize("as_address", [str, Path.as_uri])
def test_the_environment_may_name_a_file(
    tmp_path: Path, weights: bytes, as_address: object, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MASKRCNN_COCO_URL", as_address(tmp_path / "source.h5"))
    assert fetch_coco().read_bytes() == weights
    assert fetch_coco().read_bytes() == weights


def test_a_local_file_with_other_content_is_refused_and_kept(tmp_path: Path, cache: Path):
    other = tmp_path / "notes.txt"
    other.write_text("no weights")
    with pytest.raises(
        DownloadError, match=r"this is not mask_rcnn_coco\.h5: wanted HDF5, received other bytes"
    ):
        fetch_coco(path=other)
    assert other.read_text() == "no weights"
    with pytest.raises(DownloadError, match="wanted a file, there is none"):
        fetch_coco(path=tmp_path / "none.h5")
    assert not (cache / COCO.name).exists()


def test_a_file_put_into_the_cache_by_hand_is_taken(tmp_path: Path, weights: bytes, cache: Path):
    cache.mkdir()
    (cache / COCO.name).write_bytes(weights)
    assert fetch_coco().read_bytes() == weights
    assert (cache / f"{COCO.name}.json").is_file()


def test_two_programs_do_not_write_the_same_file(server: Server, cache: Path):
    with (
        download._alone(cache / COCO.name),
        pytest.raises(DownloadError, match="another program is fetching this file"),
    ):
        get(server)
    assert get(server).is_file()


def test_progress_is_silent_without_a_terminal(server: Server, capfd: pytest.CaptureFixture):
    get(server)
    assert capfd.readouterr() == ("", "")


def test_progress_is_shown_on_a_terminal(server: Server, monkeypatch: pytest.MonkeyPatch):
    output = io.StringIO()
    terminal = Console(file=output, force_terminal=True, width=100)
    monkeypatch.setattr(transfer, "errors", lambda: terminal)
    get(server)
    assert "mask_rcnn_coco.h5" in output.getvalue()
    assert f"{len(server.behaviour.content) / 1000:.1f}" in output.getvalue()
