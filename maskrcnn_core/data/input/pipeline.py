"""The pipeline: from stored samples to batches, in the graph and in parallel.

Inputs: a reader and the configuration. Outputs: an endless ``tf.data`` stream of ``Batch``. Every place of the stream
has a number; which sample stands there, and how it is augmented, follows from seed and place alone. So the stream is
the same whatever runs in parallel, a resumed run sees what an unbroken one would have seen, and workers share the
places among them.

Shapes: b images; g ground-truth objects; y, x network-input px.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from ...config import Config
from ...stages.molding import layout as layout_of
from ..reading.reader import Reader
from .augment import LUMA, augment, require_transforms
from .batch import Batch
from .molding import mold_scene
from .records import Records, open_records

AHEAD = 2  # batches made in advance


def make_batches(
    reader: Reader | Records,
    config: Config,
    batch_size: int,
    seed: int,
    start: int = 0,
    *,
    cache: str | Path | None = None,
    training: bool = True,
    shard: tuple[int, int] = (0, 1),
) -> tf.data.Dataset:
    """Return an endless stream of batches of ``batch_size`` images, beginning with place ``start``.

    cache: where samples are stored (``records.open_records``). training: in random order and augmented; otherwise in
    the reader's order, as they are, and cropped in the middle if cropped at all.
    shard: (i, n) = this is worker i of n, which gets batches i, i + n, i + 2n, … of the stream: n workers, each with
    one of n consecutive batches, do the step that one worker would do with a batch n times as large.
    Raises: ValueError where samples do not fit the configuration.
    """
    records = reader if isinstance(reader, Records) else open_records(reader, cache)
    side = _molded_size(records, config, training)
    if side is None and batch_size > 1:
        detail = f"molding.mode {config.molding.mode} gives images of several sizes, which do not fit into one batch"
        raise ValueError(f"{detail}: wanted a batch size of 1, or mode square or crop; received {batch_size}")
    _require_channels(records, config.molding.channels)
    require_transforms(config.training.augment)

    @tf.autograph.experimental.do_not_convert
    def load(place: tf.Tensor, index: tf.Tensor) -> Batch:
        sample_seed = tf.stack([tf.constant(seed, tf.int32), tf.cast(place, tf.int32)])
        one = load_sample(records, config, index, sample_seed, training)
        image = tf.ensure_shape(one.images, [*(side or (None, None)), config.molding.channels])
        masks = tf.ensure_shape(one.masks, [None, *(config.training.mini_mask or side or (None, None))])
        return one._replace(images=image, masks=masks)

    worker, workers = shard
    stream = places(records, seed, start, training).batch(batch_size).shard(workers, worker).unbatch()
    stream = stream.map(load, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return stream.padded_batch(batch_size, drop_remainder=True).prefetch(AHEAD)


def places(records: Records, seed: int, start: int, training: bool) -> tf.data.Dataset:
    """Return the endless stream of (place, the reader's index), both () int64, from place ``start`` on."""
    count = len(records)
    first, skipped = divmod(start, count)
    indices = tf.constant(records.indices)

    @tf.autograph.experimental.do_not_convert
    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        order = shuffled(count, seed, number) if training else tf.range(count)
        return tf.data.Dataset.from_tensor_slices(tf.gather(indices, order))

    epochs = tf.data.Dataset.range(first, np.iinfo(np.int64).max)
    return epochs.flat_map(epoch).skip(skipped).enumerate(start)


def shuffled(count: int, seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """Return the order (count,) int32 of samples in an epoch."""
    draws = tf.random.stateless_uniform(
        [count], tf.stack([seed, tf.cast(epoch, tf.int32)]), None, None, tf.int32, alg="philox"
    )
    return tf.argsort(draws, stable=True)


def index_at(records: Records, place: int, seed: int, training: bool = True) -> int:
    """Return what the reader calls the sample at ``place`` of the stream: ``reader.source`` of it names the file."""
    epoch, row = divmod(place, len(records))
    return int(records.indices[shuffled(len(records), seed, tf.constant(epoch))[row] if training else row])


def load_sample(records: Records, config: Config, index: tf.Tensor, seed: tf.Tensor, training: bool) -> Batch:
    """Return in the graph one sample as the network sees it: a ``Batch`` without its leading axis.

    index: () int64, the reader's. seed: (2,) int32, stream's seed and place, on which all that is random depends.
    """
    scene = records.load(index)
    scene = scene._replace(image=with_channels(scene.image, config.molding.channels))
    if training:
        scene = augment(scene, config.training.augment, tf.random.fold_in(seed, 0))
    molded = mold_scene(scene, config, tf.random.fold_in(seed, 1) if training else None)
    return Batch(*molded, seeds=seed)  # fields of one name and order


def with_channels(image: tf.Tensor, wanted: int) -> tf.Tensor:
    """Return ``image`` (y, x, channel) uint8 with ``wanted`` channels: grey is repeated to rgb, rgb becomes grey."""
    given = tf.shape(image)[2]
    if wanted == len(LUMA):
        image = tf.cond(given == 1, lambda: tf.repeat(image, wanted, axis=2), lambda: image)
    if wanted == 1:
        image = tf.cond(given == len(LUMA), lambda: _grey(image), lambda: image)
    return tf.ensure_shape(image, [None, None, wanted])


def _grey(image: tf.Tensor) -> tf.Tensor:
    """Return rgb as grey (y, x, 1) uint8, in the integers of Pillow's mode L."""
    shares = tf.constant([round(share * 2**16) for share in LUMA])
    total = tf.reduce_sum(tf.cast(image, tf.int32) * shares, axis=2, keepdims=True)
    return tf.cast((total + 2**15) // 2**16, tf.uint8)


def _molded_size(records: Records, config: Config, training: bool) -> tuple[int, int] | None:
    """Return the size (y, x) of every network input; None if they differ."""
    molding, names = config.molding, config.training.augment if training else ()
    if molding.mode in ("square", "crop"):
        return (molding.max_dim,) * 2 if molding.mode == "square" else (molding.min_dim,) * 2
    sizes = {(int(y), int(x)) for y, x in np.unique(records.sizes[:, :2], axis=0)}
    if "rot90" in names:
        sizes |= {(x, y) for y, x in sizes}
    shapes = {layout_of(size, molding).shape for size in sizes}
    return shapes.pop() if len(shapes) == 1 and "crop" not in names else None


def _require_channels(records: Records, wanted: int) -> None:
    """Raise ValueError where an image cannot have the ``wanted`` number of channels."""
    possible = {1, len(LUMA)} if wanted in (1, len(LUMA)) else {wanted}
    for index, channels in zip(records.indices, records.sizes[:, 2], strict=True):
        if channels not in possible:
            detail = f"wanted images of {wanted} channels, as many as molding.mean has, received {channels}"
            raise ValueError(f"{detail} in sample {index} of the data set")
