import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.reading.mask_files import read_labels, read_mask

from .written import REFUSED

MASK = np.zeros((6, 8), bool)
MASK[1:4, 2:7] = True


@pytest.mark.parametrize("white", [1, 7, 255])
def test_whatever_white_is_the_object_is_white(tmp_path, white):
    Image.fromarray((MASK * white).astype(np.uint8)).save(tmp_path / "a.png")
    mask, doubt = read_mask(tmp_path / "a.png")
    assert (mask == MASK).all()
    assert doubt == ""


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "I;16", "LA"])
def test_mode_of_the_file_does_not_matter(tmp_path, mode):
    if mode == "P":
        image = Image.fromarray(MASK.astype(np.uint8))
        image.putpalette([200, 0, 0, 0, 0, 9])  # the object is the darker colour: indices count, not colours
    elif mode == "I;16":
        image = Image.fromarray((MASK * 60000).astype(np.uint16))
    else:
        image = Image.fromarray((MASK * 255).astype(np.uint8)).convert(mode)
    image.save(tmp_path / "a.png")
    assert (read_mask(tmp_path / "a.png")[0] == MASK).all()


def test_object_in_one_colour_channel_counts(tmp_path):
    Image.fromarray(np.stack([MASK * 0, MASK * 0, MASK * 200], axis=-1).astype(np.uint8)).save(
        tmp_path / "a.png"
    )
    assert (read_mask(tmp_path / "a.png")[0] == MASK).all()


def test_transparent_background_counts(tmp_path):
    black = np.zeros((6, 8, 4), np.uint8)
    black[..., 3] = MASK * 255
    Image.fromarray(black).save(tmp_path / "a.png")
    assert (read_mask(tmp_path / "a.png")[0] == MASK).all()


def test_soft_edges_are_cut_at_half_and_said(tmp_path):
    Image.fromarray(np.array([[0, 100, 127, 128, 255]], np.uint8)).save(tmp_path / "a.png")
    mask, doubt = read_mask(tmp_path / "a.png")
    assert mask.tolist() == [[False, False, False, True, True]]
    assert "between 0 and 255" in doubt


def test_noise_of_a_jpeg_is_no_object(tmp_path):
    Image.fromarray(np.full((8, 8), 5, np.uint8)).save(tmp_path / "a.jpg")
    mask, doubt = read_mask(tmp_path / "a.jpg")
    assert not mask.any()
    assert "JPEG" in doubt


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_labels_are_the_numbers_in_the_file(tmp_path, dtype):
    labels = np.array([[0, 1, 2], [0, 200, np.iinfo(dtype).max]], dtype)
    Image.fromarray(labels).save(tmp_path / "a.png")
    assert read_labels(tmp_path / "a.png").tolist() == labels.tolist()


def test_labels_with_colours_or_losses_are_refused(tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "a.png")
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "a.jpg")
    for name, received in (("a.png", "PNG RGB"), ("a.jpg", "JPEG L")):
        with pytest.raises(ValueError, match=f"received {received}"):
            read_labels(tmp_path / name)


def test_gigapixel_mask_is_refused_before_it_is_decoded(tmp_path):
    Image.new("1", (12000, 12000)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="at most"):
        read_mask(tmp_path / "a.png")


def test_odd_files_are_read_or_refused(odd_images):
    read_all(odd_images)
    for name in REFUSED:
        with pytest.raises(ValueError, match=r"\w"):
            read_mask(odd_images / name)


def test_more_odd_files_are_read_or_refused(shared):
    read_all(shared / "data/odd_images")


def read_all(folder) -> None:
    for path in sorted(folder.iterdir()):
        for read in (read_mask, read_labels):
            try:
                read(path)
            except ValueError as error:
                assert str(error)
