"""Depth: 10, 12 and 14 bits in 16 by the file's tags or as asked for; floats, signed values, pages, deep colours."""

import struct
import zlib

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, TiffImagePlugin

from maskrcnn_core.cli import GROUP
from maskrcnn_core.commands.check import check
from maskrcnn_core.data.input.fingerprint import fingerprint
from maskrcnn_core.data.reading.depth import Levels, watching
from maskrcnn_core.data.reading.images import ImageError, load_image
from maskrcnn_core.data.reading.registry import open_at, open_dataset
from maskrcnn_core.runtime.plugins import own

RAMP = np.array([[0, 1024, 2048, 4095]], np.uint16)  # 12 bits


def tiff(path, levels: np.ndarray, **tags) -> str:
    """Write a TIFF with tags by number."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for number, value in tags.items():
        info[int(number[1:])] = value
    Image.fromarray(levels).save(path, tiffinfo=info)
    return str(path)


def grey(path, **options) -> list[int]:
    return load_image(path, 1, **options).pixels[..., 0].ravel().tolist()


def test_sixteen_bits_unless_somebody_says_otherwise(tmp_path):
    assert grey(tiff(tmp_path / "a.tif", RAMP)) == [0, 4, 8, 16]
    assert grey(tmp_path / "a.tif", depth=12) == [0, 64, 128, 255]
    assert load_image(tmp_path / "a.tif").brightest == 4095


@pytest.mark.parametrize(
    "tags",
    [
        {"t281": 4095},
        {"t270": '<OME><Image><Pixels SignificantBits="12" Type="uint16"/></Image></OME>'},
    ],
)
def test_the_tags_of_a_tiff_are_believed_before_sixteen_bits(tmp_path, tags):
    path = tiff(tmp_path / "a.tif", RAMP, **tags)
    assert grey(path) == [0, 64, 128, 255]
    assert load_image(path).brightest == 0
    assert grey(path, depth=16) == [0, 4, 8, 16]


def test_the_significant_bits_of_a_png_are_believed(tmp_path):
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    chunk = b"sBIT" + bytes([12])
    said = struct.pack(">I", 1) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "b.png").write_bytes(content[:33] + said + content[33:])
    assert grey(tmp_path / "a.png") == [0, 4, 8, 16]
    assert grey(tmp_path / "b.png") == [0, 64, 128, 255]


def test_a_microscope_file_without_a_word_of_its_depth_is_noted(shared):
    assert load_image(shared / "data/odd_images/12in16bit.tif").brightest == 30


def test_more_than_the_depth_holds_is_refused_with_the_next_step(tmp_path):
    path = tiff(tmp_path / "a.tif", RAMP + np.uint16(1))
    with pytest.raises(
        ImageError, match=r"wanted grey levels of 0 to 4095, received 1 to 4096; say how many"
    ):
        load_image(path, depth=12)


def test_negative_values_are_refused_by_name(tmp_path):
    Image.fromarray(np.array([[-5, 7]], np.int32)).save(tmp_path / "a.tif")
    with pytest.raises(ImageError, match="received signed values, -5 to 7"):
        load_image(tmp_path / "a.tif")


def test_signed_values_that_are_none_have_fifteen_bits(tmp_path):
    header = struct.pack("<2sHI", b"II", 42, 8)
    entries = [(256, 4, 1, 2), (257, 4, 1, 1), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, 1, 200), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 4), (339, 3, 1, 2)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries)
    whole = (header + directory + bytes(4)).ljust(200, b"\0") + struct.pack("<hh", 0, 32767)
    (tmp_path / "a.tif").write_bytes(whole)
    assert grey(tmp_path / "a.tif") == [0, 255]


def test_floats_beyond_one_have_a_rule_and_a_word(tmp_path):
    Image.fromarray(np.array([[0.0, 127.5, 255.0]], np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(ImageError, match=r"wanted floats of 0 to 1, received 0 to 255; .*--depth 8"):
        load_image(tmp_path / "a.tif")
    assert grey(tmp_path / "a.tif", depth=8) == [0, 128, 255]


def test_further_pages_and_deep_colours_are_said(tmp_path):
    pages = [Image.fromarray(np.full((4, 4), level, np.uint8)) for level in (10, 20, 30)]
    pages[0].save(tmp_path / "z.tif", save_all=True, append_images=pages[1:])
    loaded = load_image(tmp_path / "z.tif")
    assert loaded.pixels.max() == 10
    assert loaded.remark == "has 3 pages, as a stack or a channel each, of which the first alone is read"
    raw = b"".join(b"\0" + struct.pack(">6H", *[4095] * 6) for _ in range(2))
    chunks = [
        (b"IHDR", struct.pack(">2I5B", 2, 2, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    parts = [struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks]
    (tmp_path / "deep.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    assert "colours of 16 bits, of which the upper 8 are read" in load_image(tmp_path / "deep.png").remark
    with pytest.raises(ImageError, match="colours of 16 bits, of which only"):
        load_image(tmp_path / "deep.png", depth=12)


def raw_tiff(path, content: bytes, bits: int, size: tuple[int, int], **tags) -> str:
    """Write one strip of ``content`` with the tags of a TIFF by number: samples, their format, what is white."""
    numbers = {
        258: bits,
        259: 1,
        262: 1,
        277: 1,
        278: size[0],
        **{int(name[1:]): v for name, v in tags.items()},
    }
    entries = [(256, 4, size[1]), (257, 4, size[0]), (273, 4, 400), (279, 4, len(content))]
    entries = sorted([*entries, *((number, 3, value) for number, value in numbers.items())])
    directory = b"".join(struct.pack("<HHII", number, kind, 1, value) for number, kind, value in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + directory + bytes(4)
    path.write_bytes(head.ljust(400, b"\0") + content)
    return str(path)


def test_white_as_zero_and_unsigned_numbers_of_32_bits_are_read_as_meant(tmp_path):
    negative = raw_tiff(tmp_path / "n.tif", struct.pack("<3H", 0, 32768, 65535), 16, (1, 3), t262=0)
    assert grey(negative) == [255, 127, 0]
    large = raw_tiff(tmp_path / "l.tif", struct.pack("<2I", 0, 2**32 - 1), 32, (1, 2), t339=1)
    assert grey(large, depth=32) == [0, 255]
    with pytest.raises(ImageError, match="wanted grey levels of 0 to 65535, received 0 to 4294967295"):
        load_image(large)


@pytest.mark.parametrize(
    ("bits", "tags", "words"),
    [
        (8, {"t339": 2}, "received signed values of 8 bits"),
        (64, {"t339": 3}, "a TIFF of 1 channel of 64-bit floats"),
        (8, {"t277": 9}, "a TIFF of 9 channels of 8-bit whole numbers"),
    ],
)
def test_what_cannot_be_decoded_is_named(tmp_path, bits, tags, words):
    with pytest.raises(ImageError, match=words):
        load_image(raw_tiff(tmp_path / "a.tif", bytes(400), bits, (2, 3), **tags))


@pytest.mark.parametrize(
    ("brightest", "bits"),
    [
        (255, 8),
        (256, 10),
        (1023, 10),
        (1024, 12),
        (4095, 12),
        (16383, 14),
        (16384, None),
        (65535, None),
        (0, None),
    ],
)
def test_the_depth_that_the_largest_value_fits(brightest, bits):
    levels = Levels()
    levels.add(brightest)
    assert (f"fits {bits} bits" in levels.advice("--depth {}")) == (bits is not None)
    assert bits is None or f"say --depth {bits} if {2**bits - 1} is white" in levels.advice("--depth {}")


@pytest.fixture
def deep_set(tmp_path) -> str:
    """Give a data set of two label maps whose images have 12 bits in 16, one of them dark."""
    for name, top in (("a", 4095), ("b", 200)):
        for folder in ("images", "labels"):
            (tmp_path / folder).mkdir(exist_ok=True)
        levels = np.zeros((20, 30), np.uint16)
        levels[5:15, 5:15] = top
        Image.fromarray(levels).save(tmp_path / "images" / f"{name}.tif")
        Image.fromarray((levels > 0).astype(np.uint8)).save(tmp_path / "labels" / f"{name}.png")
    return f"label_map:{tmp_path}"


def test_a_set_has_one_scale_and_check_says_which_it_should_have(deep_set):
    said = CliRunner().invoke(check, [deep_set])
    assert said.exit_code == 0
    assert "the largest value of 2 images of 16 bits is 4095, which fits 12 bits" in " ".join(
        said.output.split()
    )
    assert "say ?depth=12" in " ".join(said.output.split())
    assert "bits" not in CliRunner().invoke(check, [f"{deep_set}?depth=12"]).output
    reader = open_dataset(f"{deep_set}?depth=12")
    assert [int(sample.image.max()) for sample in reader] == [255, 12]
    assert [int(sample.image.max()) for sample in open_dataset(deep_set)] == [16, 1]
    assert fingerprint(reader) != fingerprint(open_dataset(f"{deep_set}?depth=14"))
    with pytest.raises(ValueError, match="wanted a depth of 1 to 32 bits"):
        open_dataset(f"{deep_set}?depth=99")


def test_who_watches_sees_the_largest_value(deep_set):
    with watching() as seen:
        list(open_dataset(deep_set))
    assert (seen.images, seen.brightest) == (2, 4095)
    list(open_dataset(deep_set))
    assert seen.images == 2


@pytest.mark.parametrize("name", ["detect", "trace", "walk", "explain", "evaluate"])
def test_a_command_that_reads_images_takes_a_depth(name):
    assert any("--depth" in option.opts for option in own(GROUP)[name].load().params)


def test_a_data_set_is_opened_at_the_depth_that_a_command_says(deep_set):
    at_12, at_16 = open_at(deep_set, 12)[0].image, open_at(deep_set, None)[0].image
    assert at_12.max() > at_16.max()
    assert (at_12 == open_dataset(f"{deep_set}?depth=12")[0].image).all()
