"""Fit: the loop over steps and epochs, on any ``tf.distribute`` strategy.

Keras' own ``fit`` does not run on several workers; this loop does, and takes Keras' callbacks. It goes on from
a checkpoint at the step where that was written, with the samples that would have come next, and ends with the weights
of an unbroken run.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from ...config import Config
from ...data.input.pipeline import make_batches
from ...data.reading.reader import Reader
from ...model import MaskRCNN
from ...runtime import onednn
from ..distribution.strategy import any_worker, is_chief
from ..interval import Interval
from .checkpoints import load_checkpoint, require_latest
from .divergence import stop_at_divergence
from .layers import Stage, stage_at, trainable_variables
from .measures import Measures, Watcher
from .optimizers import make_optimizer
from .saving import Progress, Saving, recall
from .schedule import learning_rate
from .step import make_step, named_losses


@dataclass(frozen=True)
class Run:
    """What one training run is, beside the model and the data."""

    output: Path  # folder of checkpoints and events
    stages: tuple[Stage, ...]
    seed: int = 0
    keep: int = 3  # checkpoints of the last epochs that stay
    provenance: Mapping[str, Any] = field(default_factory=dict)  # goes into every checkpoint
    save_every: Interval | None = None  # how often within an epoch; None = at its end alone

    @property
    def epochs(self) -> int:
        """Number of epochs of all stages."""
        return self.stages[-1].until

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.output / "checkpoints"


class Callbacks:
    """Keras callbacks that share one dict of logs, so that what one measures the next can show and ``fit`` return.

    ``keras.callbacks.CallbackList`` hands out copies.
    """

    def __init__(
        self, callbacks: Sequence[keras.callbacks.Callback], model: MaskRCNN, params: Mapping[str, Any]
    ) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(dict(params))

    def __getattr__(self, event: str) -> Callable[..., None]:
        """Return a function that calls ``event`` (``on_epoch_end`` …) of every callback, in their order."""

        def call(*arguments: Any) -> None:
            for callback in self.callbacks:
                getattr(callback, event)(*arguments)

        return call

    def wants_measures(self, batch: int) -> bool:
        """Return whether any callback wants step ``batch`` of the epoch measured."""
        return any(watcher.wants_measures(batch) for watcher in self._watchers())

    def on_measures(self, batch: int, measures: Measures) -> None:
        """Show the images of a step to all who watch, its measures to those who asked for them."""
        for watcher in self._watchers():
            watcher.on_images(measures.images)
            if watcher.wants_measures(batch):
                watcher.on_measures(batch, measures)

    def _watchers(self) -> list[Watcher]:
        return [callback for callback in self.callbacks if isinstance(callback, Watcher)]


def fit(
    model: MaskRCNN,
    reader: Reader,
    run: Run,
    strategy: tf.distribute.Strategy | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    resume: bool = False,
) -> dict[str, float]:
    """Train ``model`` on ``reader`` and return the logs of the last epoch.

    model: built under ``strategy.scope()``. callbacks: Keras callbacks; they may add to the logs of an epoch.
    Of several workers only the chief calls them, and writes; ``run.output`` is a folder that all of them see.
    resume: go on from the last checkpoint in ``run.output``.
    Raises: ``Diverged`` at the first loss that is not finite; ValueError where batches do not divide among replicas.
    """
    strategy = strategy or tf.distribute.get_strategy()
    settings = model.config.training
    with strategy.scope():
        optimizer = make_optimizer(settings)
        optimizer.build(model.trainable_variables)
        state, progress = _restored(run, model, optimizer) if resume else ({}, Progress())
    model.optimizer = optimizer
    watching = Callbacks(
        [*callbacks, _saving(run, progress, callbacks)] if is_chief(strategy) else (),
        model,
        {"epochs": run.epochs, "steps": settings.steps_per_epoch, "verbose": 0},
    )
    start = progress.epoch * settings.steps_per_epoch + progress.step
    stream = _distributed(reader, model, run, strategy, start)
    batches = iter(stream)
    logs: dict[str, float] = {}
    model.stop_training = False
    watching.on_train_begin()
    recall(state, watching.callbacks)
    layers = None
    for epoch in range(progress.epoch, run.epochs):
        if stage_at(run.stages, epoch).layers != layers:
            layers = stage_at(run.stages, epoch).layers
            chosen = trainable_variables(model, layers)
            step = make_step(model, optimizer, strategy, chosen, stream.element_spec)
        watching.on_epoch_begin(epoch)
        logs = _epoch(progress, batches, step, model, run, watching)
        watching.on_epoch_end(epoch, logs)
        progress.next_epoch()
        if any_worker(strategy, model.stop_training):
            break
    watching.on_train_end(logs)
    return logs


def _saving(run: Run, progress: Progress, others: Sequence[keras.callbacks.Callback]) -> Saving:
    """Return the callback that writes the checkpoints of ``run``, with what ``others`` remember."""
    return Saving(
        run.checkpoints,
        progress,
        others,
        run.save_every,
        seed=run.seed,
        keep=run.keep,
        provenance=run.provenance,
    )


def _epoch(
    progress: Progress,
    batches: Iterator[Any],
    step: Any,
    model: MaskRCNN,
    run: Run,
    watching: Callbacks,
) -> dict[str, float]:
    """Run the steps that are left of an epoch and return the means of the losses over all of its steps."""
    settings = model.config.training
    total = run.epochs * settings.steps_per_epoch
    for number in range(progress.step, settings.steps_per_epoch):
        place = progress.epoch * settings.steps_per_epoch + number
        watching.on_train_batch_begin(number)
        if settings.schedule != "constant":
            model.optimizer.learning_rate.assign(learning_rate(place, total, settings))
        batch = next(batches)
        values, measures = step(batch, tf.constant(watching.wants_measures(number)))
        losses = named_losses(values)
        if not math.isfinite(losses["total"]):
            stop_at_divergence(model, batch, losses, place, run.output)
        progress.add(losses)
        watching.on_measures(number, measures)
        watching.on_train_batch_end(number, losses)
    return progress.means()


def _restored(
    run: Run, model: MaskRCNN, optimizer: keras.optimizers.Optimizer
) -> tuple[dict[str, Any], Progress]:
    """Restore the last checkpoint of the run; return its state, and how far the run was.

    Raises: ValueError where there is none, or of another seed, or within an epoch of another number of steps.
    """
    path = require_latest(run.output)
    state = load_checkpoint(path, model, optimizer)
    if state.get("seed") != run.seed:
        raise ValueError(
            f"{path} was trained with seed {state.get('seed')}, received {run.seed}: samples would repeat"
        )
    was_on = state.get("onednn", onednn.is_on())
    if was_on != onednn.is_on():
        warnings.warn(
            f"{path} was trained with oneDNN {'on' if was_on else 'off'}: weights will differ in their last bits from "
            f"those of an unbroken run; set {onednn.VARIABLE}={int(was_on)} for the same",
            stacklevel=2,
        )
    return state, Progress.of(state, model.config.training.steps_per_epoch, path)


def _distributed(
    reader: Reader, model: MaskRCNN, run: Run, strategy: tf.distribute.Strategy, start: int
) -> Any:
    """Return the endless distributed stream of batches from step ``start`` on."""
    settings, replicas = model.config.training, strategy.num_replicas_in_sync
    if settings.batch_size % replicas:
        raise ValueError(
            f"wanted a batch size that {replicas} replicas can share, received {settings.batch_size}"
        )
    images = settings.images_per_step

    def worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        stream = make_batches(
            reader,
            training_view(model.config),
            context.get_per_replica_batch_size(images),
            run.seed,
            start * images,
            cache=run.output / "cache",
            shard=(context.input_pipeline_id, context.num_input_pipelines),
        )
        # else several workers expect a last batch that is not full, and batches lose their static size
        return stream.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))

    return strategy.distribute_datasets_from_function(worker)


def training_view(config: Config) -> Config:
    """Return ``config`` as training preprocesses images: in random squares where ``training.crop`` says so."""
    if not config.training.crop:
        return config
    return config.replace(**{"molding.mode": "crop", "molding.min_dim": config.training.crop})
