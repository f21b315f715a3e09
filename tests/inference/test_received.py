"""What another process sent as detect's answer is held against one before anything is made of it."""

import copy

import pytest

from maskrcnn_core.inference.overlap import ERROR
from maskrcnn_core.inference.received import require_detections

RESULT = {
    "image_id": "a",
    "category_id": 1,
    "bbox": [0.0, 0.0, 2.0, 2.0],
    "score": 0.5,
    "segmentation": {"size": [2, 2], "counts": "04"},
}
SOUND = {
    "results": [RESULT],
    "areas": [["a", "cell", 1, 4, "1.000000"], ["a", "background", 0, 0, "0.000000"]],
    "unlike": "",
    "brightest": None,
    "remark": "",
}


def test_an_answer_and_a_reason_for_none_are_taken():
    require_detections(SOUND, "a")
    require_detections({**SOUND, "results": [], "brightest": 4095}, "a")
    require_detections({ERROR: "cut short"}, "a")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("results",), None),
        (("results",), [7]),
        (("results", 0, "image_id"), "b"),
        (("results", 0, "category_id"), 0),
        (("results", 0, "category_id"), "1"),
        (("results", 0, "bbox"), [0, 0, 1]),
        (("results", 0, "bbox"), [0, 0, float("nan"), 1]),
        (("results", 0, "score"), 1.5),
        (("results", 0, "more"), 1),
        (("results", 0, "segmentation"), {"size": [2, 2], "counts": "05"}),
        (("results", 0, "segmentation"), {"size": [1 << 30, 1 << 30], "counts": "04"}),
        (("areas", 0, 0), "../b"),
        (("areas", 0, 3), -1),
        (("areas", 0), ["a"]),
        (("unlike",), {}),
        (("remark",), 1),
        (("brightest",), "much"),
        (("features",), {"rank": [0]}),
        ((ERROR,), {}),
    ],
)
def test_anything_else_is_refused_in_words(path, value):
    forged = copy.deepcopy(SOUND)
    if path == (ERROR,):
        forged = {}
    place = forged
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValueError, match="wanted the objects on a from a worker"):
        require_detections(forged, "a")


def test_nothing_is_no_answer():
    with pytest.raises(ValueError, match="received something else"):
        require_detections({}, "a")
