"""Folders for results: made, tried, and with room left."""

import errno
import shutil
from pathlib import Path

import pytest

from maskrcnn_core.files import atomic

NEEDED = 256 * 1024 * 1024  # bytes


@pytest.mark.parametrize(("free", "enough"), [(NEEDED, True), (NEEDED - 1, False)])
def test_a_folder_wants_256_mib_free(
    free: int, enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(atomic.shutil, "disk_usage", lambda _: usage)
    if enough:
        atomic.prepare_folder(tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []
    else:
        with pytest.raises(ValueError, match=r"wanted 256 MiB free in .*, received 255; make room"):
            atomic.prepare_folder(tmp_path / "out")


def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(OSError, match=r"No space left on device: '.*a\.txt'"), atomic.replacing(path) as part:
        part.write_text("half")
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "before"


def test_a_probe_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ValueError, match="No space left on device"):
        atomic.prepare_folder(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("exchange", [True, False])
def test_a_folder_takes_the_place_of_another_or_leaves_it(exchange, tmp_path, monkeypatch):
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    part, output = tmp_path / ".new.part", tmp_path / "new"
    for number in range(2):
        part.mkdir()
        (part / "file").write_text(str(number))
        atomic.put_folder(part, output)
        assert [one.name for one in tmp_path.iterdir()] == ["new"]
        assert (output / "file").read_text() == str(number)
    with pytest.raises(FileNotFoundError):
        atomic.put_folder(tmp_path / "none", output)
    assert [one.name for one in tmp_path.iterdir()] == ["new"]
    assert (output / "file").read_text() == "1"
