import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from maskrcnn_core.data.reading.files import UnusableError
from maskrcnn_core.data.reading.frames import open_canvas, proportional, resize_nearest, turn

from .written import READABLE, REFUSED


def kinds(findings) -> list[str]:
    return [finding.kind for finding in findings]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turn_is_what_pillow_does_to_the_image(orientation):
    mask = np.random.default_rng(0).random((7, 5)) < 0.5
    image = Image.fromarray(mask)
    image.getexif()[0x0112] = orientation
    assert (turn(mask, orientation) == np.asarray(ImageOps.exif_transpose(image))).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_same_image_in_every_orientation_has_the_same_canvas(tmp_path, paint, orientation):
    upright = paint(tmp_path / "a.png", (8, 12))
    stored = next(np.asarray(o) for o in stored_as(upright, orientation))
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    image.save(tmp_path / "b.png", exif=image.getexif())
    canvas, found = open_canvas(tmp_path / "b.png", "b.png")
    assert found == []
    assert (canvas.image == upright).all()
    assert (canvas.displayed, canvas.stored) == ((8, 12), stored.shape[:2])


def stored_as(upright: np.ndarray, orientation: int):
    """Yield the arrays that Pillow would turn into ``upright``."""
    for turns in range(4):
        for flip in (False, True):
            stored = np.rot90(np.fliplr(upright) if flip else upright, turns)
            image = Image.fromarray(np.ascontiguousarray(stored))
            image.getexif()[0x0112] = orientation
            shown = np.asarray(ImageOps.exif_transpose(image))
            if shown.shape == upright.shape and (shown == upright).all():
                yield image


def test_photo_in_nine_orientations_is_one_canvas(orientations):
    look_the_same(orientations)


def test_landscape_in_nine_orientations_is_one_canvas(shared):
    look_the_same(shared / "data/exif_orientation")


def look_the_same(folder) -> None:
    canvases = [open_canvas(path, path.name)[0] for path in sorted(folder.glob("*.jpg"))]
    assert len(canvases) == 9
    for canvas in canvases[1:]:
        assert canvas.displayed == canvases[0].displayed
        # JPEG blocks fall differently: a few grey levels, never another image
        assert np.abs(canvas.image.astype(int) - canvases[0].image.astype(int)).mean() < 8


def test_truth_of_the_stored_size_is_turned_with_the_image(tmp_path, paint):
    stored = paint(tmp_path / "a.png", (8, 12), orientation=6)
    canvas, _ = open_canvas(tmp_path / "a.png", "a.png")
    fit, found = canvas.fit((8, 12))
    assert kinds(found) == ["exif-turned"]
    mask = np.zeros((8, 12), bool)
    mask[2:4, 5:9] = True
    placed = fit.place(mask)
    assert placed.shape == canvas.displayed == (12, 8)
    assert sorted(canvas.image[placed].tolist()) == sorted(
        stored[mask].tolist()
    )  # the same pixels of the image


def test_truth_of_the_displayed_size_is_left_alone(tmp_path, paint):
    paint(tmp_path / "a.png", (8, 12), orientation=6)
    fit, found = open_canvas(tmp_path / "a.png", "a.png")[0].fit((12, 8))
    assert (found, fit.orientation) == ([], 1)


@pytest.mark.parametrize(
    ("size", "orientation", "recorded"), [((8, 8), 6, (8, 8)), ((8, 12), 3, (8, 12)), ((8, 12), 6, None)]
)
def test_size_that_does_not_tell_is_said(tmp_path, paint, size, orientation, recorded):
    paint(tmp_path / "a.png", size, orientation=orientation)
    fit, found = open_canvas(tmp_path / "a.png", "a.png")[0].fit(recorded)
    assert kinds(found) == ["exif-ambiguous"]
    assert fit.orientation == 1


def test_upright_image_is_never_unclear(tmp_path, paint):
    paint(tmp_path / "a.png", (8, 8))
    canvas, _ = open_canvas(tmp_path / "a.png", "a.png")
    assert canvas.fit(None)[1] == canvas.fit((8, 8))[1] == []


def test_orientation_out_of_range_is_said(tmp_path, paint):
    paint(tmp_path / "a.png", (8, 12), orientation=9)
    canvas, found = open_canvas(tmp_path / "a.png", "a.png")
    assert kinds(found) == ["exif-broken"]
    assert canvas.displayed == (8, 12)


def test_swapped_sides_are_taken_for_coordinates_alone(tmp_path, paint):
    paint(tmp_path / "a.png", (8, 12))
    canvas, _ = open_canvas(tmp_path / "a.png", "a.png")
    fit, found = canvas.fit_recorded((12, 8))
    assert kinds(found) == ["size-swapped"]
    assert fit.size == (8, 12)
    with pytest.raises(UnusableError, match="do they belong together"):
        canvas.fit((12, 8))


@pytest.mark.parametrize("size", [(8, 24), (1, 1000), (0, 0), (2**19, 2**19)])
def test_sizes_that_cannot_belong_together_are_refused(tmp_path, paint, size):
    paint(tmp_path / "a.png", (8, 12))
    with pytest.raises(UnusableError):
        open_canvas(tmp_path / "a.png", "a.png")[0].fit(size)


def test_resize_is_pillows_nearest():
    mask = np.random.default_rng(0).random((37, 53)) < 0.5
    for size in ((100, 141), (20, 30), (37, 53), (1, 1)):
        theirs = np.asarray(
            Image.fromarray(mask.astype(np.uint8)).resize(size[::-1], Image.Resampling.NEAREST)
        )
        assert (resize_nearest(mask, size) == theirs).all()


def test_rounded_sizes_are_proportional():
    assert proportional((683, 1024), (1067, 1600))
    assert proportional((1067, 1600), (683, 1024))
    assert proportional((5, 5), (5, 5))
    assert not proportional((683, 1024), (1100, 1600))
    assert not proportional((20, 30), (30, 20))


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_image_is_refused_by_name(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    for source in (tmp_path / "a.png", content):
        with pytest.raises(UnusableError) as caught:
            open_canvas(source, "a.png")
        assert (caught.value.finding.kind, caught.value.finding.file) == ("unreadable-image", "a.png")


def test_odd_images_open_or_are_refused(odd_images):
    assert open_all(odd_images) == (len(READABLE), len(REFUSED))


def test_more_odd_images_open_or_are_refused(shared):
    opened, refused = open_all(shared / "data/odd_images")
    assert opened > 25
    assert refused > 10


def open_all(folder) -> tuple[int, int]:
    """Open every file; return how many are images and how many are refused."""
    opened = refused = 0
    for path in sorted(folder.iterdir()):
        try:
            canvas, _ = open_canvas(path, path.name)
            assert canvas.image.dtype == np.uint8
            assert canvas.image.shape[2] == 3
            canvas.fit(canvas.stored)
            opened += 1
        except UnusableError:
            refused += 1
    return opened, refused


def test_bytes_and_file_are_the_same_image(tmp_path, paint):
    pixels = paint(tmp_path / "a.png")
    canvas, _ = open_canvas(io.BytesIO((tmp_path / "a.png").read_bytes()).getvalue(), "a.png")
    assert (canvas.image == pixels).all()
