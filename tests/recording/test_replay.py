"""Replay: what a change touches runs again, what stands before it does not."""

import numpy as np
import pytest

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.pipeline.replay import start_of
from maskrcnn_core.pipeline.specs import FIRST_READER, LAST_READER, OUTPUTS
from maskrcnn_core.recording.tensors import STAGES, TENSORS, matching, spec_of
from maskrcnn_core.recording.trace import Trace

RUN = STAGES[: STAGES.index("composing") + 1]  # the stages of detection, in order
SETTINGS = [
    {"molding.min_dim": 32, "molding.max_dim": 96},
    {"molding.max_dim": 96, "proposals.count": 5},
    {"anchors.scales": (8.0, 16.0, 32.0, 64.0, 128.0)},
    {"rpn.delta_std": (0.2, 0.2, 0.2, 0.2)},
    {"proposals.top_k": 100},
    {"proposals.nms_threshold": 0.3},
    {"proposals.count": 7},
    {"box_roi.sampling": "corners"},
    {"box_roi.samples": 1},
    {"box_roi.canonical_size": 64.0},
    {"box_head.delta_std": (0.2, 0.2, 0.2, 0.2)},
    {"detections.min_score": 0.5},
    {"detections.nms_threshold": 0.1, "detections.max_count": 3},
    {"mask_roi.size": 7},
    {"mask_roi.sampling": "corners", "pasting.threshold": 0.7},
    {"pasting.threshold": 0.3, "composing.alpha": 0.9},
]


def equal(one: Trace, other: Trace) -> None:
    """Hold two traces against each other, to the last bit."""
    assert list(one) == list(other)
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def part_of(trace: Trace, names: set[str]) -> Trace:
    """Give a trace of the same run that kept less."""
    part = Trace(sorted(names), config=trace.config)
    part.update({name: trace[name] for name in names})
    return part


def before(stage: str, trace: Trace) -> list[str]:
    return [name for name in trace if STAGES.index(spec_of(name).stage) < STAGES.index(stage)]


@pytest.mark.parametrize("stage", RUN)
def test_replay_without_a_change_reproduces_the_trace(stage: str, small: MaskRCNN, walked: Trace):
    edits = {name: lambda value: value for name in walked if spec_of(name).stage == stage}
    replayed = small.replay(walked, edits=edits)
    equal(replayed, walked)
    for name in before(stage, walked):
        assert replayed[name] is walked[name], f"{name} was made again"


def test_replay_of_nothing_is_the_trace(small: MaskRCNN, walked: Trace):
    replayed = small.replay(walked)
    assert all(replayed[name] is walked[name] for name in walked)
    assert list(replayed) == list(walked)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: " ".join(settings))
def test_replay_equals_a_fresh_trace_of_that_configuration(settings, small, walked, photo, monkeypatch):
    replayed = small.replay(walked, **settings)
    monkeypatch.setattr(small, "config", small.config.replace(**settings))
    fresh = small.trace(
        photo, edits={"image.original": lambda pixels: pixels}
    )  # op by op: nothing to compile
    equal(replayed, fresh)
    assert replayed.config == fresh.config
    assert any(not np.array_equal(replayed[name], walked[name]) for name in walked)


@pytest.mark.parametrize(
    "name", ["fpn.p2", "rpn.scores", "proposals.boxes", "detections.boxes", "mask_head.probs"]
)
def test_replay_of_an_edit_equals_a_fresh_trace_with_it(name: str, small, walked, photo):
    def halve(value):
        return value * 0.5

    equal(small.replay(walked, edits={name: halve}), small.trace(photo, edits={name: halve}))


def test_another_choice_of_proposals_leads_to_as_many_rows(small, walked):
    chosen = walked["proposals.nms_index"][[3, 1]]
    replayed = small.replay(walked, edits={"proposals.nms_index": chosen})
    np.testing.assert_array_equal(replayed["proposals.boxes"], walked["proposals.boxes"][[3, 1]])
    np.testing.assert_array_equal(replayed["box_roi.level"], walked["box_roi.level"][[3, 1]])
    np.testing.assert_allclose(
        replayed["box_head.class_probs"], walked["box_head.class_probs"][[3, 1]], atol=1e-5
    )


@pytest.mark.parametrize("stage", RUN[1:])
def test_replay_needs_no_tensor_but_those_read_after_its_start(stage: str, small, walked):
    read = {
        name
        for name in before(stage, walked)
        for pattern in [pattern for pattern in LAST_READER if name in matching(pattern)][:1]
        if STAGES.index(LAST_READER[pattern]) >= STAGES.index(stage)
    }
    own = next(name for name in walked if spec_of(name).stage == stage)
    needed = read | {own, "composing.picture"}
    replayed = small.replay(part_of(walked, needed), edits={own: lambda value: value})
    np.testing.assert_array_equal(replayed["composing.picture"], walked["composing.picture"])
    for name in read:
        with pytest.raises(
            ValueError, match=f"replay from {stage} needs {name}, which this trace does not hold"
        ):
            small.replay(part_of(walked, needed - {name}), edits={own: lambda value: value})


def test_targets_and_losses_follow_a_replay(small: MaskRCNN, photo: np.ndarray):
    masks = np.zeros((1, *photo.shape[:2]), bool)
    masks[0, 5:30, 10:40] = True
    trace = small.trace(photo, truth=Sample(photo, np.int32([1]), masks))
    equal(small.replay(trace, edits={"fpn.p2": lambda value: value}), trace)
    blind = small.replay(trace, edits={"rpn.logits": 0})
    np.testing.assert_allclose(
        blind["losses.rpn_objectness"], np.log(2), rtol=1e-5
    )  # every anchor is undecided
    moved = small.replay(trace, edits={"truth.boxes": lambda boxes: boxes + 8})
    assert not np.array_equal(moved["anchor_targets.iou"], trace["anchor_targets.iou"])


def test_replays_follow_each_other(small: MaskRCNN, walked: Trace):
    first = small.replay(walked, **{"proposals.count": 9})
    second = small.replay(first, **{"detections.max_count": 2})
    assert len(second["proposals.boxes"]) == 9
    assert len(second["detections.boxes"]) <= 2
    assert second.config.proposals.count == 9
    assert second.attributes == walked.attributes
    assert walked.config.proposals.count == 40


@pytest.mark.parametrize(
    "setting",
    ["fpn.channels", "box_roi.size", "anchors.ratios", "training.roi_samples", "class_names", "box_corner"],
)
def test_a_setting_that_weights_depend_on_is_refused(setting: str, small, walked):
    value = small.config
    for part in setting.split("."):
        value = getattr(value, part)
    with pytest.raises(
        ValueError, match=f"{setting} shapes the weights or the training; replay cannot change it"
    ):
        small.replay(walked, **{setting: value})


def test_an_unknown_setting_names_the_nearest(small: MaskRCNN, walked: Trace):
    with pytest.raises(
        ValueError, match=r"unknown setting proposals\.nms_treshold: did you mean proposals\.nms_threshold"
    ):
        small.replay(walked, **{"proposals.nms_treshold": 0.5})


def test_an_unknown_tensor_names_the_nearest(small: MaskRCNN, walked: Trace):
    with pytest.raises(KeyError, match=r"did you mean .*proposals\.boxes"):
        small.replay(walked, edits={"proposal.boxes": 0})


def test_the_first_stage_touched_is_the_start():
    assert start_of([], []) is None
    assert start_of(["fpn.p2"], ["detections.min_score"]) == "fpn"
    assert start_of(["pasting.boxes"], ["rpn.delta_std"]) == "proposals"


def test_the_tables_speak_of_tensors_and_settings_that_are():
    for pattern, stage in LAST_READER.items():
        assert matching(pattern)
        assert stage in STAGES
    for pattern, stage in FIRST_READER.items():
        section, name = pattern.split(".")
        assert name == "*" or hasattr(getattr(Config(), section), name)
        assert stage in OUTPUTS or stage == "composing"
    assert set(TENSORS) >= {
        f"{stage}.{field}" for stage, output in OUTPUTS.items() for field in output._fields
    }


@pytest.mark.parametrize("start", ["proposals", "detections"])
def test_a_slider_compiles_once_and_shows_what_runs_op_by_op(start: str, small: MaskRCNN, walked: Trace):
    positions = {
        "proposals": [
            {"proposals.nms_threshold": 0.3, "proposals.top_k": 150},
            {"proposals.nms_threshold": 0.9, "proposals.count": 11},
            {"proposals.nms_threshold": 0.45, "detections.min_score": 0.4},
        ],
        "detections": [
            {"detections.min_score": 0.0},
            {"detections.min_score": 0.45, "detections.nms_threshold": 0.15},
            {"detections.max_count": 2, "pasting.threshold": 0.4},
        ],
    }[start]
    own = f"{start}.boxes"

    def compilations() -> list[int]:
        kept = [run for (_, _, given), run in small._network._graphs.items() if given]
        return [run.experimental_get_tracing_count() for run in kept]

    for settings in positions:  # op by op, then compiled
        small.replay(walked, **settings)
    before = compilations()
    assert before
    for settings in positions:
        op_by_op = small.replay(walked, edits={own: lambda value: value}, **settings)
        equal(small.replay(walked, **settings), op_by_op)
    assert compilations() == before


def test_a_trace_says_which_convolutions_made_it_and_a_replay_under_others_warns(small, walked, monkeypatch):
    from maskrcnn_core.runtime import onednn

    assert walked.attributes["onednn"] == onednn.said()
    now = onednn.is_on()
    monkeypatch.setenv(onednn.VARIABLE, "0" if now else "1")  # as in another process; TensorFlow's own stays
    with pytest.warns(UserWarning, match=rf"last bits; start with {onednn.VARIABLE}={int(now)}"):
        replayed = small.replay(walked, **{"detections.min_score": 0.5})
    assert replayed.attributes["onednn"] == onednn.said() != walked.attributes["onednn"]
    small.replay(walked)  # nothing runs: nothing to warn of
