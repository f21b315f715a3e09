"""Names that were changed still work and say what to write."""

from types import SimpleNamespace

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.terminal.former_names import VERDICTS, with_options_of_today
from maskrcnn_core.training.options import TrainOptions
from maskrcnn_inspect.analysis.candidates.explanation import Explainer, Explanation
from maskrcnn_inspect.analysis.candidates.explanation_sums import Sums, resume
from maskrcnn_inspect.analysis.candidates.setting_changes import SettingChange
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS as VERDICTS_OF_TODAY
from maskrcnn_inspect.session import Session


def test_a_former_option_is_taken_and_told(capsys):
    assert with_options_of_today(["train", "--validation-pictures=5", "--seed", "1"]) == [
        "train",
        "--validation-images=5",
        "--seed",
        "1",
    ]
    assert "--validation-pictures is now called --validation-images" in capsys.readouterr().err


def test_a_former_keyword_is_taken_and_warned_of():
    with pytest.warns(DeprecationWarning, match="validation_images"):
        assert TrainOptions.of({"validation_pictures": 7}).validation_images == 7


def test_former_options_of_explain_are_taken_and_told(capsys):
    assert with_options_of_today(["explain", "--no-remedies"]) == ["explain", "--no-setting-changes"]
    assert "--no-remedies is now called --no-setting-changes" in capsys.readouterr().err


def test_a_former_verdict_counts_as_that_of_today():
    """A journal that an older version began is summed on, and its names can still be asked for."""
    sums = Sums()
    one = {
        "truth": 0,
        "class": "cat",
        "size": "small",
        "sentence": "its story",
        "area": 6.0,
        "box": [0, 0, 2, 3],
    }
    for verdict in ("taken", "matched another object", "maximum"):
        sums.add({"index": 0, "picture": "a.png", "detections": [], "truths": [one | {"verdict": verdict}]})
    counts = {"over the maximum of detections": 1, "matched another object": 2}
    assert sums.as_json()["verdicts"] == counts and sums.by_stage == {"detections": 3}
    with pytest.warns(DeprecationWarning, match="taken is now called matched another object"):
        assert sums.verdicts["taken"] == 2
    assert sums.by_class["cat"]["top k"] == 0
    assert set(VERDICTS.values()) < set(VERDICTS_OF_TODAY)


def test_a_journal_with_a_former_heading_goes_on(tmp_path):
    path = tmp_path / "images.jsonl"
    path.write_text('{"heading": {"source": "a", "remedies": "yes"}}\n{"index": 0}\n')
    assert resume(path, {"source": "a", "setting changes": "yes"}) == 1
    with pytest.raises(ValueError, match="made with other settings"):
        resume(path, {"source": "a", "setting changes": "no"})


def test_setting_changes_are_found_by_their_former_name():
    changes = {3: SettingChange(3, {"detections.min_score": 0.2})}
    explanation = Explanation(
        "a", (), [], [], np.zeros(0), np.zeros((0, 4)), np.zeros((0, 4)), {}, [], changes
    )
    with pytest.warns(DeprecationWarning, match="remedies is now called setting_changes"):
        assert explanation.remedies == changes
    model = SimpleNamespace(config=tiny(("background", "cat")))
    with pytest.warns(DeprecationWarning, match="remedies is now called setting_changes"):
        assert Explainer(model, ("background", "cat"), remedies=True).setting_changes


def test_a_session_is_asked_by_the_former_name():
    with pytest.warns(DeprecationWarning, match=r"Session.live is now called Session.has_model"):
        assert not Session(Trace()).live
