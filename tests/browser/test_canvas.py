"""What the canvas draws: read back from the screen, in Chromium."""

import numpy as np
import pytest

from maskrcnn_core.stages.composing import PALETTE
from maskrcnn_core.stages.pasting import paste_mask
from maskrcnn_inspect import canvas

from .figures import Figure

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
BOXES = [[8, 10, 40, 60], [20, 40, 56, 90]]
SIZE = (60, 100)
BLACK = np.zeros((*SIZE, 3), np.uint8)
NAN_COLOUR, INF_COLOUR = (255, 0, 200), (0, 230, 118)


def soft_mask(height=28, width=28, radius=9.0):
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - height / 2, (x - width / 2) * height / width)
    return (1 / (1 + np.exp((distance - radius) / 2))).astype(np.float32)


LAYERS = {
    "boxes": canvas.Boxes(BOXES, numbered=False),
    "dotted": canvas.Boxes(np.add(BOXES, 3), "dotted", style="dotted", numbered=False),
    "masks": canvas.Masks([soft_mask()] * 2, BOXES),
    "links": canvas.Links([[0, 1]], "boxes", "dotted", name="links", only_selected=False),
    "heat": canvas.Heat(np.eye(6, 10)),
    "grid": canvas.Grid(6, 10),
    "points": canvas.Points([[5, 5], [50, 90]]),
}


def test_every_kind_of_layer_is_drawn_when_switched_on_and_only_then(opened):
    figure = Figure(opened(canvas.Canvas(BLACK, list(LAYERS.values()), hidden=list(LAYERS))))

    assert not figure.pixels(SIZE)[..., :3].any()
    for name in LAYERS:
        if name == "links":  # they join what is visible
            figure.switch("boxes", True), figure.switch("dotted", True)
        before = figure.screen()
        figure.switch(name, True)
        assert figure.screen() != before, f"{name} is not drawn"
        figure.switch(name, False)
        assert figure.screen() == before, f"{name} leaves something behind"


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.5, 0.9])
def test_masks_are_cut_as_pasting_cuts_them_up_to_a_pixel_at_the_edge(opened, threshold):
    boxes = np.array([[3, 5, 41, 39], [20, 42, 57, 98], [0, 50, 4, 59]])
    probs = np.stack([soft_mask(), soft_mask(radius=12.0), np.full((28, 28), 0.95, np.float32)])
    shown = canvas.Canvas(
        BLACK, [canvas.Masks(probs, boxes, colours=[0, 1, 2])], opacity=1.0, mask_threshold=threshold
    )
    pixels = Figure(opened(shown)).pixels(SIZE)[..., :3]
    for row, (box, grid) in enumerate(zip(boxes, probs, strict=True)):
        wanted = np.zeros(SIZE, bool)
        paste_mask(wanted, grid, box, threshold)
        drawn = (pixels == PALETTE[row]).all(axis=2)
        around = np.pad(wanted, 1)
        beside = [around[1 + dy : 61 + dy, 1 + dx : 101 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        edge = np.logical_or.reduce(beside) & ~np.logical_and.reduce(beside)
        differing = drawn != wanted
        assert not (differing & ~edge).any()
        assert differing.sum() <= 0.1 * wanted.sum(), f"{differing.sum()} of {wanted.sum()} px"


def test_what_is_no_number_is_hatched_in_colours_that_no_table_has(opened):
    values = np.tile(np.linspace(-1, 1, 10, dtype=np.float32), (6, 1))
    values[1, 2], values[4, 7], values[5, 0] = np.nan, np.inf, -np.inf
    size = (240, 400)  # about 2 screen px each, so that the lines of a hatch are met
    shown = canvas.Canvas(
        np.zeros((*size, 3), np.uint8), [canvas.Heat(values, "activation", colours="diverging", unit="logit")]
    )
    figure = Figure(opened(shown))
    cells = figure.pixels(size)[..., :3].reshape(6, 40, 10, 40, 3).swapaxes(1, 2).reshape(6, 10, 1600, 3)
    hatched = {(1, 2): NAN_COLOUR, (4, 7): INF_COLOUR, (5, 0): INF_COLOUR}
    for row, column in np.ndindex(6, 10):
        cell = cells[row, column]
        if (row, column) in hatched:
            assert 400 < (cell == hatched[row, column]).all(axis=1).sum() < 1500
            assert (cell == 0).all(axis=1).any(), "no lines between the colour"
        else:
            assert (cell == cell[0]).all(), "a cell is one number, so one colour"
    assert "1 NaN" in figure.root.inner_text() and "2 infinite" in figure.root.inner_text()
    for (y, x), words in {
        (15, 25): "(1, 2) = NaN logit",
        (45, 75): "= +∞",
        (55, 5): "= −∞",
        (5, 95): "= 1 ",
    }.items():
        figure.at(4 * y, 4 * x, size, "hover")
        assert words in figure.place


def test_hostile_names_show_as_their_letters(opened):
    boxes = canvas.Boxes(
        BOXES, f"boxes {HOSTILE}", of="detections", class_ids=[0, 1], class_names=["bg", HOSTILE]
    )
    labelled = canvas.Boxes(BOXES, "labelled", labels=["a", HOSTILE])
    frames = canvas.Frames(HOSTILE, (HOSTILE, "</script><script>alert(2)</script>"))
    shown = canvas.Canvas(BLACK, [boxes, labelled], title=HOSTILE, note=HOSTILE, frames=frames)
    page = opened(shown, HOSTILE)
    figure = Figure(page)
    figure.open_list()
    figure.at(50, 80, SIZE)
    words = page.locator("main").inner_text()
    assert words.count(HOSTILE) >= 7
    assert HOSTILE in figure.thing
    assert page.locator("main img, main script:not([type='application/json'])").count() == 0


def test_no_rows_of_any_kind_are_an_empty_image(opened):
    empty = [
        canvas.Boxes([], scores=[], class_ids=[], class_names=["bg"]),
        canvas.Masks(np.zeros((0, 28, 28)), []),
    ]
    empty += [canvas.Points([], "points"), canvas.Links([], "boxes", "points")]
    figure = Figure(opened(canvas.Canvas(BLACK, empty, title="Nothing found")))
    figure.press("n", "p", "Escape")
    figure.at(30, 50, SIZE)
    assert (figure.shown, figure.selected) == (0, {})
    assert figure.counts()[:3] == ["boxes 0 of 0", "masks 0 of 0", "points 0 of 0"]
    assert not figure.pixels(SIZE)[..., :3].any()


def test_an_image_of_one_pixel_is_shown_and_read(opened):
    dot = np.full((1, 1, 3), (10, 200, 30), np.uint8)
    layers = [canvas.Boxes([[0, 0, 1, 1]]), canvas.Masks([[[1.0]]], [[0, 0, 1, 1]]), canvas.Heat([[0.5]])]
    figure = Figure(opened(canvas.Canvas(dot, layers, opacity=0.0)))
    figure.at(0.5, 0.5, (1, 1), "hover")
    assert "rgb 10 200 30" in figure.place and "heat (0, 0) = 0.5" in figure.place
    np.testing.assert_array_equal(figure.pixels((1, 1))[0, 0, :3], (10, 200, 30))


def test_broken_boxes_are_counted_and_the_others_drawn(opened):
    boxes = np.array([[8, 10, 40, 60], [np.nan, 0, 10, 10], [0, 0, np.inf, 10], [1e30, 0, 2e30, 9]])
    masks = canvas.Masks([soft_mask()] * 4, boxes)
    figure = Figure(opened(canvas.Canvas(BLACK, [canvas.Boxes(boxes), masks])))
    assert figure.counts()[0] == "boxes 4 of 4, 2 not finite"
    figure.press("n", "n", "n")
    assert figure.selected == {"boxes": 2}
    assert "y 0 to +∞" in figure.thing
    assert figure.pixels(SIZE, "top")[..., 3].any()


def test_two_thousand_boxes_of_a_thousand_classes(opened):
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 400, (2000, 2))
    names = [f"class {i}" for i in range(1000)]
    boxes = canvas.Boxes(
        np.hstack([corners, corners + rng.uniform(5, 60, (2000, 2))]),
        "proposals",
        scores=np.linspace(1, 0, 2000),
        class_ids=np.arange(2000) % 1000,
        class_names=names,
    )
    figure = Figure(opened(canvas.Canvas(np.zeros((500, 500, 3), np.uint8), [boxes])))
    assert figure.shown == 2000
    figure.open_list()
    assert figure.root.locator(".mi-items li").count() == 201
    assert figure.root.locator(".mi-items li").last.inner_text() == "and 1800 more"
    figure.slide("max_number", 1500)
    figure.press("p")
    assert figure.selected == {"proposals": 1499} and "class 499 0.25" in figure.thing
    assert float(figure.root.get_attribute("data-draw-ms")) < 500


def test_colours_and_numbers_of_an_instance_are_the_same_in_box_mask_and_list(opened):
    layers = [canvas.Masks([soft_mask()] * 2, BOXES, of="detections"), canvas.Boxes(BOXES, "detections")]
    figure = Figure(opened(canvas.Canvas(BLACK, layers, opacity=1.0)))
    figure.open_list()
    swatches = figure.root.locator(".mi-swatch")
    for row in range(2):
        assert tuple(figure.pixels(SIZE)[(24, 45)[row], (20, 75)[row], :3]) == PALETTE[row]
        style = swatches.nth(row).get_attribute("style").replace(" ", "")
        assert f"rgb({','.join(map(str, PALETTE[row]))})" in style
    assert figure.root.locator(".mi-item").all_inner_texts() == ["detections[0]", "detections[1]"]


def test_saving_gives_the_image_as_it_is_on_the_screen(opened, tmp_path):
    from PIL import Image

    page = opened(canvas.Canvas(BLACK, [canvas.Boxes(BOXES)], title="ROIs: px / 1"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save what is shown as a PNG file").click()
    assert download.value.suggested_filename == "ROIs-px-1.png"
    saved = np.asarray(Image.open(download.value.path()).convert("RGB"))
    area = page.locator(".mi-base").bounding_box()
    assert saved.shape[:2] == (round(area["height"]), round(area["width"]))
    assert (saved == PALETTE[0]).all(axis=2).any()
