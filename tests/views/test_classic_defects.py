"""The 15 defects of the classic inspection notebooks: where each is held off, and those that need all views at once."""

import re
from pathlib import Path

import numpy as np
import pytest

from maskrcnn_inspect import views
from maskrcnn_inspect.canvas import Boxes
from maskrcnn_inspect.export import walk_views
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views.framework.scene import Scene
from maskrcnn_inspect.views.stages.feature_maps import view as activations

TESTS = Path(__file__).resolve().parents[1]
HERE = "views/test_classic_defects.py"

# number: what was wrong, and the tests that would fail if it came back
DEFECTS = {
    1: (
        "histograms of one slice of a kernel",
        [
            "analysis/weights/test_weight_histograms.py::",
            "analysis/weights/test_moments.py::",
        ],
    ),
    2: (
        "alerts that miss NaN, at 1000 whatever the scale",
        [
            "analysis/weights/test_weight_checks.py::",
        ],
    ),
    3: (
        "activations cast to uint8",
        [
            f"{HERE}::test_minus_one_and_a_half_stays_minus_one_and_a_half",
        ],
    ),
    4: (
        "panels of dw and dh swapped",
        [
            "views/stages/test_rpn.py::test_deltas_have_their_right_names",
        ],
    ),
    5: (
        "recall of 50 boxes beside recall of all",
        [
            "evaluation/test_stage_recall.py::test_every_box_of_a_step_counts",
        ],
    ),
    6: (
        "a box counts for one ground-truth object only",
        [
            "evaluation/test_stage_recall.py::test_two_truths_under_one_box_are_both_covered",
        ],
    ),
    7: (
        "a score threshold compared with IoU",
        [
            "evaluation/test_matching.py::test_the_threshold_is_one_of_overlap_and_not_of_score",
        ],
    ),
    8: (
        "AP pools classes, no ground truth gives NaN",
        [
            "evaluation/test_coco_ap.py::test_classes_are_not_pooled",
            "evaluation/test_coco_ap.py::test_no_truth_is_nothing_to_measure_and_not_nan",
        ],
    ),
    9: (
        "no positive ROI, or exactly the maximum of detections, crash the walk",
        [
            "views/training/test_training_targets.py::test_no_objects_and_crowds_are_drawn",
            f"{HERE}::test_every_view_draws_exactly_the_maximum_of_detections",
        ],
    ),
    10: (
        "the second stage computed a second time",
        [
            "recording/test_replay.py::test_replay_without_a_change_reproduces_the_trace",
            f"{HERE}::test_what_the_views_draw_are_the_recorded_detections",
        ],
    ),
    11: (
        "tensors reached by names of operations",
        [
            "recording/test_tensors.py::test_names_and_their_order_are_frozen",
        ],
    ),
    12: (
        "samples without a seed, colours that change",
        [
            "analysis/training/test_training_batch.py::test_the_seed_decides_the_batch",
            "views/data/test_data_views.py::test_an_object_has_one_number_on_both_sides",
        ],
    ),
    13: (
        "training cannot be inspected",
        [
            "views/training/test_training_targets.py::test_positive_anchors_move_onto_their_truths",
        ],
    ),
    14: (
        "images without objects dropped silently",
        [
            "analysis/training/test_training_batch.py::test_images_without_objects_are_trained_on",
        ],
    ),
    15: (
        "a generator that ignores its index",
        [
            "analysis/training/test_training_batch.py::test_a_batch_holds_different_images_each_with_its_own_source",
        ],
    ),
}


@pytest.mark.parametrize("number", DEFECTS)
def test_each_defect_has_its_regression_test(number: int):
    for name in DEFECTS[number][1]:
        path, _, test = name.partition("::")
        text = (TESTS / path).read_text()
        assert re.search(
            rf"^def {test}\(" if test else rf"Classic defects?.*\b{number}\b", text, re.MULTILINE
        ), name


def test_the_list_is_whole():
    assert list(DEFECTS) == list(range(1, 16))


def test_minus_one_and_a_half_stays_minus_one_and_a_half(shapes_session, changed):
    features = np.zeros(shapes_session.trace.shape("fpn.p3"), np.float32)
    features[3, 4, 5] = -1.5
    channels = activations.draw(changed(fpn__p3=features), shapes_session.selection, name="fpn.p3")
    values = [
        layer.values
        for one in channels
        if isinstance(one, Scene)
        for layer in one.layers
        if hasattr(layer, "values")
    ]
    assert min(float(np.min(map_)) for map_ in values) == -1.5


@pytest.mark.parametrize("most", [0, 1, 4])
def test_every_view_draws_exactly_the_maximum_of_detections(shapes_session, most: int):
    session = Session(shapes_session.base, shapes_session.model, shapes_session.truth)
    session.rerun(
        **{"detections.max_count": max(most, 1), **({"detections.min_score": 1.0} if most == 0 else {})}
    )
    assert len(session.trace["detections.boxes"]) == most
    of_a_trace = {name: view for name, view in walk_views().items() if not view.VIEW.needs_model}
    assert len(of_a_trace) == 15
    for name, view in of_a_trace.items():
        panel = view.widget(session)
        assert panel.problem.value == "", name


def test_what_the_views_draw_are_the_recorded_detections(shapes_session):
    trace = shapes_session.trace
    found = shapes_session.model.detect(trace["image.original"])
    np.testing.assert_array_equal(found.boxes, trace["pasting.boxes"])
    for name in ("molding", "detections", "lineage"):
        panel = getattr(views, name).widget(shapes_session)
        drawn = [
            layer for canvas in panel.canvases for layer in canvas.layers
            if isinstance(layer, Boxes) and (layer.of or layer.name) == "detections"
        ]  # fmt: skip
        assert any(np.array_equal(layer.boxes, trace["detections.boxes"]) for layer in drawn), name
