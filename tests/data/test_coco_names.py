"""COCO's class names and category ids."""

import hashlib
import json
from pathlib import Path

import pytest

from maskrcnn_core.data.formats.coco_names import COCO_CLASSES, category_of, class_of, coco_class_names


def test_eighty_classes_between_1_and_90_with_ten_gaps():
    categories = [category for category, _ in COCO_CLASSES]
    assert len(categories) == 80
    assert categories == sorted(categories)
    assert set(range(1, 91)) - set(categories) == {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}


def test_names_are_different_and_the_background_is_class_0():
    names = coco_class_names()
    assert len(names) == len(set(names)) == 81
    assert (names[0], names[1], names[11], names[12], names[80]) == (
        "background",
        "person",
        "fire hydrant",
        "stop sign",
        "toothbrush",
    )


def test_class_and_category_are_inverse():
    assert [class_of(category_of(class_id)) for class_id in range(1, 81)] == list(range(1, 81))
    assert (category_of(12), class_of(90)) == (13, 80)


@pytest.mark.parametrize("class_id", [0, 81, -1])
def test_category_of_refuses_what_is_no_class(class_id: int):
    with pytest.raises(ValueError, match=f"1 to 80, received {class_id}"):
        category_of(class_id)


@pytest.mark.parametrize("category", [0, 12, 91])
def test_class_of_refuses_the_gaps(category: int):
    with pytest.raises(ValueError, match=f"received {category}"):
        class_of(category)


def test_ids_and_names_are_those_of_cocos_published_list():
    # the digest was made of the categories in COCO's annotations, "id name" a line
    text = "".join(f"{category} {name}\n" for category, name in COCO_CLASSES)
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "4b2d7644cf2470e0419216f5d30ce11a569c8784aa07ca9f5ab36c49b44aedc4"
    )


def test_names_are_those_of_cocos_annotations(shared: Path):
    categories = [
        {category["id"]: category["name"] for category in content["categories"]}
        for content in map(_content, sorted((shared / "data").glob("coco*/**/*.json")))
        if isinstance(content, dict) and len(content.get("categories", [])) == 80
    ]
    assert categories
    assert all(found == dict(COCO_CLASSES) for found in categories)


def _content(path: Path) -> object:
    return json.loads(path.read_text())
