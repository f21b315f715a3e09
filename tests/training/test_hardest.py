"""The hardest images of an epoch: who is ranked, what is written, what a run that goes on knows."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.pipeline import index_at
from maskrcnn_core.data.input.records import open_records
from maskrcnn_core.training.loop.measures import OfImages
from maskrcnn_core.training.tensorboard.hardest import COLUMNS, Hardest, sheet

READER, SEED = Shapes(6, seed=1, size=64), 3


def step(*seen: tuple[int, float]) -> OfImages:
    """Return a step with images at these places, whose first loss is this and whose others are 0."""
    places = np.array([place for place, _ in seen], np.int32)
    return OfImages(places, np.array([[first, 0, 0, 0, 0] for _, first in seen], np.float32))


@pytest.fixture
def hardest(tmp_path: Path) -> Hardest:
    return Hardest(READER, SEED, tmp_path, count=3)


def test_an_image_counts_once_by_the_dearest_of_its_views(hardest: Hardest, tmp_path: Path):
    records = open_records(READER, tmp_path / "cache")
    index = [index_at(records, place, SEED) for place in range(12)]
    again = next(place for place in range(6, 12) if index[place] == index[0])  # in the next epoch of the data
    hardest.add(step((0, 1.0), (1, 4.0)))
    hardest.add(step((2, 2.0), (again, 3.0)))
    assert [(view.index, view.place, view.total) for view in hardest.ranked()] == [
        (index[1], 1, 4.0),
        (index[0], again, 3.0),
        (index[2], 2, 2.0),
    ]


def test_no_more_are_kept_than_are_shown_and_the_first_seen_of_equals(hardest: Hardest):
    for place, loss in enumerate([1.0, 5.0, 5.0, 0.5, 5.0, 2.0]):
        hardest.add(step((place, loss)))
    assert [view.place for view in hardest.ranked()] == [1, 2, 4]
    assert len(hardest.views) == 3


def test_the_file_names_the_images_and_the_sheet_shows_them(hardest: Hardest, tmp_path: Path):
    hardest.add(step((0, 1.0), (1, 4.0)))
    dearest = hardest.ranked()[0]
    pixels = hardest.close_epoch(7)
    with (tmp_path / "hardest" / "epoch_00007.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert rows[0]["source"] == READER.source(dearest.index) and rows[0]["total"] == "4"
    assert list(rows[0])[4:] == ["total", "rpn_objectness", "rpn_delta", "class", "box_delta", "mask"]
    image = READER[dearest.index].image
    tile = pixels[28:92, 28:92]  # 64 px in the middle of 120 px
    np.testing.assert_array_equal(tile, image)
    assert hardest.close_epoch(8) is None, "a new epoch begins with none"


def test_a_run_that_goes_on_knows_what_was_hard_before(hardest: Hardest, tmp_path: Path):
    hardest.add(step((0, 1.0), (1, 4.0)))
    other = Hardest(READER, SEED, tmp_path, count=3)
    other.remember(hardest.memory())
    for one in (hardest, other):
        one.add(step((2, 3.0)))
    assert other.ranked() == hardest.ranked()


def test_a_sheet_has_rows_of_ten():
    tiles = [Image.new("RGB", (8, 6), (number, 0, 0)) for number in range(COLUMNS + 2)]
    pixels = sheet(tiles)
    assert pixels.shape == (2 * (6 + 4), COLUMNS * (8 + 4), 3)
    assert (pixels[10:16, 12:20] == [COLUMNS + 1, 0, 0]).all(), "the second of the second row"
