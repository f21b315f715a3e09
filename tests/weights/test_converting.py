"""Converting: whatever opens is written as one of our files, and opens as the same model."""

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from maskrcnn_core import cli
from maskrcnn_core.files import atomic
from maskrcnn_core.weights import load_model, open_weights, save_weights
from maskrcnn_core.weights.converting import convert
from maskrcnn_core.weights.names import named_variables
from tests.golden.peers import Peer

SMALL = {"molding": {"min_dim": 64, "max_dim": 96}, "proposals": {"count": 50}}


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


@pytest.fixture(scope="module")
def own(small, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("own") / "own.h5"
    save_weights(small, path, {"command": "a test"})
    return path


@pytest.fixture(scope="module")
def zoo(tmp_path_factory) -> Path:
    """Make a file as detectron2's model zoo has them."""
    path = tmp_path_factory.mktemp("zoo") / "model_final.pkl"
    state = Peer("detectron2_r50_320", "make_detectron2_weights.py").state
    path.write_bytes(pickle.dumps({"model": state, "__author__": "made from names"}))
    return path


def hold_equal(one, other, image) -> None:
    """Hold two models against each other: configuration, weights and detections, bit by bit."""
    assert one.config == other.config
    ours, theirs = named_variables(one), named_variables(other)
    assert list(ours) == list(theirs)
    for name, variable in ours.items():
        np.testing.assert_array_equal(variable, theirs[name], err_msg=name)
    first, second = one.detect(image), other.detect(image)
    assert len(first.scores) > 0
    for field in ("boxes", "class_ids", "scores", "masks"):
        np.testing.assert_array_equal(getattr(first, field), getattr(second, field), err_msg=field)


@pytest.mark.parametrize("ending", [".h5", ".safetensors"])
def test_our_own_file_converted_opens_as_the_same_model(own, photo, tmp_path, ending):
    out = tmp_path / f"converted{ending}"
    convert(own, out)
    converted = load_model(out)
    hold_equal(converted, load_model(own), photo)
    assert converted.provenance["command"] == "a test"
    assert converted.provenance["converted from"] == str(own)
    with open_weights(out) as stored:
        assert list(stored.arrays) == list(named_variables(converted)), "the order of the network"


@pytest.mark.slow
def test_detectron2s_file_converted_twice_opens_as_the_same_model(zoo, tmp_path, photo):
    config = tmp_path / "small.json"
    config.write_text(json.dumps(SMALL))
    h5, safe = tmp_path / "mine.h5", tmp_path / "mine.safetensors"
    assert run("convert", zoo, "--output", h5, "--config", config) == 0
    assert run("convert", h5, "--output", safe) == 0
    original = load_model(zoo, SMALL)
    for path in (h5, safe):
        hold_equal(load_model(path), original, photo)
    assert original.config.molding.channel_order == "bgr", "what no file of ours has by default"


def test_safetensors_are_read_by_the_library_itself(own, tmp_path, small):
    out = tmp_path / "mine.safetensors"
    convert(own, out)
    arrays = load_file(out)
    for name, variable in named_variables(small).items():
        np.testing.assert_array_equal(arrays[name], variable)
    with safe_open(out, "numpy") as file:
        assert json.loads(file.metadata()["class_names"]) == list(small.config.class_names)


@pytest.mark.parametrize("link", [None, os.link, os.symlink], ids=["same", "hard link", "symbolic link"])
def test_the_input_is_never_written_over(own, tmp_path, link, capsys):
    source = tmp_path / "source.h5"
    source.write_bytes(own.read_bytes())
    out = source
    if link:
        out = tmp_path / "other.h5"
        link(source, out)
    assert run("convert", source, "--output", out) == 2
    assert "is the file to be converted" in capsys.readouterr().err
    assert source.read_bytes() == own.read_bytes()


def test_a_file_that_convert_did_not_make_stays(own, tmp_path, capsys):
    trained = tmp_path / "best.h5"
    trained.write_bytes(own.read_bytes())
    assert run("convert", "shapes", "--output", trained) == 2
    assert "stays as it is" in capsys.readouterr().err
    assert trained.read_bytes() == own.read_bytes()
    out = tmp_path / "converted.h5"
    assert run("convert", own, "--output", out) == run("convert", "shapes", "--output", out) == 0
    assert load_model(out).config.class_names == load_model("shapes").config.class_names


@pytest.mark.parametrize("ending", [".h5", ".safetensors"])
def test_a_failed_conversion_leaves_what_was_there(own, tmp_path, ending, monkeypatch):
    out = tmp_path / f"mine{ending}"
    convert(own, out)
    before = out.read_bytes()

    def full(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "replace", full)
    with pytest.raises(OSError, match=r"cannot write .*what was there before is whole"):
        convert("shapes", out)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_another_ending_is_refused_before_anything_is_read(tmp_path, capsys):
    assert run("convert", "shapes", "--output", tmp_path / "mine.onnx") == 2
    assert "ends in .h5 or .safetensors" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"format": "maskrcnn-weights", "version": "2"}, "a newer release may read it"),
        ({"format": "maskrcnn-weights", "version": "1"}, "wanted the attribute config"),
        ({"format": "maskrcnn-weights", "version": "1", "config": "[]"}, "wanted a JSON object"),
        ({"format": "maskrcnn-weights", "version": "1", "config": '{"box": 1}'}, "unknown setting box"),
    ],
)
def test_safetensors_that_claim_to_be_ours_are_held_to_it(tmp_path, texts, message):
    path = tmp_path / "claimed.safetensors"
    save_file({"fpn.p2.bias": np.zeros(4, np.float32)}, path, texts)
    with pytest.raises(ValueError, match=rf"claimed\.safetensors: .*{message}"):
        load_model(path)
