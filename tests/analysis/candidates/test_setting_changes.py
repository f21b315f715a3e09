"""Objects that the shapes model finds are lost on purpose, by one or two settings; the change finds them again."""

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.setting_changes import REASONS, SETTINGS, find_setting_change
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS, judge_truths
from tests.analysis.constructed import Candidate, Truth, make

LOSSES = {
    "score": {"detections.min_score": 1.0},
    "over the maximum of detections": {"detections.max_count": 1},
    "class NMS": {"detections.nms_threshold": 0.0},
    "proposal count": {"proposals.count": 1},
    "proposal NMS": {"proposals.nms_threshold": 0.0},
    "top k": {"proposals.top_k": 1},
}


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


@pytest.fixture(scope="module")
def traces(model):
    """Give images, with as many squares close together as there are."""
    return [model.trace(sample.image, truth=sample) for sample in Shapes(40, seed=21) if len(sample) >= 3][
        :12
    ]


def lost_to(model, traces, verdict, settings):
    """Yield traces replayed with ``settings`` and the ground-truth objects that get ``verdict`` there."""
    for trace in traces:
        replayed = model.replay(trace, **settings)
        for judged in judge_truths(replayed):
            if judged.verdict == verdict:
                yield replayed, judged


def found(model, trace, truth, settings):
    return judge_truths(model.replay(trace, **settings))[truth].verdict == "found"


def nearer(name, value, own):
    """Give the value one step nearer to the model's own."""
    if name.endswith(("threshold", "min_score")):
        step = round(value * 100) + (1 if own > value else -1)
        return step / 100 if (step / 100 - own) * (value - own) > 0 else own
    return value - 1


@pytest.mark.parametrize("verdict", LOSSES)
def test_the_smallest_change_keeps_it_and_a_step_less_does_not(model, traces, verdict):
    trace, judged = next(lost_to(model, traces, verdict, LOSSES[verdict]))
    change = find_setting_change(model, trace, judged)
    assert SETTINGS[verdict] in change.settings, str(change)
    assert change.is_smallest
    assert_smallest(model, trace, judged, change)


def assert_smallest(model, trace, judged, change):
    assert found(model, trace, judged.truth, change.settings)
    for name, value in change.settings.items():
        stage, field = name.split(".")
        own = getattr(getattr(trace.config, stage), field)
        assert value != own
        less = {**change.settings, name: nearer(name, value, own)}
        assert not found(model, trace, judged.truth, less), less


def test_two_changes_where_one_is_not_enough(model, traces):
    both = {"detections.min_score": 1.0, "proposals.count": 1}
    setting_changes = [
        find_setting_change(model, *pair) for pair in list(lost_to(model, traces, "proposal count", both))[:2]
    ]
    assert any(set(change.settings) == set(both) for change in setting_changes), [
        str(one) for one in setting_changes
    ]


def test_beyond_a_count_and_suppressed_takes_both(model, traces):
    both = {"detections.max_count": 1, "detections.nms_threshold": 0.0}
    lost = list(lost_to(model, traces, "over the maximum of detections", both))
    setting_changes = [(pair, find_setting_change(model, *pair)) for pair in lost[:8]]
    assert all(change.settings for _, change in setting_changes)
    pair, change = next((pair, change) for pair, change in setting_changes if len(change.settings) == 2)
    assert set(change.settings) == set(both)
    assert_smallest(model, *pair, change)


def test_what_no_setting_keeps_has_a_reason(model):
    trace = make([Candidate((10, 10, 30, 30), 0.9, 2)], [Truth((10, 10, 30, 30))])
    (judged,) = judge_truths(trace)
    change = find_setting_change(model, trace, judged)
    assert change.settings == {}
    assert str(change) == "none: the network takes it for another class: a matter of weights"


def test_every_verdict_has_a_setting_or_a_reason():
    assert set(SETTINGS) | set(REASONS) == set(VERDICTS)
    assert not set(SETTINGS) & set(REASONS)
