"""Thresholds from options and files."""

import json

import pytest

from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds, changed, load_thresholds, parse


def test_options_change_thresholds():
    settings = parse(["dead_filter_ratio=1e-4", "kurtosis = 20"])
    assert settings == {"dead_filter_ratio": 1e-4, "kurtosis": 20.0}
    limits = changed(Thresholds(), settings)
    assert (limits.dead_filter_ratio, limits.kurtosis) == (1e-4, 20.0)
    assert Thresholds().dead_filter_ratio == 1e-3


@pytest.mark.parametrize("setting", ["kurtosis", "kurtosis=", "kurtosis=many", "=3x"])
def test_what_is_no_number_is_refused(setting):
    with pytest.raises(ValueError, match="NAME=NUMBER"):
        parse([setting])


def test_an_unknown_name_gives_the_nearest():
    with pytest.raises(ValueError, match=r"dead_filter_ratoi.*did you mean dead_filter_ratio"):
        changed(Thresholds(), {"dead_filter_ratoi": 1.0})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, True, "3", None])
def test_only_sound_numbers_are_thresholds(value):
    with pytest.raises(ValueError, match="threshold kurtosis: wanted"):
        changed(Thresholds(), {"kurtosis": value})


def test_a_file_holds_the_same_as_options(tmp_path):
    path = tmp_path / "limits.json"
    path.write_text(json.dumps({"exploding_ratio": 500}))
    assert load_thresholds(path).exploding_ratio == 500


@pytest.mark.parametrize("content", ["", "[1]", "{", "\x00"])
def test_a_broken_file_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "limits.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"limits.json: wanted a JSON"):
        load_thresholds(path)
    with pytest.raises(ValueError, match="wanted a JSON file"):
        load_thresholds(tmp_path / "absent.json")
