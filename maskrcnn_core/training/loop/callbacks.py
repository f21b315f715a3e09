"""Callbacks of the project: progress for a person, validation, and the best weights kept.

They are Keras callbacks; any other can stand beside them. Validation adds its figures to the logs of an epoch,
so it has to come before those that read them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ...data.input.batch import Batch
from ...data.input.pipeline import make_batches
from ...data.reading.reader import Reader
from ...evaluation.metrics.coco_ap import CocoAp
from ...evaluation.metrics.objects import objects_of_result, objects_of_sample
from ...stages.anchors import make_anchors
from ...stages.losses import LOSSES
from ...terminal.progress import telling
from ...terminal.screen import errors
from ...weights import save_weights
from .breakdown import Breakdown, break_down, mean_losses
from .fit import training_view
from .objective import objectives_of_batch, scalars
from .objects_found import ObjectsFound
from .saving import Remembering

LOSS_IMAGES = 50  # of the validation set, for its losses; AP counts all that were asked for


class ProgressBar(keras.callbacks.Callback):
    """A bar a run with losses, images a second and time left; a line an epoch where there is no terminal."""

    def __init__(self, images: int, console: Console | None = None) -> None:
        """Show the progress of steps of ``images`` images."""
        super().__init__()
        self.images, self.console = images, console or errors()
        columns = (
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} {task.fields[losses]}"),
            TimeRemainingColumn(),
        )
        self.told = contextlib.ExitStack()
        self.bar = Progress(*columns, console=self.console, disable=not self.console.is_terminal)

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Start the bar."""
        self.bar.start()
        self.told.enter_context(telling(self.said))
        self.task = self.bar.add_task("", total=self.params["steps"], epoch=0, losses="")

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Begin again at 0 of an epoch's steps."""
        self.began, self.steps = time.monotonic(), 0  # of a run that goes on: since it does
        # reset puts its fields in the place of all that the task had, and a bar without ``losses`` cannot be drawn
        self.bar.reset(self.task, epoch=f"{epoch + 1}/{self.params['epochs']}", losses="")

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Move on by a step."""
        self.steps += 1
        rate = self.steps * self.images / (time.monotonic() - self.began)
        text = f"loss {(logs or {}).get('total', 0.0):.3f}  {rate:.1f} images/s"
        self.bar.update(self.task, completed=batch + 1, losses=text)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Print the epoch's figures, which stay."""
        seconds = time.monotonic() - self.began
        figures = "  ".join(f"{name} {value:.3f}" for name, value in (logs or {}).items())
        self.console.print(
            f"epoch {epoch + 1}/{self.params['epochs']} in {seconds:.0f} s: {figures}", highlight=False
        )

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Stop the bar."""
        self.told.close()
        self.bar.stop()

    def said(self) -> str:
        """Return where the training is, in words."""
        task = self.bar.tasks[0]
        epoch, losses = task.fields["epoch"], task.fields["losses"]
        return f"epoch {epoch}: {task.completed:.0f} of {task.total} steps {losses}".strip()


class Validate(Remembering):
    """After every epoch: losses and AP on unseen images; the weights of the best mask AP are kept.

    Adds to the logs: ``val_`` and each loss, ``val_total``, ``val_mask_AP``, ``val_mask_AP50``, ``val_box_AP``; with
    ``objects`` also ``val_objects_found``, a share, and ``val_objects_forgotten``, their number.
    """

    def __init__(
        self,
        reader: Reader,
        count: int,
        best: Path | None = None,
        provenance: Mapping[str, Any] | None = None,
        objects: Path | None = None,
    ):
        """Measure on the first ``count`` images of ``reader``.

        best: where the best weights are written. objects: where is written which objects were found after which epoch.
        """
        super().__init__()
        self.objects = ObjectsFound(objects, reader.class_names) if objects is not None else None
        self.reader, self.count = reader, min(count, len(reader))
        self.best, self.provenance, self.record = best, dict(provenance or {}), -1.0
        self.parts: dict[str, float] = {}  # of the losses of the last epoch, by tag: by class and by level
        self._compiled: Any = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measure and add to ``logs``."""
        logs = {} if logs is None else logs
        logs |= {f"val_{name}": value for name, value in self.losses().items()}
        average = CocoAp(self.reader.class_names)
        index = 0
        with telling(lambda: f"epoch {epoch + 1}: validating, {index} of {self.count} images"):
            for index in range(self.count):
                sample = self.reader[index]
                truths, detections = (
                    objects_of_sample(sample),
                    objects_of_result(self.model.detect(sample.image)),
                )
                average.add_objects(truths, detections)
                if self.objects is not None:
                    self.objects.add(index, sample, truths, detections)
        masks, boxes = average.figures("segm"), average.figures("bbox")
        logs |= {"val_mask_AP": masks["AP"], "val_mask_AP50": masks["AP50"], "val_box_AP": boxes["AP"]}
        if self.objects is not None:
            change = self.objects.close_epoch(epoch + 1)
            logs |= {
                "val_objects_found": change.found / max(1, change.of),
                "val_objects_forgotten": float(change.forgotten),
            }
        if self.best is not None and masks["AP"] > self.record:
            self.record = masks["AP"]
            result = {name: round(value, 4) for name, value in logs.items() if name.startswith("val_")}
            save_weights(self.model, self.best, {**self.provenance, "epoch": epoch + 1, "result": result})

    def memory(self) -> dict[str, float]:
        """Return the best mask AP: lesser weights are not to take the place of the best when a run goes on."""
        return {"record": self.record}

    def remember(self, memory: Mapping[str, float]) -> None:
        """Take back the best mask AP."""
        self.record = memory["record"]

    def losses(self) -> dict[str, float]:
        """Return the losses, mean over the images, with the stored statistics of batch norm; keep their ``parts``."""
        if self._compiled is None:
            self._compiled = tf.function(self._losses_of, autograph=False, reduce_retracing=True)
        batches = make_batches(self.reader, training_view(self.model.config), 1, seed=0, training=False)
        rows = [self._compiled(batch) for batch in batches.take(min(self.count, LOSS_IMAGES))]
        self.parts = mean_losses([parts for _, parts in rows], self.model.config.class_names)
        means = np.mean([np.asarray(losses) for losses, _ in rows], axis=0)
        return dict(zip(LOSSES, map(float, means), strict=True)) | {"total": float(means.sum())}

    def _losses_of(self, batch: Batch) -> tuple[tf.Tensor, Breakdown]:
        """Return the losses (5,) of a batch of one image, and their parts."""
        config = self.model.config
        (objective,) = objectives_of_batch(self.model, batch, training=False)
        level = make_anchors(tuple(batch.images.shape[1:3]), config.anchors).level
        return scalars(objective), break_down(objective, tf.constant(level), len(config.class_names))


class EarlyStop(keras.callbacks.EarlyStopping, Remembering):
    """Keras' own on the mask AP of validation, whose patience does not begin anew when a run goes on."""

    def __init__(self, patience: int) -> None:
        """Stop after ``patience`` epochs without a better one."""
        super().__init__("val_mask_AP", mode="max", patience=patience)

    def memory(self) -> dict[str, Any]:
        """Return the best AP, its epoch, and the number of epochs since."""
        return {"best": self.best, "best_epoch": self.best_epoch, "wait": self.wait}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Take them back."""
        self.best, self.best_epoch, self.wait = memory["best"], memory["best_epoch"], memory["wait"]
