"""The classic implementation's numbers end to end: from the photograph to the instances."""

import numpy as np

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.model import MaskRCNN


def px(boxes: np.ndarray) -> np.ndarray:
    """Turn normalised boxes of a network input of 256 px into pixels with an exclusive lower-right corner."""
    return (boxes * 255 + [0, 0, 1, 1]).astype(np.float32)


def test_all_detections_are_the_classic_ones(golden_model: MaskRCNN, golden: dict[str, np.ndarray]):
    result = golden_model.detect(golden["image"])
    # 19 boxes are one pixel thin: in whole pixels with an exclusive corner they have an area, and an IoU
    overlaps = box_algebra.iou(result.boxes.astype(np.float64), golden["result/rois"].astype(np.float64))
    match = overlaps.argmax(axis=1)
    assert sorted(match) == list(range(100))
    assert overlaps.max(axis=1).min() > 0.99
    assert (result.class_ids == golden["result/class_ids"][match]).all()
    score_error = np.abs(result.scores - golden["result/scores"][match]).max()
    wanted = golden["masks"][match]
    union = (result.masks | wanted).sum(axis=(1, 2))
    mask_iou = np.where(union > 0, (result.masks & wanted).sum(axis=(1, 2)) / np.maximum(union, 1), 1.0)
    print(f"box IoU {overlaps.max(axis=1).min():.4f}  score {score_error:.1e}  mask IoU {mask_iou.min():.4f}")
    assert score_error < 1e-3
    assert mask_iou.min() > 0.99


def test_detections_in_molded_pixels_are_the_classic_ones(
    golden_model: MaskRCNN, golden: dict[str, np.ndarray]
):
    trace = golden_model.trace(golden["image"], keep=["detections.*", "proposals.boxes"])
    overlaps = box_algebra.iou(trace["detections.boxes"], px(golden["detections"][0, :, :4]))
    assert overlaps.max(axis=1).min() > 0.99
    found = box_algebra.iou(px(golden["proposals"][0]), trace["proposals.boxes"]).max(axis=1) > 0.99
    print(f"proposals matched end to end: {found.sum()} of {found.size}")
    assert found.sum() >= 990


def test_an_identity_edit_changes_nothing_even_where_scores_nearly_tie(
    golden_model: MaskRCNN, golden: dict[str, np.ndarray]
):
    trace = golden_model.trace(golden["image"])
    edited = golden_model.trace(golden["image"], edits={"image.original": lambda pixels: pixels})
    for name, value in trace.items():
        np.testing.assert_array_equal(value, edited[name], err_msg=name)
    result = golden_model.detect(golden["image"])
    np.testing.assert_array_equal(result.scores, trace["detections.scores"])
    np.testing.assert_array_equal(result.masks, trace["pasting.masks"])
