"""What hands do with the canvas, in Chromium: point, click, slide, zoom, keys alone; and what listeners are told."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from maskrcnn_inspect import canvas

from .figures import Figure

pytestmark = pytest.mark.browser

SIZE = (60, 100)
GREY = np.full((*SIZE, 3), 90, np.uint8)
BOXES = np.array([[8, 10, 40, 60], [20, 40, 56, 90], [2, 70, 14, 98]], np.float32)
SCORES = np.float32([0.9, 0.7, 0.35])
NAMES = ["background", "square", "circle"]


def detections(**more):
    return canvas.Boxes(
        BOXES,
        "detections",
        scores=SCORES,
        class_ids=[1, 2, 1],
        class_names=NAMES,
        lineage={"proposals": [17, 4, 9], "anchors": [-1, 400, 900]},
        **more,
    )


def proposals():
    index = [4, 9, 17, 30]
    return canvas.Boxes(
        np.vstack([BOXES[[1, 2, 0]], [[0, 0, 9, 9]]]) + 1, "proposals", index=index, style="dotted"
    )


def test_hovering_reads_the_row_the_pixel_and_the_cell(opened):
    heat = canvas.Heat(np.arange(60, dtype=np.float32).reshape(6, 10), "objectness")
    figure = Figure(opened(canvas.Canvas(GREY, [heat, detections()])))
    figure.at(30.5, 20.5, SIZE, "hover")
    assert figure.thing == (
        "detections[0] · square 0.9000 · y 8 to 40, x 10 to 60 · 32 × 50 px · proposals[17]"
    )
    assert figure.place == "y 30, x 20 · rgb 90 90 90 · objectness (3, 2) = 32"
    figure.at(30, 50, SIZE, "hover")  # two boxes: the smaller lies on top
    assert figure.thing.startswith("detections[0]")
    figure.at(58, 99, SIZE, "hover")
    assert figure.thing == "Point at a box or a pixel; click to select."


def test_clicking_goes_down_through_what_lies_there_and_beside_it_lets_go(opened):
    figure = Figure(opened(canvas.Canvas(GREY, [detections()])))
    figure.at(30, 50, SIZE)
    assert figure.selected == {"detections": 0, "proposals": 17}
    figure.at(30, 50, SIZE)
    assert figure.selected == {"detections": 1, "proposals": 4, "anchors": 400}
    figure.at(30, 50, SIZE)
    assert figure.selected["detections"] == 0
    figure.at(58, 2, SIZE)
    assert figure.selected == {}


def test_a_selection_follows_lineage_into_the_other_canvases_of_a_page(opened):
    cells = canvas.Heat(np.zeros((6, 10)), "cells", of="cells")
    page = opened(
        canvas.Canvas(GREY, [detections()]),
        "between",
        canvas.Canvas(GREY, [proposals()]),
        canvas.Canvas(GREY, [cells]),
    )
    first, second, third = Figure(page, 0), Figure(page, 1), Figure(page, 2)
    first.at(5, 90, SIZE)
    assert first.selected == second.selected == {"detections": 2, "proposals": 9, "anchors": 900}
    assert second.thing.startswith("proposals[9]")
    second.at(5, 5, SIZE)
    assert first.selected == {"proposals": 30}
    assert first.thing.startswith("Point at"), "no detection came of this proposal"
    second.at(25, 20, SIZE)
    assert first.thing.startswith("detections[0]"), "the detection that came of this proposal"
    third.at(25, 37, SIZE)
    assert first.selected == {"cells": 2 * 10 + 3}


def test_a_score_equal_to_the_least_score_is_kept_although_float32_is_less(opened):
    assert float(np.float32(0.9)) < 0.9
    figure = Figure(opened(canvas.Canvas(GREY, [detections()])))
    for least, shown in [(0.9, 1), (0.7, 2), (0.35, 3), (0.36, 2), (0.91, 0), (0, 3)]:
        figure.slide("min_score", least)
        assert figure.shown == shown, least
    figure.slide("max_number", 1)
    assert figure.counts() == ["detections 1 of 3"]
    figure.at(30, 80, SIZE, "hover")
    assert figure.thing.startswith("Point at"), "what is not drawn cannot be pointed at"


def test_frames_show_their_own_rows_and_maps(opened):
    frames = canvas.Frames("IoU threshold", ("0.3", "0.5", "0.7"), start=1)
    maps = np.stack([np.full((6, 10), value, np.float32) for value in (1, 2, 3)])
    layers = [canvas.Heat(maps, "map"), detections(frames=[[], [1], [2, 0, 1]])]
    page = opened(canvas.Canvas(GREY, layers, frames=frames))
    figure = Figure(page)
    assert figure.shown == 1
    for frame, shown, words in [(0, 0, "= 1"), (2, 3, "= 3"), (1, 1, "= 2")]:
        figure.slide("frame", frame)
        figure.at(30, 50, SIZE, "hover")
        assert figure.shown == shown
        assert words in figure.place
    slider = page.get_by_role("slider", name="IoU threshold")
    assert slider.get_attribute("aria-valuetext") == "0.5"
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.7"
    page.get_by_role("button", name="Play IoU threshold").click()  # from its end back to its start, then on
    page.locator("input[data-key=frame][aria-valuetext='0.3']").wait_for()
    page.locator("input[data-key=frame][aria-valuetext='0.7']").wait_for()
    page.get_by_role("button", name="Play IoU threshold", pressed=False).wait_for()


def test_steps_slide_boxes_from_one_place_exactly_to_the_next(opened):
    steps = np.stack([BOXES[:1], BOXES[:1] + 10.2, np.clip(BOXES[:1] + 10.2, 0, 45)])
    figure = Figure(
        opened(canvas.Canvas(GREY, [canvas.Boxes(steps, steps=("anchor", "refined", "clipped"))]))
    )
    figure.press("n")
    for tick, words in [
        (0, "y 8 to 40, x 10 to 60"),
        (50, "y 18.2 to 50.2"),
        (100, "y 18.2 to 45, x 20.2 to 45"),
    ]:
        figure.slide("progress", tick)
        assert words in figure.thing
    figure.slide("progress", 25)
    assert "y 13.1 to 45.1" in figure.thing
    assert figure.root.locator(".mi-value").first.inner_text() == "50 % to refined"


def test_wheel_and_drag_zoom_and_move_around_what_is_under_the_pointer(opened):
    page = opened(canvas.Canvas(GREY, [detections()]))
    figure = Figure(page)
    fitted = figure.zoom
    figure.at(30.5, 80.5, SIZE, "hover")
    page.mouse.wheel(0, -300)  # without the keyboard on the image, the wheel scrolls the page
    figure.settle()
    assert figure.zoom == fitted
    figure.top.focus()
    page.mouse.wheel(0, -300)
    figure.settle()
    assert figure.zoom > 1.5 * fitted
    page.mouse.move(1, 1)
    figure.at(30.5, 80.5, SIZE, "hover")
    assert figure.place.startswith("y 30, x 80"), "the px under the pointer stays there"
    page.mouse.down()
    page.mouse.move(*(side + 60 for side in centre_of(figure)), steps=3)
    page.mouse.up()
    figure.settle()
    assert figure.selected == {}, "a drag is no click"
    page.get_by_role("button", name="Show the whole image").click()
    figure.settle()
    assert figure.zoom == fitted


def centre_of(figure):
    area = figure.top.bounding_box()
    return area["x"] + area["width"] / 2, area["y"] + area["height"] / 2


def test_everything_can_be_done_by_keys_alone(opened):
    page = opened(
        canvas.Canvas(GREY, [canvas.Masks(np.ones((3, 4, 4)), BOXES, of="detections"), detections()])
    )
    figure = Figure(page)
    order = []
    for _ in range(14):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.className"))
    assert order[:4] == ["Zoom out", "Zoom in", "Show the whole image", "Save what is shown as a PNG file"]
    assert order[4] == "mi-top"
    assert order[5:9] == ["Score threshold", "Most rows a layer", "Mask threshold", "Opacity"]
    fitted = figure.zoom
    figure.press("n", "n")
    assert figure.selected["detections"] == 1
    figure.press("p", "p")
    assert figure.selected["detections"] == 2, "around the end"
    figure.press("+", "=")
    assert figure.zoom == pytest.approx(fitted * 1.69, abs=2)
    figure.press("ArrowDown", "ArrowRight", "-")
    moved = figure.screen()
    figure.press("n")
    assert figure.selected["detections"] == 0 and figure.screen() != moved, "the next row comes into sight"
    figure.press("0", "Escape")
    assert (figure.zoom, figure.selected) == (fitted, {})
    figure.root.locator("summary").press("Enter")
    figure.root.locator(".mi-item").nth(1).press("Enter")
    figure.settle()
    assert figure.selected["detections"] == 1
    page.get_by_role("checkbox", name="detections").press("Space")
    figure.settle()
    assert figure.root.locator(".mi-item").count() == 0


def test_those_who_listen_hear_what_is_shown_and_selected(opened):
    page = opened(canvas.Canvas(GREY, [detections()]))
    spoken = page.locator("[role=status]")
    spoken.filter(has_text="detections: 3 of 3").wait_for(state="attached")
    Figure(page).slide("min_score", 0.5)
    spoken.filter(has_text="detections: 2 of 3").wait_for(state="attached")
    Figure(page).press("n")
    spoken.filter(has_text="Selected detections[0] · square 0.9000").wait_for(state="attached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, scheme):
    heat = canvas.Heat(np.full((6, 10), np.nan), "heat", unit="logit")
    frames = canvas.Frames("IoU threshold", ("0.3", "0.5"))
    steps = canvas.Boxes(np.stack([BOXES, BOXES]), "refined", steps=("anchor", "refined"))
    layers = [heat, canvas.Grid(6, 10), steps, detections(frames=[[0], [0, 1]])]
    page = opened(
        canvas.Canvas(GREY, layers, frames=frames, title="All", note="A note."), color_scheme=scheme
    )
    figure = Figure(page)
    figure.open_list()
    figure.press("n")
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []


def test_twice_the_pixels_on_a_screen_of_ratio_two_and_a_new_size_in_a_new_window(opened):
    page = opened(
        canvas.Canvas(GREY, [detections()]), device_scale_factor=2, viewport={"width": 900, "height": 800}
    )
    figure = Figure(page)
    area = figure.top.bounding_box()
    sides = (
        "(root) => [...root.querySelectorAll('.mi-stage canvas')].flatMap((one) => [one.width, one.height])"
    )
    assert figure.root.evaluate(sides) == [round(2 * area["width"]), round(2 * area["height"])] * 2
    assert tuple(figure.pixels(SIZE)[30, 20, :3]) == (90, 90, 90)
    page.set_viewport_size({"width": 380, "height": 700})
    figure.settle()
    smaller = figure.top.bounding_box()
    assert smaller["width"] < 360 and figure.root.evaluate(sides)[0] == round(2 * smaller["width"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 380, "nothing sticks out"
    figure.at(30, 20, SIZE)
    assert figure.selected["detections"] == 0


def test_an_arrow_joins_two_rows_of_one_kind_that_lie_in_two_layers(opened):
    lost = canvas.Boxes([[4, 4, 12, 12.0]], "lost", of="anchors", index=[7], numbered=False)
    kept = canvas.Boxes([[44, 84, 52, 92.0]], "kept", of="anchors", index=[3], numbered=False)
    links = canvas.Links([[7, 3]], "anchors", "anchors", name="suppressed by")
    figure = Figure(opened(canvas.Canvas(GREY, [lost, kept, links])))
    between = (28, 48)  # on the line from (8, 8) to (48, 88)
    assert figure.pixels(SIZE, "top")[between][3] == 0
    figure.at(8, 4.5, SIZE)  # on the left edge of the dotted box
    assert figure.selected == {"anchors": 7}
    assert figure.pixels(SIZE, "top")[between][3] > 0


def test_shift_and_a_drag_draw_a_box_and_leave_the_image_where_it_is(opened):
    figure = Figure(opened(canvas.Canvas(GREY, [detections()])))
    area = figure.top.bounding_box()
    scale = min(area["height"] / SIZE[0], area["width"] / SIZE[1])
    left, top = (
        area["x"] + (area["width"] - SIZE[1] * scale) / 2,
        area["y"] + (area["height"] - SIZE[0] * scale) / 2,
    )
    before, mouse = figure.pixels(SIZE, "base"), figure.page.mouse
    figure.page.keyboard.down("Shift")
    mouse.move(left + 20.5 * scale, top + 50.5 * scale)  # through the middle of px, where they are read
    mouse.down()
    mouse.move(left + 30 * scale, top + 30 * scale)
    mouse.move(left + 70.5 * scale, top + 10.5 * scale)
    mouse.up()
    figure.page.keyboard.up("Shift")
    figure.settle()
    assert (figure.pixels(SIZE, "base") == before).all() and figure.selected == {}
    drawn = figure.pixels(SIZE, "top")
    assert (
        drawn[10, 45, 3] > 0 and drawn[30, 20, 3] > 0 and drawn[30, 25, 3] == 0
    )  # its upper and left side, inside
