"""What tests of the evaluation share: rectangles as objects, and the numbers of others."""

import contextlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from maskrcnn_core.evaluation.metrics.objects import KINDS, Objects, objects_of_masks

SIDE = 20  # px of the images in these tests


def rectangles(boxes: Sequence[Sequence[int]], side: int = SIDE) -> np.ndarray:
    """Masks (n, y, x) of boxes (y1, x1, y2, x2)."""
    masks = np.zeros((len(boxes), side, side), bool)
    for mask, (y1, x1, y2, x2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
    return masks


@pytest.fixture(scope="session")
def truths() -> Callable[..., Objects]:
    """Give a maker of ground-truth objects from boxes and classes, crowds by a list of flags."""

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
    """Give 12 images of random rectangles: ground-truth objects of two classes, some of them crowds, and detections
    near them."""
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


@pytest.fixture(params=KINDS)
def result_files(request, scenes, tmp_path: Path) -> tuple[str, Path, Path]:
    """Give a kind of result, and the scenes as files: COCO's ground truth and results of that kind."""
    truth, results = [], []
    for image_id, pair in enumerate(scenes):
        for entries, objects in zip((truth, results), pair, strict=True):
            for row, class_id in enumerate(objects.class_ids):
                one = {"id": len(entries) + 1, "image_id": image_id, "category_id": int(class_id)}
                one |= {"area": float(objects.areas(request.param)[row]), "score": float(objects.scores[row])}
                entries.append(one | {"iscrowd": int(objects.is_crowd[row])} | _outlines(objects, row))
    for entry in results:
        del entry["segmentation" if request.param == "bbox" else "bbox"]
    images = [{"id": index, "height": SIDE, "width": SIDE} for index in range(len(scenes))]
    categories = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    content = {"images": images, "annotations": truth, "categories": categories}
    (tmp_path / "truth.json").write_text(json.dumps(content))
    (tmp_path / "results.json").write_text(json.dumps(results))
    return request.param, tmp_path / "truth.json", tmp_path / "results.json"


def _outlines(objects: Objects, row: int) -> dict:
    runs = objects.shapes("segm")[row]
    box = [float(value) for value in objects.shapes("bbox")[row]]
    return {"bbox": box, "segmentation": {"size": runs["size"], "counts": runs["counts"].decode()}}


@pytest.fixture
def pycocotools_figures(result_files) -> list[float]:
    """Give the twelve figures that pycocotools makes of the files."""
    kind, truth_file, results_file = result_files
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(truth_file)
        judge = COCOeval(truth, truth.loadRes(str(results_file)), kind)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge.stats.tolist()


@pytest.fixture(scope="session")
def case_file(shared: Path) -> Callable[[str], Path]:
    """Give the place of a file that a case names."""
    return lambda name: shared / "data" / name.replace("cocoapi_fake100/", "coco_eval_fake100/")
