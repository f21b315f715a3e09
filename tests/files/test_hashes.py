"""Hashes that are remembered: a file that has not changed is not read again, and one that has never keeps its hash."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from maskrcnn_core.files import hashes
from maskrcnn_core.files.hashes import sha256_of
from maskrcnn_core.files.looks import Look

TICK = 0.02  # s; more than a tick of the clock by which systems tell when a file was touched


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hashes, "LEAST", 1000)
    return written(tmp_path / "weights", 1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all files be three seconds older, without waiting."""
    monkeypatch.setattr(hashes, "time_ns", lambda: time.time_ns() + 3 * 10**9)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count the files that are read to be hashed."""
    real, paths = hashlib.file_digest, list[str]()

    def counted(file, digest):
        paths.append(file.name)
        return real(file, digest)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    yield paths


def written(path: Path, seed: int) -> Path:
    """Write 1000 bytes into the same file, which keeps its size and its time of change."""
    before = path.stat() if path.exists() else None
    path.write_bytes(bytes([seed]) * 1000)
    if before:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return path


def true_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_is_read_once(path: Path, later: None, read: list[str], cache: Path):
    assert sha256_of(path) == sha256_of(path) == sha256_of(path) == true_hash(path)
    assert read == [str(path)]
    assert [one.name for one in cache.iterdir()] == [hashes.FILE]


def test_a_small_file_is_read_each_time(path: Path, later: None, read: list[str], cache: Path, monkeypatch):
    monkeypatch.setattr(hashes, "LEAST", 1001)
    assert sha256_of(path) == sha256_of(path) == true_hash(path)
    assert len(read) == 2
    assert not cache.exists()


def test_other_content_of_the_same_size_and_time_has_its_own_hash(path: Path, later: None):
    first, before = sha256_of(path), path.stat()
    time.sleep(TICK)
    written(path, 2)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert sha256_of(path) == true_hash(path) != first


def test_a_file_that_took_the_place_of_another_has_its_own_hash(path: Path, later: None):
    first, before = sha256_of(path), path.stat()
    other = written(path.with_name("other"), 2)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(other, path)
    assert sha256_of(path) == true_hash(path) != first


def test_a_change_within_a_tick_of_the_clock_is_seen(path: Path, monkeypatch: pytest.MonkeyPatch):
    now = time.time_ns()
    # a clock that ticks so slowly that nothing tells a file from itself before
    monkeypatch.setattr(hashes, "look_of", lambda state: Look(1, 1, state.st_size, now, now))
    monkeypatch.setattr(hashes, "look_at", lambda path: Look(1, 1, path.stat().st_size, now, now))
    first = sha256_of(path)
    assert sha256_of(written(path, 2)) == true_hash(path) != first


@pytest.mark.parametrize("ahead", [0, 3600])
def test_a_file_touched_just_before_or_by_a_clock_that_was_ahead_is_not_remembered(
    ahead: int, path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hashes, "time_ns", lambda: time.time_ns() - ahead * 10**9)
    assert sha256_of(path) == sha256_of(path) == true_hash(path)
    assert len(read) == 2


def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(path: Path, later: None, monkeypatch):
    real = hashlib.file_digest

    def changing(file, digest):
        found = real(file, digest)
        time.sleep(TICK)
        written(path, 2)
        return found

    monkeypatch.setattr(hashlib, "file_digest", changing)
    first = sha256_of(path)
    monkeypatch.setattr(hashlib, "file_digest", real)
    assert sha256_of(path) == true_hash(path) != first


def test_where_the_time_of_state_is_not_told_every_hash_is_made_anew(
    path: Path, later: None, read: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hashes, "TOLD", False)
    assert sha256_of(path) == sha256_of(path) == true_hash(path)
    assert len(read) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: "",
        lambda content: "null",
        lambda content: "[" * 100_000,
        lambda content: content[: len(content) // 2],
        lambda content: json.dumps({**json.loads(content), "checks": "md5"}),
        lambda content: json.dumps({"checks": "sha256", "files": [[1, 2, 3]]}),
        lambda content: json.dumps({"checks": "sha256", "files": [[1e999, 2, 3, 4, 5, "a"]]}),
        # a text that is no hash, which callers would take for one, as part of a file's name even
        lambda content: json.dumps(
            {"checks": "sha256", "files": [[*json.loads(content)["files"][0][:5], "../../elsewhere"]]}
        ),
    ],
)
def test_damaged_notes_count_as_none_and_are_written_anew(
    damage, path: Path, later: None, read: list[str], cache: Path
):
    sha256_of(path)
    notes = cache / hashes.FILE
    sound = notes.read_text()
    notes.write_text(damage(sound))
    assert sha256_of(path) == true_hash(path)
    assert len(read) == 2
    assert notes.read_text() == sound


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_cache_that_cannot_be_written_costs_a_hash_and_nothing_more(
    kind: str, path: Path, later: None, read: list[str], cache: Path
):
    if kind == "file":  # in place of the cache
        cache.write_text("")
    else:  # in place of the notes
        (cache / hashes.FILE).mkdir(parents=True)
    assert sha256_of(path) == sha256_of(path) == true_hash(path)
    assert len(read) == 2
    assert sorted(one for one in path.parent.rglob("*") if not one.is_dir()) == (
        [cache, path] if kind == "file" else [path]
    )


def test_notes_of_many_files_stay_short(
    path: Path, later: None, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("maskrcnn_core.files.looks.MOST", 3)
    paths = [written(path.with_name(str(number)), number) for number in range(5)]
    found = [sha256_of(one) for one in paths]
    entries = json.loads((cache / hashes.FILE).read_text())["files"]
    assert [entry[-1] for entry in entries] == found[-3:]


def test_a_missing_file_is_said_with_its_name(path: Path):
    with pytest.raises(FileNotFoundError, match="none"):
        sha256_of(path.with_name("none"))
