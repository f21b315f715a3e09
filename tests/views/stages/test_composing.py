"""The view of the result: looks by hand, areas that add up, PNG files that are the image, edges as sentences."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.inference.outputs import overlay
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas.standalone import page
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages.composing import view as composing
from maskrcnn_inspect.views.stages.composing.images import (
    LOOKS,
    look_of,
    on_white,
    png_of,
    result_of,
    sheet,
)

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def by_hand(shapes_session) -> Trace:
    """An image of 4 x 6 px with two objects that share a pixel, and one whose box holds none."""
    trace = Trace(config=shapes_session.base.config)
    image = np.full((4, 6, 3), 200, np.uint8)
    image[1:3, 1:3] = [255, 0, 0]
    masks = np.zeros((3, 4, 6), bool)
    masks[0, 1:3, 1:3] = True  # 4 px
    masks[1, 2, 2:5] = True  # 3 px, one of them on the first object
    boxes = np.array([[1, 1, 3, 3], [2, 2, 3, 5], [4, 6, 4, 6]], np.int32)
    trace.update(
        {
            "image.original": image,
            "detections.class_ids": np.array([1, 2, 1], np.int32),
            "detections.scores": np.float32([0.9, 0.8, 0.7]),
            "detections.proposal_index": np.array([0, 1, 2], np.int32),
            "mask_head.probs": np.ones((3, 2, 2), np.float32),
            "pasting.boxes": boxes,
            "pasting.masks": masks,
            "composing.picture": image,
        }
    )
    return trace


def pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))


def test_looks_match_the_hand_worked_ones(by_hand):
    both = np.array([0, 1])
    splash = look_of(by_hand, both, "grey splash")
    assert splash[1, 1].tolist() == [255, 0, 0]
    assert len(set(splash[0, 0].tolist())) == 1
    removed = look_of(by_hand, both, "background removed")
    assert removed[..., 3].astype(bool).sum() == 6
    white = on_white(removed)
    assert white[0, 0].tolist() == [255, 255, 255]
    assert white[2, 4].tolist() == [200, 200, 200]
    with pytest.raises(ValueError, match="wanted a look of image"):
        look_of(by_hand, both, "sepia")


def test_areas_are_told_with_their_pixels(by_hand):
    lines = composing.explain(by_hand, Selection(1))
    assert lines == [
        "6 x 4 = 24 image px; pixels under several objects of a class count once",
        "    square: 2 objects, 4 px = 16.67% of the image",
        "    circle: 1 object, 3 px = 12.50% of the image",
        "    background: 18 px = 75.00% of the image",
        "detection 1 circle 0.80: box (2, 2, 3, 5) = 3 px",
        "    object 3 px, 100% of its box; background in the box 0 px",
    ]
    assert composing.explain(by_hand, Selection(2))[-1] == "    object 0 px; background in the box 0 px"


def test_cut_outs_stand_side_by_side_enlarged(by_hand):
    drawn, places = sheet(by_hand, np.array([0, 1, 2]))
    heights, widths = places[:2, 2] - places[:2, 0], places[:2, 3] - places[:2, 1]
    assert heights.tolist() == [128, 42]  # factors 64 and 42
    assert widths.tolist() == [128, 126]
    top, left = places[0, :2].astype(int)
    assert (drawn[top : top + 128, left : left + 128] == [255, 0, 0]).all()
    assert (drawn[:8] == 255).all()


def test_one_object_or_a_class_alone(by_hand):
    assert composing.chosen_rows(by_hand, Selection(1), "selected").tolist() == [1]
    assert composing.chosen_rows(by_hand, Selection(), "selected").tolist() == [0, 1, 2]
    assert composing.chosen_rows(by_hand, Selection(), 1).tolist() == [0, 2]
    scene, cut, _ = composing.draw(by_hand, Selection(1), objects="selected")
    assert [one.index.tolist() for one in (*scene.layers, *cut.layers)] == [[1], [1], [1]]
    np.testing.assert_array_equal(scene.layers[0].boxes, by_hand["pasting.boxes"][[1]])
    assert scene.title == "Result: 1 object, image px"


def test_the_png_is_what_detect_writes(shapes_session):
    trace = shapes_session.trace
    rows = np.arange(len(trace["pasting.boxes"]))
    file = png_of(trace, rows, LOOKS[0])
    own = overlay(trace["image.original"], result_of(trace, rows), trace.config.composing)
    np.testing.assert_array_equal(pixels(file), own)
    np.testing.assert_array_equal(pixels(png_of(trace, rows, LOOKS[1])), trace["composing.picture"])
    assert pixels(png_of(trace, rows, LOOKS[3])).shape[2] == 4


def test_the_button_makes_a_file_of_what_is_shown(own_session):
    panel = composing.widget(own_session)
    assert panel.problem.value == ""
    button, link = panel.children[-1].children
    panel.choices["look"].value = "grey splash"
    assert panel.canvases[0].title.startswith("Grey splash: ")
    button.click()
    assert 'download="grey-splash.png"' in link.value
    data = re.search(r"base64,([^\"]+)", link.value)[1]
    wanted = look_of(own_session.trace, np.arange(len(own_session.trace["pasting.boxes"])), "grey splash")
    np.testing.assert_array_equal(pixels(base64.b64decode(data)), wanted)
    panel.close()


def test_selection_and_sliders_move_the_view(own_session):
    panel = composing.widget(own_session)
    panel.choices["objects"].value = "selected"
    own_session.select(detection=2)
    assert panel.canvases[0].title == "Result: 1 object, image px"
    before = int(own_session.trace["pasting.masks"][2].sum())
    own_session.rerun(**{"pasting.threshold": 0.9})
    after = int(own_session.trace["pasting.masks"][2].sum())
    assert after < before
    assert f"object {after} px" in panel.formula.value
    panel.choices["objects"].value = int(own_session.trace["detections.class_ids"][0])
    assert panel.problem.value == ""
    panel.close()


def test_nothing_found_is_an_image_of_background(no_detections):
    session = Session(no_detections)
    panel = composing.widget(session)
    assert panel.problem.value == ""
    assert "background: 16384 px = 100.00% of the image" in panel.formula.value
    for look in LOOKS:
        panel.choices["look"].value = look
        assert panel.problem.value == ""
    assert page("x", composing.snapshot(session))
    composing.figure(no_detections)


@pytest.mark.parametrize("name", ["pasting.masks", "pasting.boxes", "image.original", "mask_head.probs"])
def test_a_missing_tensor_is_a_sentence(without, name: str):
    session = Session(without(name))
    panel = composing.widget(session)
    assert f"{name} was not recorded" in panel.problem.value
    button, link = panel.children[-1].children
    button.click()
    assert name == "mask_head.probs" or f"{name} was not recorded" in link.value
    parts = composing.snapshot(session)
    assert any(f"{name} was not recorded" in part for part in parts if isinstance(part, str))


def test_a_composed_image_that_was_not_kept_is_missed_by_its_own_look_alone(without):
    panel = composing.widget(Session(without("composing.picture")))
    assert panel.problem.value == ""
    panel.choices["look"].value = LOOKS[1]
    assert "composing.picture was not recorded" in panel.problem.value
    panel.choices["look"].value = LOOKS[2]
    assert panel.problem.value == ""


def test_a_hostile_class_name_is_text(shapes_session):
    trace = Trace(
        config=shapes_session.base.config.replace(class_names=("background", HOSTILE, HOSTILE, HOSTILE))
    )
    trace.update(dict(shapes_session.base))
    session = Session(trace)
    panel = composing.widget(session)
    session.select(detection=0)
    assert panel.problem.value == ""
    assert HOSTILE not in panel.formula.value
    text = page("x", composing.snapshot(session))
    assert HOSTILE not in text
    assert len(text) < 1_000_000


def test_needs_no_tensorflow(without_tensorflow):
    without_tensorflow(
        "from maskrcnn_inspect.views import composing; p = composing.widget(s); s.select(detection=0);"
        "p.children[-1].children[0].click(); composing.snapshot(s); assert not p.problem.value"
    )
