"""Masks in records: back to the pixel, and what a worker may not send as one."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.verdict_table.record_masks import (
    DETECTION_MASKS,
    TRUTH_MASKS,
    codes_of,
    mask_of,
    sound_masks,
)

SIZE = (12, 20)
BOXES = np.array([[2, 3, 9, 8], [0.5, 10.2, 6.1, 19.9], [-3, -2, 4, 5], [5, 5, 5, 9]], np.float32)


@pytest.fixture
def masks(random):
    return random.random((4, *SIZE)) > 0.5


def test_a_mask_comes_back_inside_its_box(masks):
    codes = codes_of(masks, BOXES)
    parts = [np.s_[2:9, 3:8], np.s_[0:7, 10:20], np.s_[0:4, 0:5]]
    for code, box, mask, part in zip(codes, BOXES, masks, parts, strict=False):
        np.testing.assert_array_equal(mask_of(code, box, SIZE), mask[part])
    assert codes[3] == "" and mask_of("", BOXES[3], SIZE) is None


def test_what_is_no_mask_of_its_box_is_refused(masks, made):
    codes = codes_of(masks[:2], BOXES[:2])
    boxes = [{"box": box.tolist()} for box in BOXES[:2]]
    record = {**made(0, boxes, boxes[:1]), TRUTH_MASKS: codes, DETECTION_MASKS: codes[:1]}
    assert sound_masks(record, SIZE)
    for wrong in (codes[::-1], codes[:1], ["", codes[1]], ["~~~", codes[1]], [7, codes[1]]):
        with pytest.raises((ValueError, TypeError)):
            sound_masks({**record, TRUTH_MASKS: wrong}, SIZE)
    with pytest.raises(KeyError):
        sound_masks(made(0, []), SIZE)
