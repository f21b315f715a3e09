"""Statistics of a data set that can be counted by eye."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_inspect.analysis.data.statistics import advice, best_ious, evenly, measure


class Few(Reader):
    """A dark image with a square of 40 px and a bar, a bright one without objects, a broken one, one with a crowd."""

    class_names = ("background", "square", "bar", "never")

    def __len__(self) -> int:
        return 4

    def read(self, index: int):
        if index == 2:
            raise ValueError("cannot be decoded")
        image = np.full((64, 64, 3) if index else (64, 128, 3), 80 * index, np.uint8)
        masks = np.zeros((2, *image.shape[:2]), bool)
        masks[0, 10:50, 10:50] = True
        masks[1, 0:4, 0:32] = True
        ids = np.array([1, 2], np.int32)
        if index == 1:
            return Sample(image, ids[:0], masks[:0]), []
        return Sample(image, ids, masks, np.array([False, index == 3])), []


@pytest.fixture
def few():
    return measure(Few(), tiny(Few.class_names))


def test_counts_by_hand(few):
    assert (few.images, few.indices.tolist(), few.unreadable) == (4, [0, 1, 3], ((2, "cannot be decoded"),))
    assert few.by_class() == {"square": (2, 2), "bar": (1, 1), "never": (0, 0)}
    assert few.objects.tolist() == [2, 0, 1]
    assert (few.empty, few.crowds) == (1, 1)
    assert few.areas.tolist() == [1600, 128, 1600]
    assert few.by_size() == {"small": 1, "medium": 2, "large": 0}
    assert few.fill == pytest.approx([1.0, 1.0, 1.0])


def test_an_image_without_objects_is_counted_not_dropped(few):
    assert few.sizes.tolist() == [[64, 128], [64, 64], [64, 64]]


def test_the_mean_is_that_of_all_pixels(few):
    # 8192 px of 0, 4096 of 80, 4096 of 240
    assert few.mean == pytest.approx([(80 + 240) / 4] * 3)


def test_molded_sides_follow_each_image(few):
    # 128 px fit the preprocessed 128; 64 px are doubled
    assert few.molded_sides.tolist() == [[40, 40], [4, 32], [80, 80]]


def test_best_ious_are_those_of_all_anchors(few):
    config = tiny(Few.class_names)
    anchors = make_anchors((128, 128), config.anchors).boxes
    molded = np.array([[10 + 32, 10, 50 + 32, 50], [32, 0, 36, 32], [20, 20, 100, 100]], np.float32)
    assert best_ious(few, config) == pytest.approx(box_algebra.iou(molded, anchors).max(axis=1), abs=1e-5)


def test_other_anchors_are_judged_without_reading_again(few):
    config = tiny(Few.class_names)
    # the first object is 40 x 40 network-input px with its middle at (62, 30): the nearest centre at stride 8 is (64,
    # 32)
    closer = config.replace(**{"anchors.scales": (12.0, 40.0, 48.0, 96.0, 128.0)})
    shared = 38.0**2
    assert best_ious(few, closer)[0] == pytest.approx(shared / (2 * 40.0**2 - shared))
    assert best_ious(few, config)[0] < best_ious(few, closer)[0]


def test_advice_is_that_of_reach(few):
    assert advice(few).startswith("anchors reach 2 of 3 objects; ")
    assert advice(measure(Few())) == "no object to hold the anchors against"


def test_chosen_images_alone_are_read():
    assert measure(Few(), indices=[3]).by_class()["square"] == (1, 1)
    nothing = measure(Few(), tiny(), indices=[])
    assert (nothing.areas.size, nothing.boxes.shape, nothing.mean.size, nothing.empty) == (0, (0, 4), 0, 0)
    assert best_ious(nothing, tiny()).shape == (0,)


@pytest.mark.parametrize(
    ("count", "most", "wanted"),
    [(5, None, [0, 1, 2, 3, 4]), (5, 9, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (100, 1, [0]), (0, 5, [])],
)
def test_evenly_spaced_images(count, most, wanted):
    assert evenly(count, most) == wanted


def test_a_crop_is_judged_at_the_scale_of_the_whole_image():
    cropped = tiny().replace(**{"molding.mode": "crop", "molding.min_dim": 128})
    assert measure(Few(), cropped, [3]).molded_sides.tolist() == [[80, 80]]
