"""Engines give what ran: the kernel's tensors are those of trace and replay, a saved trace's are the recorded ones."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_inspect.explorer import KernelEngine, TraceEngine
from maskrcnn_inspect.explorer.engines import engine_of
from maskrcnn_inspect.explorer.readings import Run
from maskrcnn_inspect.session import Session

SETTINGS = {"proposals.nms_threshold": 0.4, "detections.min_score": 0.2}


def test_the_kernel_gives_the_tensors_of_the_trace(kernel, shapes_session):
    tensors = kernel.run()
    for name in tensors:
        np.testing.assert_array_equal(tensors[name], shapes_session.base[name])


def test_with_settings_the_kernel_gives_what_replay_gives(kernel, shapes_session):
    wanted = shapes_session.model.replay(shapes_session.base, **SETTINGS)
    tensors = kernel.run(settings=SETTINGS)
    assert not np.array_equal(tensors["proposals.boxes"], kernel.run()["proposals.boxes"])
    for name in tensors:
        np.testing.assert_array_equal(tensors[name], wanted[name])


def test_with_edits_the_kernel_gives_what_replay_gives(kernel, shapes_session):
    edits = {"rpn.scores": lambda scores: scores * 0.5}
    wanted = shapes_session.model.replay(shapes_session.base, edits)
    np.testing.assert_array_equal(kernel.run(edits=edits)["proposals.scores"], wanted["proposals.scores"])


def test_another_image_is_traced_and_becomes_the_one_at_hand(shapes_session):
    engine = KernelEngine(shapes_session)
    grey = np.full((128, 128, 3), 90, np.uint8)
    np.testing.assert_array_equal(engine.run(grey)["image.original"], grey)
    np.testing.assert_array_equal(engine.run(settings=SETTINGS)["image.original"], grey)


def test_a_saved_trace_gives_the_same_as_the_kernel(recorded, kernel):
    ran, saved = kernel.run(), recorded.run()
    assert list(saved) == list(ran)
    for name in ran:
        np.testing.assert_array_equal(saved[name], ran[name])


def test_a_saved_trace_refuses_settings_in_words(recorded):
    with pytest.raises(ValueError, match="this needs a model"):
        recorded.run(settings=SETTINGS)


def test_the_engine_follows_from_the_session(shapes_session):
    assert isinstance(engine_of(shapes_session), KernelEngine)
    assert isinstance(engine_of(Session(shapes_session.base)), TraceEngine)
    with pytest.raises(ValueError, match="TraceEngine"):
        KernelEngine(Session(shapes_session.base))


def test_a_description_counts_as_the_funnel_does_and_knows_what_was_changed(kernel):
    own = kernel.describe(kernel.run())
    assert own["counts"]["anchors"] == 4092
    assert own["counts"]["detections"] == len(kernel.run()["detections.boxes"])
    assert all(one["value"] == one["own"] for one in own["settings"])
    changed = kernel.describe(kernel.run(settings={"proposals.count": 20}))
    (count,) = [one for one in changed["settings"] if one["name"] == "proposals.count"]
    assert (count["value"], count["own"]) == (20, 200)
    assert changed["counts"]["proposals"] == 20


def test_the_levels_of_a_description_are_those_of_the_anchors(kernel):
    trace = kernel.run()
    for one in kernel.describe(trace)["levels"]:
        rows = np.flatnonzero(trace["anchors.level"] == one["level"])
        assert rows[0] == one["first"]
        assert len(rows) == one["rows"] * one["columns"] * one["ratios"]


def test_every_runtime_setting_of_the_stages_has_a_slider(kernel):
    from maskrcnn_core.pipeline.specs import RUNTIME

    names = {one["name"] for one in kernel.describe(kernel.run())["settings"]}
    assert set(RUNTIME) <= names


def test_what_is_said_to_be_fixed_no_setting_changes_and_the_rest_is_made_anew(kernel):
    own = Run(kernel.run())
    fixed = kernel.describe(own.trace)["fixed"]
    assert {"rpn.scores", "fpn.p2", "reading.energy.fpn.p2", "reading.input"} <= set(fixed)
    assert not {"proposals.boxes", "reading.fate.by", "reading.energy.box_roi.pooled"} & set(fixed)
    changed = Run(
        kernel.run(settings={"proposals.top_k": 50, "detections.max_count": 1, "pasting.threshold": 0.9})
    )
    for name in fixed:
        np.testing.assert_array_equal(changed[name], own[name], err_msg=name)
    for name in ("proposals.boxes", "detections.boxes", "composing.picture", "reading.fate.fate"):
        assert not np.array_equal(changed[name], own[name]), name


def test_where_a_proposal_stands_for_several_classes_no_fate_is_promised():
    from tests.model_fixtures import NAMES, untrained

    config = tiny(NAMES).replace(**{"detections.candidates": "every"})
    engine = KernelEngine(Session.run(untrained(config), np.zeros((64, 64, 3), np.uint8)))
    description = engine.describe(engine.run())
    assert not [name for name in description["readings"] if "fate" in name]
    assert "reading.energy.fpn.p2" in description["readings"]
