"""Files from outside: damaged ones, and those made to harm."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from maskrcnn_core.files.atomic import replacing
from maskrcnn_core.files.h5_checks import check_dataset, child, children, open_h5, read_array, text, text_list
from maskrcnn_core.weights import open_weights


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.h5"


def write(path: Path, change: Callable[[h5py.File], object]) -> Path:
    with h5py.File(path, "w", libver="latest") as file:
        change(file)
    return path


def test_a_sound_array_is_read_as_it_is(path: Path):
    content = np.arange(6, dtype=">f4").reshape(2, 3)
    write(path, lambda file: file.create_dataset("a", data=content, chunks=(1, 3), compression="gzip"))
    with open_h5(path) as file:
        assert check_dataset(file["a"], "a") == (2, 3)
        np.testing.assert_array_equal(read_array(file["a"], "a"), content)


def test_an_array_without_elements_is_sound(path: Path):
    write(path, lambda file: file.create_dataset("a", data=np.zeros((0, 4), np.float32)))
    with open_h5(path) as file:
        assert read_array(file["a"], "a").shape == (0, 4)


# --- whole files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "received an empty file"),
        (b"\n<!DOCTYPE html><title>Not found</title>", "wanted HDF5, received a web page"),
        (b"PK\x03\x04 keras", "received a zip archive"),
        (b"\x00" * 4096, "wanted HDF5, received other bytes"),
        (b"\x89HDF\r\n\x1a\n", "truncated or damaged"),
        (b"\x89HDF\r\n\x1a\n" + b"\xff" * 4096, "truncated or damaged"),
    ],
)
def test_what_is_no_hdf5_is_named(path: Path, content: bytes, said: str):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as caught, open_h5(path):
        pass
    assert str(path) in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path: Path):
    with pytest.raises(ValueError, match="received a folder"), open_h5(tmp_path):
        pass
    with pytest.raises(ValueError, match="received a name without a file"), open_h5(tmp_path / "none.h5"):
        pass


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_an_error_in_words(path: Path, share: float):
    write(path, lambda file: [file.create_dataset(f"w/{n}", data=np.ones(1000)) for n in range(50)])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ValueError, match="truncated or damaged"), open_weights(path):
        pass


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_is_an_error_in_words_or_does_no_harm(path: Path, seed: int):
    """Overwrite a few bytes anywhere, metadata included: a ValueError or a normal end, nothing else."""

    def content(file: h5py.File) -> None:
        file.attrs["layer_names"] = [b"conv1", b"fpn_p2"]
        for layer in ("conv1", "fpn_p2"):
            file.create_group(layer).attrs["weight_names"] = [f"{layer}/kernel:0".encode()]
            file[f"{layer}/{layer}/kernel:0"] = np.ones((3, 3), np.float32)

    random = np.random.default_rng(seed)
    raw = bytearray(write(path, content).read_bytes())
    for place in random.integers(8, len(raw), 6):
        raw[place] = random.integers(0, 256)
    path.write_bytes(raw)
    try:
        with open_weights(path) as stored:
            for array in stored.arrays.values():
                assert array.read().size <= 2**29
    except ValueError as error:
        assert str(path) in str(error) or "conv1" in str(error) or "fpn" in str(error)


# --- arrays that harm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("create", "said"),
    [
        (lambda f: f.create_dataset("a", data=["text"]), "wanted floating point numbers, received object"),
        (lambda f: f.create_dataset("a", data=np.zeros(2, "S4")), "received |S4"),
        (lambda f: f.create_dataset("a", data=np.zeros(2, [("x", "f4")])), "wanted floating point numbers"),
        (lambda f: f.create_dataset("a", data=np.zeros(2, int)), "received int64"),
        (lambda f: f.create_dataset("a", data=np.zeros(2, complex)), "received complex128"),
        (lambda f: f.create_dataset("a", data=np.zeros(2, np.clongdouble)), "received complex"),
        (lambda f: f.create_dataset("a", data=h5py.Empty("f4")), "received an empty dataspace"),
        (lambda f: f.create_dataset("a", (10**6, 10**6), "f4", chunks=True), "claims 4000000000000 bytes"),
        (lambda f: f.create_dataset("a", (10,), "f4"), "claims 40 bytes and stores 0"),
        (lambda f: f.create_group("a"), "wanted an array, received a group"),
        (lambda f: f.__setitem__("a", np.dtype("f4")), "wanted an array, received nothing"),
        (lambda f: None, "wanted an array, received nothing"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(path: Path, create: Callable[[h5py.File], None], said: str):
    with open_h5(write(path, create)) as file, pytest.raises(ValueError, match=said):
        check_dataset(child(file, "a"), "a")


def test_a_small_file_that_unpacks_to_much_is_refused(path: Path):
    def bomb(file: h5py.File) -> None:
        options = {"compression": "gzip", "compression_opts": 9}
        file.create_dataset("zeros", data=np.zeros(2**23, np.float32), chunks=(2**20,), **options)
        file.create_dataset("chunk", data=np.zeros(4, "f4"), maxshape=(None,), chunks=(2**24,), **options)

    assert write(path, bomb).stat().st_size < 2**22
    with open_h5(path) as file:
        with pytest.raises(ValueError, match="zeros: claims 33554432 bytes and stores"):
            read_array(file["zeros"], "zeros")
        with pytest.raises(ValueError, match="chunk: claims 67108864 bytes and stores"):
            read_array(file["chunk"], "chunk")


@pytest.mark.parametrize(
    ("chunks", "length", "sound"),
    [
        (100, 2**16, True),
        (101, 2**16, False),  # 100 to 1 is as much as an array of 25 MiB may be packed
        (256, 2**14, True),
        (257, 2**14, False),  # 16 MiB are read however they are packed
    ],
)
def test_how_much_a_stored_byte_may_stand_for(path: Path, chunks: int, length: int, sound: bool):
    def one_chunk(file: h5py.File) -> None:
        array = file.create_dataset("mostly_nothing", (chunks * length,), "f4", chunks=(length,))
        array[:length] = 1.0

    with open_h5(write(path, one_chunk)) as file:
        if sound:
            assert check_dataset(file["mostly_nothing"], "mostly_nothing") == (chunks * length,)
        else:
            with pytest.raises(
                ValueError, match=f"claims {4 * chunks * length} bytes and stores {4 * length}"
            ):
                check_dataset(file["mostly_nothing"], "mostly_nothing")


def test_content_in_other_files_is_not_opened(path: Path, tmp_path: Path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"\x00" * 64)
    source = write(tmp_path / "source.h5", lambda file: file.create_dataset("a", data=np.ones(4, "f4")))

    def content(file: h5py.File) -> None:
        file.create_dataset("raw", (4,), "f4", external=[(str(secret), 0, 16)])
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource(str(source), "a", (4,))
        file.create_virtual_dataset("virtual", layout)
        file["link"] = h5py.ExternalLink(str(source), "a")

    with open_h5(write(path, content)) as file:
        for name in ("raw", "virtual"):
            with pytest.raises(ValueError, match=f"{name}: its content lies in other files"):
                read_array(child(file, name), name)
        with pytest.raises(ValueError, match="link: a link to another file is not followed"):
            child(file, "link")


def test_soft_links_and_circles_are_not_followed(path: Path):
    def content(file: h5py.File) -> None:
        file["here"] = h5py.SoftLink("/there")
        file["there"] = h5py.SoftLink("/here")
        loop = file.create_group("loop")
        loop["again"] = loop

    with open_h5(write(path, content)) as file:
        with pytest.raises(ValueError, match="/here: a link to another name is not followed"):
            child(file, "here")
        assert child(file, "loop/again/again") == file["loop"]  # as deep as was asked, no deeper
        assert children(file["loop"]) == ["again"]


def test_no_name_leads_out_of_its_group(path: Path):
    def content(file: h5py.File) -> None:
        file["outside"] = np.ones(1)
        file.create_group("group")["inside"] = np.ones(1)

    with open_h5(write(path, content)) as file:
        group = file["group"]
        assert child(group, "/inside") == child(group, "./inside") == file["group/inside"]
        assert child(group, "../outside") is None
        assert child(group, "/outside") is None
        assert child(group, "inside/deeper") is None


def test_weight_names_that_point_elsewhere_are_refused(path: Path):
    def content(file: h5py.File) -> None:
        file.attrs["layer_names"] = [b"conv1"]
        file.create_group("conv1").attrs["weight_names"] = [b"../other/kernel:0"]
        file["other/kernel:0"] = np.ones(1, np.float32)

    with pytest.raises(ValueError, match="received nothing"), open_weights(write(path, content)):
        pass


# --- attributes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["a", "b"], [b"a", b"b"], np.array([b"a", b"b"])])
def test_texts_are_read_however_they_are_stored(path: Path, names: list):
    def content(file: h5py.File) -> None:
        file.attrs["names"] = names
        file.attrs["none"] = np.zeros((0,))
        file.attrs["null"] = h5py.Empty("f4")
        file.attrs["one"] = "ä"

    with open_h5(write(path, content)) as file:
        assert text_list(file, "names") == ["a", "b"]
        assert text_list(file, "none") == text_list(file, "null") == []
        assert text_list(file, "absent") is None
        assert (text(file, "one"), text(file, "absent")) == ("ä", None)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.arange(3), "wanted text as attribute names, received int64"),
        (np.zeros(2, [("x", "S4")]), "wanted text as attribute names"),
        ([b"\xff\xfe"], "wanted text in UTF-8"),
        (np.zeros(20_001, "S1"), "20001 entries, more than are read"),
        (np.zeros(2, "S10000000"), "more than are read"),
    ],
)
def test_other_attributes_are_refused(path: Path, value: object, said: str):
    write(path, lambda file: file.attrs.__setitem__("names", value))
    with open_h5(path) as file, pytest.raises(ValueError, match=said):
        text_list(file, "names")


def test_one_long_text_named_many_times_is_refused(path: Path):
    """A list of texts holds places in a heap: 200 entries of 16 bytes may all mean the same 16 MB."""

    def content(file: h5py.File) -> None:
        file.attrs["long"] = "x" * 2**24
        file.attrs["names"] = ["a"] * 200

    with open_h5(write(path, content)) as file:
        with pytest.raises(ValueError, match="attribute names may unpack to more than"):
            text_list(file, "names")
        assert text(file, "long") == "x" * 2**24


def test_a_heap_that_hdf5_would_walk_without_end_is_refused(path: Path):
    write(path, lambda file: file.attrs.__setitem__("layer_names", ["fpn_p2"]))
    raw = path.read_bytes()
    heap = raw.index(b"GCOL")
    free = raw.index(b"fpn_p2", heap) + 8  # behind the last text, padded to 8: the free space
    assert raw[free : free + 2] == b"\0\0" and any(raw[free + 8 : free + 16])
    path.write_bytes(raw[: free + 8] + bytes(8) + raw[free + 16 :])
    with pytest.raises(ValueError, match="the list of texts is damaged"), open_weights(path):
        pass


def test_layer_names_that_are_no_text_are_refused(path: Path):
    write(path, lambda file: file.attrs.__setitem__("layer_names", 7.5))
    with pytest.raises(ValueError, match="wanted text as attribute layer_names"), open_weights(path):
        pass


def test_a_file_of_another_kind_is_described(path: Path):
    write(path, lambda file: [file.create_group(f"g{n}") for n in range(9)])
    with pytest.raises(ValueError, match=r"layer_names.*holds g0, g1, g2, g3, g4, g5, …"), open_weights(path):
        pass
    write(path, lambda file: file.attrs.__setitem__("layer_names", np.zeros((0,))))
    with pytest.raises(ValueError, match="received an empty list layer_names"), open_weights(path):
        pass


# --- writing ------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path):
    path = tmp_path / "new" / "file"
    with replacing(path) as part:
        part.write_text("one")
    with pytest.raises(ZeroDivisionError), replacing(path) as part:
        part.write_text("two")
        raise ZeroDivisionError
    assert path.read_text() == "one"
    assert list(path.parent.iterdir()) == [path]
