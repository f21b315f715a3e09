"""``train`` as a function takes what the command takes, with the same defaults."""

import pytest
from click.testing import CliRunner

from maskrcnn_core.commands.train import train as command
from maskrcnn_core.training import start
from maskrcnn_core.training.api import train
from maskrcnn_core.training.options import TrainOptions


def test_defaults_are_those_of_the_command(tmp_path, monkeypatch):
    received = []
    monkeypatch.setattr(start, "start", lambda *given, **options: received.append((given, options)) or {})
    assert CliRunner().invoke(command, ["shapes:", "--output", str(tmp_path)]).exit_code == 0
    train("shapes:", tmp_path)
    (by_command, from_command), (by_function, from_function) = received
    assert by_function == by_command
    own = ("command", "findings")
    assert {n: v for n, v in from_function.items() if n not in own} == {
        n: v for n, v in from_command.items() if n not in own
    }
    assert from_function["command"] == f"train('shapes:', '{tmp_path}')"


def test_settings_may_be_a_mapping_or_lines():
    by_mapping = TrainOptions.of({"settings": {"training.batch_size": 4, "molding.mode": "pad64"}})
    by_lines = TrainOptions.of({"settings": ["training.batch_size=4", 'molding.mode="pad64"']})
    assert by_mapping == by_lines
    assert by_mapping.settings == ("training.batch_size=4", 'molding.mode="pad64"')


def test_options_that_no_command_line_can_give_pass(tmp_path, monkeypatch):
    received = []
    monkeypatch.setattr(start, "start", lambda *given, **options: received.append(options) or {})
    train("shapes:", tmp_path, findings=len)
    assert received[0]["findings"] is len


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stage": "all:2"}, "did you mean stages"),
        ({"preset": "small"}, "preset: wanted one of classic, tiny, received 'small'"),
        ({"seed": "soon"}, "seed: wanted a whole number, received 'soon'"),
    ],
)
def test_what_the_command_refuses_the_function_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        TrainOptions.of(options)
