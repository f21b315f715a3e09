"""How much of a mask is left, on masks that can be counted."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_inspect.analysis.data.mask_detail import head_mask_detail, mini_mask_detail

CONFIG = tiny(size=64).replace(**{"molding.mode": "none"})


def sample_of(*masks: np.ndarray) -> Sample:
    size = masks[0].shape if masks else (64, 64)
    stacked = np.stack(masks) if masks else np.zeros((0, *size), bool)
    return Sample(np.zeros((*size, 3), np.uint8), np.ones(len(masks), np.int32), stacked)


def square(top: int, side: int) -> np.ndarray:
    mask = np.zeros((64, 64), bool)
    mask[top : top + side, top : top + side] = True
    return mask


def test_a_full_box_loses_nothing():
    detail = mini_mask_detail(sample_of(square(5, 30), square(40, 1)), CONFIG, (4, 4))
    assert detail.iou.tolist() == [1.0, 1.0]
    assert detail.boxes.tolist() == [[5, 5, 35, 35], [40, 40, 41, 41]]


def test_a_grid_as_fine_as_the_object_loses_nothing():
    triangle = np.tri(64, dtype=bool)
    assert mini_mask_detail(sample_of(triangle), CONFIG, (64, 64)).iou == pytest.approx([1.0])


def test_a_line_thinner_than_a_cell_is_lost():
    thin = square(8, 32)
    thin[10:38, 10:38] = False  # a frame of 2 px
    coarse = mini_mask_detail(sample_of(thin), CONFIG, (4, 4))
    assert not coarse.small.any()  # no cell of 8 px is half full of it
    assert coarse.iou.tolist() == [0.0]


def test_finer_grids_keep_more():
    sample = Shapes(count=10, seed=2)[7]  # circles
    means = [mini_mask_detail(sample, tiny(), (side, side)).iou.mean() for side in (7, 14, 28)]
    assert means[0] < means[1] < means[2]


def test_the_heads_grid_is_the_target_of_training():
    sample = Shapes(count=10, seed=2)[7]
    detail = head_mask_detail(sample, tiny())
    assert detail.small.shape == (len(sample), 28, 28)
    assert set(np.unique(detail.small)) <= {0.0, 1.0}
    assert detail.iou.min() > 0.9
    halved = tiny().replace(**{"mask_roi.size": 7})
    assert head_mask_detail(sample, halved).iou.mean() < detail.iou.mean()


def test_no_objects_lose_nothing():
    for detail in (mini_mask_detail(sample_of(), CONFIG, (8, 8)), head_mask_detail(sample_of(), CONFIG)):
        assert (detail.iou.shape, len(detail.small), detail.masks.shape) == ((0,), 0, (0, 64, 64))


def test_a_mask_of_nothing_is_no_loss():
    detail = mini_mask_detail(sample_of(np.zeros((64, 64), bool)), CONFIG, (8, 8))
    assert detail.iou.tolist() == [1.0]
