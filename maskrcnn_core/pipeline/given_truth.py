"""Ground truth beside a trace: the tensors ``truth.*`` of a sample, which no stage of detection makes.

Inputs: a sample. Outputs: its objects in the frames of a trace. Needs no TensorFlow.
"""

from __future__ import annotations

import numpy as np

from ..config import Config
from ..data.reading.sample import Sample
from ..recording.trace import Trace, config_of
from ..stages.molding import layout, mold_boxes


def give_truth(trace: Trace, sample: Sample) -> None:
    """Add ``truth.*`` to ``trace``, as ``model.trace(truth=sample)`` does, without targets and losses.

    Raises: ValueError for a trace without a configuration.
    """
    trace.update(truth_tensors(sample, config_of(trace)))


def truth_tensors(sample: Sample, config: Config) -> dict[str, np.ndarray]:
    """Return ``truth.*`` by name, boxes in network-input px."""
    return {
        "truth.boxes": mold_boxes(sample.boxes, layout(sample.image.shape[:2], config.molding)),
        "truth.class_ids": sample.class_ids.astype(np.int32),
        "truth.is_crowd": sample.is_crowd,
        "truth.masks": sample.masks,
    }
