"""Histograms for TensorBoard: how weights, gradients and activations are spread.

Inputs: arrays by name. Outputs: events. The buckets are counted here: ``tf.summary.histogram`` spreads every value over
its 30 buckets first (240 bytes a value), which takes gigabytes for the maps of one image of 1024 px.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorboard.plugins.histogram import metadata

from ...recording.tensors import TENSORS
from ...recording.trace import Trace

BUCKETS = 30  # TensorBoard's own number
# tensors of a trace that the network computes; targets and losses are not among them
ACTIVATIONS = tuple(
    name
    for name, spec in TENSORS.items()
    if spec.unit in ("activation", "logit", "raw delta") and not spec.stage.endswith("_targets")
)


def write_histograms(kind: str, arrays: Mapping[str, Any], step: int) -> None:
    """Write a histogram of each of ``arrays``, named ``stage.rest``, to the current writer.

    A tag is ``KIND.STAGE/REST``, so that TensorBoard shows a stage at a time. Values that are not finite have no
    bucket: their number is a scalar of its own, ``not_finite/KIND.NAME``, where there are some.
    """
    for name, array in arrays.items():
        stage, _, rest = name.partition(".")
        values = np.asarray(array).ravel()
        finite = np.isfinite(values)
        if not finite.all():
            tf.summary.scalar(f"not_finite/{kind}.{name}", np.count_nonzero(~finite), step)
            values = values[finite]
        tf.summary.write(
            f"{kind}.{stage}/{rest}",
            tf.constant(buckets(values)),
            step,
            metadata.create_summary_metadata(display_name=None, description=None),
        )


def buckets(values: np.ndarray, count: int = BUCKETS) -> np.ndarray:
    """Return (count, 3) float64: lower edge, upper edge and number of ``values`` (n,), all finite, in each bucket.

    Law: the numbers sum to n. Equal values lie in the last of ``count`` empty-sided buckets, as TensorBoard does it.
    """
    if not len(values):
        return np.zeros((count, 3))
    low, high = float(values.min()), float(values.max())
    if low == high:
        counts = np.zeros(count)
        counts[-1] = len(values)
        return np.stack([np.full(count, low), np.full(count, low), counts], axis=1)
    if high - low > float(np.finfo(np.float32).max):  # their difference has no float32
        values = values.astype(np.float64)
    counts, edges = np.histogram(values, bins=count, range=(low, high))
    return np.stack([edges[:-1], edges[1:], counts], axis=1).astype(np.float64)


def activations_of(trace: Trace) -> dict[str, np.ndarray]:
    """Return the activations that ``trace`` holds, by name."""
    return {name: trace[name] for name in ACTIVATIONS if name in trace}
