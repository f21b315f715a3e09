"""Checksums: a byte that flips anywhere in the data of our own files is found and named."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.files import h5_known
from maskrcnn_core.files.h5_sums import SUM, checksum
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.weights.formats.native import write_weights
from maskrcnn_core.weights.opening import open_weights

ARRAYS = {
    "fpn.p2.kernel": np.arange(12, dtype=np.float32).reshape(3, 4),
    "fpn.p2.bias": np.float32([7.5, -8.25]),
}


@pytest.fixture(autouse=True)
def nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    yield
    h5_known._HERE.clear()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "own.h5", "w", libver=("v108", "v110")) as file:
        write_weights(file, ARRAYS, to_dict(tiny(("background", "disc"))), {"seed": 3})
    return tmp_path / "own.h5"


def flip(path: Path, wanted: bytes) -> None:
    """Turn over one bit in the middle of the only place with ``wanted``."""
    content = bytearray(path.read_bytes())
    assert content.count(wanted) == 1
    content[content.find(wanted) + len(wanted) // 2] ^= 4
    path.write_bytes(content)


def read(path: Path) -> dict[str, np.ndarray]:
    with open_weights(path) as stored:
        return {name: array.read() for name, array in stored.arrays.items()}


def test_sound_weights_are_read(path: Path):
    for name, array in read(path).items():
        np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize("name", ARRAYS)
def test_a_bit_that_flips_in_an_array_is_found_and_named(path: Path, name: str):
    flip(path, ARRAYS[name].tobytes())
    with pytest.raises(ValueError, match=rf"{name}: the array is not what was written: its checksum differs"):
        read(path)


@pytest.mark.parametrize("text", [b'"seed": 3', b'tiny"'])
def test_a_bit_that_flips_in_the_description_is_found(path: Path, text: bytes):
    flip(path, text)
    with pytest.raises(ValueError, match=r"own\.h5: the description .* is not what was written"):
        read(path)


def test_a_checksum_that_is_gone_is_damage(path: Path):
    with h5py.File(path, "r+") as file:
        del file["weights/fpn.p2.bias"].attrs[SUM]
    with pytest.raises(ValueError, match=r"fpn\.p2\.bias: the array is not what was written"):
        read(path)


def test_files_of_earlier_releases_have_none_and_are_read(path: Path):
    with h5py.File(path, "r+") as file:
        del file.attrs[SUM]
        for dataset in file["weights"].values():
            del dataset.attrs[SUM]
    assert read(path).keys() == ARRAYS.keys()


@pytest.mark.parametrize(
    "other", [np.zeros((4, 3), np.float32), np.zeros((3, 4), np.int32), np.zeros((3, 4), ">f4")]
)
def test_type_and_shape_are_part_of_the_checksum(other: np.ndarray):
    assert checksum(np.zeros((3, 4), np.float32)) != checksum(other)


def test_a_bit_that_flips_in_a_trace_is_found_and_named(tmp_path: Path):
    trace, boxes = Trace(), np.float32([[1, 2, 3, 4.5]])
    trace("proposals.boxes", boxes)
    trace.save(tmp_path / "trace.h5")
    with Trace.load(tmp_path / "trace.h5") as sound:
        np.testing.assert_array_equal(sound["proposals.boxes"], boxes)
    flip(tmp_path / "trace.h5", boxes.tobytes())
    with (
        Trace.load(tmp_path / "trace.h5") as damaged,
        pytest.raises(ValueError, match=r"proposals\.boxes cannot be read: .* its checksum differs"),
    ):
        damaged["proposals.boxes"]
