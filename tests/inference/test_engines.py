"""Engines: what detects in TensorFlow's place finds the same, from a certified export, without TensorFlow."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.commands.detect import detect
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.exporting import caching
from maskrcnn_core.exporting.caching import make_and_keep
from maskrcnn_core.exporting.names import working_set
from maskrcnn_core.exporting.runner import RUNNERS
from maskrcnn_core.exporting.stored import find_export
from maskrcnn_core.files.hashes import sha256_of
from maskrcnn_core.inference.engines.opening import ENGINES, open_model
from maskrcnn_core.weights.loading import located

# runs the command line where TensorFlow and what makes exports are not to be had
WITHOUT = """
import sys

sys.modules.update(dict.fromkeys(("tensorflow", "keras", "tf2onnx", "onnx")))  # as if not installed
from maskrcnn_core.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def exported(cache: Path, shapes_model: Any) -> Path:
    """Give the export of the shipped model, certified in each engine, in a cache of its own."""
    converted = Mock(wraps=caching.make_onnx)
    with pytest.MonkeyPatch.context() as patch, located("shapes") as weights:
        patch.setattr(caching, "make_onnx", converted)
        patch.setenv("MASKRCNN_CACHE", str(cache))
        names = working_set(shapes_model.config, statistics=True)
        kept = [make_and_keep(shapes_model, sha256_of(weights), names, engine) for engine in RUNNERS]
    assert len(set(kept)) == converted.call_count == 1, "what one engine runs, the other runs too"
    return kept[0]


@pytest.fixture
def engine(exported: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, request: Any) -> Any:
    monkeypatch.setenv("MASKRCNN_CACHE", str(cache))
    return open_model("shapes", engine=request.param)


@pytest.mark.parametrize("engine", RUNNERS, indirect=True)
def test_an_engine_finds_what_tensorflow_finds(engine: Any, shapes_model: Any):
    for sample in (Shapes(count=4, seed=7)[index] for index in range(4)):
        expected, received = shapes_model.detect(sample.image), engine.detect(sample.image)
        assert received.labels == expected.labels
        np.testing.assert_array_equal(received.boxes, expected.boxes)
        np.testing.assert_allclose(received.scores, expected.scores, atol=1e-4)
        np.testing.assert_array_equal(received.masks, expected.masks)


@pytest.mark.parametrize("engine", RUNNERS, indirect=True)
def test_settings_and_kept_tensors_are_those_of_tensorflow(engine: Any, shapes_model: Any):
    image, settings = Shapes(count=1, seed=9)[0].image, {"detections.min_score": 0.0}
    both = []
    for model in (shapes_model, engine):
        before = model.config
        model.config = before.replace(**settings)
        both.append(
            (model.detect_features(image), model.detect_keeping(image, ["backbone.c2", "anchors.boxes"]))
        )
        model.config = before
    ((expected, vectors), (_, kept)), ((received, same), (_, taken)) = both
    assert len(received) == len(expected) > 1
    np.testing.assert_allclose(same, vectors, atol=1e-3)
    np.testing.assert_allclose(taken["backbone.c2"], kept["backbone.c2"], atol=1e-3)
    np.testing.assert_array_equal(taken["anchors.boxes"], kept["anchors.boxes"])


@pytest.mark.parametrize("engine", RUNNERS, indirect=True)
def test_a_tensor_that_the_export_lacks_is_said(engine: Any):
    with pytest.raises(ValueError, match=r"wanted fpn\.p2, which this export does not give out"):
        engine.trace(Shapes(count=1)[0].image, keep="fpn.p2")


@pytest.mark.parametrize("engine", RUNNERS, indirect=True)
def test_the_export_is_made_once(engine: Any, exported: Path, shapes_model: Any):
    with located("shapes") as weights:
        names = working_set(shapes_model.config, statistics=True)
        assert find_export(sha256_of(weights), shapes_model.config, names, "onnxruntime") == exported


def test_a_model_from_the_cache_is_prepared_and_finds_the_same_to_the_last_bit(
    exported: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MASKRCNN_CACHE", str(cache))
    first, again = (open_model("shapes", engine="onnxruntime") for _ in range(2))
    image = Shapes(count=1, seed=12)[0].image
    expected, received = first.detect(image), again.detect(image)
    assert len(expected) > 0
    for field in ("boxes", "scores", "masks", "class_ids"):
        np.testing.assert_array_equal(getattr(received, field), getattr(expected, field))
    (folder,) = (path for path in exported.parent.iterdir() if path.is_dir())
    assert f"{exported.stem}." in folder.name


def test_a_file_of_ones_own_is_opened_without_a_cache(exported: Path, tmp_path: Path, monkeypatch):
    own = tmp_path / "network.onnx"
    own.write_bytes(exported.read_bytes())
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    assert len(open_model(own, engine="onnxruntime").detect(Shapes(count=1, seed=12)[0].image)) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["network.onnx"]


def test_detect_without_tensorflow_writes_the_same(exported: Path, cache: Path, tmp_path: Path):
    image = tmp_path / "a.png"
    Image.fromarray(Shapes(count=1, seed=11)[0].image).save(image)
    lists = []
    for program, engine in (
        ("from maskrcnn_core.cli import main; main()", "tensorflow"),
        (WITHOUT, "onnxruntime"),
        (WITHOUT, "openvino"),
    ):
        found = tmp_path / engine
        words = ["detect", image, "--output", found, "--weights", "shapes", "--engine", engine]
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, words)],
            env={**_environment(), "MASKRCNN_CACHE": str(cache)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        lists.append(json.loads((found / "detections.json").read_text()))
        assert (found / "a.overlay.png").is_file()
    for found in lists[1:]:
        assert [one["segmentation"] for one in found] == [one["segmentation"] for one in lists[0]]
        assert [one["bbox"] for one in found] == [one["bbox"] for one in lists[0]]


def test_the_command_line_offers_every_engine():
    option = next(one for one in detect.params if one.name == "engine")
    assert tuple(option.type.choices) == ENGINES


def test_without_tensorflow_and_export_the_way_is_told(tmp_path: Path):
    image = tmp_path / "a.png"
    Image.fromarray(Shapes(count=1, seed=11)[0].image).save(image)
    words = ["detect", image, "--output", tmp_path / "out", "--weights", "shapes", "--engine", "onnxruntime"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, words)],
        env={**_environment(), "MASKRCNN_CACHE": str(tmp_path / "empty")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "maskrcnn export shapes --part network --output network.onnx" in " ".join(done.stderr.split())


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)
