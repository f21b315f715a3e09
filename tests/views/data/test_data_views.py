"""The views of data: what they draw, what they tell, and what they do with data that is odd."""

import numpy as np
import pytest
from ipywidgets import HTML

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_inspect.analysis.data.statistics import measure
from maskrcnn_inspect.canvas import Canvas, page
from maskrcnn_inspect.views.data import anchor_fit, augmentation, dataset, mask_detail, resizing
from maskrcnn_inspect.views.training import batch as training_batch

NASTY = "<img src=x onerror=alert(1)>$\\frac$"
CONFIG = tiny(Shapes.class_names)


class Odd(Reader):
    """A grey image of one pixel, one without objects, one with a crowd, a wrong box and a class without a name."""

    class_names = ("background", NASTY)

    def __len__(self) -> int:
        return 3

    def read(self, index: int):
        if index == 0:
            return Sample(
                np.zeros((1, 1, 1), np.uint8), np.array([1], np.int32), np.ones((1, 1, 1), bool)
            ), []
        image, masks = np.full((60, 90, 3), 90, np.uint8), np.zeros((2, 60, 90), bool)
        masks[0, 10:30, 10:40], masks[1, 40:60, 40:90] = True, True
        if index == 1:
            return Sample(image, np.zeros(0, np.int32), masks[:0], source=NASTY), []
        boxes = np.array([[10, 10, 30, 45], [40, 40, 60, 90]], np.float32)  # the first is 5 px too wide
        return Sample(image, np.array([1, 5], np.int32), masks, np.array([False, True]), boxes, NASTY), []


class Nothing(Odd):
    """A data set of no image."""

    def __len__(self) -> int:
        return 0


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes(count=30, seed=2, empty=0.1)


@pytest.fixture(scope="module")
def statistics(shapes):
    return measure(shapes, CONFIG)


def markup(panel) -> str:
    """Give all HTML that a panel puts on the page."""
    return "".join(part.value for part in [*panel.children, *panel.area.children] if isinstance(part, HTML))


# --- dataset --------------------------------------------------------------------------------------------------


def test_leafing_shows_the_sample_with_its_numbers(shapes, statistics):
    panel = dataset.widget(shapes, statistics)
    (canvas,) = panel.canvases
    panel.choices["number"].value = 7
    sample = shapes[7]
    assert canvas.title == f"Sample 7 of 30, 128 x 128 px: {len(sample)} objects, image px"
    assert canvas.layers[-1].boxes == pytest.approx(sample.boxes)
    assert f"source: {sample.source}" in panel.numbers.value
    assert f"{int(sample.masks[0].sum())} px of mask" in panel.numbers.value


def test_one_class_is_leafed_through_alone(shapes, statistics):
    panel = dataset.widget(shapes, statistics)
    panel.choices["of_class"].value = "circle"
    shown = set()
    for number in range(30):
        index = dataset.index_of(shapes, statistics, number, "circle")
        assert (shapes[index].class_ids == 2).any()
        shown.add(index)
    assert len(shown) == statistics.by_class()["circle"][1]


def test_boxes_that_do_not_follow_from_masks_are_drawn_beside_them():
    panel = dataset.widget(Odd())
    panel.choices["number"].value = 2
    off, given = panel.canvases[0].layers
    assert off.boxes.tolist() == [[10, 10, 30, 40]]
    assert given.boxes.tolist() == [[10, 10, 30, 45], [40, 40, 60, 90]]
    assert list(given.style) == ["solid", "dotted"]  # a crowd
    assert "5.00 px off those of the masks" in panel.numbers.value


def test_masks_can_be_switched_off(shapes):
    panel = dataset.widget(shapes)
    with_masks = panel.canvases[0]._image["bytes"]
    panel.choices["masks"].value = False
    assert panel.canvases[0]._image["bytes"] != with_masks


def test_the_figures_of_a_data_set(shapes, statistics):
    drawn = dataset.statistics_figure(statistics)
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles[0] == f"{len(statistics.areas)} objects by class, 30 images"
    assert titles[2].startswith(f"objects an image, {statistics.empty} images without")
    rows = dataset.top_masks(shapes, [0, 7])
    assert len(rows.axes) == 2 * (dataset.TOP_CLASSES + 1)
    dataset.statistics_figure(measure(Odd(), indices=[]))._repr_png_()  # nothing to count is a normal case


# --- resizing, augmentation, mask detail ----------------------------------------------------------------------


def test_molding_is_told_with_its_numbers():
    panel = resizing.widget(Odd(), tiny(Odd.class_names))
    panel.choices["index"].value = 2
    before, after = panel.canvases
    assert "90 x 60 px" in before.title
    assert "128 x 128 px, scale 1.422" in after.title
    assert "max(1, 128 / 60, 0), at most max_dim / long side = 128 / 90 = 1.4222" in panel.numbers.value
    panel.choices["mode"].value = "pad64"
    assert "192 x 128 px" in panel.canvases[1].title
    panel.choices["side"].value = 64
    panel.choices["mode"].value = "crop"
    assert "64 x 64 px" in panel.canvases[1].title


def test_an_object_has_one_number_on_both_sides(shapes):
    """Classic defect 12: an object changed its colour from panel to panel."""
    panel = augmentation.widget(shapes, CONFIG)
    panel.choices["names"].value = ("crop", "rot90")
    panel.choices["strength"].value = 3.0
    for seed in (1, 2, 3):
        panel.choices["seed"].value = seed
        before, after = (canvas.layers[-1] for canvas in panel.canvases)
        known = dict(
            zip(np.asarray(before.index).tolist(), np.asarray(before.class_ids).tolist(), strict=True)
        )
        for row, class_id in zip(np.asarray(after.index), np.asarray(after.class_ids), strict=True):
            assert known[int(row)] == class_id
        assert np.array_equal(after.colours, after.index)


def test_the_law_of_augmentation_is_shown_with_its_number(shapes):
    panel = augmentation.widget(shapes, CONFIG)
    panel.choices["names"].value = ("scale",)
    assert "largest difference of any side here: 0." in panel.numbers.value
    assert "scale, seed 1: 128 x 128 px, network-input px" in panel.canvases[1].title
    assert len(augmentation.figure(shapes[0], CONFIG, (1, 2)).axes) == 2 * len(panel.choices["names"].options)


def test_mask_detail_tells_both_grids(shapes):
    panel = mask_detail.widget(shapes, CONFIG)
    panel.choices["cells"].value = 8
    lines = panel.numbers.value
    assert "through 8 x 8 cells" in lines and "through 28 x 28" in lines
    kept = mask_detail.ceiling(shapes, CONFIG, [0, 1, 2], cells=8)
    mini, head = kept["mini mask of 8 cells"], kept["mask head's 28 cells"]
    assert 0.5 < mini < head <= 1.0
    assert set(mask_detail.ceiling(shapes, CONFIG, []).values()) == {1.0}


# --- anchors and batches --------------------------------------------------------------------------------------


def test_other_scales_are_held_against_the_objects(statistics):
    panel = anchor_fit.widget(statistics, CONFIG)
    as_configured = panel.numbers.value
    panel.choices["factor"].value = 4.0
    assert "anchors.scales = [48, 96, 192, 384, 512]" in panel.numbers.value
    reached = [int(text.split("reach ")[1].split(" of")[0]) for text in (as_configured, panel.numbers.value)]
    assert reached[1] < reached[0]
    panel.choices["longer"].value = True
    assert "anchors.ratios = [0.25, 0.5, 1, 2, 4]" in panel.numbers.value


def test_a_batch_is_shown_image_by_image(shapes, model):
    panel = training_batch.widget(shapes, model, range(10))
    batch = panel.subject[0].of(0)
    panel.choices["number"].value = 3
    canvas, masks = panel.canvases
    assert masks.layers[0].boxes.shape == ((batch[3].roi_class_ids > 0).sum(), 4)
    layers = {layer.name: layer for layer in canvas.layers}
    assert len(layers["ROIs on objects"].boxes) == (batch[3].roi_class_ids > 0).sum()
    assert len(layers["anchors for background"].boxes) == (batch[3].labels == -1).sum()
    assert f"source: {batch[3].source}" in panel.numbers.value
    panel.choices["seed"].value = 1
    assert batch[3].source not in panel.numbers.value or panel.subject[0].of(1)[3].source == batch[3].source


def test_a_batch_without_objects_is_drawn(model):
    batch = training_batch.training_batch(Odd(), model, 0, indices=[1])
    assert batch[0].positive_share == 0.0
    for drawn in (
        training_batch.figure(batch),
        training_batch.shares_figure(batch, 0.33),
        training_batch.masks_figure(batch[0]),
    ):
        drawn._repr_png_()
    assert "teaches no mask" in training_batch.masks_scene(batch[0]).note


# --- all of them ----------------------------------------------------------------------------------------------


def panels_of(reader, model):
    config = tiny(reader.class_names)
    yield dataset.widget(reader, measure(reader, config))
    yield resizing.widget(reader, config)
    yield augmentation.widget(reader, config)
    yield mask_detail.widget(reader, config)
    yield anchor_fit.widget(measure(reader, config), config)


def test_odd_data_is_shown_and_its_names_stay_text(model):
    for panel in panels_of(Odd(), model):
        chooser = panel.choices.get("number") or panel.choices.get("index")
        for index in range(3 if chooser else 1):
            if chooser:
                chooser.value = index
            assert panel.problem.value == "", panel.view.title
            assert "<img src=x" not in markup(panel)


def test_a_data_set_without_images_is_a_sentence(model):
    for panel in panels_of(Nothing(), model):
        if panel.choices.get("number") or panel.choices.get("index"):
            assert 'role="alert"' in panel.problem.value
        assert "Traceback" not in markup(panel)


def test_every_view_has_a_still(shapes, statistics, model):
    stills = [
        dataset.snapshot(shapes, 3),
        resizing.snapshot(shapes, CONFIG, index=3),
        augmentation.snapshot(shapes, CONFIG, names=("rot90",), seed=2),
        mask_detail.snapshot(shapes, CONFIG),
        anchor_fit.snapshot(statistics, CONFIG),
        training_batch.snapshot(shapes, model, range(8)),
    ]
    assert [sum(isinstance(part, Canvas) for part in parts) for parts in stills] == [1, 2, 2, 0, 0, 2]
    text = page("Data", [part for parts in stills for part in parts])
    assert text.count("<h2>") == len(stills)
    assert "This view cannot be shown" not in text
