import io

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.evaluation.metrics.error_types import ErrorTypes
from maskrcnn_core.evaluation.metrics.objects import Objects, overlaps
from maskrcnn_core.evaluation.metrics.worst_cases import (
    DETECTION_COLOUR,
    SIDE,
    TRUTH_COLOUR,
    WorstCases,
    _span,
    thumbnail,
)

NAMES = ("background", "cat", "dog")
ONE, TWO = [0, 0, 10, 10], [12, 12, 20, 20]
GREY = np.full((20, 20, 3), 128, np.uint8)


@pytest.fixture
def worst(truths, found):
    """Give the worst cases of images, each (ground-truth objects, detections) as the makers take them."""

    def look(*images, count=12, image=None):
        cases, errors = WorstCases(NAMES, count), ErrorTypes(NAMES)
        for number, (true, detections) in enumerate(images):
            pair = truths(*true), found(*detections)
            iou = overlaps(pair[1], pair[0])
            cases.add(f"image {number}", pair, errors.add(*pair, iou), iou, image)
        return cases

    return look


def test_the_largest_missed_and_the_surest_false_come_first(worst):
    cases = worst(
        (([ONE],), ([TWO], [0.6])), (([TWO],), ([ONE], [0.9])), (([[0, 0, 4, 4]],), ([], [])), count=2
    )
    assert [(case.image, case.value) for case in cases.missed] == [("image 0", 100), ("image 1", 64)]
    assert [(case.image, case.value) for case in cases.false] == [("image 1", 0.9), ("image 0", 0.6)]


def test_of_equal_ones_the_first_stay(worst):
    cases = worst(*[(([ONE],), ([TWO], [0.5]))] * 4, count=2)
    assert [case.image for case in cases.missed] == ["image 0", "image 1"]
    assert worst((([ONE],), ([TWO], [0.5])), count=0).false == []


@pytest.mark.parametrize(
    ("detections", "sentence"),
    [
        (([ONE], [0.9], [2]), "Cls: there is a cat, IoU 1.00"),
        (([[0, 0, 10, 4]], [0.9]), "Loc: badly placed on a cat, IoU 0.40"),
        (([[0, 0, 10, 4]], [0.9], [2]), "Both: badly placed on a cat, IoU 0.40"),
        (([[0, 0, 10, 9], ONE], [0.8, 0.9]), "Dupe: a second detection of a cat, IoU 0.90"),
        (([TWO], [0.9]), "Bkg: nothing is there"),
        (
            ([[9, 9, 12, 12]], [0.9]),
            "Bkg: nothing is there; the nearest ground-truth object is a cat, IoU 0.01",
        ),
    ],
)
def test_what_is_there_is_said(worst, detections, sentence):
    [case] = worst((([ONE],), detections)).false
    assert case.sentence == sentence


def test_what_is_near_a_missed_truth_is_said(worst):
    assert worst((([ONE],), ([TWO], [0.5]))).missed[0].sentence == "no detection touches it"
    near = worst((([ONE],), ([[9, 9, 12, 12]], [0.5], [2]))).missed[0]
    assert near.sentence == "the nearest detection is a dog with 0.50, IoU 0.01"
    assert worst((([],), ([], []))).missed == []


def test_images_are_small_and_show_both_outlines(worst):
    cases = worst((([ONE],), ([[0, 0, 10, 4]], [0.9])), image=GREY)
    image = np.asarray(Image.open(io.BytesIO(cases.false[0].jpeg))).astype(int)
    assert max(image.shape[:2]) == SIDE
    for colour in (TRUTH_COLOUR, DETECTION_COLOUR):
        assert (np.abs(image - colour).max(axis=2) < 60).sum() > 20
    assert len(cases.false[0].jpeg) < 20_000
    assert worst((([ONE],), ([TWO], [0.9]))).false[0].jpeg is None


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("box", [[0, 0, 1, 1], [19, 39, 20, 40], [0, 0, 20, 40], [5, 0, 5, 0]])
def test_any_place_of_any_image_can_be_shown(channels, box):
    y1, x1, y2, x2 = box
    boxes = Objects(
        np.array([1]), np.array([[x1, y1, x2 - x1, y2 - y1]], float), np.ones(1), np.zeros(1, bool), None
    )
    jpeg = thumbnail(np.zeros((20, 40, channels), np.uint8), boxes, [0], boxes, [0])
    assert max(Image.open(io.BytesIO(jpeg)).size) == SIDE


def test_three_tenths_of_the_boxes_are_shown_around_them():
    starts, lengths = np.array([1000.0, 1500.0]), np.array([400.0, 500.0])  # from 1000 to 2000 px
    assert _span(starts, lengths, 9999) == (700, 2300)
    assert _span(starts, lengths, 2100) == (700, 2100)
    assert _span(np.array([100.0]), np.array([8.0]), 9999) == (80, 128)  # 48 px at least
