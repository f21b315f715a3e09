"""Detections that travel from one machine to another arrive to the last bit."""

import json

import numpy as np
import pytest

from maskrcnn_core.evaluation.metrics.objects import objects_of_masks
from maskrcnn_core.evaluation.shared import as_json, from_json


@pytest.mark.parametrize("count", [0, 1, 5])
def test_detections_arrive_to_the_last_bit(count):
    rng = np.random.default_rng(count)
    sent = objects_of_masks(rng.random((count, 9, 11)) > 0.5, rng.integers(1, 4, count), rng.random(count))
    received = from_json(json.loads(json.dumps(as_json(sent))))
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
    ],
)
def test_nonsense_is_refused_in_words(answer):
    with pytest.raises(ValueError, match="another worker"):
        from_json(answer)
