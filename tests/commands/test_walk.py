"""What walk opens: the Explorer or the notebook, with what a person named, and nothing that was in the environment."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.data.reading import images
from maskrcnn_inspect.commands import lab, walk
from maskrcnn_inspect.opening import open_session


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["walk", *arguments])
    return stop.value.code


@pytest.fixture
def photo(tmp_path) -> str:
    Image.fromarray(np.full((64, 80, 3), 90, np.uint8)).save(tmp_path / "photo.png")
    return str(tmp_path / "photo.png")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("photo.png", "--sample", "hard"), "--sample"),
        (("--lab", "--output", "out.html"), "--lab alone"),
        (("--pages",), "--output"),
        (("--sample", "hrad"), "did you mean hard"),
    ],
)
def test_what_does_not_go_together_is_one_line(arguments, words, capsys):
    assert run(*arguments) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_the_notebook_gets_what_was_named_and_nothing_else(photo, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(os, "execve", lambda *words: started.append(words))
    monkeypatch.setenv("MASKRCNN_TRUTH", "left over")
    monkeypatch.chdir(tmp_path)
    assert run("photo.png", "--lab", "--weights", "nuclei") == run("--sample", "empty", "--lab") == 0
    (program, words, given), (_, _, sample) = started
    assert program == words[0] and "--ServerApp.ip=127.0.0.1" in words
    assert "--LabApp.default_url=/lab/tree/inspect_model.ipynb" in words
    read = [{name: one[name] for name in lab.READ if name in one} for one in (given, sample)]
    assert read[0] == {"MASKRCNN_IMAGE": photo, "MASKRCNN_WEIGHTS": "nuclei"}
    assert read[1] == {"MASKRCNN_IMAGE": "sample:empty", "MASKRCNN_WEIGHTS": "shapes"}


def test_our_jupyterlab_asks_nothing_about_news_and_a_user_s_own_settings_stay(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/their/own")
    first, second = lab.environment({})["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    overrides = os.path.join(first, "labconfig", "default_setting_overrides.json")
    with open(overrides) as file:
        asked = json.load(file)["@jupyterlab/apputils-extension:notification"]
    assert (asked["fetchNews"], second) == ("false", "/their/own")


def test_the_image_is_decoded_once(photo, monkeypatch):
    decoded = []
    reading = images._read
    monkeypatch.setattr(images, "_read", lambda path: decoded.append(path) or reading(path))
    image, weights = walk.Walked(photo, None, None, (), "shapes", None).checked()
    assert open_session(weights, image).base.attributes["image"] == photo
    assert len(decoded) == 1
