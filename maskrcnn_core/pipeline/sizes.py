"""How large every tensor of an image will be, before anything runs: the shapes of the network's own graph.

Inputs: a model and the size of an image. Outputs: shape and type of each tensor, in the order in which data flows.
Rows that are chosen while the network runs (k, n, c, d) are counted by the most that the settings let through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from ..config import Config
from ..recording.tensors import names_of
from ..runtime.compiling import as_written
from ..stages.anchors import Anchors, make_anchors
from ..stages.molding import layout

Shape = tuple[int | None, ...]  # None = not known before it runs
CHOSEN = "kncd"  # axes whose length depends on the image


@dataclass(frozen=True)
class Size:
    """Shape and type of a tensor. most: whether its rows are that many at most."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    most: bool

    @property
    def nbytes(self) -> int:
        """Bytes, at most."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def said(self) -> str:
        """The shape in words: ``<= 200 x 7 x 7 x 64``."""
        return "<= " * self.most + (" x ".join(map(str, self.shape)) or "-")


def sizes_of(model: Any, size: tuple[int, ...]) -> dict[str, Size]:
    """Return the size of every tensor, detail too, that tracing an image of ``size`` (y, x) px can record.

    Law: those of a trace are equal, or less where ``most`` says so. Targets and losses are left out: they depend on the
    ground truth.
    """
    height, width = int(size[0]), int(size[1])
    config: Config = model.config
    shapes = _in_network(model, layout((height, width), config.molding).shape)
    pixels = height, width
    pasted = np.dtype(np.int32 if config.pasting.rule == "box" else np.float32)
    shapes |= {
        "image.original": ((*pixels, config.molding.channels), np.dtype(np.uint8)),
        "molding.window": ((4,), np.dtype(np.float32)),
        "molding.scale": ((), np.dtype(np.float32)),
        "pasting.boxes": ((None, 4), pasted),
        "pasting.masks": ((None, *pixels), np.dtype(bool)),
        "composing.picture": ((*pixels, 3), np.dtype(np.uint8)),
    }
    rows = _most_rows(config, shapes["anchors.boxes"][0][0] or 0)
    return {
        name: _size(spec.axes, *shapes[name], rows)
        for name, spec in names_of(config).items()
        if name in shapes
    }


def _size(axes: tuple[str, ...], shape: Shape, dtype: np.dtype[Any], rows: dict[str, int]) -> Size:
    filled = (rows.get(axis, length) for axis, length in zip(axes, shape, strict=True))
    return Size(tuple(int(length or 0) for length in filled), dtype, bool(set(axes) & set(CHOSEN)))


def _most_rows(config: Config, anchors: int) -> dict[str, int]:
    """Return how many rows the axes ``CHOSEN`` have at most."""
    levels = len(config.anchors.strides) if config.proposals.by_level else 1
    count = min(anchors, levels * config.proposals.top_k)
    proposals = min(count, config.proposals.count)
    each = config.num_classes - 1 if config.detections.candidates == "every" else 1
    candidates = proposals * each
    return {"k": count, "n": proposals, "c": candidates, "d": min(candidates, config.detections.max_count)}


def _in_network(model: Any, side: tuple[int, int]) -> dict[str, tuple[Shape, np.dtype[Any]]]:
    """Return shape and type of the tensors inside the network, without the axis of one image."""
    config: Config = model.config
    names, found = names_of(config), dict[str, tuple[Shape, np.dtype[Any]]]()

    def tap(name: str, value: Any) -> Any:
        batched = len(value.shape) == len(names[name].axes) + 1
        found[name] = tuple(value.shape[batched:]), np.dtype(value.dtype.as_numpy_dtype)
        return value

    anchors = Anchors(*map(tf.convert_to_tensor, make_anchors(side, config.anchors)))
    image = tf.TensorSpec([1, *side, config.molding.channels], tf.float32)
    tap("molding.image", image)

    @tf.function(autograph=False)
    def run(image: tf.Tensor) -> None:
        model.forward(image, anchors, tap=tap)

    with as_written():
        run.get_concrete_function(image)
    return found
