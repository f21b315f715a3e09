"""Crops: each row's own place, whatever lies at the border, and grey where there is no image."""

import numpy as np
from PIL import Image

from maskrcnn_core.evaluation.metrics.worst_cases import DETECTION_COLOUR, TRUTH_COLOUR
from maskrcnn_inspect.gallery import crops


def test_a_tile_is_centred_on_its_box_and_outlined(reader):
    image = Image.fromarray(reader.read(0)[0].image)
    tile = np.asarray(crops.tile_of(image, (10, 20, 30, 50), None, True)).astype(int)
    scale = crops.TILE / (crops.AROUND * 30)
    assert tile.shape == (crops.TILE, crops.TILE, 3)
    np.testing.assert_array_equal(tile[crops.TILE // 2, crops.TILE // 2], (0, 128, 0))
    left = round(crops.TILE / 2 - 15 * scale)
    near = tile[crops.TILE // 2 - 14 : crops.TILE // 2 + 14, left - 3 : left + 4].reshape(-1, 3)
    assert (np.abs(near - TRUTH_COLOUR).sum(axis=1) < 10).any()
    assert not (np.abs(near - DETECTION_COLOUR).sum(axis=1) < 10).any()


def test_beyond_the_border_and_without_an_image_a_tile_is_grey(reader):
    image = Image.fromarray(reader.read(0)[0].image)
    tile = np.asarray(crops.tile_of(image, (0, 0, 10, 10), None, False))
    np.testing.assert_array_equal(tile[2, 2], crops.EMPTY)
    np.testing.assert_array_equal(np.unique(crops.tile_of(None, (0, 0, 10, 10), None, True)), [128])


def test_sheets_hold_every_row_in_order(many, reader, tmp_path):
    table, told, shown = many(crops.PER_SHEET + 3), [], {}
    assert crops.write_crops(table, reader, tmp_path, told.append, shown.setdefault) == 2
    assert told == list(range(1, crops.PER_SHEET + 4))
    assert list(shown) == [0, 1] and shown[0].shape == (60, 80, 3) and shown[1] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crops_00000.jpg", "crops_00001.jpg"]
    second = np.asarray(Image.open(tmp_path / "crops_00001.jpg"))
    assert second.shape == (crops.ACROSS * crops.TILE,) * 2 + (3,)
    assert np.abs(second[: crops.TILE].astype(int) - 128).max() < 12  # its image cannot be read


def test_no_row_makes_no_sheet(many, reader, tmp_path):
    assert crops.write_crops(many(0), reader, tmp_path) == 0
    assert not list(tmp_path.iterdir())
