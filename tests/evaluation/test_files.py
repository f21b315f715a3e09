import json

import numpy as np
import pytest

from maskrcnn_core.evaluation.files import ResultFiles, figures_of_files

RING = [[2, 2, 10, 2, 10, 10, 2, 10]]  # x y, an 8 x 8 square
TRUTH = {
    "images": [{"id": 7, "height": 20, "width": 30}, {"id": 3, "height": 20, "width": 30}],
    "categories": [{"id": 18, "name": "dog"}, {"id": 2, "name": "bicycle"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 18, "segmentation": RING, "area": 50, "bbox": [2, 2, 8, 8]},
        {
            "id": 2,
            "image_id": 7,
            "category_id": 2,
            "segmentation": {"size": [20, 30], "counts": [0, 600]},
            "iscrowd": 1,
        },
    ],
}
FOUND = {"image_id": 7, "category_id": 18, "score": 0.5, "segmentation": RING}


@pytest.fixture
def files(tmp_path):
    """Write ground truth and results, and return both paths."""

    def write(truth=TRUTH, results=(FOUND,)):
        for name, content in (("truth", truth), ("results", results)):
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{name}.json").write_text(text)
        return tmp_path / "truth.json", tmp_path / "results.json"

    return write


def test_images_come_in_order_of_id_and_classes_in_order_of_category(files):
    read = ResultFiles(*files())
    assert read.class_names == ("background", "bicycle", "dog")
    pairs = list(read)
    assert [pair.name for pair in pairs] == ["3", "7"]
    assert len(pairs[0].truths) == len(pairs[0].detections) == 0
    truths, detections = pairs[1].truths, pairs[1].detections
    assert truths.class_ids.tolist() == [2, 1]
    assert truths.is_crowd.tolist() == [False, True]
    assert truths.areas("segm").tolist() == [50, 600]  # as annotated, else of the mask
    assert detections.areas("segm").tolist() == [64]
    assert detections.boxes.tolist() == [[2, 2, 8, 8]]
    assert detections.scores.tolist() == [0.5]


def test_results_with_boxes_alone_are_measured_by_box(files):
    box = {"image_id": 7, "category_id": 18, "score": 0.5, "bbox": [2, 2, 8, 8]}
    paths = files(results=[box])
    assert ResultFiles(*paths).kinds == ("bbox",)
    assert figures_of_files(*paths, "bbox")["AP"] == pytest.approx(1)
    with pytest.raises(ValueError, match="wanted objects to measure by segm, received bbox alone"):
        figures_of_files(*paths, "segm")


def test_no_results_at_all_are_an_ap_of_0(files):
    paths = files(results=[])
    assert ResultFiles(*paths).kinds == ("segm", "bbox")
    assert figures_of_files(*paths)["AP"] == 0


def test_the_crowd_is_not_to_be_found(files):
    inside = {"image_id": 7, "category_id": 2, "score": 0.9, "segmentation": RING}
    figures = figures_of_files(*files(results=[FOUND, inside]))
    assert figures["AP"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image_id": 8}, "wanted an image and a category of"),
        ({"category_id": 1}, "wanted an image and a category of"),
        ({"category_id": None}, "wanted an entry with category_id"),
        ({"score": "high"}, "wanted a number for score"),
        ({"score": float("nan")}, "within"),
        ({"bbox": [1, 2, -3, 4]}, r"wanted a bbox \[x, y, width, height\]"),
        ({"segmentation": [[1, 1, 5, 5]]}, "polygons of 3 points or more"),
        ({"segmentation": [[1, 1, 5, 5, 9e6, 9e6]]}, "near the image"),
        ({"segmentation": {"size": [20, 30], "counts": "06"}}, "sum to 20 x 30"),
        ({"segmentation": {"size": [2000, 30], "counts": "06"}}, "runs of size"),
        ({"segmentation": {"size": [20, 30], "counts": "o" * 50}}, "COCO's text"),
        ({"segmentation": "polygon"}, "wanted polygons or runs"),
    ],
)
def test_wrong_results_are_said_with_their_file(files, change, words):
    paths = files(results=[FOUND, FOUND | change])
    with pytest.raises(ValueError, match=rf"results\.json.*{words}"):
        list(ResultFiles(*paths))


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        ("[]", "list of images"),
        ("{", "wanted json"),
        ({"images": [], "annotations": [1], "categories": []}, "list of annotations"),
        (TRUTH | {"images": [{"id": 7, "height": -1, "width": 2}]}, "height and width"),
    ],
)
def test_a_wrong_truth_is_said_with_its_file(files, truth, words):
    with pytest.raises(ValueError, match=rf"truth\.json.*{words}"):
        ResultFiles(*files(truth=truth))


def test_results_that_are_no_list_are_said(files):
    with pytest.raises(ValueError, match=r"results\.json: wanted a list of detections"):
        ResultFiles(*files(results={"image_id": 7}))


def test_truth_without_masks_is_measured_by_box(files):
    truth = TRUTH | {
        "annotations": [{"image_id": 7, "category_id": 18, "bbox": [2, 2, 8, 8]}],
    }
    read = ResultFiles(*files(truth=truth))
    assert read.kinds == ("bbox",)
    np.testing.assert_array_equal(list(read)[1].truths.areas("bbox"), [64])
