"""Batches: samples of a reader, molded and padded to a common number of truths.

Enters: a reader and the configuration. Leaves: a ``tf.data`` stream of ``Batch``. Which sample stands at which place of the stream
follows from the seed alone, so that a run that is resumed at step n sees what an unbroken one would have seen.

Shapes: b pictures; g truths; y, x molded px.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from ..config import Config
from ..data.reader import Reader
from ..data.sample import Sample
from ..stages.molding import layout, mold, mold_boxes, mold_masks
from .objective import Batch


def sample_order(length: int, seed: int, start: int = 0) -> Iterator[int]:
    """Yield sample indices for ever, each epoch in an order of its own, from place ``start`` on."""
    epoch, place = divmod(start, length)
    while True:
        order = np.random.default_rng([seed, epoch]).permutation(length)
        yield from (int(i) for i in order[place:])
        epoch, place = epoch + 1, 0


def mold_sample(sample: Sample, config: Config, seed: tuple[int, int]) -> Batch:
    """Return one sample as the network sees it, without the leading axis of pictures."""
    place = layout(sample.image.shape[:2], config.molding)
    return Batch(
        mold(sample.image, config.molding).image,
        mold_boxes(sample.boxes, place),
        sample.class_ids.astype(np.int32),
        sample.is_crowd,
        mold_masks(sample.masks, place),
        np.array(seed, np.int32),
    )


def make_batches(reader: Reader, config: Config, batch_size: int, seed: int, start: int = 0) -> tf.data.Dataset:
    """Return an endless stream of batches, beginning with place ``start`` of the order that ``seed`` gives."""

    def samples() -> Iterator[Batch]:
        for place, index in enumerate(sample_order(len(reader), seed, start), start=start):
            yield mold_sample(reader[index], config, (seed, place))

    side = (config.molding.max_dim, config.molding.max_dim)
    signature = Batch(
        tf.TensorSpec([*side, config.molding.channels]),
        tf.TensorSpec([None, 4]),
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([None], tf.bool),
        tf.TensorSpec([None, *side], tf.bool),
        tf.TensorSpec([2], tf.int32),
    )
    stream = tf.data.Dataset.from_generator(samples, output_signature=signature)
    return stream.padded_batch(batch_size, drop_remainder=True).prefetch(4)
