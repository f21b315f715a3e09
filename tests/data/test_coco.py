import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from maskrcnn_core.data.formats.coco import Coco

SQUARE = [5, 5, 15, 5, 15, 15, 5, 15]


@pytest.fixture
def dataset(tmp_path, paint):
    """Give a function that writes a COCO data set of one image, 30 x 20 px, and opens it."""
    paint(tmp_path / "a.png")
    plain = {
        "images": [{"id": 1, "file_name": "a.png", "height": 20, "width": 30}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "segmentation": [SQUARE], "iscrowd": 0}],
        "categories": [{"id": 7, "name": "square"}],
    }

    def write(**parts) -> Coco:
        (tmp_path / "a.json").write_text(json.dumps({**plain, **parts}))
        return Coco(str(tmp_path / "a.json"))

    write.plain = plain
    return write


def annotation(**parts) -> dict:
    return {"id": 1, "image_id": 1, "category_id": 7, "segmentation": [SQUARE], "iscrowd": 0, **parts}


# --- whole data sets -----------------------------------------------------------------------------------------


def test_masks_are_those_of_pycocotools_pixel_by_pixel(coco):
    assert compare_with_pycocotools(coco) == (4, 12, 3, 3, 1)


def test_coco128_gives_the_masks_of_pycocotools_pixel_by_pixel(shared):
    assert compare_with_pycocotools(shared / "data/coco128") == (128, 939, 10, 82, 2)


def compare_with_pycocotools(folder: Path) -> tuple[int, ...]:
    """Compare every mask; return the number of images, objects, crowds, objects of many parts, empty images."""
    reader = Coco(str(folder))
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = COCO(folder / "annotations/instances_train2017.json")
    objects = crowds = parts = empty = 0
    for index, image_id in enumerate(reader.image_ids):
        sample, found = reader.read(index)
        annotations = theirs.loadAnns(theirs.getAnnIds(image_id))
        assert found == []
        assert [reader.category_ids[k - 1] for k in sample.class_ids] == [
            a["category_id"] for a in annotations
        ]
        assert sample.is_crowd.tolist() == [bool(a["iscrowd"]) for a in annotations]
        for mask, one in zip(sample.masks, annotations, strict=True):
            assert (mask == theirs.annToMask(one)).all()
        objects, crowds, empty = (
            objects + len(sample),
            crowds + sample.is_crowd.sum(),
            empty + (len(sample) == 0),
        )
        parts += sum(isinstance(a["segmentation"], list) and len(a["segmentation"]) > 1 for a in annotations)
    assert reader.findings == []
    return len(reader), objects, int(crowds), parts, empty


def test_category_ids_with_gaps_become_class_ids_without(coco):
    reader = Coco(str(coco))
    assert reader.class_names == ("background", "person", "stop sign", "dog")
    assert reader.category_ids == (1, 13, 18)
    # the first image's id is 7: its objects are of the 2nd, 3rd, 1st and again 2nd category
    assert reader[0].class_ids.tolist() == [2, 3, 1, 2]


def test_cocos_category_ids_become_class_ids_without_gaps(shared):
    reader = Coco(str(shared / "data/coco128"))
    assert len(reader.class_names) == 81
    assert reader.class_names[:2] == ("background", "person")
    assert reader.category_ids[11:13] == (13, 14)  # COCO has no 12
    assert reader.class_names[12] == "stop sign"


def test_small_sample_with_runs(shared):
    folder = shared / "data/annotation_formats/tests/assets/coco_dataset/coco"
    reader = Coco(str(folder), split="val")
    sample, found = reader.read(0)
    content = json.loads((folder / "annotations/instances_val.json").read_text())
    size = (10, 5)
    expected = []
    for one in content["annotations"]:
        runs = one["segmentation"]
        if isinstance(runs, dict) and isinstance(runs["counts"], list):
            runs = coco_mask.frPyObjects(runs, *size)
        elif isinstance(runs, list):
            runs = coco_mask.merge(coco_mask.frPyObjects(runs, *size))
        expected.append(coco_mask.decode(runs))
    assert found == []
    assert reader.image_ids == (40,)
    assert reader.category_ids == (1, 2, 4)
    assert (sample.masks == np.array(expected)).all()
    assert sample.is_crowd.tolist() == [bool(one["iscrowd"]) for one in content["annotations"]]


def test_box_without_a_mask_is_left_out_and_said(shared, findings_of):
    reader = Coco(str(shared / "data/annotation_formats/tests/assets/roboflow_dataset/coco"), split="train")
    assert findings_of(reader) == [("no-mask", "error"), ("no-mask", "error")]


# --- by hand ---------------------------------------------------------------------------------------------------


def test_square_by_hand(dataset):
    sample, found = dataset().read(0)
    assert found == []
    assert sample.boxes.tolist() == [[5, 5, 15, 15]]
    assert sample.masks.sum() == 100
    assert sample.class_ids.tolist() == [1]


def test_compressed_and_plain_runs_are_the_same(dataset):
    mask = np.zeros((20, 30), np.uint8, order="F")
    mask[3:9, 4:20] = 1
    text = coco_mask.encode(mask)["counts"].decode()
    flat = np.concatenate([[0], mask.T.ravel()])
    counts = np.diff([0, *np.flatnonzero(np.diff(flat)), mask.size]).tolist()
    runs = [{"size": [20, 30], "counts": text}, {"size": [20, 30], "counts": counts}]
    sample, found = dataset(annotations=[annotation(segmentation=one, iscrowd=1) for one in runs]).read(0)
    assert found == []
    assert (sample.masks == mask).all()
    assert sample.is_crowd.tolist() == [True, True]


def test_image_without_annotations_is_kept(dataset, findings_of):
    reader = dataset(annotations=[])
    assert len(reader) == 1
    assert len(reader[0]) == 0
    assert findings_of(reader) == []


def test_chosen_classes_are_kept_in_the_order_asked_for(dataset, tmp_path):
    categories = [{"id": 3, "name": "a"}, {"id": 7, "name": "square"}, {"id": 9, "name": "c"}]
    dataset(
        categories=categories,
        annotations=[annotation(category_id=9), annotation(), annotation(category_id=3)],
    )
    reader = Coco(str(tmp_path / "a.json"), classes=("c", "square"))
    assert reader.class_names == ("background", "c", "square")
    assert reader.category_ids == (9, 7)
    assert reader[0].class_ids.tolist() == [1, 2]
    with pytest.raises(ValueError, match="did you mean square"):
        Coco(str(tmp_path / "a.json"), classes=("sqare",))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"segmentation": [[5, 5, 15, 5]]}, ("few-points", "error")),
        ({"segmentation": [[5, 5, 15, 5, 5, 5]]}, ("few-points", "error")),
        ({"segmentation": [SQUARE, [5, 5, 15, 5]]}, ("few-points", "warning")),
        ({"segmentation": [[5, 5, 40, 5, 40, 15, 5, 15]]}, ("outside-image", "warning")),
        ({"segmentation": [[50, 5, 60, 5, 60, 15]]}, ("outside-image", "error")),
        ({"segmentation": [[5, 5, 5.01, 5, 5.01, 5.01]]}, ("zero-area", "error")),
        ({"segmentation": {"size": [20, 30], "counts": [600]}}, ("zero-area", "error")),
        ({"segmentation": {"size": [30, 20], "counts": [600]}}, ("bad-coordinates", "error")),
        ({"segmentation": {"size": [10**9, 10**9], "counts": [10**18]}}, ("bad-coordinates", "error")),
        ({"segmentation": {"size": [20, 30], "counts": "P"}}, ("bad-coordinates", "error")),
        ({"segmentation": [[5, 5, float("nan"), 5, 15, 15]]}, ("bad-coordinates", "error")),
        ({"segmentation": [[5, 5, 1e12, 5, 15, 15]]}, ("bad-coordinates", "error")),
        ({"segmentation": [[5, 5, "x", 5, 15, 15]]}, ("bad-coordinates", "error")),
        ({"segmentation": "all of it"}, ("bad-coordinates", "error")),
        ({"segmentation": []}, ("no-mask", "error")),
        ({"category_id": 8}, ("empty-class", "error")),
        ({"category_id": None}, ("empty-class", "error")),
        ({"image_id": 2}, ("unknown-image", "error")),
    ],
)
def test_dirty_annotation_is_said(dataset, findings_of, changed, expected):
    reader = dataset(annotations=[annotation(**changed)])
    assert findings_of(reader) == [expected]
    assert len(reader[0]) == (1 if expected[1] == "warning" else 0)


def test_polygon_that_reaches_out_is_clipped(dataset):
    reader = dataset(annotations=[annotation(segmentation=[[25, 5, 40, 5, 40, 15, 25, 15]])])
    assert reader[0].boxes.tolist() == [[5, 25, 15, 30]]


def test_part_with_few_points_does_not_cost_the_others(dataset):
    assert dataset(annotations=[annotation(segmentation=[SQUARE, [0, 0, 1, 1]])])[0].masks.sum() == 100


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({"file_name": "gone.png"}, [("missing-image", "error")]),
        ({"file_name": "../../etc/passwd"}, [("outside-folder", "error")]),
        ({"file_name": "/data/a.png"}, [("outside-folder", "warning")]),
        ({"file_name": None}, [("outside-folder", "error")]),
        ({"height": 30, "width": 20}, [("size-swapped", "warning")]),
        ({"height": 40, "width": 60}, [("size-mismatch", "warning")]),
        ({"height": None, "width": "30"}, []),
        ({"height": float("inf")}, [("size-impossible", "warning")]),
        ({"width": -5}, [("size-impossible", "warning")]),
        ({"width": 10**12}, [("size-impossible", "warning")]),
    ],
)
def test_dirty_image_is_said(dataset, findings_of, image, expected):
    whole = {"id": 1, "file_name": "a.png", "height": 20, "width": 30}
    other = {"id": 2, "file_name": "a.png", "height": 20, "width": 30}
    reader = dataset(images=[{**whole, **image}, other])
    assert findings_of(reader) == expected
    assert len(reader) == (2 if all(severity == "warning" for _, severity in expected) else 1)


def test_truth_of_an_image_that_was_shrunk_since_shrinks_with_it(dataset):
    reader = dataset(images=[{"id": 1, "file_name": "a.png", "height": 40, "width": 60}])
    # new pixel i shows the old pixel 2 i + 1, and those from 5 to 14 belong to the square
    assert reader[0].boxes.tolist() == [[2, 2, 7, 7]]


def test_image_of_another_shape_than_recorded_is_refused(dataset):
    reader = dataset(images=[{"id": 1, "file_name": "a.png", "height": 20, "width": 90}])
    with pytest.raises(ValueError, match="90 x 20 px, the image of 30 x 20 px"):
        reader.read(0)


def test_two_things_with_one_id_are_said(dataset, findings_of):
    image = dataset.plain["images"][0]
    assert findings_of(dataset(images=[image, image])) == [("duplicate-id", "error")]
    assert findings_of(dataset(annotations=[annotation(), annotation()])) == [("duplicate-id", "warning")]
    twice = [{"id": 7, "name": "square"}, {"id": 7, "name": "circle"}]
    assert findings_of(dataset(categories=twice)) == [("duplicate-id", "error")]
    same = [{"id": 7, "name": "square"}, {"id": 8, "name": "square"}]
    assert findings_of(dataset(categories=same)) == [("duplicate-name", "warning")]


def test_images_are_found_where_coco_and_roboflow_put_them(tmp_path, paint, dataset):
    for place, json_place in (
        ("val/a.png", "annotations/instances_val.json"),
        ("x/a.png", "x/_annotations.coco.json"),
    ):
        root = tmp_path / place.partition("/")[0] / "set"
        paint(root / place)
        (root / json_place).parent.mkdir(exist_ok=True)
        (root / json_place).write_text(json.dumps(dataset.plain))
        assert Coco(str(root)).source(0) == str(root / place)


def test_folder_of_images_that_is_nowhere_is_named(dataset, tmp_path):
    with pytest.raises(ValueError, match="images=FOLDER"):
        dataset(images=[{"id": 1, "file_name": "nowhere/a.png"}])
    (tmp_path / "elsewhere/nowhere").mkdir(parents=True)
    (tmp_path / "a.png").rename(tmp_path / "elsewhere/nowhere/a.png")
    assert len(Coco(str(tmp_path / "a.json"), images=str(tmp_path / "elsewhere"))) == 1


def test_more_than_one_json_asks_for_the_split(dataset, tmp_path):
    dataset()
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(ValueError, match=r"a\.json, b\.json: name it"):
        Coco(str(tmp_path))


@pytest.mark.parametrize("content", ["[]", "{}", '{"images": [], "annotations": {}, "categories": []}', "3"])
def test_other_json_is_refused(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError, match="wanted COCO instances"):
        Coco(str(tmp_path / "a.json"))


def test_hostile_json_ends_in_a_sentence(dataset, mutations, survives, tmp_path):
    path = Path(tmp_path / "a.json")
    small = dict(dataset.plain)
    small["annotations"] = [
        annotation(segmentation=[[5, 5, 15, 5, 15, 15]]),
        annotation(segmentation={"size": [20, 30], "counts": [100, 50, 450]}),
    ]
    outcomes = []
    for document in mutations(small):
        path.write_text(json.dumps(document))
        outcomes.append(survives(lambda: Coco(str(path))))
    assert len(outcomes) > 500
    assert {"refused", "read"} == set(outcomes)


# --- names, numbers and crowds as other programs write them ---------------------------------------------------

LEAF, STEM = {"id": 0, "name": "leaf"}, {"id": 2, "name": "stem"}


def names_and_ids(reader) -> tuple:
    return reader.class_names[1:], reader[0].class_ids.tolist()


def test_categories_from_zero_are_classes_from_one(dataset):
    annotations = [annotation(category_id=0), annotation(id=2, category_id=2)]
    reader = dataset(categories=[LEAF, STEM], annotations=annotations)
    assert names_and_ids(reader) == (("leaf", "stem"), [1, 2])
    assert reader.findings == []


def test_two_categories_of_one_name_are_one_class(dataset):
    annotations = [
        annotation(category_id=5),
        annotation(id=2, category_id=3),
        annotation(id=3, category_id=2),
    ]
    categories = [{"id": 5, "name": "leaf"}, {"id": 3, "name": " leaf "}, STEM]
    reader = dataset(categories=categories, annotations=annotations)
    assert names_and_ids(reader) == (("stem", "leaf"), [2, 2, 1])
    assert reader.category_ids == (2, 3)
    assert [one.kind for one in reader.findings] == ["duplicate-name"]


def test_root_that_only_groups_is_no_class(dataset):
    categories = [{"id": 0, "name": "plants", "supercategory": "none"}]
    categories += [{"id": 1, "name": "leaf", "supercategory": "plants"}]
    reader = dataset(categories=categories, annotations=[annotation(category_id=1)])
    assert names_and_ids(reader) == (("leaf",), [1])
    assert [(one.kind, one.severity) for one in reader.findings] == [("group-class", "info")]
    of_root = dataset(
        categories=categories, annotations=[annotation(category_id=1), annotation(id=2, category_id=0)]
    )
    assert names_and_ids(of_root) == (("plants", "leaf"), [2, 1])


def test_background_is_no_class_and_what_is_ignored_no_object(dataset):
    categories = [LEAF, {"id": 1, "name": "background"}, {"id": 2, "name": "__ignore__"}]
    annotations = [annotation(id=k, category_id=k) for k in range(3)]
    reader = dataset(categories=categories, annotations=annotations)
    assert names_and_ids(reader) == (("leaf",), [1, -1])
    assert reader[0].is_crowd.tolist() == [False, True]
    assert sorted(one.kind for one in reader.findings) == ["ignored", "other-class"]


def test_numbers_as_text_are_numbers(dataset):
    one = annotation(
        image_id="1", category_id="7", iscrowd="0", segmentation=[[str(value) for value in SQUARE]]
    )
    crowd = annotation(id="2", iscrowd="1")
    reader = dataset(annotations=[one, crowd])
    sample, found = reader.read(0)
    assert (sample.boxes.tolist(), sample.is_crowd.tolist()) == ([[5, 5, 15, 15]] * 2, [False, True])
    assert reader.findings == found == []


def test_crowd_that_is_neither_is_said(dataset, findings_of):
    reader = dataset(annotations=[annotation(iscrowd="maybe")])
    assert findings_of(reader) == [("bad-crowd", "warning")]
    assert not reader[0].is_crowd.any()


def test_shares_are_no_px(dataset, findings_of):
    shares = [0.1, 0.1, 0.9, 0.1, 0.9, 0.8]
    assert findings_of(dataset(annotations=[annotation(segmentation=[shares])])) == [
        ("bad-coordinates", "error")
    ]


def test_what_says_ignore_is_a_region(dataset):
    reader = dataset(annotations=[annotation(), annotation(id=2, ignore=1)])
    assert reader[0].class_ids.tolist() == [1, -1]
    assert [(one.kind, one.severity) for one in reader.findings] == [("ignored", "info")]


def test_a_box_that_is_not_around_the_outline_is_said(dataset, findings_of):
    assert findings_of(dataset(annotations=[annotation(bbox=[5, 5, 10, 10])])) == []
    for box in ([20, 2, 5, 5], [0, 0, float("inf"), 5], "abc"):
        assert findings_of(dataset(annotations=[annotation(bbox=box)])) == [("box-mismatch", "warning")]
    assert findings_of(dataset(annotations=[annotation(bbox=[])])) == []
    runs = {"size": [20, 30], "counts": [100, 10, 490]}  # column 5, rows 0 to 9
    assert findings_of(dataset(annotations=[annotation(segmentation=runs, bbox=[5, 0, 1, 10])])) == []
    assert findings_of(dataset(annotations=[annotation(segmentation=runs, bbox=[0, 5, 10, 1])])) == [
        ("box-mismatch", "warning")
    ]


def test_what_was_deleted_is_left_out(dataset):
    reader = dataset(annotations=[annotation(), annotation(id=2, deleted=True)])
    assert len(reader[0]) == 1
    assert [(one.kind, one.severity) for one in reader.findings] == [("deleted", "info")]
