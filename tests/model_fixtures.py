"""Models, images and the numbers of other implementations, made once a session."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from maskrcnn_core.config import (
    Config,
    classic,
    detectron2,
    mmdetection,
    tiny,
    torchvision_v1,
    torchvision_v2,
)
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace
from tests.golden.reading import MODEL, load_functions, load_model_numbers, unpacked

if TYPE_CHECKING:
    from maskrcnn_core.model import MaskRCNN  # TensorFlow is there once a model is asked for

NAMES = ("background", "square", "circle", "triangle")

# part of the model -> what its layers are called in the classic layout
PREFIXES = {"backbone": "", "fpn": "fpn_", "rpn": "rpn_", "box_head": "mrcnn_", "mask_head": "mrcnn_"}


def untrained(config: Config) -> MaskRCNN:
    """Make a model whose random weights are the same in every run, and which detects many things.

    Grey levels are of the order of 64, which batch norm would learn to expect.
    """
    import keras

    from maskrcnn_core.model import MaskRCNN

    keras.utils.set_random_seed(1)
    model = MaskRCNN(config.replace(**{"detections.min_score": 0.0}))
    factors = {"/conv1/kernel": 1 / 64, "class_raw/kernel": 2, "bbox_fc/kernel": 5}
    for weight in model.weights:
        for ending, factor in factors.items():
            if weight.path.endswith(ending):
                weight.assign(weight * factor)
    return model


def thin(config: Config) -> Config:
    """Return a preset for images of some 64 px with few channels: its rules are those of the preset.

    A ResNet of bottlenecks gives way to the small backbone; one of basic blocks stays.
    """
    corner = config.molding.mode == "corner"
    sizes = {"min_dim": 64, "max_dim": 96 if corner else 64}
    settings: dict[str, Any] = {f"molding.{name}": value for name, value in sizes.items()}
    if config.backbone.bottlenecks:
        settings |= {"backbone.architecture": "small", "backbone.width": 8}
    settings |= {
        "fpn.channels": 16,
        "anchors.scales": (12.0, 24.0, 48.0, 96.0, 128.0),
        "rpn.channels": 16,
        "proposals.top_k": 30,
        "proposals.count": 40,
        "proposals.training_count": 40,
        "box_roi.canonical_size": 32.0,  # so that levels differ
        "mask_roi.canonical_size": 32.0,
        "box_head.channels": 32,
        "box_head.convolution_channels": 16,
        "mask_head.channels": 16,
        "detections.max_count": 40,
    }
    return config.replace(**settings)


PRESETS = {
    config.name: thin(config)
    for config in (
        classic(NAMES, "resnet50"),
        torchvision_v1(NAMES),
        torchvision_v2(NAMES),
        detectron2(NAMES),
        mmdetection(NAMES),
    )
}

# not among them: what its blocks are changes no rule, and it is not small
BASIC_BLOCKS = thin(torchvision_v1(NAMES, "resnet18").replace(name="torchvision_r18"))


TRACES: dict[str, Trace] = {}  # of the photo, by preset


def thin_model(config: Config) -> MaskRCNN:
    """Make a thin model whose random heads disagree: levels, classes and scores spread, and masks fill their boxes."""
    import keras

    from maskrcnn_core.model import MaskRCNN

    keras.utils.set_random_seed(2)
    model = MaskRCNN(config)
    factors = {"class_raw/kernel": 4, "bbox_pred/kernel": 0.4, "class_logits/kernel": 4, "bbox_fc/kernel": 12}
    if max(config.molding.std) == 1.0:  # grey levels of the order of 64
        factors |= {"/conv1/kernel": 1 / 64}
    for weight in model.weights:
        for ending, factor in factors.items():
            if weight.path.endswith(ending):
                weight.assign(weight * factor)
        if weight.path.endswith("/mask/bias"):
            weight.assign(weight + 6.0)
    return model


@pytest.fixture(scope="session", params=PRESETS)
def preset(request: pytest.FixtureRequest) -> MaskRCNN:
    """Give a thin random model of each preset in turn: a law that takes it is one of all of them. Read-only."""
    return thin_preset(request.param)


@cache  # pytest would make a session's fixture with parameters anew in every file
def thin_preset(name: str) -> MaskRCNN:
    """Make the thin model of a preset, once."""
    return thin_model(PRESETS[name])


@cache
def thin_adaptive(name: str) -> MaskRCNN:
    """Make the thin model of a preset whose ROIAlign adapts for images of some 128 px, once.

    On small images a bin has one point everywhere; here regions have several, each its own number, on several levels.
    """
    settings: dict[str, Any] = {"molding.min_dim": 128, "molding.max_dim": 192}
    settings |= {"anchors.scales": (24.0, 48.0, 96.0, 192.0, 256.0)}
    settings |= {f"{stage}.canonical_size": 70.0 for stage in ("box_roi", "mask_roi")}
    return thin_model(PRESETS[name].replace(**settings))


@pytest.fixture(scope="session")
def preset_trace(preset: MaskRCNN, photo: np.ndarray) -> Trace:
    """Give everything that the preset's model does with the photo, whose objects are some that it finds."""
    if preset.config.name not in TRACES:
        TRACES[preset.config.name] = preset.trace(photo, truth=found_objects(preset, photo))
    return TRACES[preset.config.name]


def found_objects(model: MaskRCNN, image: np.ndarray, count: int = 4) -> Sample:
    """Return the ground truth that a model would have: the first of its detections that have a mask."""
    found = model.detect(image)
    rows = np.flatnonzero(found.masks.any(axis=(1, 2)))[:count]
    return Sample(image, np.asarray(found.class_ids[rows], np.int32), np.asarray(found.masks[rows]))


@pytest.fixture(scope="session")
def unpack() -> Callable[[np.ndarray, tuple[int, int, int]], np.ndarray]:
    return unpacked


@pytest.fixture(scope="session")
def names_of() -> Callable[[str], set[str]]:
    """Give the names of all tensors of a stage."""
    return lambda stage: {name for name, spec in TENSORS.items() if spec.stage == stage}


@pytest.fixture(scope="session")
def both_ways() -> Callable[..., Any]:
    """Give a call of a stage that holds its compiled result against the eager one, which it returns."""

    def call(stage: Callable[..., Any], *tensors: Any) -> Any:
        import tensorflow as tf

        eager, compiled = stage(*tensors), tf.function(stage, autograph=False)(*tensors)
        for one, other in zip(tf.nest.flatten(eager), tf.nest.flatten(compiled), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
        return eager

    return call


@pytest.fixture(scope="session")
def small() -> MaskRCNN:
    settings = {"proposals.count": 40, "detections.max_count": 12}
    settings |= {"box_roi.canonical_size": 32.0, "mask_roi.canonical_size": 32.0}  # so that levels differ
    return untrained(tiny(NAMES, size=64).replace(**settings))


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """(48, 64, rgb) uint8 of coarse noise."""
    blocks = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return blocks.repeat(8, axis=0).repeat(8, axis=1)


@pytest.fixture(scope="session")
def shapes_model() -> MaskRCNN:
    """Give the shipped model for shapes; what changes its settings sets them back."""
    from maskrcnn_core import load_model

    return load_model("shapes")


@pytest.fixture(scope="session")
def walked(small: MaskRCNN, photo: np.ndarray) -> Trace:
    """Everything that the small model does with the photo."""
    return small.trace(photo)


@pytest.fixture(scope="session")
def goldens() -> Path:
    """Give the folder of the numbers of other implementations, which `tests/golden/thin.py` made."""
    return Path(__file__).parent / "golden" / "data"


@pytest.fixture(scope="session")
def utils(goldens: Path) -> dict[str, np.ndarray]:
    """Small functions of the classic implementation: inputs and outputs."""
    return load_functions(goldens)


@pytest.fixture(scope="session")
def golden(goldens: Path) -> dict[str, np.ndarray]:
    """Every tensor of the classic implementation for one photograph; ``masks`` are its unpacked result."""
    return load_model_numbers(goldens)


@pytest.fixture(scope="session")
def peer_cases(goldens: Path) -> dict[str, dict]:
    """Hard-coded cases of other projects' tests, by id."""
    cases = json.loads((goldens / "peer_cases.json").read_text())["cases"]
    return {case["id"]: case for case in cases}


@pytest.fixture(scope="session")
def golden_model(goldens: Path) -> MaskRCNN:
    """Make the model of the golden: its configuration and its weights."""
    folder = goldens / MODEL
    wanted = json.loads((folder / "config.json").read_text())
    config = classic(NAMES, architecture=wanted["BACKBONE"]).replace(
        **{
            "molding.min_dim": wanted["IMAGE_MIN_DIM"],
            "molding.max_dim": wanted["IMAGE_MAX_DIM"],
            "detections.min_score": wanted["DETECTION_MIN_CONFIDENCE"],
        }
    )
    from maskrcnn_core.model import MaskRCNN

    model = MaskRCNN(config)
    layers = json.loads((folder / "weights_manifest.json").read_text())["layers"]
    shapes = {weight["name"]: weight["shape"] for layer in layers for weight in layer["weights"]}
    recipe = _recipe(goldens / "make_matterport_weights.py")
    for weight in model.weights:
        part, *_, layer, kind = weight.path.split("/")
        name = f"{PREFIXES[part]}{layer}/{kind}:0"
        weight.assign(recipe.make_weights(name, shapes.pop(name)).reshape(weight.shape))
    assert not shapes, f"weights of the golden without a place: {shapes}"
    return model


def _recipe(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
