"""The whole detector as a function of tensors by name: from an image of bytes to masks at its size.

Inputs: a model, and the size of the images if it is fixed. Outputs: a ``Part``: preprocessing and pasting inside the
graph around ``MaskRCNN.forward``. Its inputs are ``image.original`` and the runtime settings, its outputs the
tensors ``RESULT``, best detection first, and those that are asked for besides.

Shapes: y, x image px; d detections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tensorflow as tf

from ..recording.tensors import names_of
from ..recording.trace import Trace
from .graph_molding import anchors_in_graph, mold_in_graph
from .graph_pasting import paste_in_graph
from .names import DETECTED as RESULT
from .names import IMAGE, tensors_of
from .network import Part, of_one_image, runtime_numbers

OUTSIDE = ("image", "composing")  # stages whose tensors an export does not make: its input, and an overlay


def detector_part(model: Any, keep: Iterable[str] = (), size: tuple[int, int] | None = None) -> Part:
    """Return the detector of ``model``.

    keep: names or patterns of further tensors to give out. size: (y, x) px of every image; None takes any size.
    """
    config = model.config
    wanted = tensors_of([*RESULT, *keep], config)
    kept = [n for n, spec in names_of(config).items() if n in wanted and spec.stage not in OUTSIDE]
    channels, defaults = config.molding.channels, runtime_numbers(config)
    inputs = {IMAGE: tf.TensorSpec([*(size or (None, None)), channels], tf.uint8)}
    inputs |= {name: tf.TensorSpec([], value.dtype) for name, value in defaults.items()}

    def run(tensors: Mapping[str, Any]) -> dict[str, Any]:
        tap = Trace(kept, config=config)
        image, settings = tensors[IMAGE], config.replace(**{name: tensors[name] for name in defaults})
        molded = mold_in_graph(image, config.molding)
        for name, value in zip(molded._fields, molded, strict=True):
            tap(f"molding.{name}", value)
        anchors = anchors_in_graph(tf.shape(molded.image)[:2], config.anchors)
        detections, masks = model.forward(
            molded.image[None], anchors, molded.window, tap=tap, config=settings
        )
        pasted = paste_in_graph(detections.boxes, masks.probs, molded.window, tf.shape(image)[:2], config)
        tap("pasting.boxes", pasted.boxes)
        tap("pasting.masks", pasted.masks)
        return {name: of_one_image(name, tap.tensors[name], config) for name in tap}

    return Part(run, inputs, defaults)
