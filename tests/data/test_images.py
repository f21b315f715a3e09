"""Images: whatever a user has becomes the right image, or a ValueError that helps."""

import json

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.reading.images import (
    MAX_PIXELS,
    SUFFIXES,
    ImageError,
    count_of_others,
    list_images,
    load_image,
)

from .written import READABLE, REFUSED

RED = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)  # one row: red, blue


def pixels(source, channels=3):
    return load_image(source, channels).pixels


def test_uint8_rgb_stays_as_it_is():
    np.testing.assert_array_equal(pixels(RED), RED)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1)])
def test_grey_is_repeated(shape):
    grey = np.arange(6, dtype=np.uint8).reshape(shape)
    result = pixels(grey)
    assert result.shape == (2, 3, 3)
    assert (result == grey.reshape(2, 3, 1)).all()


def test_floats_of_0_to_1_are_multiplied_by_255():
    np.testing.assert_array_equal(pixels(np.array([[0.0, 0.5, 1.0]]))[0, :, 0], [0, 128, 255])


def test_transparent_pixels_are_laid_on_white():
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    np.testing.assert_array_equal(pixels(rgba)[0], [[255, 0, 0], [255, 255, 255], [204, 204, 204]])


def test_one_channel_models_get_grey_and_five_channel_models_what_they_ask_for():
    assert pixels(RED, 1).shape == (1, 2, 1)
    five = np.zeros((4, 4, 5), np.uint8)
    assert pixels(five, 5).shape == (4, 4, 5)
    with pytest.raises(ValueError, match="wanted 5 channels, received 3"):
        pixels(RED, 5)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (np.zeros((0, 5, 3), np.uint8), "at least one pixel"),
        (np.full((2, 2), np.nan), "finite"),
        (np.full((2, 2), 1.5), "floats of 0 to 1"),
        (np.zeros((2, 2), np.uint16), "uint16"),
        (np.zeros((2, 2), bool), "bool"),
        (np.zeros((2, 2, 3, 1), np.uint8), "one image at a time"),
        (np.zeros(4, np.uint8), "shape"),
        (np.broadcast_to(np.uint8(0), (2**15, 2**15)), str(MAX_PIXELS)),
        ([[1, 2]], "received list"),
        ("no/such/file.png", "without a file"),
    ],
)
def test_what_is_no_image_is_refused_in_words(source, words):
    with pytest.raises(ValueError, match=words):
        load_image(source)


def test_files_and_pil_images_are_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    Image.fromarray(RED).save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(pixels(tmp_path / "turned.png"), RED.transpose(1, 0, 2))


def test_a_file_of_16_bits_is_scaled_to_8(tmp_path):
    Image.fromarray(np.array([[0, 257, 65535]], np.uint16)).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(pixels(tmp_path / "deep.png")[0, :, 0], [0, 1, 255])


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short_is_refused(tmp_path, share):
    path = tmp_path / "cut.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ValueError, match="cannot"):
        load_image(path)


@pytest.mark.parametrize("name", READABLE)
def test_an_odd_file_gives_an_image_of_its_size(name, odd_images):
    height, width = load_image(odd_images / name).pixels.shape[:2]
    assert (width, height) == READABLE[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_image_is_a_clear_error(name, odd_images):
    with pytest.raises(ValueError, match="wanted"):
        load_image(odd_images / name)


def test_every_odd_file_gives_an_image_of_its_size_or_a_clear_error(shared):
    folder = shared / "data/odd_images"
    files = json.loads((folder / "MANIFEST.json").read_text())["files"]
    read = 0
    for name, facts in files.items():
        try:
            height, width = load_image(folder / name).pixels.shape[:2]
        except ValueError as error:
            assert "wanted" in str(error), name
        else:
            read += 1
            assert sorted((width, height)) == sorted(facts["size"]), name
            assert facts["pillow_load"] == "ok", name
    assert read == 47


def test_all_orientations_of_a_photo_look_the_same(orientations):
    look_the_same(orientations)


def test_all_orientations_of_a_landscape_look_the_same(shared):
    look_the_same(shared / "data/exif_orientation")


def look_the_same(folder) -> None:
    photos = [pixels(path).astype(float) for path in sorted(folder.glob("*.jpg"))]
    assert len(photos) == 9
    # the files were compressed anew after turning: a few grey levels
    assert max(abs(photo - photos[0]).mean() for photo in photos) < 5


def test_folders_are_searched_and_hidden_files_left_out(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.PNG", "sub/a.jpg", ".hidden.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [p.name for p in list_images([tmp_path])] == ["b.PNG", "a.jpg"]
    with pytest.raises(ValueError, match="no such file"):
        list_images([tmp_path / "nothing"])


@pytest.mark.parametrize(
    "suffix", [".avif", ".jp2", ".ico", ".pnm", ".tga", ".jfif", ".bmp", ".qoi", ".dds", ".sgi"]
)
def test_folders_take_every_ending_that_can_be_read(suffix, tmp_path):
    from PIL import features

    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    path = tmp_path / f"a{suffix.upper()}"
    Image.new("RGB", (16, 16), (10, 200, 30)).save(path, Image.registered_extensions()[suffix])
    (tmp_path / "notes.txt").write_text("x")
    assert list_images([tmp_path]) == [path]
    assert abs(load_image(path).pixels[8, 8].astype(int) - [10, 200, 30]).max() < 12


def test_what_is_passed_over_is_counted(tmp_path):
    for name in ("a.txt", "b.txt", "c.md", ".hidden.txt", "README", "below/d.xyz", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert count_of_others(tmp_path) == "5 other files (.txt 2, .md 1, .xyz 1, without ending 1)"
    assert count_of_others(tmp_path, deep=False) == "4 other files (.txt 2, .md 1, without ending 1)"
    with pytest.raises(ImageError, match=r"holds no image, but 5 other files \(\.txt 2"):
        list_images([tmp_path])
    assert count_of_others(tmp_path / "below") == "1 other file (.xyz 1)"


def test_no_ending_is_taken_that_needs_another_program_or_is_a_stub():
    assert not {".eps", ".ps", ".wmf", ".h5", ".mpg", ".grib", ".pdf"} & set(SUFFIXES)
    assert {".psd", ".avif", ".jp2", ".ico", ".pnm", ".tga", ".png", ".jpg", ".tif", ".webp"} <= set(SUFFIXES)
