"""A chart can be read on a light page and on a dark one, and stays what it was."""

import io

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.text import Text
from PIL import Image

from maskrcnn_inspect.canvas.assets import chart_style
from maskrcnn_inspect.palette import FAINT, INK
from maskrcnn_inspect.views.framework.chart_image import chart_markup, light_and_dark
from maskrcnn_inspect.views.framework.drawing import bars, draw_boxes, panels, show_image

GREY = np.full((20, 20, 3), 128, np.uint8)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), int)


def chart():
    drawn, (left, right) = panels(2)
    bars(left, ["a", "b"], [1, 2], "a title")
    show_image(right, GREY, "an image")
    draw_boxes(right, np.array([[2, 2, 9, 9]]), INK)
    return drawn


def test_the_ground_is_transparent_and_the_ink_is_the_pages_opposite():
    light, dark = map(pixels, light_and_dark(chart()))
    assert light.shape == dark.shape
    assert light[0, 0, 3] == dark[0, 0, 3] == 0
    changed = (light != dark).any(axis=2) & (light[..., 3] == 255)
    assert changed.sum() > 100
    assert light[changed][:, :3].mean() < 60 and dark[changed][:, :3].mean() > 190


def test_lines_to_read_values_by_stay_faint():
    drawn = chart()
    drawn.axes[0].grid(color=FAINT)
    light, dark = map(pixels, light_and_dark(drawn))
    lines = (light[..., :3] == (0xEE, 0xF1, 0xF4)).all(axis=2) & (light[..., 3] > 0)
    assert lines.sum() > 100
    assert np.median(dark[lines][:, :3]) < 70


def test_images_bars_and_what_lies_on_them_keep_their_colours():
    light, dark = map(pixels, light_and_dark(chart()))
    for colour in ((128, 128, 128), (0, 114, 178)):
        both = [(one[..., :3] == colour).all(axis=2) & (one[..., 3] == 255) for one in (light, dark)]
        assert both[0].sum() > 200 and (both[0] == both[1]).all()


def test_the_figure_is_left_as_it_was():
    drawn = chart()
    light_and_dark(drawn)
    assert INK in {to_hex(text.get_color()) for text in drawn.findobj(Text)}
    assert to_hex(drawn.axes[0].patch.get_facecolor()) == "#ffffff"


def test_one_of_two_images_is_seen_by_the_style_of_the_page():
    text = chart_markup("<b>", chart())
    assert text.count("<img") == 2 and text.count(" hidden ") == 1 and "<b>" not in text
    assert text.index("mi-on-light") < text.index(" hidden ") and "mi-on-dark" in chart_style()
