import io
import json

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Finding, Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.dataset import (
    RESULT,
    ResultWriter,
    detect,
    in_dataset_classes,
    map_classes,
    measure,
    result_of,
)
from maskrcnn_core.evaluation.metrics.objects import objects_of_masks
from maskrcnn_core.evaluation.metrics.stage_recall import StageRecall
from maskrcnn_core.evaluation.run import Evaluation


@pytest.fixture(scope="module")
def model():
    """Make an untrained model that reports whatever has a score."""
    import keras

    from maskrcnn_core.model import MaskRCNN

    keras.utils.set_random_seed(3)
    settings = {"detections.min_score": 0.0, "detections.max_count": 8, "proposals.count": 20}
    model = MaskRCNN(tiny(Shapes.class_names, size=64).replace(**settings))
    for weight in model.weights:
        if weight.path.endswith("/conv1/kernel"):
            weight.assign(weight / 64)  # grey levels, which batch norm would learn to expect
        if weight.path.endswith("class_logits/bias"):
            weight.assign([-9.0, 0.0, 0.0, 0.0])  # everything is an object
    return model


class Dirty(Reader):
    """Three images, of which the second cannot be read and the third has lost an object."""

    class_names = ("background", "triangle", "square")
    image_ids, category_ids = (10, 20, 30), (7, 9)

    def __len__(self):
        return 3

    def source(self, index):
        return f"{index}.png"

    def read(self, index):
        if index == 1:
            raise ValueError("1.png: is cut short")
        image = np.random.default_rng(index).integers(0, 256, (48, 64, 3), dtype=np.uint8)
        masks = np.zeros((1, 48, 64), bool)
        masks[0, 4:30, 5:40] = True
        found = [Finding("no-mask", "error", "2.png", "left out"), Finding("x", "warning", "", "")]
        return Sample(image, np.array([1], np.int32), masks), found if index == 2 else []


def test_classes_are_matched_by_name():
    same = map_classes(("background", "a", "b"), ("background", "a", "b"))
    assert same.to_dataset.tolist() == [0, 1, 2]
    assert same.unjudged == ()
    other = map_classes(("background", "b", "a"), ("background", "a", "c", "b"))
    assert other.to_dataset.tolist() == [0, 2, 0, 1]
    assert other.unjudged == ("c",)


@pytest.mark.parametrize(
    ("dataset", "model", "words"),
    [
        (("background", "cat"), ("background", "a", "b"), "the model has no cat"),
        (("background", "a", "a"), ("background", "a", "b"), "a stands twice"),
        (("background", "a"), ("background", "a", "a"), "a stands twice"),
    ],
)
def test_classes_that_do_not_match_are_listed(dataset, model, words):
    with pytest.raises(ValueError, match=words) as error:
        map_classes(dataset, model)
    assert f"Classes of the data set: {', '.join(dataset[1:])}." in str(error.value)
    assert f"Classes of the model: {', '.join(model[1:])}." in str(error.value)


def test_detections_get_the_classes_of_the_data_set():
    found = objects_of_masks(np.ones((3, 2, 2), bool), np.array([1, 2, 3]), np.array([0.9, 0.8, 0.7]))
    mapped = in_dataset_classes(found, map_classes(("background", "b", "a"), ("background", "a", "c", "b")))
    assert mapped.class_ids.tolist() == [2, 1]
    assert mapped.scores.tolist() == [0.9, 0.7]


def test_the_result_of_a_trace_is_that_of_detect(model):
    image = Dirty()[0].image
    wanted, result = model.detect(image), result_of(model.trace(image, keep=list(RESULT)))
    assert len(wanted) > 0
    assert result.class_names == wanted.class_names
    for name in ("boxes", "class_ids", "scores", "masks", "ranks"):
        np.testing.assert_array_equal(getattr(result, name), getattr(wanted, name))


def test_stage_recall_changes_no_detection_and_sees_every_truth(model):
    sample, recall = Dirty()[0], StageRecall()
    with_recall, without = detect(model, sample, recall), detect(model, sample)
    np.testing.assert_array_equal(with_recall.scores, without.scores)
    np.testing.assert_array_equal(with_recall.masks, without.masks)
    assert recall.num_truths == 1
    assert recall.shares()[0.5]["anchors"] == 1


def test_what_cannot_be_read_is_named_and_the_rest_is_measured(model):
    evaluation, done, file = Evaluation(Dirty.class_names), [], io.StringIO()
    writer = ResultWriter(file, Dirty())
    measure(model, Dirty(), evaluation, results=writer, progress=done.append)
    writer.close()
    assert done == [1, 2, 3]
    assert evaluation.images == 2
    assert evaluation.left_out == 1
    assert evaluation.unreadable == [("1.png", "1.png: is cut short")]
    results = json.loads(file.getvalue())
    assert len(results) == evaluation.detections > 0
    assert {one["image_id"] for one in results} <= {10, 30}
    assert {one["category_id"] for one in results} <= {7, 9}
    assert {"score", "bbox", "segmentation"} <= set(results[0])


def test_no_results_are_an_empty_list():
    file = io.StringIO()
    ResultWriter(file, Shapes(2)).close()
    assert json.loads(file.getvalue()) == []


def test_the_first_images_alone_can_be_measured(model):
    evaluation = Evaluation(Shapes.class_names)
    measure(model, Shapes(50), evaluation, count=1)
    assert evaluation.images == 1
