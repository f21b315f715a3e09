"""Spreading keeps every bit of what is spread."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.attribution.spreading import spread


def test_a_value_is_shared_by_area():
    # a box of 2 x 1.5 px: two whole pixels a row and half of a third
    total = spread(np.array([[[3.0]]]), np.array([[0.0, 0.0, 1.0, 1.5]]), (2, 3))
    assert total == pytest.approx(np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))


def test_cells_lie_where_they_are_in_the_box():
    grid = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    total = spread(grid, np.array([[0.0, 0.0, 2.0, 4.0]]), (2, 4))
    assert total == pytest.approx(np.array([[0.5, 0.5, 1.0, 1.0], [1.5, 1.5, 2.0, 2.0]]))


def test_what_lies_beyond_goes_to_the_nearest_pixel():
    total = spread(np.array([[[1.0, 5.0]]]), np.array([[-9.0, -2.0, -5.0, 2.0]]), (3, 3))
    assert total == pytest.approx(np.array([[3.5, 2.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))


def test_the_sum_stays():
    rng = np.random.default_rng(0)
    corner = rng.uniform(-40, 90, (50, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(0, 60, (50, 2))], axis=1)
    values = rng.random((50, 7, 5))
    assert spread(values, boxes, (64, 48)).sum() == pytest.approx(values.sum(), rel=1e-12)


@pytest.mark.parametrize(
    "box", [[np.nan] * 4, [5, 5, 5, 5], [9, 9, 2, 2], [1e30, 0, 2e30, 4], [0, 0, np.inf, 8]]
)
def test_no_box_loses_anything(box):
    assert spread(np.ones((1, 2, 2)), np.array([box], float), (8, 8)).sum() == pytest.approx(4.0)


def test_a_broken_value_spoils_its_own_box_alone():
    boxes = np.array([[0, 0, 2, 2], [4, 4, 6, 6]], float)
    total = spread(np.array([[[np.nan]], [[4.0]]]), boxes, (6, 6))
    assert np.isnan(total[:2, :2]).all()
    assert total[4:, 4:] == pytest.approx(np.ones((2, 2)))
    assert np.isfinite(total[2:4]).all()


def test_nothing_spreads_to_nothing():
    assert spread(np.zeros((0, 1, 1)), np.zeros((0, 4)), (2, 2)).sum() == 0.0
