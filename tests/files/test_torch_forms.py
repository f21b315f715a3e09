"""What users' files hold: views, types, places of the weights, values beside them, many tensors."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core.files.torch import StateDict, open_state_dict
from maskrcnn_core.files.torch.opened import OpenedFile
from tests.files.torch_writing import Call, Memory, Name, tensor, torch_legacy, torch_zip, view_of

ONE = np.array([1.5], np.float32)
TYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


def opened(value: Any, tmp_path: Path, legacy: bool = False, protocol: int = 2) -> StateDict:
    path = tmp_path / "weights"
    if legacy:
        path.write_bytes(torch_legacy(value, protocol))
    else:
        torch_zip(value, protocol).write(path)
    return open_state_dict(path)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("legacy", [False, True])
def test_views_are_read_as_numpy_sees_them(legacy: bool, protocol: int, tmp_path: Path):
    base = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    views = {
        "whole": base,
        "channels_last": base.transpose(0, 2, 3, 1),
        "every_second": base[:, 1:, ::2, 3],
        "row": base[1, 2, 3],
        "element": base[1, 2, 3, 4:5].reshape(()),
        "none": base[2:],
    }
    with opened({name: tensor(view) for name, view in views.items()}, tmp_path, legacy, protocol) as weights:
        for name, view in views.items():
            np.testing.assert_array_equal(weights.read(name), view)
            assert weights.read(name).shape == view.shape
            assert weights.read(name).flags.c_contiguous


@pytest.mark.parametrize("legacy", [False, True])
def test_every_type_is_read(legacy: bool, tmp_path: Path):
    arrays = {name: np.array([[0, 1, 100]]).astype(name) for name in TYPES}
    with opened({name: tensor(array) for name, array in arrays.items()}, tmp_path, legacy) as weights:
        for name, array in arrays.items():
            assert weights.names[name] == ((1, 3), np.dtype(name))
            np.testing.assert_array_equal(weights.read(name), array, strict=True)


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path):
    upper = np.array([0x3F80, 0xC000, 0x7F80], np.uint16)  # 1, -2, infinity
    state = {"vector": tensor(upper, "bfloat16"), "scalar": tensor(upper[:1].reshape(()), "bfloat16")}
    with opened(state, tmp_path) as weights:
        np.testing.assert_array_equal(
            weights.read("vector"), np.array([1, -2, np.inf], np.float32), strict=True
        )
        np.testing.assert_array_equal(weights.read("scalar"), np.array(1, np.float32), strict=True)


def test_truth_values_are_only_true_and_false(tmp_path: Path):
    with opened({"a": tensor(np.array([0, 1, 2, 255], np.uint8), "bool")}, tmp_path) as weights:
        assert weights.read("a").view(np.uint8).tolist() == [0, 1, 1, 1]


def test_one_memory_is_shown_by_several_tensors(tmp_path: Path):
    memory = Memory("float32", np.arange(6, dtype=np.float32).tobytes(), 6)
    state = {"a": view_of(memory, 0, (2, 3), (3, 1)), "b": view_of(memory, 1, (3,), (2,))}
    with opened(state, tmp_path) as weights:
        assert weights.read("b").tolist() == [1, 3, 5]
        weights.read("a")[:] = 0
        assert weights.read("b").tolist() == [1, 3, 5]


def test_a_few_repeated_elements_are_read(tmp_path: Path):
    with opened({"a": tensor(np.float32([1, 2]), shape=(3, 2), strides=(0, 1))}, tmp_path) as weights:
        assert weights.read("a").tolist() == [[1, 2]] * 3


def test_the_stride_of_a_single_row_is_of_no_matter(tmp_path: Path):
    with opened({"a": tensor(np.float32([1, 2]), shape=(1, 2), strides=(2**40, 1))}, tmp_path) as weights:
        assert weights.read("a").tolist() == [[1, 2]]


def test_untyped_storages_and_parameters_are_tensors(tmp_path: Path):
    memory = Memory(
        "uint8", np.array([1, 2, 3], np.uint16).tobytes(), 6, Name("torch.storage", "UntypedStorage")
    )
    arguments = (memory, 1, (2,), (1,), False, {}, Name("torch", "uint16"), None)
    state = {
        "typed_later": Call(Name("torch._utils", "_rebuild_tensor_v3"), arguments),
        "parameter": Call(Name("torch._utils", "_rebuild_parameter"), (tensor(ONE), True, {})),
        "with_state": Call(
            Name("torch._utils", "_rebuild_parameter_with_state"), (tensor(ONE), True, {}, {"a": 1})
        ),
        "old": Call(Name("torch._utils", "_rebuild_tensor"), tensor(ONE).arguments[:4]),
    }
    with opened(state, tmp_path) as weights:
        np.testing.assert_array_equal(weights.read("typed_later"), np.array([2, 3], np.uint16), strict=True)
        assert [weights.read(name).tolist() for name in ("parameter", "with_state", "old")] == [[1.5]] * 3


@pytest.mark.parametrize("place", ["", "model", "state_dict", "model_state_dict", "module"])
def test_weights_are_found_where_they_lie(place: str, tmp_path: Path):
    weights = {"a.weight": tensor(ONE)}
    root = {place: weights, "optimizer": {"state": {0: tensor(ONE)}}, "epoch": 3} if place else weights
    with opened(root, tmp_path) as found:
        assert list(found.names) == ["a.weight"]
        assert found.place == place
        assert found.metadata == ({"epoch": 3} if place else {})
        assert found.skipped == (("optimizer",) if place else ())


def test_the_prefix_of_dataparallel_goes_only_if_all_have_it(tmp_path: Path):
    with opened({"module.a": tensor(ONE), "module.b": tensor(ONE)}, tmp_path) as weights:
        assert list(weights.names) == ["a", "b"]
    with opened({"module.a": tensor(ONE), "b": tensor(ONE)}, tmp_path) as weights:
        assert list(weights.names) == ["module.a", "b"]


def test_plain_values_beside_the_weights_are_kept(tmp_path: Path):
    namespace = Call(
        Name("argparse", "Namespace"), (), {"lr": 0.02, "device": Call(Name("torch", "device"), ("cuda", 1))}
    )
    meta = {
        "CLASSES": ("a", "b"),
        "sizes": {1, 2},
        "big": 10**20,
        "cfg": "x = 1\n",
        "none": None,
        "array": np.ones(2),
    }
    root = {
        "state_dict": {"a": tensor(ONE), "_extra_state": None},
        "meta": meta,
        "args": namespace,
        "dtype": Name("torch", "float16"),
        "size": Call(Name("torch", "Size"), ((1, 2),)),
        "ordered": Call(Name("collections", "OrderedDict"), ([["k", 1]],)),
        "lr_scheduler": {"milestones": Call(Name("collections", "Counter"), ({16: 1, 22: 1},))},
        "scalar": np.float64(2.5),
        "ema": {"a": tensor(ONE)},
    }
    with opened(root, tmp_path) as weights:
        del meta["array"]
        assert weights.metadata == {
            "meta": meta,
            "args": {"lr": 0.02, "device": "cuda:1"},
            "dtype": "torch.float16",
            "size": (1, 2),
            "ordered": {"k": 1},
            "lr_scheduler": {"milestones": {16: 1, 22: 1}},
            "scalar": 2.5,
            "ema": {},
        }
        assert weights.skipped == ("state_dict._extra_state",)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_model_zoos_are_pickles_of_arrays(protocol: int, tmp_path: Path):
    rows = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    arrays = {
        "rows": rows,
        "columns": np.asfortranarray(rows),
        "turned": rows.transpose(1, 2, 0),
        "bytes": np.arange(256, dtype=np.uint8),
        "long": np.arange(2**19, dtype=np.float32),  # stays in the file until it is asked for
        "scalar": np.array(3),
        "big_endian": rows.astype(">f4"),
        "none": np.zeros((0, 3)),
        "truth": np.array([True, False]),
    }
    path = tmp_path / "zoo.pkl"
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "somebody"}, protocol))
    with open_state_dict(path) as weights:
        assert weights.metadata == {"__author__": "somebody"}
        for name, array in arrays.items():
            native = array.astype(array.dtype.newbyteorder("="))
            np.testing.assert_array_equal(weights.read(name), native, strict=True)
            assert weights.names[name] == (native.shape, native.dtype)
            assert weights.read(name).flags.c_contiguous


def test_names_of_numpy_1_are_those_of_numpy_2(tmp_path: Path):
    content = pickle.dumps({"model": {"a": ONE}}, 2)
    assert b"numpy._core.multiarray" in content
    path = tmp_path / "zoo.pkl"
    path.write_bytes(content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    with open_state_dict(path) as weights:
        assert weights.read("a").tolist() == [1.5]


def test_files_of_python_2_have_their_names_as_text(tmp_path: Path):
    root = {b"model": {b"a.weight": tensor(ONE)}, b"meta": {b"CLASSES": [b"cat"]}, b"large": 2**40}
    path = tmp_path / "weights.pth"
    content = torch_legacy(root, python_2=True)
    path.write_bytes(content.replace(b"\x8a\x06" + (2**40).to_bytes(6, "little"), b"I%d\n" % 2**40))
    with open_state_dict(path) as weights:
        assert weights.read("a.weight").tolist() == [1.5]
        assert weights.metadata == {"meta": {"CLASSES": ["cat"]}, "large": 2**40}


def test_a_thousand_tensors_are_listed_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    state = {f"layer{index}.weight": tensor(np.full(10_000, index, np.float32)) for index in range(1000)}
    path = torch_zip(state).write(tmp_path / "many.pth")
    read = 0
    whole = OpenedFile.bytes_at

    def counted(file: OpenedFile, start: int, size: int) -> np.ndarray:
        nonlocal read
        read += size
        return whole(file, start, size)

    monkeypatch.setattr(OpenedFile, "bytes_at", counted)
    with open_state_dict(path) as weights:
        assert len(weights.names) == 1000
        assert read < path.stat().st_size / 50
        before = read
        assert weights.read("layer77.weight").tolist() == [77] * 10_000
        assert read - before == 40_000


def test_archives_without_checksums_are_read(tmp_path: Path):
    path = torch_zip({"a": tensor(ONE)}).write(tmp_path / "weights.pth")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        checksums = [member.CRC.to_bytes(4, "little") for member in archive.infolist()]
    for checksum in checksums:  # as torch.serialization.set_crc32_options(False) writes them
        content = content.replace(checksum, bytes(4))
    path.write_bytes(content)
    with open_state_dict(path) as weights:
        assert weights.read("a").tolist() == [1.5]


def test_archives_that_tell_no_byte_order_are_read(tmp_path: Path):
    path = torch_zip({"a": tensor(ONE)}, byte_order=None).write(tmp_path / "weights.pth")
    with open_state_dict(path) as weights:
        assert weights.read("a").tolist() == [1.5]


def test_a_closed_file_keeps_its_names_and_refuses_to_read(tmp_path: Path):
    with opened({"a": tensor(ONE)}, tmp_path) as weights:
        pass
    assert list(weights.names) == ["a"]
    with pytest.raises(ValueError, match="a file that is closed"):
        weights.read("a")


def test_a_name_that_is_not_there_is_a_key_error(tmp_path: Path):
    with opened({"a": tensor(ONE)}, tmp_path) as weights, pytest.raises(KeyError):
        weights.read("b")
