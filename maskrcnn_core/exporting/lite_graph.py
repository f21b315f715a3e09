"""The whole detector in builtin operators of LiteRT (TensorFlow Lite), for images of one size.

Inputs: a model and a size. Outputs: a ``Part``, as ``detector`` returns it, around the same ``MaskRCNN.forward``; what
is otherwise stands in ``lite_operators`` and ``lite_molding``. How many rows there are is fixed where heads begin and
in the outputs, as the format and its delegates like it: ``proposals.count`` proposals, ``detections.max_count``
detections. ``COUNT`` says how many of the latter are real; the others are 0, and come last.

Why a fixed number of everything: memory is planned once, and the heads run on what speeds a phone up.

Shapes: y, x image px; d detections; n proposals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from ..config import Config
from ..stages.anchors import Anchors, make_anchors
from ..stages.operators import replaced_by
from .graph_pasting import boxes_in_graph, masks_in_graph
from .lite_molding import mold_of_size
from .lite_operators import Selection, in_parts, max_pool, rows_of_level
from .names import COUNT, DETECTED, IMAGE
from .network import Part, runtime_numbers

NEVER = -1.0  # probability of every class for a row that is no proposal: no score is as low
TOGETHER = 2**22  # pixels of masks that are pasted at once


def lite_part(model: Any, size: tuple[int, int]) -> Part:
    """Return the detector of ``model`` for images of ``size`` (y, x) px.

    Settings that are numbers of rows are built in; thresholds are inputs. Raises: ValueError for a model whose
    ROIAlign is adaptive.
    """
    config = model.config
    require_fixed(config)
    inputs = {IMAGE: tf.TensorSpec([*size, config.molding.channels], tf.uint8)}
    defaults = {name: value for name, value in runtime_numbers(config).items() if value.dtype.kind == "f"}
    inputs |= {name: tf.TensorSpec([], value.dtype) for name, value in defaults.items()}

    def run(tensors: Mapping[str, Any]) -> dict[str, Any]:
        settings = config.replace(**{name: tensors[name] for name in defaults})
        molded = mold_of_size(tensors[IMAGE], size, config.molding)
        anchors = Anchors(*map(tf.constant, make_anchors(tuple(molded.image.shape[:2]), config.anchors)))
        selection = Selection()
        rows = Rows(config, selection)
        choice = (selection.rows_where, selection.suppress, selection.suppress_groups)
        with replaced_by(*choice, selection.pool_by_level, rows_of_level, max_pool):
            detections, masks = model.forward(
                molded.image[None], anchors, molded.window, tap=rows, config=settings
            )
        placed = boxes_in_graph(detections.boxes, molded.window, tf.constant(size), config)
        pasted = in_parts(
            lambda boxes, probs: masks_in_graph(boxes, probs, tf.constant(size), config, tf.vectorized_map),
            (placed, masks.probs),
            selection.found,
            TOGETHER // (size[0] * size[1]),
        )
        real = rows.detections[:, None]
        made = (
            tf.where(real, placed, tf.zeros_like(placed)),
            detections.class_ids,
            detections.scores,
            pasted & real[..., None],
        )
        return dict(zip(DETECTED, made, strict=True)) | {COUNT: selection.found}

    return Part(run, inputs, defaults)


def fixed_size(config: Config, size: tuple[int, int] | None) -> tuple[int, int]:
    """Return the (y, x) px of every image: ``size``, or what a model of square network inputs takes without resizing.

    Raises: ValueError for a model without such a size where none is given.
    """
    if size is None and config.molding.mode != "square":
        raise ValueError(
            f"wanted --size YxX with --format tflite, whose images have one size, received none; this model "
            f"(molding.mode {config.molding.mode}) has no size of its own"
        )
    return size or (config.molding.max_dim, config.molding.max_dim)


def require_fixed(config: Config) -> None:
    """Raise ValueError for a model that this format cannot say."""
    for stage in ("box_roi", "mask_roi"):
        roi = getattr(config, stage)
        if roi.sampling == "cells" and not roi.samples:
            raise ValueError(
                f"wanted a fixed number of samples a bin for --format tflite, received {stage}.samples 0 (as many as a "
                f"bin has cells: detectron2, MMDetection); take --format onnx"
            )


class Rows:
    """A tap by which rows that are no proposal or no detection are 0, and no detection comes of such a proposal."""

    def __init__(self, config: Config, selection: Selection) -> None:
        self._config, self._selection = config, selection
        self.proposals: Any = None  # (n,) bool: which are real
        self.detections: Any = None  # (d,) bool

    def __call__(self, name: str, value: Any) -> Any:
        """Return ``value`` as what follows may read it."""
        if name == "proposals.boxes":
            self.proposals = tf.range(value.shape[0]) < self._selection.found
            return tf.where(self.proposals[:, None], value, 0.0)
        if name == "box_head.class_probs":
            return tf.where(self.proposals[:, None], value, NEVER)
        if name == "detections.boxes":
            self.detections = tf.range(value.shape[0]) < self._selection.found
            return tf.where(self.detections[:, None], value, 0.0)
        if name in ("detections.class_ids", "detections.scores"):
            return tf.where(self.detections, value, tf.zeros_like(value))
        return value
