"""Classes chosen, renamed, merged and ignored: the same options for every format."""

import json

import numpy as np
import pytest

from maskrcnn_core.data.formats.coco import Coco
from maskrcnn_core.data.reading.choices import Chosen
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.data.reading.sample import IGNORED, Sample, name_of_class, with_ignored


class Zoo(Reader):
    """One image with a cat, a dog, a cow and a crowd of dogs, in squares of 2 px from left to right."""

    class_names = ("background", "cat", "dog", "cow")
    category_ids = (3, 8, 9)

    def __len__(self) -> int:
        return 1

    def read(self, index: int):
        masks = np.zeros((4, 6, 20), bool)
        for number in range(4):
            masks[number, 1:3, 4 * number : 4 * number + 2] = True
        crowd = np.array([False, False, False, True])
        return Sample(np.zeros((6, 20, 3), np.uint8), np.array([1, 2, 3, 2], np.int32), masks, crowd), []


@pytest.mark.parametrize(
    ("asked", "names", "class_ids", "crowds", "category_ids"),
    [
        ({}, ["cat", "dog", "cow"], [1, 2, 3, 2], [0, 0, 0, 1], [3, 8, 9]),
        ({"classes": "cow,cat"}, ["cow", "cat"], [2, 1], [0, 0], [9, 3]),
        ({"rename": "cat:puma"}, ["puma", "dog", "cow"], [1, 2, 3, 2], [0, 0, 0, 1], [3, 8, 9]),
        ({"merge": "pet:cat|dog"}, ["pet", "cow"], [1, 1, 2, 1], [0, 0, 0, 1], [3, 9]),
        ({"merge": "cow:dog"}, ["cat", "cow"], [1, 2, 2, 2], [0, 0, 0, 1], [3, 8]),
        ({"ignore": "dog"}, ["cat", "cow"], [1, -1, 2, -1], [0, 1, 0, 1], [3, 9]),
        ({"crowds": "objects"}, ["cat", "dog", "cow"], [1, 2, 3, 2], [0, 0, 0, 0], [3, 8, 9]),
        (
            {
                "rename": "cow:ox",
                "merge": "pet:cat|dog",
                "ignore": "ox",
                "classes": "pet",
                "crowds": "objects",
            },
            ["pet"],
            [1, 1, -1, 1],
            [0, 0, 1, 0],
            [3],
        ),
    ],
)
def test_objects_get_their_classes(asked, names, class_ids, crowds, category_ids):
    chosen = Chosen(Zoo(), **asked)
    sample = chosen[0]
    assert chosen.class_names == ("background", *names)
    assert sample.class_ids.tolist() == class_ids
    assert sample.is_crowd.tolist() == [bool(crowd) for crowd in crowds]
    assert sample.masks.sum() == 4 * len(class_ids)
    assert list(chosen.category_ids) == category_ids


def test_what_is_left_out_is_said():
    (finding,) = Chosen(Zoo(), classes="cow").findings
    assert (finding.kind, finding.detail) == (
        "other-class",
        "objects of 'cat', 'dog' are left out: not asked for",
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"classes": "cta"}, "unknown class 'cta': did you mean cat"),
        ({"classes": "cat,cat"}, "wanted different class names"),
        ({"rename": "cat"}, "wanted rename=old:new,old:new, received 'cat'"),
        ({"rename": "cat:dog"}, "to join them use merge"),
        ({"rename": "cat:background"}, "without the background"),
        ({"merge": "pet:cat|dgo"}, "did you mean dog"),
        ({"merge": "cat|dog"}, r"wanted merge=new:old\|old"),
        ({"ignore": "bird"}, "unknown class 'bird'"),
        ({"crowds": "yes"}, "wanted crowds regions or objects"),
    ],
)
def test_what_cannot_be_is_refused(asked, words):
    with pytest.raises(ValueError, match=words):
        Chosen(Zoo(), **asked)


def test_every_format_takes_the_options():
    assert open_dataset("shapes:?count=2&classes=circle").class_names == ("background", "circle")
    merged = open_dataset("shapes:?count=2&merge=shape:square|circle|triangle")
    assert merged.class_names == ("background", "shape")
    with pytest.raises(ValueError, match="did you mean classes"):
        open_dataset("shapes:?clases=circle")


def test_two_entries_on_one_file_are_left_out_and_said(tmp_path, paint):
    for name in ("a.png", "b.png"):
        paint(tmp_path / name, seed=name == "b.png")
    images = [
        {"id": 1, "file_name": "a.png"},
        {"id": 2, "file_name": "b.png"},
        {"id": 3, "file_name": "./a.png"},
    ]
    (tmp_path / "i.json").write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    reader = open_dataset(f"coco:{tmp_path / 'i.json'}")
    assert [reader.source(index) for index in range(len(reader))] == [str(tmp_path / "b.png")]
    assert reader.image_ids == (2,)
    assert [(one.kind, one.severity, one.file) for one in reader.findings] == [
        ("shared-image", "error", "a.png")
    ]
    assert "2 entries fall on this one file" in reader.findings[0].detail
    assert isinstance(open_dataset("shapes:?count=1"), Reader)


def test_a_crowd_of_everything_can_be_taken_as_objects(tmp_path, paint):
    paint(tmp_path / "a.png")
    runs = {"size": [20, 30], "counts": [100, 10, 490]}
    one = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": runs, "iscrowd": 1}
    content = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [one]}
    (tmp_path / "i.json").write_text(json.dumps(content | {"categories": [{"id": 1, "name": "leaf"}]}))
    assert Coco(str(tmp_path / "i.json"))[0].is_crowd.tolist() == [True]
    assert open_dataset(f"coco:{tmp_path / 'i.json'}?crowds=objects")[0].is_crowd.tolist() == [False]


def test_ignored_regions_have_words_where_classes_have_names():
    names = ("background", "cat", "dog")
    assert [name_of_class(names, class_id) for class_id in (1, 2, IGNORED)] == [
        "cat",
        "dog",
        "ignored region",
    ]
    assert with_ignored(names)[IGNORED] == "ignored region"
    assert with_ignored(names)[:3] == names
