"""Devices: every command that runs a model takes --gpu and --cpu, and TensorFlow is told before anything runs."""

import click
import pytest
import tensorflow as tf
from click.testing import CliRunner
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.commands.options import device_options
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.runtime.devices import choose_devices, device_named, grant, visible, want
from maskrcnn_core.training.options import TrainOptions
from tests.devices import GPUS, Machine

RUN_A_MODEL = {
    "detect": ("IMAGE", "--output", "OUT", "--weights", "shapes"),
    "trace": ("IMAGE", "--output", "OUT.h5", "--weights", "shapes"),
    "walk": ("IMAGE", "--output", "OUT.html", "--weights", "shapes"),
    "train": ("shapes:?count=1", "--preset", "tiny", "--output", "OUT", "--allow-unused-classes"),
    "evaluate": ("shapes:?count=1", "--weights", "shapes"),
    "evaluate --oracles": ("shapes:?count=1", "--weights", "shapes"),
    "export": ("shapes", "--output", "OUT.onnx"),
    "explain": ("IMAGE", "--weights", "shapes"),
}


@pytest.fixture(autouse=True)
def no_wish_is_left():
    yield
    want(None)


@click.command()
@device_options
def command() -> None:
    """Stand for a command that runs a model."""


@pytest.mark.parametrize(
    ("given", "device"),
    [("0", "0"), ("1", "1"), ("all", "all"), ("True", "0"), ("False", "cpu"), (True, "0"), (2, "2")],
)
def test_a_device_is_a_number_or_all_and_what_old_scripts_say(given, device):
    assert device_named(given) == device


@pytest.mark.parametrize("device, seen", [("cpu", []), ("0", GPUS[:1]), ("1", GPUS[1:]), ("all", GPUS)])
def test_tensorflow_sees_the_devices_that_are_wanted_and_no_others(device, seen, monkeypatch):
    machine = Machine(monkeypatch, GPUS)
    assert choose_devices(device) == ("GPU" if seen else "CPU")
    assert machine.visible == seen
    assert machine.asked == [("set_memory_growth", gpu, True) for gpu in seen]


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ([], GPUS),
        (["--gpu"], GPUS),
        (["--gpu", "1"], GPUS[1:]),
        (["--gpu", "True"], GPUS[:1]),
        (["--gpu=False"], []),
        (["--cpu"], []),
    ],
)
def test_the_options_reach_tensorflow(arguments, seen, monkeypatch):
    machine = Machine(monkeypatch, GPUS)
    ended = CliRunner().invoke(command, arguments)
    assert ended.exit_code == 0, ended.output
    grant()
    assert machine.visible == seen
    assert ("first GPU and no other" in ended.output) == ("True" in arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gpu", "photo.jpg"], "wanted the number of a GPU, counted from 0, or all, received 'photo.jpg'"),
        (["--gpu", "0", "--cpu"], "wanted --gpu or --cpu, received both"),
    ],
)
def test_what_is_no_device_is_said(arguments, words):
    ended = CliRunner().invoke(command, arguments)
    assert ended.exit_code == 2
    assert words in " ".join(ended.output.replace("│", " ").split())


@pytest.mark.parametrize("name", RUN_A_MODEL)
def test_a_command_that_runs_a_model_refuses_a_gpu_that_is_not_there(name, monkeypatch, capfd, tmp_path):
    Machine(monkeypatch, [])
    places = {"IMAGE": str(tmp_path / "a.png"), "OUT": str(tmp_path / "out")}
    Image.fromarray(Shapes(1)[0].image).save(places["IMAGE"])
    given = [one.replace("OUT", places["OUT"]).replace("IMAGE", places["IMAGE"]) for one in RUN_A_MODEL[name]]
    with pytest.raises(SystemExit) as stop:
        cli.main([*name.split(), *given, "--gpu", "0"])
    assert stop.value.code == 2
    said = capfd.readouterr().err
    assert "wanted a GPU (--gpu 0), but TensorFlow sees none" in said
    assert "--cpu" in said and "maskrcnn doctor" in said


def test_a_number_beyond_the_last_gpu_is_said_with_those_that_there_are(monkeypatch):
    Machine(monkeypatch, GPUS)
    with pytest.raises(ValueError, match="wanted GPU 2, but TensorFlow sees 2, counted from 0: --gpu 0 to 1"):
        choose_devices("2")


def test_images_are_shared_out_among_the_devices_that_are_visible():
    assert visible() == [device.name for device in tf.config.list_logical_devices("CPU")]


def test_the_function_train_takes_the_former_word_too():
    with pytest.warns(DeprecationWarning, match="gpu is now called device"):
        assert TrainOptions.of({"gpu": True}).device == "0"
    assert TrainOptions.of({"device": 1}).device == "1"
    with pytest.raises(ValueError, match="wanted the number of a GPU"):
        TrainOptions.of({"device": "fast"})
