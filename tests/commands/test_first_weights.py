"""An image of the user's own without --weights: the best model at hand, an offer, or one line that says what to do."""

import click
import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.commands import options
from maskrcnn_core.commands.options import chosen_weights, weights_instead
from maskrcnn_core.files.transfer import OfflineError
from maskrcnn_core.weights import catalog
from maskrcnn_core.weights.catalog import PUBLISHED


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("MASKRCNN_CACHE", str(folder))
    return folder


@pytest.fixture
def image(tmp_path) -> str:
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "a.png")
    return str(tmp_path / "a.png")


@pytest.fixture
def terminal(monkeypatch):
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(getattr(options.sys, stream), "isatty", lambda: True, raising=False)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(list(arguments))
    return stop.value.code


@pytest.mark.parametrize("command", ["detect", "trace", "walk", "explain"])
def test_without_a_model_one_line_says_which_could_be_fetched(command, image, tmp_path, capsys):
    output = () if command == "explain" else ("--output", str(tmp_path / "out.h5"))
    assert run(command, image, *output) == 2
    said = capsys.readouterr().err
    for model in PUBLISHED.values():
        assert f"{model.name} ({model.megabytes} MB)" in " ".join(said.split())
    assert "--weights nuclei" in " ".join(said.split())
    assert not (tmp_path / "out.h5").exists()


def test_the_best_in_the_cache_is_taken_and_named(cache, capsys):
    for name in ("coco", "torchvision-v2"):
        (cache / PUBLISHED[name].download.name).touch()
        assert chosen_weights(None) == name
        assert f"weights: {name}" in capsys.readouterr().err
    assert chosen_weights("nuclei") == "nuclei"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wanted", [True, False])
def test_a_terminal_is_asked_before_anything_is_fetched(terminal, monkeypatch, wanted):
    fetched, questions = [], []
    monkeypatch.setattr(catalog, "fetch_model", lambda name: fetched.append(name))
    monkeypatch.setattr(click, "confirm", lambda question, **_: questions.append(question) or wanted)
    if wanted:
        assert chosen_weights(None) == "torchvision-v2"
    else:
        with pytest.raises(click.UsageError, match="maskrcnn download NAME"):
            chosen_weights(None)
    assert questions == ["Fetch torchvision-v2 now?"]
    assert fetched == ["torchvision-v2"] * wanted


@pytest.mark.parametrize("wanted", [True, False])
def test_where_weights_cannot_be_fetched_those_at_hand_are_offered(terminal, monkeypatch, wanted):
    questions = []
    monkeypatch.setattr(click, "confirm", lambda question, **_: questions.append(question) or wanted)
    offline = OfflineError("coco cannot be reached")
    if wanted:
        assert weights_instead(offline, "coco") == "nuclei"
    else:
        with pytest.raises(
            OfflineError, match=r"Here already: --weights nuclei \(nucleus\), --weights shapes"
        ):
            weights_instead(offline, "coco")
    assert questions == ["Go on with nuclei?"]


def test_without_a_terminal_nobody_is_asked(monkeypatch):
    monkeypatch.setattr(click, "confirm", lambda *_, **__: pytest.fail("asked"))
    with pytest.raises(OfflineError, match="--weights nuclei"):
        weights_instead(OfflineError("coco cannot be reached"), "coco")
