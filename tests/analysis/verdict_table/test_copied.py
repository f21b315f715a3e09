"""Copies by the looks of records: of images, of objects by their rows, and what a worker may not send as looks."""

import base64

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.quality.looks import look_of
from maskrcnn_core.data.quality.object_looks import OBJECT_LOOK, object_looks
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_inspect.analysis.verdict_table.copied import (
    LOOK,
    OBJECT_LOOKS,
    CopiedObject,
    Looks,
    sound_looks,
)
from maskrcnn_inspect.analysis.verdict_table.gathering import Gathered
from maskrcnn_inspect.commands.explain_lists import LABELS, lists_of


def noisy(seed):
    """Return an image of noise with two squares that have another noise."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 60, (64, 64, 3), np.uint8)
    masks = np.zeros((2, 64, 64), bool)
    top, left = random.integers(0, 12, 2)  # else all images would look alike
    masks[0, 5:25, 5:25] = masks[1, 28 + top : 52 + top, 3 * left : 3 * left + 25] = True
    image[masks.any(axis=0)] += random.integers(60, 160, (int(masks.sum()), 1), np.uint8)
    return Sample(image, np.ones(2, np.int32), masks)


def pasted(sample, of):
    """Return ``sample`` whose first object is that of ``of``, mirrored."""
    image = sample.image.copy()
    image[5:25, 5:25] = of.image[5:25, 24:4:-1]
    return Sample(image, sample.class_ids, sample.masks)


def text(content):
    return base64.b64encode(content).decode()


def looks_of(sample):
    return {LOOK: text(look_of(sample.image)), OBJECT_LOOKS: text(object_looks(sample).tobytes())}


@pytest.fixture
def records(made):
    """Give three records, the third with an object of the first, by other indices than their order."""
    samples = [noisy(1), noisy(2), pasted(noisy(3), noisy(1))]
    return [made(7 + place, [{}, {}], **looks_of(sample)) for place, sample in enumerate(samples)]


def gathered_of(records):
    gathered = Gathered()
    for record in records:
        for collector in gathered.collectors:
            collector.add({"fates": {}, "funnel": {}, "near_box": {}, "trials": {}, **record})
    return gathered


def test_a_copied_object_is_told_by_image_and_number(records):
    looks = Looks()
    for record in records:
        looks.add(record)
    images, objects = looks.copies()
    alike = pytest.approx(1, abs=1e-6)
    assert images == [] and objects == [CopiedObject((9, 0), (7, 0), alike, "1.000 alike, mirrored")]


def test_records_of_before_there_were_looks_have_no_copies(made):
    looks = Looks()
    looks.add(made(0, [{}]))
    looks.add({"index": 1, "image": "1.png", "unreadable": "gone"})
    looks.add(made(2, [{}], **{LOOK: text(look_of(Shapes(1)[0].image))}))
    assert looks.copies() == ([], [])


def test_the_gallery_lists_both_objects_of_a_copy(records):
    (entry,) = [one for one in lists_of(gathered_of(records), None)[LABELS] if "copied" in one.title]
    assert entry.title == "copied object: 1" and entry.rows == [0, 4]
    assert "object 0 of 9.png is a copy of object 0 of 7.png: 1.000 alike, mirrored" in entry.words


@pytest.mark.parametrize(
    "change",
    [
        {OBJECT_LOOKS: "%"},
        {OBJECT_LOOKS: text(bytes(OBJECT_LOOK.itemsize))},  # an area of 0
        {OBJECT_LOOKS: text(bytes(3))},
        {"truths": [{}]},  # of which there is no object 1
    ],
    ids=["no base64", "nothing", "too short", "too many"],
)
def test_looks_that_cannot_be_are_refused(records, change):
    assert sound_looks(records[0]) and not sound_looks({**records[0], LOOK: text(b"short")})
    with pytest.raises(ValueError):
        sound_looks({**records[0], **change})
