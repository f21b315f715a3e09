"""Preprocessing: where an image lands, and what its pixels become."""

import numpy as np
import pytest

from maskrcnn_core.config import Molding
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import layout, mold, mold_boxes, mold_masks, resize

GREY = (10.0,)  # a mean of one channel: grey images
SIZES = [(1, 1), (1, 200), (5, 3), (48, 64), (64, 48), (333, 100)]


def test_layout_matches_the_hand_worked_case():
    # 2x4 px: short side to 4 asks for a factor 2, but then the long side is 8 > 6, so 1.5
    place = layout((2, 4), Molding("square", 4, 6))
    assert place == (1.5, (3, 6), (6, 6), (1, 0), (2, 4))


def test_sizes_are_rounded_half_to_even():
    assert layout((5, 10), Molding("square", 0, 5)).content == (2, 5)  # 2.5
    assert layout((7, 10), Molding("square", 0, 5)).content == (4, 5)  # 3.5


def test_odd_padding_goes_below_and_right():
    assert layout((4, 4), Molding("square", 0, 7)).offset == (1, 1)


def test_images_are_scaled_up_only_if_they_fit():
    assert layout((100, 100), Molding("square", 50, 200)).scale == 1
    assert layout((100, 100), Molding("square", 150, 200)).scale == 1.5
    assert layout((400, 100), Molding("square", 150, 200)).scale == 0.5


def test_a_side_that_fits_just_so_is_not_a_pixel_short():
    # 500 px times 480 / 500 are 480 in torchvision's double precision, a little less in single
    place = layout((333, 500), Molding("corner", 320, 480, resizer="torch"))
    assert (place.content, place.shape) == ((319, 480), (320, 480))


@pytest.mark.parametrize("size", SIZES)
def test_pad64_pads_to_whole_strides(size: tuple[int, int]):
    place = layout(size, Molding("pad64", 0, 0))
    assert place.content == size
    assert all(
        side % 64 == 0 and 0 <= side - inside < 64 for side, inside in zip(place.shape, size, strict=True)
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["square", "pad64", "none"])
def test_window_holds_the_image_and_the_rest_is_minus_the_mean(mode: str, size: tuple[int, int]):
    molded = mold(np.full((*size, 1), 110, np.uint8), Molding(mode, 16, 64, mean=GREY))
    top, left, bottom, right = molded.window.astype(int)
    inside = np.zeros(molded.image.shape, bool)
    inside[top:bottom, left:right] = True
    assert inside.any()
    np.testing.assert_array_equal(molded.image[~inside], -10)
    np.testing.assert_array_equal(molded.image[inside], 100)


def test_mode_none_changes_no_size():
    molded = mold(np.zeros((7, 13, 3), np.uint8), Molding("none"))
    assert molded.image.shape == (7, 13, 3)
    np.testing.assert_array_equal(molded.window, [0, 0, 7, 13])
    assert molded.scale == 1


def test_resized_grey_levels_match_the_hand_worked_case():
    # twice as wide: the new middles lie at 1/4 and 3/4 between the old ones, with 0 outside; then truncated
    line = np.uint8([[[0], [100], [50]]])
    np.testing.assert_array_equal(resize(line, (1, 6))[0, :, 0], [0, 25, 75, 87, 62, 37])


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_every_channel_loses_its_own_mean(channels: int):
    mean = tuple(float(index) for index in range(channels))
    molded = mold(np.full((4, 4, channels), 9, np.uint8), Molding("none", mean=mean))
    np.testing.assert_array_equal(molded.image[0, 0], 9 - np.arange(channels))


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    mold(np.zeros((5, 3, 3), np.uint8), Molding("square", 8, 8), tap=trace)
    assert set(trace) == names_of("molding")
    assert {trace[name].dtype for name in trace} == {np.dtype(np.float32)}


def test_unknown_mode_names_those_that_are():
    with pytest.raises(ValueError, match=r"wanted molding\.mode square, pad64 or none.*received 'round'"):
        layout((4, 4), Molding("round"))


def test_boxes_follow_the_pixels():
    place = layout((100, 300), Molding("square", 0, 64))  # content 21 px high: 100 px / 4.76, not / 4.69
    np.testing.assert_allclose(mold_boxes(np.float32([[0, 0, 100, 300]]), place), [[21, 0, 42, 64]])
    assert mold_boxes(np.zeros((0, 4)), place).shape == (0, 4)


def test_masks_follow_the_pixels():
    masks = np.zeros((1, 4, 4), bool)
    masks[0, :2, :2] = True
    molded = mold_masks(masks, layout((4, 4), Molding("square", 8, 12)))
    wanted = np.zeros((12, 12), bool)
    wanted[2:6, 2:6] = True
    np.testing.assert_array_equal(molded[0], wanted)
    assert mold_masks(masks[:0], layout((4, 4), Molding("square", 8, 12))).shape == (0, 12, 12)
