"""HDF5 files on disks that run full: an error in words, the old file whole, and no memory for a second copy."""

import errno
import io
import tracemalloc

import h5py
import numpy as np
import pytest

from maskrcnn_core.files import h5_writing
from maskrcnn_core.files.h5_writing import writing_h5

ROWS = np.arange(40_000, dtype=np.float32).reshape(200, 200)


def fill(file: h5py.File) -> None:
    for number in range(8):
        file.create_dataset(f"group{number}/packed", data=np.zeros((300, 300), bool), compression="gzip")
        file[f"group{number}"].create_dataset("rows", data=ROWS + number)
        file.attrs[f"note {number}"] = "x" * 3000


def test_what_is_written_is_read(tmp_path):
    with writing_h5(tmp_path / "a.h5") as file:
        fill(file)
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["group7/rows"], ROWS + 7)
        assert not file["group3/packed"][()].any()
        assert len(file.attrs) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


class Full(io.FileIO):
    """A file on a disk with room for so many bytes."""

    room = 0

    def write(self, content) -> int:
        if self.tell() + len(content) > Full.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


@pytest.mark.parametrize("room", [0, 100, 3000, 170_000, 500_000, 1_200_000])
def test_a_full_disk_is_an_error_in_words_and_the_old_file_stays(tmp_path, monkeypatch, room):
    path = tmp_path / "a.h5"
    path.write_bytes(b"what was there")
    whole = h5_writing._Sink.__init__
    monkeypatch.setattr(Full, "room", room)
    monkeypatch.setattr(
        h5_writing._Sink, "__init__", lambda sink, file: whole(sink, Full(file.fileno(), "r+", closefd=False))
    )
    words = r"cannot write .*a\.h5: No space left on device; what was there"
    with pytest.raises(OSError, match=words), writing_h5(path) as file:
        fill(file)
    assert path.read_bytes() == b"what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


class Partly(io.FileIO):
    """A file that takes at most 1000 bytes at once, as a system may."""

    def write(self, content) -> int:
        return super().write(content[:1000])


def test_a_system_that_takes_a_part_is_asked_again(tmp_path, monkeypatch):
    whole = h5_writing._Sink.__init__
    monkeypatch.setattr(
        h5_writing._Sink,
        "__init__",
        lambda sink, file: whole(sink, Partly(file.fileno(), "r+", closefd=False)),
    )
    with writing_h5(tmp_path / "a.h5") as file:
        fill(file)
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["group5/rows"], ROWS + 5)


def test_a_block_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(b"what was there")
    with pytest.raises(ZeroDivisionError), writing_h5(path) as file:
        fill(file)
        raise ZeroDivisionError
    assert path.read_bytes() == b"what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_a_large_file_is_not_held_in_memory(tmp_path):
    values = np.zeros((1000, 5000), np.float32)  # 20 MB
    tracemalloc.start()
    try:
        with writing_h5(tmp_path / "a.h5") as file:
            file.create_dataset("values", data=values)
        assert tracemalloc.get_traced_memory()[1] < values.nbytes / 10
    finally:
        tracemalloc.stop()
