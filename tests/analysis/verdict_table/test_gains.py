"""Gains: what a setting is said to bring is what a run with that setting brings."""

import numpy as np
import pytest

from maskrcnn_core import load_model
from maskrcnn_core.config import tiny
from maskrcnn_inspect.analysis.candidates.explanation import RIGHT, Explainer
from maskrcnn_inspect.analysis.verdict_table.gains import Outcomes, gains_of
from maskrcnn_inspect.analysis.verdict_table.trials import COUNTS, touches, trials_of
from tests.analysis.verdict_table.collecting import collected


def test_a_gain_equals_a_fresh_run_of_a_model_with_that_setting(recorded, reader, shapes_model, trials):
    records, _ = recorded
    strict = next(trial for trial in trials if trial.setting == "proposals.count")
    fresh = load_model("shapes", shapes_model.config.replace(**{strict.setting: strict.value}))
    explainer = Explainer(fresh, reader.class_names)
    explanations = [explainer.explain(reader[index]) for index in range(len(reader))]
    found = sum(one.verdict == "found" for each in explanations for one in each.truths)
    false = sum(one.verdict not in RIGHT for each in explanations for one in each.detections)
    gain = next(one for one in gains_of(collected(Outcomes(), records)) if (one.setting, one.value) == strict)
    assert gain.lost  # so few proposals lose objects: the comparison is of something
    own = sum(one["verdict"] == "found" for record in records for one in record["truths"])
    assert found == own + gain.found
    assert false == sum(record["false"] for record in records) + gain.false


def test_an_image_that_a_trial_does_not_touch_gives_the_same(examiner, reader, shapes_model, trials):
    explainer, skipped = examiner.explainer, 0
    for index in range(6):
        trace = explainer.trace_of(reader[index], "*")
        for trial in trials:
            if touches(trace, trial):
                continue
            skipped += 1
            replayed = shapes_model.replay(trace, **{trial.setting: trial.value})
            for name in ("detections.boxes", "detections.scores", "pasting.masks"):
                np.testing.assert_array_equal(replayed[name], trace[name])
    assert skipped


def test_f1_won_lost_and_images_by_hand(made):
    trials = {"detections.min_score=0.3": {"won": [1], "lost": [], "false": 3}}
    missed = {"verdict": "score", "detection": None}
    records = [
        made(0, [{}, missed], trials=trials),  # 1 of 2 found, nothing false
        made(1, [{}, {"verdict": "crowd"}], [{}, {"verdict": "background", "truth": None}], trials={}),
    ]
    (gain,) = gains_of(collected(Outcomes(), records))
    assert (gain.setting, gain.value, gain.won, gain.lost, gain.found, gain.false, gain.images) == (
        "detections.min_score", 0.3, 1, 0, 1, 3, [0],
    )  # fmt: skip
    before, after = 2 * 2 / (2 + 1 + 3), 2 * 3 / (3 + 4 + 3)  # 2 TP / (TP + FP + objects)
    assert gain.f1 == pytest.approx(after - before)
    assert gain.low <= gain.f1 <= gain.high


def test_the_best_comes_first_and_a_journal_without_trials_has_none(made):
    missed = {"verdict": "score", "detection": None}
    trials = {
        "detections.max_count=200": {"won": [], "lost": [], "false": 1},
        "detections.min_score=0.3": {"won": [1], "lost": [], "false": 0},
    }
    assert [
        one.setting for one in gains_of(collected(Outcomes(), [made(0, [{}, missed], trials=trials)]))
    ] == [
        "detections.min_score",
        "detections.max_count",
    ]
    assert gains_of(collected(Outcomes(), [made(0, [{}])])) == []


def test_trials_stay_where_a_setting_may_be():
    trials = trials_of(tiny().replace(**{"detections.min_score": 0.05, "detections.max_count": 1}))
    assert trials and all(0 < one.value < 1 for one in trials if one.setting not in COUNTS)
    assert all(one.value >= 1 and isinstance(one.value, int) for one in trials if one.setting in COUNTS)
    assert len(set(trials)) == len(trials)
