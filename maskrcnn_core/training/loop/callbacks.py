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

from ...data.input.pipeline import make_batches
from ...data.reading.reader import Reader
from ...evaluation.metrics.coco_ap import CocoAp
from ...stages.losses import LOSSES
from ...terminal.progress import telling
from ...terminal.screen import errors
from ...weights import save_weights
from .fit import training_view
from .objective import losses_of_batch

LOSS_PICTURES = 50  # of the validation set, for its losses; AP counts all that were asked for


class ProgressBar(keras.callbacks.Callback):
    """A bar a run with losses, pictures a second and time left; a line an epoch where there is no terminal."""

    def __init__(self, pictures: int, console: Console | None = None) -> None:
        """Show the progress of steps of ``pictures`` pictures."""
        super().__init__()
        self.pictures, self.console = pictures, console or errors()
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
        self.began = time.monotonic()
        # reset puts its fields in the place of all that the task had, and a bar without ``losses`` cannot be drawn
        self.bar.reset(self.task, epoch=f"{epoch + 1}/{self.params['epochs']}", losses="")

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Move on by a step."""
        rate = (batch + 1) * self.pictures / (time.monotonic() - self.began)
        text = f"loss {(logs or {}).get('total', 0.0):.3f}  {rate:.1f} pictures/s"
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


class Validate(keras.callbacks.Callback):
    """After every epoch: losses and AP on unseen pictures; the weights of the best mask AP are kept.

    Adds to the logs: ``val_`` and each loss, ``val_total``, ``val_mask_AP``, ``val_mask_AP50``, ``val_box_AP``.
    """

    def __init__(
        self,
        reader: Reader,
        count: int,
        best: Path | None = None,
        provenance: Mapping[str, Any] | None = None,
    ):
        """Measure on the first ``count`` pictures of ``reader``; write the best weights to ``best``."""
        super().__init__()
        self.reader, self.count = reader, min(count, len(reader))
        self.best, self.provenance, self.record = best, dict(provenance or {}), -1.0
        self._compiled: Any = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measure and add to ``logs``."""
        logs = {} if logs is None else logs
        logs |= {f"val_{name}": value for name, value in self.losses().items()}
        average = CocoAp(self.reader.class_names)
        index = 0
        with telling(lambda: f"epoch {epoch + 1}: validating, {index} of {self.count} pictures"):
            for index in range(self.count):
                sample = self.reader[index]
                average.add(sample, self.model.detect(sample.image))
        masks, boxes = average.figures("segm"), average.figures("bbox")
        logs |= {"val_mask_AP": masks["AP"], "val_mask_AP50": masks["AP50"], "val_box_AP": boxes["AP"]}
        if self.best is not None and masks["AP"] > self.record:
            self.record = masks["AP"]
            result = {name: round(value, 4) for name, value in logs.items() if name.startswith("val_")}
            save_weights(self.model, self.best, {**self.provenance, "epoch": epoch + 1, "result": result})

    def losses(self) -> dict[str, float]:
        """Return the losses, mean over the pictures, with the stored statistics of batch norm."""
        model = self.model
        if self._compiled is None:
            self._compiled = tf.function(
                lambda batch: losses_of_batch(model, batch, training=False)[0],
                autograph=False,
                reduce_retracing=True,
            )
        batches = make_batches(self.reader, training_view(model.config), 1, seed=0, training=False)
        rows = [self._compiled(batch) for batch in batches.take(min(self.count, LOSS_PICTURES))]
        means = np.mean([np.asarray(row) for row in rows], axis=0)
        return dict(zip(LOSSES, map(float, means), strict=True)) | {"total": float(means.sum())}
