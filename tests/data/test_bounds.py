"""Annotations that are too much: an image of few pixels bounds what is drawn on it."""

import json
import time
from pathlib import Path

import pytest
from PIL import Image

from maskrcnn_core.data.quality.lint import check
from maskrcnn_core.data.reading.registry import open_dataset


def findings(folder: Path, annotations: list[dict]) -> list[str]:
    """Check a COCO data set with one image of 20 x 30 px."""
    Image.new("RGB", (30, 20)).save(folder / "a.png")
    document = {
        "images": [{"id": 1, "file_name": "a.png", "width": 30, "height": 20}],
        "categories": [{"id": 1, "name": "leaf"}],
        "annotations": [
            {"id": n, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [1, 1, 5, 5], "area": 25, **one}
            for n, one in enumerate(annotations)
        ],
    }
    (folder / "i.json").write_text(json.dumps(document))
    return [each.detail for each in check(open_dataset(f"coco:{folder}/i.json")).findings]


def test_an_outline_of_more_points_than_the_image_has_edges_is_left_out(tmp_path: Path):
    ring = [1.0, 1.0, 6.0, 1.0, 6.0, 6.0] * 5000
    found = findings(tmp_path, [{"segmentation": [ring]}])
    assert any(
        "wanted 12400 points at most on an image of 20 x 30 px, received 15000" in one for one in found
    )


def test_too_many_objects_on_an_image_are_told_before_they_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("maskrcnn_core.data.reading.truths.MAX_OBJECTS", 50)
    began = time.monotonic()
    found = findings(tmp_path, [{"segmentation": [[1, 1, 6, 1, 6, 6]]}] * 3000)
    assert any("has more than 50 objects" in one for one in found)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("value", ["NaN", "1e15", "-1e400"])
def test_a_coordinate_that_is_none_is_told_as_it_stands(tmp_path: Path, value: str):
    ring = [1.0, 1.0, 6.0, 1.0, 6.0, float(value)]
    found = findings(tmp_path, [{"segmentation": [ring]}])
    assert any(f"received {float(value)!r}" in one for one in found)
