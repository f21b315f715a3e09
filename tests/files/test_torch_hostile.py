"""Files made to harm, and files that lie: one ValueError each, before anything large is made."""

import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core.files.torch import open_state_dict, pickle_machine
from tests.files.torch_writing import (
    Call,
    Memory,
    Name,
    Zip,
    tensor,
    torch_legacy,
    torch_zip,
    view_of,
    zip_of_pickle,
)

FOUR = np.arange(4, dtype=np.float32)
MEMORY = Memory("float32", FOUR.tobytes(), 4)
MOST_BYTES = 2**24  # of memory that refusing may take; the claims are of far more


def refused(path: Path, said: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=said) as raised:
            open_state_dict(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    assert type(raised.value) is ValueError
    assert str(path) in str(raised.value)
    assert len(str(raised.value)) < 1000


# --- names ---


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("numpy", "load"),
        ("torch", "load"),
        ("torch.hub", "load_state_dict_from_url"),
        ("torch._utils", "__class__"),
        ("maskrcnn_core.files.torch.opened", "OpenedFile"),
    ],
)
def test_names_outside_the_table_are_refused_before_they_are_called(module: str, name: str, tmp_path: Path):
    root = {"a": tensor(FOUR), "x": Name(module, name)}  # not called, and refused already
    refused(torch_zip(root).write(tmp_path / "a.pth"), f"received '{module}.{name}'")
    legacy = tmp_path / "b.pth"
    legacy.write_bytes(torch_legacy(root))
    refused(legacy, f"received '{module}.{name}'")


def test_a_class_of_python_2_is_refused(tmp_path: Path):
    refused(zip_of_pickle(b"\x80\x02(ios\nsystem\n.").write(tmp_path / "a.pth"), "opcode b'i'")


# --- tensors that claim what is not there ---


@pytest.mark.parametrize(
    ("offset", "shape", "strides", "said"),
    [
        (0, (5,), (1,), "reaches to element 5"),
        (4, (1,), (1,), "reaches to element 5"),
        (0, (2, 2), (4, 1), "reaches to element 6"),
        (10**30, (1,), (1,), "reaches to element"),
        (-1, (1,), (1,), "reaches to element"),
        (0, (10**12,), (0,), "repeats few elements"),
        (0, (10**6, 10**6), (0, 0), "repeats few elements"),
        (0, (2**62, 2**62), (0, 0), "makes? no sense|more elements|none such"),
        (0, (0, 2**40, 2**40), (1, 1, 1), "more elements than any file holds"),
        (0, (-1,), (1,), "wanted a shape"),
        (0, (2,), (-1,), "strides that make no sense"),
        (0, (2, 2), (1,), "strides that make no sense"),
        (0, (1.0,), (1,), "wanted a shape"),
        (0, (True,), (1,), "wanted a shape"),
        (0, (1,) * 65, (1,) * 65, "wanted a shape of at most 64"),
        (0, "ab", (1,), "wanted a tensor's storage"),
        (None, (1,), (1,), "wanted a tensor's storage"),
    ],
)
def test_views_beyond_their_memory_are_refused(
    offset: Any, shape: Any, strides: Any, said: str, tmp_path: Path
):
    root = {"a": view_of(MEMORY, offset, shape, strides)}
    refused(torch_zip(root).write(tmp_path / "a.pth"), said)


@pytest.mark.parametrize("count", [3, 5, 2**60, -4])
def test_memory_of_another_size_than_claimed_is_refused(count: int, tmp_path: Path):
    root = {"a": view_of(Memory("float32", FOUR.tobytes(), count), 0, (1,), (1,))}
    refused(torch_zip(root).write(tmp_path / "a.pth"), "storage")
    path = tmp_path / "b.pth"
    path.write_bytes(torch_legacy(root))
    refused(path, "storage|follow the last|wanted .* bytes")


def test_tensors_without_memory_are_refused(tmp_path: Path):
    archive = torch_zip({"a": tensor(FOUR)})
    archive.members = [member for member in archive.members if "/data/" not in member[0]]
    refused(archive.write(tmp_path / "a.pth"), "wanted 'archive/data/0' in the archive")


@pytest.mark.parametrize("code", ["O", "V8", "S4", "U1", "M8[s]", "c8", "f4,f4"])
def test_arrays_of_other_things_than_numbers_are_refused(code: str, tmp_path: Path):
    path = tmp_path / "zoo.pkl"
    path.write_bytes(pickle.dumps({"model": {"a": np.zeros(3, code)}}, 4))
    refused(path, "received numpy type|no byte order")


def test_arrays_of_another_size_than_their_bytes_are_refused(tmp_path: Path):
    content = pickle.dumps({"model": {"a": np.zeros((3, 5), np.float32)}}, 4)
    assert content.count(b"K\x03K\x05\x86") == 1
    path = tmp_path / "zoo.pkl"
    path.write_bytes(content.replace(b"K\x03K\x05\x86", b"K\x03K\x06\x86"))
    refused(path, r"shape \(3, 6\) wants 72 bytes, received 60")
    path.write_bytes(content.replace(b"K\x03K\x05\x86", b"M\xff\xffM\xff\xff\x86"))
    refused(path, "received 60")


# --- pickles that claim, repeat and nest ---


def nested(depth: int) -> bytes:
    return b"\x80\x02" + b"(" * 3 + b"]" + b"\x85" * depth + b"."


BOMBS = {
    "long bytes": (b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b"abc.", "the file is cut"),
    "long text": (b"\x80\x04\x8d" + struct.pack("<Q", 2**63) + b"abc.", "the file is cut"),
    "long buffer": (b"\x80\x05\x96" + struct.pack("<Q", 2**64 - 1) + b"abc.", "the file is cut"),
    "long number": (b"\x80\x02\x8b" + struct.pack("<I", 2**31) + b"abc.", "a number of 2147483648 bytes"),
    "memo of a high index": (b"\x80\x02]r\xff\xff\xff\xff0h\x00.", "did not keep"),
    "nested tuples": (nested(100_000), "in the midst of a value"),
    "nested key": (b"\x80\x02})" + b"\x85" * 100_000 + b"Ns.", "as a key"),
    "list in itself": (b"\x80\x02]q\x00h\x00a.", "wanted a state dict"),
    "key that is a list": (b"\x80\x02}]Ns.", "as a key"),
    "keys of one hash": (b"\x80\x02}\x8a\x09" + b"\x00" * 8 + b"\x01Ns.", "as a key"),
    "nothing": (b"", "the file is cut"),
    "no stop": (b"\x80\x02}", "the file is cut"),
    "empty stack": (b"\x80\x02.", "did not make"),
    "pop beyond a mark": (b"\x80\x02N(0 0.", "opcode|did not make"),
    "tuple without a mark": (b"\x80\x02t.", "did not open"),
    "items of none": (b"\x80\x02NK\x01K\x02s.", "as if it were a dict"),
    "appended to a tuple": (b"\x80\x02)Na.", "as if it were a list"),
    "odd items": (b"\x80\x02}(K\x01u.", "a key without a value"),
    "call of a text": (b"\x80\x02X\x01\x00\x00\x00a)R.", "calls a value of type str"),
    "state of a list": (b"\x80\x02]}b.", "sets the state of"),
    "unknown opcode": (b"\x80\x02\xff.", "opcode"),
    "protocol of the future": (b"\x80\x09N.", "received 9"),
    "name without end": (b"\x80\x02c" + b"a" * 5000, "name of more than"),
    "name that is no text": (b"\x80\x02c\xff\xfe\nb\n.", "no UTF-8"),
    "text that is no UTF-8": (b"\x80\x02X\x01\x00\x00\x00\xff.", "no UTF-8"),
    "digits that are none": (b"\x80\x02I12x\n.", "a number that is none"),
    "many digits": (b"\x80\x02I" + b"9" * 900 + b"\n.", "a number that is none"),
    "storage of nothing": (b"\x80\x02NQ.", "described in no known way"),
    "pickled module": (b"\x80\x02X\x06\x00\x00\x00moduleN\x86Q.", "received a pickled module"),
    "two values": (b"\x80\x02}.N.", "more than one value"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_pickles_that_make_no_sense_are_refused(bomb: str, tmp_path: Path):
    content, said = BOMBS[bomb]
    refused(zip_of_pickle(content).write(tmp_path / "a.pth"), said)


def test_copies_of_copies_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A list of 1,000, and 5 bytes for each further copy of it."""
    monkeypatch.setattr(pickle_machine, "MAX_STEPS", 100_000)
    many = b"](" + b"N" * 1000 + b"eq\x00"
    content = b"\x80\x02cbuiltins\ntuple\nq\x01(" + many + b"h\x01h\x00\x85R" * 1000 + b"t."
    refused(zip_of_pickle(content).write(tmp_path / "a.pth"), "more than 100000 steps")


def test_values_that_unfold_without_end_are_left_out(tmp_path: Path):
    """Ten references to a list, forty times over: 10 ** 40 values in few bytes; and a list that holds itself."""
    lists: list[Any] = [1]
    for _ in range(40):
        lists = [lists] * 10
    endless: list[Any] = []
    endless.append(endless)
    root = {"model": {"a": tensor(FOUR)}, "bomb": lists, "endless": endless}
    path = torch_zip(root).write(tmp_path / "a.pth")
    with open_state_dict(path) as weights:
        assert weights.metadata == {}
        assert weights.skipped == ("bomb", "endless")


# --- archives ---


def archived(tmp_path: Path, *extra: tuple[str, bytes]) -> Path:
    return Zip(torch_zip({"a": tensor(FOUR)}).members + list(extra)).write(tmp_path / "a.pth")


def test_packed_members_are_refused(tmp_path: Path):
    members = torch_zip({"a": tensor(np.zeros(2**22, np.float32))})
    path = members.write(tmp_path / "a.pth", zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**16
    refused(path, "is packed")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path: Path):
    refused(archived(tmp_path, ("archive/data/0", b"\0" * 16)), "two members of the archive")


def test_two_pickles_are_refused(tmp_path: Path):
    refused(archived(tmp_path, ("other/data.pkl", b"N.")), "received one with 2 of them")


def test_torchscript_is_refused_by_name(tmp_path: Path):
    refused(archived(tmp_path, ("archive/constants.pkl", b"N.")), "received a TorchScript model")


def patched(path: Path, find: bytes, offset: int, content: bytes) -> Path:
    """Overwrite bytes ``offset`` behind the last ``find``."""
    whole = bytearray(path.read_bytes())
    at = whole.rindex(find) + offset
    whole[at : at + len(content)] = content
    path.write_bytes(whole)
    return path


NAME = b"archive/data/0"  # the last one is in the central directory, whose entry begins 46 bytes before


@pytest.mark.parametrize(
    ("offset", "content", "said"),
    [
        (-46 + 8, b"\x01\x00", "is encrypted"),
        (-46 + 10, b"\x08\x00", "is packed"),
        (-46 + 16, b"\x12\x34\x56\x78", "the file is damaged"),
        (-46 + 20, struct.pack("<2L", 12, 12), "wanted 4 of float32, 16 bytes, received 12"),
        (-46 + 20, struct.pack("<2L", 2**31, 2**31), "claims 2147483648 bytes"),
        (-46 + 24, struct.pack("<L", 2**31), "is packed"),
        (-46 + 42, struct.pack("<L", 5), "disagree|claims|beyond"),
        (-46 + 42, struct.pack("<L", 2**31), "beyond"),
        (-46 + 28, struct.pack("<H", 60000), "the zip directory is damaged"),
        (-46, b"XX", "the zip directory is damaged"),
        (0, b"\xff", "no UTF-8"),
    ],
)
def test_members_that_lie_are_refused(offset: int, content: bytes, said: str, tmp_path: Path):
    path = patched(archived(tmp_path), NAME, offset, content)
    with pytest.raises(ValueError, match=said), open_state_dict(path) as weights:
        weights.read("a")


@pytest.mark.parametrize(
    ("offset", "content", "said"),
    [
        (8, struct.pack("<2H", 60000, 60000), "claims 60000 members"),
        (4, struct.pack("<H", 1), "several disks"),
        (12, struct.pack("<L", 2**30), "beyond its end"),
        (16, struct.pack("<L", 2**30), "beyond its end"),
        (16, struct.pack("<L", 2**32 - 1), "zip64 directory is damaged"),
    ],
)
def test_directories_that_lie_are_refused(offset: int, content: bytes, said: str, tmp_path: Path):
    refused(patched(archived(tmp_path), b"PK\x05\x06", offset, content), said)


@pytest.mark.parametrize("order", [b"big", b"", b"little" * 100])
def test_other_byte_orders_are_refused(order: bytes, tmp_path: Path):
    refused(torch_zip({"a": tensor(FOUR)}, byte_order=order).write(tmp_path / "a.pth"), "little-endian")


def test_legacy_files_of_another_byte_order_are_refused(tmp_path: Path):
    path = tmp_path / "a.pth"
    path.write_bytes(torch_legacy({"a": tensor(FOUR)}, little_endian=False))
    refused(path, "little-endian")


# --- what is no state dict ---


@pytest.mark.parametrize(
    ("root", "said"),
    [
        (tensor(FOUR), "received a value of type Tensor"),
        ([tensor(FOUR)], "received a value of type list"),
        ({}, "received nothing"),
        ({"epoch": 3}, "received 'epoch'"),
        ({"model": {"a": 1}}, "received 'model'"),
        ({1: tensor(FOUR)}, "wanted one name for each tensor"),
        ({"a": tensor(FOUR), b"a": tensor(FOUR)}, "wanted one name for each tensor"),
        ({"a": Call(Name("numpy", "ndarray"), ())}, "has no content"),
        (Call(Name("argparse", "Namespace"), (), {"a": 1}), "received a value of type Record"),
    ],
)
def test_other_values_are_refused(root: Any, said: str, tmp_path: Path):
    refused(torch_zip(root, protocol=4).write(tmp_path / "a.pth"), said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"\n<!DOCTYPE html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x80\x02", "the file is cut"),
        (b"PK\x03\x04", "the file is cut"),
        (b"\x00" * 600, "other bytes"),
    ],
)
def test_other_files_are_told_by_their_content(content: bytes, said: str, tmp_path: Path):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    refused(path, said)


def test_names_without_a_file_are_refused(tmp_path: Path):
    refused(tmp_path, "received a folder")
    refused(tmp_path / "absent.pth", "a name without one")
