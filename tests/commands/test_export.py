"""``maskrcnn export``: a file that computes what the model does, says what it is, and replaces nothing of others."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core import cli
from maskrcnn_core.commands.export import is_certified
from maskrcnn_core.exporting.making import Wanted
from maskrcnn_core.exporting.onnx_texts import read_texts
from maskrcnn_core.exporting.runner import OnnxRuntime
from maskrcnn_core.weights import load_model, save_weights


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def weights(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "small.h5"
    save_weights(small, path)
    return path


@pytest.fixture(scope="module")
def detector(weights: Path) -> Path:
    """Export the detector with a named tensor, certified on our images."""
    path = weights.with_name("small.onnx")
    assert run("export", weights, "--output", path, "--taps", "proposals.anchor_index") == 0
    return path


def test_the_detector_takes_images_of_any_size_and_settings(detector: Path, weights: Path, photo: np.ndarray):
    model, runner = load_model(weights), OnnxRuntime(detector)
    model.config = model.config.replace(**{"detections.max_count": 5})
    for image in (photo, photo[:30, :50], photo.repeat(2, axis=0)):
        feed = {"image.original": image, "detections.max_count": np.array(5, np.int32)}
        made = runner.run(runner.outputs, feed)
        expected = model.trace(image, keep=runner.outputs)
        assert len(made["detections.scores"]) == 5
        np.testing.assert_array_equal(made["detections.class_ids"], expected["detections.class_ids"])
        np.testing.assert_array_equal(made["pasting.boxes"], expected["pasting.boxes"])
        assert (
            made["pasting.masks"] != expected["pasting.masks"]
        ).sum() <= 2  # at the threshold to the last bit
        np.testing.assert_array_equal(made["proposals.anchor_index"], expected["proposals.anchor_index"])


def test_the_file_says_what_it_is(detector: Path, weights: Path):
    texts = read_texts(detector)
    assert json.loads(texts["class_names"]) == ["background", "square", "circle", "triangle"]
    assert texts["part"] == "detector" and texts["weights"] == str(weights)
    assert "inside the graph" in texts["preprocessing"] and texts["licence"]


def test_a_difference_above_the_tolerance_is_not_certified(detector: Path, weights: Path, capsys: Any):
    wanted, options = Wanted(keep=("proposals.anchor_index",)), {"samples": (), "tolerance": 1e-15}
    assert not is_certified(load_model(weights), wanted, OnnxRuntime(detector), options)
    assert "not certified: detections.scores exceed 1e-15" in " ".join(capsys.readouterr().err.split())


def test_nothing_of_tensorflow_is_said(tmp_path: Path):
    words = [str(tmp_path / "s.onnx"), "--no-check"]
    command = "from maskrcnn_core.cli import main; main()"
    given = [sys.executable, "-c", command, "export", "shapes", "--output", *words]
    said = subprocess.run(given, capture_output=True, text=True, check=True).stderr
    ours = ("Loading the model", "Exporting", "at work", "written: ")
    assert [line for line in said.splitlines() if not line.startswith(ours)] == []


def test_a_file_of_others_stays(weights: Path, tmp_path: Path):
    other = tmp_path / "other.onnx"
    other.write_bytes(b"of others")
    assert run("export", weights, "--output", other) == 2
    assert other.read_bytes() == b"of others"
    assert run("export", weights, "--output", tmp_path, "--format", "saved_model") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "saved_model", "--part", "network"),
        ("--size", "128"),
        ("--size", "0x5"),
        ("--part", "network", "--size", "64x64"),
        ("--no-check", "--samples", "a.png"),
        ("--taps", "no.such.tensor"),
    ],
)
def test_what_does_not_go_together_is_refused(words: tuple[str, ...], weights: Path, tmp_path: Path):
    assert run("export", weights, "--output", tmp_path / "out", *words) == 2
    assert not list(tmp_path.iterdir())
