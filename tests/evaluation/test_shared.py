"""Detections that travel from one machine to another arrive to the last bit."""

import json

import numpy as np
import pytest

from maskrcnn_core.evaluation.metrics.objects import objects_of_masks
from maskrcnn_core.evaluation.shared import as_json, from_json

FRAME = (9, 11, 4)  # y, x, classes with the background
RUNS = {"size": [9, 11], "counts": "S3"}  # 99 px outside


@pytest.mark.parametrize("count", [0, 1, 5])
def test_detections_arrive_to_the_last_bit(count):
    rng = np.random.default_rng(count)
    sent = objects_of_masks(rng.random((count, 9, 11)) > 0.5, rng.integers(1, 4, count), rng.random(count))
    received = from_json(json.loads(json.dumps(as_json(sent))), FRAME)
    np.testing.assert_array_equal(received.class_ids, sent.class_ids)
    np.testing.assert_array_equal(received.boxes, sent.boxes)
    np.testing.assert_array_equal(received.scores, sent.scores)
    assert received.codes == sent.codes
    assert not received.is_crowd.any()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"class_ids": [1], "boxes": [[0, 0, 1, 1]], "scores": [], "codes": []},
        {"class_ids": [1], "boxes": [[0, 0, 1]], "scores": [1.0], "codes": []},
        {"class_ids": ["x"], "boxes": [], "scores": [], "codes": []},
        {"class_ids": [1], "boxes": [[0, 0, 1, 1]], "scores": [1.0], "codes": [7]},
        {"class_ids": [4], "boxes": [[0, 0, 1, 1]], "scores": [1.0], "codes": [RUNS]},
        {"class_ids": [0], "boxes": [[0, 0, 1, 1]], "scores": [1.0], "codes": [RUNS]},
        {"class_ids": [1], "boxes": [[0, 0, 1, 1]], "scores": [float("nan")], "codes": [RUNS]},
        {"class_ids": [1], "boxes": [[0, 0, float("inf"), 1]], "scores": [1.0], "codes": [RUNS]},
        {"class_ids": [1], "boxes": [[0, 0, 1, 1]], "scores": [1.0], "codes": [{**RUNS, "size": [11, 9]}]},
        {"class_ids": [1], "boxes": [[0, 0, 1, 1]], "scores": [1.0], "codes": [{**RUNS, "counts": "S4"}]},
    ],
)
def test_nonsense_is_refused_in_words(answer):
    with pytest.raises(ValueError, match="another worker"):
        from_json(answer, FRAME)
