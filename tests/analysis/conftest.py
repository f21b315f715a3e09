"""Files of weights that need no TensorFlow to be made, and one image of the shapes model, traced once."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core.config import Config, classic, tiny
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.weights.formats.native import write_weights
from maskrcnn_inspect.samples import sample_image

CLASSES = ("background", "circle", "square", "triangle")
CLASSIC_PREFIX = {"backbone": "", "fpn": "fpn_", "rpn": "rpn_", "box_head": "mrcnn_", "mask_head": "mrcnn_"}


@pytest.fixture(scope="session")
def small_config() -> Config:
    return tiny(CLASSES, width=8)


@pytest.fixture(scope="session")
def healthy(small_config) -> dict[str, np.ndarray]:
    """Give made-up healthy weights of a small model; copy before you change them."""
    return healthy_weights(small_config)


@pytest.fixture
def own_file(tmp_path, small_config) -> Callable[..., Path]:
    """Give a writer of this project's own files."""

    def write(arrays: dict[str, np.ndarray], name: str = "own.h5", half: bool = False) -> Path:
        with h5py.File(tmp_path / name, "w") as file:
            write_weights(file, arrays, to_dict(small_config), {"seed": 0}, half)
        return tmp_path / name

    return write


@pytest.fixture
def classic_file(tmp_path) -> Callable[..., Path]:
    """Give a writer of the classic layout: a group a layer, lists of names as attributes."""

    def write(arrays: dict[str, np.ndarray], name: str = "classic.h5") -> Path:
        with h5py.File(tmp_path / name, "w") as file:
            layers: dict[str, list[str]] = {}
            for flat in arrays:
                stage, layer, _ = flat.split(".")
                layers.setdefault(CLASSIC_PREFIX[stage] + layer, []).append(flat)
            file.attrs["layer_names"] = [layer.encode() for layer in layers]
            for layer, names in layers.items():
                group = file.create_group(layer)
                stored = [f"{layer}/{flat.split('.')[2]}:0" for flat in names]
                group.attrs["weight_names"] = [name.encode() for name in stored]
                for path, flat in zip(stored, names, strict=True):
                    group[path] = arrays[flat]
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def classic_weights() -> dict[str, np.ndarray]:
    """Give weights of a ResNet-50 in the classic layout's names, with thin heads: 25 million values."""
    return healthy_weights(
        classic(CLASSES, "resnet50").replace(**{"box_head.channels": 16, "rpn.channels": 16})
    )


@pytest.fixture(scope="session")
def shapes_trace(shapes_model) -> Trace:
    """Give the trace of its sample image, on which it finds four objects; read-only."""
    return shapes_model.trace(sample_image("shapes"))
