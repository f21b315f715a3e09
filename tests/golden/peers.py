"""Numbers of torchvision, detectron2 and MMDetection: their arrays, their weights, our model of them.

Their tensors are (b, channel, y, x), of which the goldens hold every ``step``-th entry; their boxes are (x1, y1, x2,
y2), their deltas (dx, dy, dw, dh). Here they are turned into ours, or ours into theirs where only
some entries are held.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core.config import Config
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.weights.formats.pytorch import Foreign
from maskrcnn_core.weights.names import named_variables

OURS = Path(__file__).parent / "data"
LIMIT = 1e-4  # largest difference over the largest magnitude that is wanted
Arrays = dict[str, np.ndarray]


def goldens() -> Path:
    """Give the folder of goldens: the repository's own, else the one beside it."""
    shared = Path(__file__).resolve().parents[2].parent / "shared" / "goldens"
    folder = next((folder for folder in (OURS, shared) if folder.is_dir()), None)
    if folder is None:
        pytest.skip(f"neither {OURS} nor {shared} is there: numbers of other implementations")
    return folder


class Peer:
    """The golden of one implementation. image_of: the folder that holds its image, where that is another one's."""

    def __init__(
        self, folder: str, recipe: str, manifest: str = "state_dict_manifest.json", image_of: str = ""
    ) -> None:
        self.folder = goldens() / folder
        self.settings = json.loads((self.folder / "config.json").read_text())
        self._image_of = image_of or folder  # its image may be that of another
        with np.load(self.folder / "tensors.npz") as arrays:
            self.arrays: Arrays = dict(arrays)
        made = _module(goldens() / recipe)
        entries = json.loads((self.folder / manifest).read_text())
        self.state: Arrays = made.fill([entry[:2] for entry in entries])
        for ending, factor in self.settings.get("factors", {}).items():
            scaled = {n: array for n, array in self.state.items() if n.endswith(ending)}
            self.state |= {n: (array * factor).astype(array.dtype) for n, array in scaled.items()}

    @cached_property
    def image(self) -> np.ndarray:
        return np.asarray(Image.open(goldens() / self._image_of / "image.png"))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: array.shape for name, array in self.state.items()}

    def whole(self, key: str) -> np.ndarray:
        """Give a tensor that is held whole, in its own shape."""
        described = self.settings["tensors"][key]
        assert described["step"] == 1, f"{key} is held in parts"
        return self.arrays[key].reshape(described["shape"])

    def map(self, key: str) -> np.ndarray:
        """Give a whole map as (b, y, x, channel)."""
        return self.whole(key).transpose(0, 2, 3, 1)

    def boxes(self, key: str) -> np.ndarray:
        return self.whole(key)[:, [1, 0, 3, 2]]

    def error(self, key: str, received: Any) -> float:
        """Give the relative error of ``received``: a map (b, y, x, channel), or anything in the golden's own axes."""
        received = np.asarray(received)
        described = self.settings["tensors"].get(key)
        if described is None:  # of a second run, held like the one it repeats
            described = self.settings["tensors"][key.split("/", 1)[1]]
        shape = tuple(described["shape"])
        if len(shape) == 4 and received.shape != shape:
            received = received.transpose(0, 3, 1, 2)
        assert received.shape == shape, f"{key}: {received.shape}, wanted {shape}"
        return relative_error(received.ravel()[:: described["step"]], self.arrays[key].ravel())


def relative_error(received: np.ndarray, wanted: np.ndarray) -> float:
    assert received.shape == wanted.shape
    difference = np.abs(np.asarray(received, np.float64) - np.asarray(wanted, np.float64))
    return float(difference.max() / np.abs(wanted).max())


def model_of(found: Foreign, state: Mapping[str, np.ndarray], settings: Mapping[str, Any]) -> MaskRCNN:
    """Make the model of a state dict; every weight of both is used."""
    config: Config = found.config.replace(**settings)
    model = MaskRCNN(config)
    variables = named_variables(model)
    assert not found.unknown
    assert set(variables) == set(found.sources)
    for name, variable in variables.items():
        assert tuple(variable.shape) == found.sources[name].shape, name
        variable.assign(found.read(name, state.__getitem__))
    return model


def theirs(deltas: Any) -> np.ndarray:
    """Give our deltas (…, dydxdhdw) as (…, dxdydwdh)."""
    return np.asarray(deltas)[..., [1, 0, 3, 2]]


def of_levels(peer: Peer, key: Callable[[int], str], each: int) -> np.ndarray:
    """Give what five levels say about their anchors as (A, each), in our order."""
    return np.concatenate([peer.map(key(level)).reshape(-1, each) for level in range(2, 7)])


def matched(
    boxes: np.ndarray, class_ids: np.ndarray, wanted: np.ndarray, wanted_ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give for each wanted box the row of ours of its class that overlaps it most, and the IoU."""
    from maskrcnn_core.geometry.boxes import iou

    overlaps = iou(np.asarray(wanted, np.float64), np.asarray(boxes, np.float64))
    overlaps = np.where(np.asarray(wanted_ids)[:, None] == np.asarray(class_ids)[None], overlaps, 0.0)
    return overlaps.argmax(axis=1), overlaps.max(axis=1)


def mask_ious(masks: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give the IoU of each mask with the wanted one; 1 where both are empty."""
    union = (masks | wanted).sum(axis=(1, 2))
    return np.where(union > 0, (masks & wanted).sum(axis=(1, 2)) / np.maximum(union, 1), 1.0)


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
