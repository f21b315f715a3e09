"""Damaged files: cut anywhere, or with one byte changed. An error in words, or what was there; nothing else."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from maskrcnn_core.files.torch import open_state_dict
from tests.files.torch_writing import tensor, torch_legacy, torch_zip

ARRAYS = {
    "backbone.weight": np.linspace(0, 1, 60, dtype=np.float32).reshape(3, 4, 5),
    "backbone.count": np.array(7),
    "head.bias": np.arange(9, dtype=np.float16),
    "empty": np.zeros((0, 3), np.float32),
}
FORMS = ["zip", "legacy", "zoo", "safetensors"]
FLIPS = 300  # of each form


def content_of(form: str, folder: Path) -> bytes:
    state = {name: tensor(array) for name, array in ARRAYS.items()}
    root = {"model": state, "meta": {"CLASSES": ("cat", "dog")}}
    match form:
        case "zip":
            return torch_zip(root).write(folder / "sound").read_bytes()
        case "legacy":
            return torch_legacy(root)
        case "zoo":
            return pickle.dumps({"model": ARRAYS, "__author__": "somebody"}, 2)
    return save(ARRAYS, {"made_by": "a test"})


@pytest.fixture(params=FORMS)
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, bytes]:
    return request.param, content_of(request.param, tmp_path)


def flipped(content: bytes) -> Iterator[bytes]:
    """Give copies with one byte changed: at the places and by the values of one seed."""
    random = np.random.default_rng(20)
    for _ in range(FLIPS):
        changed = bytearray(content)
        changed[random.integers(len(content))] ^= random.integers(1, 256)
        yield bytes(changed)


def read_all(path: Path) -> dict[str, np.ndarray] | None:
    """Read every array; None where a ValueError said why not."""
    try:
        with open_state_dict(path) as weights:
            found = {name: weights.read(name) for name in weights.names}
            assert {name: (array.shape, array.dtype) for name, array in found.items()} == weights.names
            return found
    except ValueError as error:
        assert type(error) is ValueError
        assert str(path) in str(error)
        return None


def test_sound_files_are_read(sound: tuple[str, bytes], tmp_path: Path):
    path = tmp_path / "weights"
    path.write_bytes(sound[1])
    found = read_all(path)
    assert found is not None and set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


def test_files_cut_anywhere_are_refused(sound: tuple[str, bytes], tmp_path: Path):
    path = tmp_path / "weights"
    content = sound[1]
    for length in [*range(0, len(content), 64), len(content) - 1]:
        path.write_bytes(content[:length])
        assert read_all(path) is None, length


def test_files_with_something_behind_are_refused_or_the_same(sound: tuple[str, bytes], tmp_path: Path):
    path = tmp_path / "weights"
    path.write_bytes(sound[1] + b"\0" * 10)
    found = read_all(path)
    assert found is None or sound[0] == "zip"  # zip's end is looked for


def test_a_changed_byte_gives_an_error_or_the_same_arrays(
    sound: tuple[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An archive has checksums; of the others, a changed element is seen by nobody, and shapes and types hold."""
    form, content = sound
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    path = tmp_path / "weights"
    refusals = 0
    for changed in flipped(content):
        path.write_bytes(changed)
        found = read_all(path)
        refusals += found is None
        if form == "zip" and found is not None:
            assert set(found) == set(ARRAYS)
            for name, array in ARRAYS.items():
                np.testing.assert_array_equal(found[name], array, strict=True)
    assert 0 < refusals < FLIPS
    assert list((tmp_path / "work").iterdir()) == []


def test_garbage_behind_a_known_head_is_refused(tmp_path: Path):
    random = np.random.default_rng(7)
    path = tmp_path / "weights"
    for head in (b"PK\x03\x04", b"\x80\x02", b"\x80\x04", b"\x40" + b"\0" * 7 + b"{"):
        for _ in range(50):
            path.write_bytes(head + random.bytes(int(random.integers(1, 300))))
            assert read_all(path) is None


def test_a_file_that_shrinks_while_it_is_open_is_an_error_in_words(tmp_path: Path):
    path = torch_zip({"a": tensor(np.zeros(10**6, np.float32))}).write(tmp_path / "weights")
    with open_state_dict(path) as weights:
        with path.open("r+b") as file:
            file.truncate(10**6)
        with pytest.raises(ValueError, match="became shorter"):
            weights.read("a")
