"""Files of safetensors: what the library writes, and headers that lie."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from maskrcnn_core.files.torch import open_state_dict

SOUND = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}


def write(path: Path, header: Any, content: bytes = bytes(16)) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content)
    return path


def test_arrays_and_texts_are_those_that_were_written(tmp_path: Path):
    kinds = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool"]
    arrays = {kind: np.array([[0, 1, 1]]).astype(kind) for kind in kinds}
    save_file(arrays, tmp_path / "weights", {"format": "pt"})
    with open_state_dict(tmp_path / "weights") as weights:
        assert weights.metadata == {"format": "pt"}
        assert weights.place == ""
        assert set(weights.names) == set(kinds)
        for kind, array in arrays.items():
            np.testing.assert_array_equal(weights.read(kind), array, strict=True)


def test_a_header_by_hand_is_read(tmp_path: Path):
    content = np.arange(4, dtype="<f4").tobytes()
    with open_state_dict(write(tmp_path / "weights", {"a": SOUND}, content)) as weights:
        assert weights.read("a").tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dtype": "F8_E4M3"}, "received type 'F8_E4M3'"),
        ({"dtype": 3}, "wanted dtype, shape and data_offsets"),
        ({"shape": [2, 3]}, "wanted 6 of float32, 24 bytes, received 16"),
        ({"shape": [-2, -2]}, "wanted a shape"),
        ({"shape": [2.0, 2]}, "wanted a shape"),
        ({"shape": [10**12]}, "received 16"),
        ({"shape": [0, 2**47, 2**47]}, "more elements than any file holds"),
        ({"data_offsets": [0, 17]}, "claims bytes 0 to 17 of 16"),
        ({"data_offsets": [16, 0]}, "claims bytes"),
        ({"data_offsets": [-16, 0]}, "claims bytes"),
        ({"data_offsets": [0]}, "wanted dtype, shape and data_offsets"),
    ],
)
def test_entries_that_lie_are_refused(change: dict[str, Any], said: str, tmp_path: Path):
    with pytest.raises(ValueError, match=said):
        open_state_dict(write(tmp_path / "weights", {"a": {**SOUND, **change}}))


@pytest.mark.parametrize(
    ("header", "content", "said"),
    [
        (b"{}", b"", "without any"),
        (b"{nothing", bytes(16), "no JSON"),
        (b'{"a":' * 100_000, b"", "no JSON"),
        (b'{"a": 1, "a": 2}', b"", "one name stands for two tensors"),
        ({"__metadata__": {"a": 1}, "a": SOUND}, bytes(16), "wanted __metadata__ of texts"),
        ({"a": [1]}, bytes(16), "wanted dtype, shape and data_offsets"),
        ({"a": SOUND}, bytes(20), "damaged"),
        ({"a": SOUND, "b": SOUND}, bytes(16), "damaged"),
    ],
)
def test_headers_that_make_no_sense_are_refused(header: Any, content: bytes, said: str, tmp_path: Path):
    with pytest.raises(ValueError, match=said) as raised:
        open_state_dict(write(tmp_path / "weights", header, content))
    assert len(str(raised.value)) < 1000


def test_a_header_longer_than_the_file_is_refused(tmp_path: Path):
    path = tmp_path / "weights"
    path.write_bytes(struct.pack("<Q", 2**60) + b"{" + bytes(100))
    with pytest.raises(ValueError, match=f"claims {2**60} bytes"):
        open_state_dict(path)
