"""A model into an ONNX export that was certified, and the proof beside it.

Inputs: a model. Outputs: an ONNX model of the detector or of the network alone, and the differences from TensorFlow on
sample images. Needs tf2onnx, onnx and ONNX Runtime (extra ``export``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from ..runtime.installing import install_command
from ..stages.anchors import make_anchors
from ..stages.molding import mold
from .certify import Difference, compare, worst_of
from .describing import describe
from .detector import detector_part
from .names import IMAGE
from .network import network_part, runtime_numbers
from .runner import Runner

NEEDS = ("tf2onnx", "onnx", "onnxruntime")
PARTS = ("detector", "network")
LOOSE: dict[str, Any] = {"detections.min_score": 0.05}  # so that many detections are compared


class Wanted(NamedTuple):
    """What is exported. part: see ``PARTS``. keep: its outputs, or more of them. size: (y, x) px if fixed."""

    part: str = "detector"
    keep: tuple[str, ...] = ()
    size: tuple[int, int] | None = None


def part_of(model: Any, wanted: Wanted) -> Any:
    """Return the function that is exported, with its inputs."""
    if wanted.part == "network":
        return network_part(model, wanted.keep)
    return detector_part(model, wanted.keep, wanted.size)


def make_onnx(model: Any, wanted: Wanted, weights: str) -> Any:
    """Return the ``onnx.ModelProto``. weights: SHA-256 of their file. Raises: ValueError without what it needs."""
    require_packages(NEEDS)
    from .onnx_graph import onnx_graph

    part = part_of(model, wanted)
    return onnx_graph(part.function, part.inputs, part.defaults, describe(model, wanted.part, weights))


def certified(runner: Runner, model: Any, wanted: Wanted, images: Sequence[np.ndarray]) -> list[Difference]:
    """Return how far an export's tensors are from TensorFlow's on ``images`` (y, x, channel) uint8.

    Where the settings are inputs, each image is taken with the model's own and with ``LOOSE`` ones.
    """
    names, found = list(runner.outputs), list[list[Difference]]()
    rounds = [{}, LOOSE] if LOOSE.keys() <= set(runner.inputs) else [{}]
    own = model.config
    for image, settings in product(images, rounds):
        model.config = own.replace(**settings)
        try:
            expected = dict(model.trace(image, keep=names))
        finally:
            model.config = own
        numbers = {name: runtime_numbers(own.replace(**settings))[name] for name in settings}
        received = runner.run(names, feed_of(model, wanted, image) | numbers)
        found.append(compare(expected, received, own))
    return worst_of(found)


def feed_of(model: Any, wanted: Wanted, image: np.ndarray) -> dict[str, np.ndarray]:
    """Return what an export is fed for an image: the image, or what the stages before the network make of it."""
    if wanted.part == "detector":
        return {IMAGE: image}
    molded = mold(image, model.config.molding)
    anchors = make_anchors(molded.image.shape[:2], model.config.anchors)
    feed = {"molding.image": molded.image, "molding.window": molded.window}
    return feed | {f"anchors.{name}": value for name, value in anchors._asdict().items()}


def require_packages(names: Iterable[str]) -> None:
    """Raise ValueError where a package that exporting needs is not installed."""
    from importlib.util import find_spec

    lacking = [name for name in names if find_spec(name) is None]
    if lacking:
        raise ValueError(
            f"exporting wants {', '.join(lacking)}, not installed here: {install_command('export')}"
        )
