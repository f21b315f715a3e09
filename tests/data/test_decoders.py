"""What a library writes to the screen while it decodes: it has the file's name, or it is not there."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.reading import decoders
from maskrcnn_core.data.reading.images import ImageError, list_images, load_image
from maskrcnn_core.terminal.standard_error import overheard

PIXELS = np.random.default_rng(0).integers(0, 256, (32, 40, 3)).astype(np.uint8)
PSD = (
    b"8BPS\0\x01"
    + bytes(6)
    + bytes([0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 8, 0, 1])
    + bytes(12)
    + bytes(2)
    + bytes(4)
)


@pytest.fixture(autouse=True)
def nothing_was_said(monkeypatch):
    monkeypatch.setattr(decoders, "_SAID", type(decoders._SAID)())


def damaged(path: Path, compression: str, mode: str, place: int) -> Path:
    Image.fromarray(PIXELS).convert(mode).save(path, compression=compression)
    content = bytearray(path.read_bytes())
    content[place : place + 30] = b"\xfe\x01" * 15
    path.write_bytes(content)
    return path


def test_what_libtiff_says_of_a_file_that_is_read_has_its_name(tmp_path, capfd):
    path = damaged(tmp_path / "fax.tif", "group4", "1", 30)
    load_image(path)
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"{path}: Fax4Decode: ")
    for _ in range(5):
        load_image(path)
    assert "more files with the same are not told" in (said := capfd.readouterr().err)
    assert len(said.splitlines()) == decoders.TIMES - 1


def test_what_libtiff_says_of_a_file_that_is_refused_is_in_the_error(tmp_path, capfd):
    path = damaged(tmp_path / "a.tif", "tiff_lzw", "RGB", 100)
    with pytest.raises(ImageError, match=r"a\.tif: wanted an image .*; Using code not yet in table"):
        load_image(path)
    assert capfd.readouterr().err == ""


def test_two_threads_say_each_message_with_its_own_file(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(decoders, "TIMES", 100)
    paths = [damaged(tmp_path / f"{place}.tif", "group4", "1", place) for place in (30, 60)]
    alone = []
    for path in paths:
        load_image(path)
        alone.append(capfd.readouterr().err.strip())
    assert all(alone)
    assert alone[0].partition(": ")[2] != alone[1].partition(": ")[2]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load_image, paths * 20))
    said = capfd.readouterr().err.splitlines()
    assert sorted(said) == sorted(alone * 20)


def test_python_is_heard_while_libraries_are_overheard(capfd, monkeypatch):
    monkeypatch.setattr(sys, "stderr", os.fdopen(2, "w", closefd=False))
    with overheard() as heard:
        os.write(2, b"TIFFReadDirectory: Warning\n\n")
        with overheard() as inner:
            os.write(2, b"within\n")
        print("a line of ours", file=sys.stderr)
    assert (heard, inner) == (["TIFFReadDirectory: Warning"], ["within"])
    assert capfd.readouterr().err == "a line of ours\n"


def test_a_folder_takes_every_kind_of_image_that_can_be_read(tmp_path):
    for suffix in ("avif", "jp2", "ico", "pnm", "tga", "webp", "bmp", "gif", "dds"):
        kind = {"pnm": "PPM", "jp2": "JPEG2000"}.get(suffix, suffix.upper())
        Image.fromarray(PIXELS).save(tmp_path / f"a.{suffix}", format=kind)
    (tmp_path / "a.psd").write_bytes(PSD)
    found = list_images([tmp_path])
    assert len(found) == 10
    for path in found:
        assert load_image(path).pixels.shape[2] == 3
