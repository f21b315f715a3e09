"""Replay under the rules of all four implementations: what a change touches runs again as it would from the start."""

import numpy as np
import pytest

from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.tensors import STAGES, spec_of
from maskrcnn_core.recording.trace import Trace

pytestmark = pytest.mark.slow  # all together
RUN = STAGES[: STAGES.index("composing") + 1]
SETTINGS = [
    {"molding.min_dim": 48},
    {"anchors.rounded": True, "anchors.offset": 0.5},
    {"anchors.stride_of_grid": True},
    {"rpn.most_growth": 1.5, "rpn.most_shrink": 1.5},
    {"proposals.by_level": False, "proposals.clip_to_window": False},
    {"proposals.by_level": True, "proposals.top_k_by": "logit", "proposals.nms_by": "logit"},
    {"proposals.top_k": 12, "proposals.nms_threshold": 0.2, "proposals.count": 9},
    {"proposals.min_size": 8.0},
    {"box_roi.sampling": "cells", "box_roi.samples": 0, "box_roi.aligned": False},
    {"box_roi.level_epsilon": 0.3, "box_roi.level_epsilon_to": "ratio"},
    {"box_head.most_growth": 1.01, "box_head.most_shrink": 1.01},
    {"detections.min_score": 0.6, "detections.nms_threshold": 0.1, "detections.max_count": 3},
    {"detections.min_size": 9.0},
    {"detections.candidates": "every"},
    {"detections.candidates": "best"},
    {"pasting.rule": "grid", "pasting.threshold": 0.7},
]


@pytest.fixture(scope="module")
def traced(preset: MaskRCNN, photo: np.ndarray) -> Trace:
    return preset.trace(photo)


def equal(one: Trace, other: Trace) -> None:
    """Hold two traces against each other, to the last bit."""
    assert list(one) == list(other)
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


@pytest.mark.parametrize("stage", RUN)
def test_replay_without_a_change_reproduces_the_trace(stage: str, preset: MaskRCNN, traced: Trace):
    edits = {name: lambda value: value for name in traced if spec_of(name).stage == stage}
    equal(preset.replay(traced, edits=edits), traced)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: " ".join(settings))
def test_replay_equals_a_fresh_trace_of_that_configuration(
    settings: dict, preset: MaskRCNN, traced: Trace, photo: np.ndarray, monkeypatch
):
    replayed = preset.replay(traced, **settings)
    monkeypatch.setattr(preset, "config", preset.config.replace(**settings))
    fresh = preset.trace(
        photo, edits={"image.original": lambda pixels: pixels}
    )  # op by op: nothing to compile
    equal(replayed, fresh)


def test_detect_is_what_a_trace_records(preset: MaskRCNN, traced: Trace, photo: np.ndarray):
    found = preset.detect(photo)
    rows = list(found.ranks)
    np.testing.assert_array_equal(found.boxes, traced["pasting.boxes"][rows])
    np.testing.assert_array_equal(found.class_ids, traced["detections.class_ids"][rows])
    np.testing.assert_array_equal(found.scores, traced["detections.scores"][rows])
    np.testing.assert_array_equal(found.masks, traced["pasting.masks"][rows])
