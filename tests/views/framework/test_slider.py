"""The slider keeps its value between its ends and of its kind."""

import pytest

from maskrcnn_inspect.views.framework.slider import Slider


def test_a_whole_slider_stays_whole_and_a_fraction_a_fraction():
    whole, share = Slider(3, min=0, max=10), Slider(0.5, min=0.0, max=1.0, step=0.05)
    whole.value, share.value = 7.0, 1  # as the browser sends them
    assert (whole.value, type(whole.value)) == (7, int)
    assert (share.value, type(share.value)) == (1.0, float)


def test_a_value_beyond_an_end_is_the_end():
    slider = Slider(3, min=1, max=10)
    slider.value = 99
    assert slider.value == 10
    slider.value = -4
    assert slider.value == 1


def test_the_largest_value_is_reached_at_the_start():
    assert Slider(2000, min=1, max=2000).value == 2000
    assert Slider(0.001, min=0.0, max=1.0, step=0.001).value == 0.001


def test_ends_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="'boxes': wanted min <= max, received 5 > 2"):
        Slider(3, min=5, max=2, description="boxes")
