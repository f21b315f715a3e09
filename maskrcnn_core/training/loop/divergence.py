"""Divergence: when a loss is no longer a number, say which, on which image, and where it began.

The step does not apply such an update, so the weights are still those that produced it: the images of the
batch are run once more with every tensor recorded.

Shapes: b images of a batch; y, x network-input px.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import tensorflow as tf

from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...recording.trace import Trace
from ...stages.anchors import make_anchors


class Diverged(ArithmeticError):  # noqa: N818  # what happened, not what went wrong in the program
    """A loss became NaN or infinite."""


def stop_at_divergence(
    model: MaskRCNN, batch: Any, losses: Mapping[str, float], step: int, output: Path
) -> NoReturn:
    """Save the trace of the first image of ``batch`` with a tensor that is not finite, and raise ``Diverged``.

    batch: of this process; with several replicas those of the first are looked at, then the others.
    """
    broken = ", ".join(name for name, value in losses.items() if not math.isfinite(value))
    for local in _local_batches(batch):
        for index in range(local.images.shape[0]):
            trace = trace_molded(model, local.images[index : index + 1])
            name = first_not_finite(trace)
            if name is not None:
                path = output / f"diverged_step_{step}.h5"
                trace.save(path)
                raise Diverged(
                    f"step {step}: loss {broken} is not finite. Image at place {int(local.seeds[index][1])} of the "
                    f"stream: the first tensor that is not finite is {name}; its trace is in {path}. "
                    "Try a lower learning rate, a longer warm-up or a smaller clip norm."
                )
    raise Diverged(
        f"step {step}: loss {broken} is not finite, though every tensor of its images is: look at the ground truth "
        "(maskrcnn check) and at the learning rate."
    )


def trace_molded(model: MaskRCNN, image: tf.Tensor) -> Trace:
    """Return the trace of the network on one preprocessed ``image`` (1, y, x, channel)."""
    trace = Trace(config=model.config)
    trace("molding.image", np.asarray(image[0]))
    model.forward(image, make_anchors(tuple(image.shape[1:3]), model.config.anchors), tap=trace)
    return trace


def first_not_finite(trace: Trace) -> str | None:
    """Return the first tensor, in the order of the pipeline, that holds a NaN or an infinity."""
    for name, value in trace.items():
        if np.issubdtype(value.dtype, np.floating) and not np.isfinite(value).all():
            return name
    return None


def _local_batches(batch: Any) -> list[Batch]:
    """Return this process's batches, one a replica."""
    if isinstance(batch, Batch) and not isinstance(batch.images, tf.distribute.DistributedValues):
        return [batch]
    strategy = tf.distribute.get_strategy()
    parts = [strategy.experimental_local_results(value) for value in batch]
    return [Batch(*part) for part in zip(*parts, strict=True)]
