import numpy as np
import pytest

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.metrics.objects import (
    Objects,
    objects_of_masks,
    objects_of_result,
    objects_of_sample,
    overlaps,
)
from maskrcnn_core.geometry.rle import as_text, encode_masks
from maskrcnn_core.stages.composing import Result


def test_iou_of_masks_by_hand(truths, found):
    pair = found([[0, 0, 4, 4]], [0.5]), truths([[0, 0, 4, 8], [0, 2, 4, 4], [9, 9, 12, 12]])
    np.testing.assert_allclose(overlaps(*pair), [[16 / 32, 8 / 16, 0]])
    np.testing.assert_allclose(overlaps(*pair, "bbox"), [[16 / 32, 8 / 16, 0]])


def test_overlap_with_a_crowd_is_the_share_of_the_detection_inside(truths, found):
    detections, crowd = found([[0, 0, 4, 4]], [0.5]), truths([[0, 2, 20, 20]], crowd=[True])
    np.testing.assert_allclose(overlaps(detections, crowd), [[8 / 16]])


def test_overlaps_match_faster_coco_eval(peer_cases, truths, found):
    case = peer_cases["fce_rle_iou"]
    boxes = [[y, x, y + h, x + w] for x, y, w, h in case["inputs"]["boxes"]]
    for crowd in ([1, 1], [0, 0], [1, 0], [0, 1]):
        wanted = case["expected"][f"crowd [{crowd[0]},{crowd[1]}]"]
        iou = overlaps(found(boxes, [1, 1]), truths(boxes, crowd=np.array(crowd, bool)))
        np.testing.assert_allclose(iou, wanted, atol=case["tolerance"])


def test_nothing_overlaps_nothing(truths, found):
    assert overlaps(found([], []), truths([])).shape == (0, 0)
    assert overlaps(found([], []), truths([[0, 0, 1, 1]])).shape == (0, 1)
    assert overlaps(found([[0, 0, 1, 1]], [1]), truths([])).shape == (1, 0)


def test_area_of_a_detection_is_that_of_what_is_judged():
    mask = np.eye(10, dtype=bool)[None]
    detection = objects_of_masks(mask, np.array([1]), np.array([0.5]))
    assert detection.areas("segm").tolist() == [10]
    assert detection.areas("bbox").tolist() == [100]
    assert objects_of_masks(mask, np.array([1])).areas("bbox").tolist() == [
        10
    ]  # a ground-truth object's is annotated


def test_more_than_255_objects_have_areas_and_overlaps():
    masks = np.zeros((300, 20, 20), bool)
    masks[:, :3, :4] = True
    many = objects_of_masks(masks, np.ones(300, int), np.ones(300))
    assert many.areas("segm").tolist() == [12] * 300
    sample = Sample(np.zeros((20, 20, 3), np.uint8), np.ones(300, np.int32), masks)
    assert objects_of_sample(sample).areas("segm").tolist() == [12] * 300
    for kind in ("segm", "bbox"):
        assert overlaps(many, objects_of_sample(sample), kind).shape == (300, 300)
        assert (overlaps(many, many, kind) == 1).all()


def test_boxes_alone_have_no_masks():
    boxes = Objects(np.array([1]), np.zeros((1, 4)), np.ones(1), np.zeros(1, bool), None)
    assert boxes.shapes("bbox") == [[0, 0, 0, 0]]
    with pytest.raises(ValueError, match="boxes alone"):
        boxes.shapes("segm")
    assert boxes.only(np.array([False])).codes is None


def test_sample_and_result_become_objects():
    masks = np.zeros((2, 6, 8), bool)
    masks[0, 1:3, 2:5], masks[1, 4, 7] = True, True
    sample = Sample(np.zeros((6, 8, 3), np.uint8), np.array([2, 1], np.int32), masks, np.array([False, True]))
    truth = objects_of_sample(sample)
    assert truth.boxes.tolist() == [[2, 1, 3, 2], [7, 4, 1, 1]]
    assert truth.areas("segm").tolist() == [6, 1]
    assert truth.is_crowd.tolist() == [False, True]
    boxes = np.array([[1, 2, 3, 5], [4, 7, 5, 8]], np.int32)
    result = Result(boxes, sample.class_ids, np.float32([0.9, 0.5]), masks, ("background", "a", "b"))
    detections = objects_of_result(result)
    np.testing.assert_array_equal(detections.boxes, truth.boxes)
    assert overlaps(detections, truth)[0, 0] == 1
    assert detections.only(np.array([False, True])).class_ids.tolist() == [1]


def test_codes_are_text_in_json():
    code = encode_masks(np.ones((1, 2, 3), bool))[0]
    assert as_text(code) == {"size": [2, 3], "counts": "06"} == as_text(as_text(code))
