"""Settings in words: every one is there, with a meaning."""

import pytest

from maskrcnn_core import cli
from maskrcnn_core.config import Config
from maskrcnn_core.config.checks import leaves
from maskrcnn_core.config.help import settings


def test_every_setting_has_a_type_and_a_meaning_in_the_order_of_the_pipeline():
    found = settings()
    assert [setting.name for setting in found] == [name for name, _ in leaves(Config())]
    assert not [setting.name for setting in found if not setting.meaning]
    by_name = {setting.name: setting for setting in found}
    top_k = by_name["proposals.top_k"]
    assert (top_k.type, top_k.default, top_k.tiny) == ("whole number", "6000", "1000")
    assert top_k.meaning == "anchors that go into NMS, by score (classic PRE_NMS_LIMIT)"
    assert by_name["training.mini_mask"].type == "list of 2 whole numbers, or null"
    assert by_name["molding.mean"].default == "[123.7, 116.8, 103.9]"


def test_the_command_prints_them_and_ends_without_a_data_set(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["train", "--help-settings"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert "training: Targets, losses and schedule." in said
    assert "  training.accumulate: whole number, from 1 to 1e+06; default 1\n" in said
    assert '  molding.mode: text, one of square, pad64, crop, none, corner; default "square"\n' in said
