"""The canvas in Python: what is sent, what is refused and in which words. What is drawn: tests/browser."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from maskrcnn_inspect import canvas

SIZE = (4, 6)
IMAGE = np.zeros((*SIZE, 3), np.uint8)
BOX = [[0, 1, 2, 3]]
FRAMES = canvas.Frames("threshold", ("0.3", "0.5"))


def test_rows_are_sent_as_float32_and_int32_in_their_order():
    state = canvas.Boxes(BOX * 2, index=[7, 3], scores=[0.9, 0.1], lineage={"proposals": [5, -1]}).state(SIZE)
    np.testing.assert_array_equal(np.frombuffer(state["boxes"], np.float32), [0, 1, 2, 3] * 2)
    np.testing.assert_array_equal(np.frombuffer(state["index"], np.int32), [7, 3])
    np.testing.assert_array_equal(
        np.frombuffer(state["colours"], np.int32), [7, 3]
    )  # the index, unless given
    np.testing.assert_array_equal(np.frombuffer(state["lineage"]["proposals"], np.int32), [5, -1])
    assert state["count"] == 2 and np.frombuffer(state["scores"], np.float32)[0] == np.float32(0.9)


def test_soft_masks_are_sent_in_256_levels_and_nan_is_outside():
    state = canvas.Masks([[[0.0, 0.5], [np.nan, 1.0]]], BOX).state(SIZE)
    assert list(state["probs"]) == [0, 128, 0, 255]


def test_limits_of_a_heat_map_are_its_finite_ends_and_symmetric_around_zero_if_diverging():
    values = [[-1.0, np.nan], [np.inf, 3.0]]
    assert canvas.Heat(values).state(SIZE)["limits"] == [-1, 3]
    assert canvas.Heat(values, colours="diverging").state(SIZE)["limits"] == [-3, 3]
    assert canvas.Heat([[2.0]]).state(SIZE)["limits"] == [1.5, 2.5]
    assert canvas.Heat([[np.nan]]).state(SIZE)["limits"] == [0, 1]


WRONG = {
    "boxes 'boxes': wanted shape (row, 4), received (1, 3)": lambda: canvas.Boxes([[1, 2, 3]]),
    "boxes 'boxes', scores: wanted shape (1,), received (2,)": lambda: canvas.Boxes(BOX, scores=[1.0, 2.0]),
    "boxes 'boxes', class_ids: wanted rows 0 to 1": lambda: canvas.Boxes(
        BOX, class_ids=[2], class_names=["a", "b"]
    ),
    "boxes 'boxes', frames[0]: wanted rows 0 to 0": lambda: canvas.Boxes(BOX, frames=[[1]]),
    "boxes 'boxes', style: wanted solid or dotted, received 'wavy'": lambda: canvas.Boxes(BOX, style="wavy"),
    "boxes 'boxes', steps: wanted none, or two or more": lambda: canvas.Boxes([BOX], steps=("one",)),
    "masks 'masks': wanted probabilities 0 to 1, received 0 to 2": lambda: canvas.Masks([[[0.0, 2.0]]], BOX),
    "heat 'heat': wanted at least one cell": lambda: canvas.Heat(np.zeros((0, 3))),
    "heat 'heat', extent: wanted y1 < y2": lambda: canvas.Heat([[1.0]], extent=(2, 0, 1, 1)),
    "colours: wanted cividis, diverging or a table of matplotlib": lambda: canvas.Heat(
        [[1.0]], colours="no such"
    ),
    "grid 'grid': wanted at least one cell": lambda: canvas.Grid(0, 3),
    "links 'a → b': wanted shape (link, 2)": lambda: canvas.Links([1, 2, 3], "a", "b"),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_does_not_fit_is_refused_in_the_layer_s_own_name(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        canvas.Canvas(IMAGE, [WRONG[words]()])


def test_canvases_refuse_what_they_cannot_show():
    with pytest.raises(ValueError, match="wanted a name of its own for each, received 'boxes' 2 times"):
        canvas.Canvas(IMAGE, [canvas.Boxes(BOX), canvas.Boxes(BOX)])
    with pytest.raises(
        ValueError, match=re.escape("image: wanted uint8 (y, x, rgb), received float64 (2, 2)")
    ):
        canvas.Canvas(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="wanted an image, or the size"):
        canvas.Canvas(None)
    with pytest.raises(ValueError, match="wanted at least one pixel"):
        canvas.Canvas(np.zeros((0, 5, 3), np.uint8))
    with pytest.raises(ValueError, match="frames: wanted 2, received 1"):
        canvas.Canvas(IMAGE, [canvas.Boxes(BOX, frames=[[0]])], frames=FRAMES)
    with pytest.raises(ValueError, match="controls: wanted some of min_score"):
        canvas.Canvas(IMAGE, controls=["volume"])
    with pytest.raises(TypeError, match="Canvas has no 'colour'; its settings are"):
        canvas.Canvas(IMAGE, colour=3)


def test_layers_that_were_refused_leave_the_old_ones_standing():
    shown = canvas.Canvas(IMAGE, [canvas.Boxes(BOX)])
    with pytest.raises(ValueError, match="row, 4"):
        shown.layers = [canvas.Boxes([[1]])]
    assert [layer.name for layer in shown.layers] == ["boxes"]


def test_a_switch_that_was_moved_stays_moved_when_layers_are_replaced():
    shown = canvas.Canvas(IMAGE, [canvas.Boxes(BOX, visible=False), canvas.Boxes(BOX, "others")])
    assert shown.hidden == ["boxes"]
    shown.hidden = ["others"]
    shown.replace(canvas.Boxes([], "boxes", visible=False))
    assert shown.hidden == ["others"]
    shown.replace(canvas.Grid(2, 2, visible=False))
    assert shown.hidden == ["others", "grid"] and len(shown.layers) == 3


def test_a_page_holds_data_as_text_and_equal_buffers_once():
    name = "</script><script>alert(1)</script>"
    boxes = canvas.Boxes(np.random.default_rng(0).random((500, 4)), name)
    text = canvas.page(name, [canvas.Canvas(IMAGE, [boxes]), canvas.Canvas(IMAGE, [boxes]), name])
    assert text.count("<script") == 2 and "alert(1)</script>" not in text
    found = re.search(r"<script type=\"application/json\" data-mi-canvases>(.*?)</script>", text, re.DOTALL)
    parts = json.loads(found[1])
    one, two = parts["canvases"].values()
    assert one["_layers"] == two["_layers"]
    assert one["_layers"][0]["name"] == name
    assert len(parts["buffers"]) <= 5
    assert "script-src 'sha256-" in text and "http://" not in text and "https://" not in text


def test_canvases_need_no_tensorflow():
    code = "import sys; from maskrcnn_inspect import canvas; canvas.Canvas(None, size=(2, 2)); "
    code += "sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
