"""What tests of the evaluation share: rectangles as objects, and the numbers of others."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.evaluation.metrics.objects import Objects, objects_of_masks

SIDE = 20  # px of the pictures in these tests


def rectangles(boxes: Sequence[Sequence[int]], side: int = SIDE) -> np.ndarray:
    """Masks (n, y, x) of boxes (y1, x1, y2, x2)."""
    masks = np.zeros((len(boxes), side, side), bool)
    for mask, (y1, x1, y2, x2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
    return masks


@pytest.fixture(scope="session")
def truths() -> Callable[..., Objects]:
    """Give a maker of truths from boxes and classes, crowds by a list of flags."""

    def make(boxes, class_ids=None, crowd=None) -> Objects:
        ids = np.ones(len(boxes), int) if class_ids is None else np.array(class_ids, int)
        return objects_of_masks(rectangles(boxes), ids, is_crowd=crowd)

    return make


@pytest.fixture(scope="session")
def found() -> Callable[..., Objects]:
    """Give a maker of detections from boxes, scores and classes."""

    def make(boxes, scores, class_ids=None) -> Objects:
        ids = np.ones(len(boxes), int) if class_ids is None else np.array(class_ids, int)
        return objects_of_masks(rectangles(boxes), ids, np.array(scores, float))

    return make


@pytest.fixture(scope="session")
def scenes() -> list[tuple[Objects, Objects]]:
    """Give 12 pictures of random rectangles: truths of two classes, some of them crowds, and detections near them."""
    rng = np.random.default_rng(0)

    def boxes(count: int) -> np.ndarray:
        corner, side = rng.integers(0, 10, (count, 2)), rng.integers(4, 11, (count, 2))
        return np.concatenate([corner, corner + side], axis=1)

    made = []
    for _ in range(12):
        true = boxes(rng.integers(0, 7))
        twice = np.concatenate([true, true])
        near = np.concatenate([np.clip(twice + rng.integers(-1, 2, twice.shape), 0, SIDE), boxes(2)])
        ids, found_ids = rng.integers(1, 3, len(true)), rng.integers(1, 3, len(near))
        found_ids[: len(true)] = np.where(rng.random(len(true)) < 0.8, ids, 3 - ids)
        scores = np.round(rng.random(len(near)), 1)  # many are equal
        crowd = rng.random(len(true)) < 0.2
        made.append(
            (
                objects_of_masks(rectangles(true), ids, is_crowd=crowd),
                objects_of_masks(rectangles(near), found_ids, scores),
            )
        )
    return made


@pytest.fixture(scope="session")
def case_file(shared: Path) -> Callable[[str], Path]:
    """Give the place of a file that a case names."""
    return lambda name: shared / "data" / name.replace("cocoapi_fake100/", "coco_eval_fake100/")
