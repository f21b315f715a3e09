"""Outputs by hand: areas, splashes, cut-outs, COCO results."""

import numpy as np
from pycocotools import mask as run_length

from maskrcnn_core.inference.outputs import LEGIBLE, areas, coco_results, cutout, overlay, splash
from maskrcnn_core.stages.composing import Result

NAMES = ("background", "cat", "dog")


def result(*instances) -> Result:
    """Make a result of (class_id, score, y1, x1, y2, x2) on an image of 4 x 5 px, each filling its box."""
    masks = np.zeros((len(instances), 4, 5), bool)
    for mask, (_, _, y1, x1, y2, x2) in zip(masks, instances, strict=True):
        mask[y1:y2, x1:x2] = True
    boxes = np.array([i[2:] for i in instances], np.int32).reshape(-1, 4)
    return Result(
        boxes,
        np.array([i[0] for i in instances], np.int32),
        np.array([i[1] for i in instances], np.float32),
        masks,
        NAMES,
    )


TWO_CATS_AND_A_DOG = result((1, 0.9, 0, 0, 2, 2), (1, 0.8, 1, 1, 3, 3), (2, 0.7, 0, 4, 1, 5))


def test_overlapping_masks_of_a_class_count_once_and_the_background_is_the_rest():
    # cats cover 4 + 4 - 1 = 7 px, the dog 1; 20 - 8 = 12 are free
    rows = [(a.class_name, a.instances, a.pixels, a.share) for a in areas(TWO_CATS_AND_A_DOG)]
    assert rows == [("cat", 2, 7, 0.35), ("dog", 1, 1, 0.05), ("background", 0, 12, 0.6)]


def test_an_image_without_instances_is_all_background():
    assert [tuple(a) for a in areas(result())] == [("background", 0, 20, 1.0)]


def test_splash_keeps_colour_inside_masks_alone():
    image = np.zeros((4, 5, 3), np.uint8)
    image[...] = 255, 0, 0
    splashed = splash(image, TWO_CATS_AND_A_DOG.masks)
    assert splashed[0, 0].tolist() == [255, 0, 0]
    assert splashed[3, 4].tolist() == [76, 76, 76]  # 0.299 * 255
    assert (splash(image, result().masks) == 76).all()


def test_cutout_is_cropped_to_its_box_and_transparent_outside_its_mask():
    image = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    mask = np.zeros((4, 5), bool)
    mask[1, 2] = True
    cut = cutout(image, mask, np.array([1, 1, 3, 3]))
    assert cut.shape == (2, 2, 4)
    assert cut[..., 3].tolist() == [[0, 255], [0, 0]]
    np.testing.assert_array_equal(cut[..., :3], image[1:3, 1:3])


def test_coco_results_hold_xywh_and_masks_that_decode():
    rows = coco_results(TWO_CATS_AND_A_DOG, "photo", category_ids=[17, 18])
    assert [row["category_id"] for row in rows] == [17, 17, 18]
    assert rows[1]["bbox"] == [1.0, 1.0, 2.0, 2.0]
    assert isinstance(rows[0]["segmentation"]["counts"], str)
    np.testing.assert_array_equal(run_length.decode(rows[1]["segmentation"]), TWO_CATS_AND_A_DOG.masks[1])


def test_overlay_enlarges_a_small_image_by_a_whole_factor():
    assert overlay(np.zeros((4, 5, 3), np.uint8), TWO_CATS_AND_A_DOG).shape == (LEGIBLE, LEGIBLE // 4 * 5, 3)
    assert overlay(
        np.zeros((600, 700, 3), np.uint8),
        Result(*([np.zeros((0, 4), int)] + [np.zeros(0, int)] * 2), np.zeros((0, 600, 700), bool), NAMES),
    ).shape == (600, 700, 3)
