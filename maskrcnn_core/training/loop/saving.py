"""Saving: when a run writes a checkpoint, and what stands in it beside weights and optimizer.

A checkpoint after every epoch; with an ``Interval`` also within, of which only the newest stays, until that of its
epoch is written. It holds the sums of the epoch's losses and what callbacks remember, so that the figures of an epoch
that was broken off are those of an unbroken one.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from ...runtime import onednn
from ..interval import Interval
from .checkpoints import name_of, prune, save_checkpoint


@dataclass
class Progress:
    """How far a run is: epochs done, steps done of the next one, and the sums of the losses over these."""

    epoch: int = 0
    step: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    def add(self, losses: Mapping[str, float]) -> None:
        """Count a step with its ``losses``."""
        self.step += 1
        self.sums = {name: self.sums.get(name, 0.0) + value for name, value in losses.items()}

    def means(self) -> dict[str, float]:
        """Return the means of the losses over the steps of the epoch."""
        return {name: value / self.step for name, value in self.sums.items()}

    def next_epoch(self) -> None:
        """Count the epoch as done."""
        self.epoch, self.step, self.sums = self.epoch + 1, 0, {}

    @classmethod
    def of(cls, state: Mapping[str, Any], steps: int, path: Path) -> Progress:
        """Return the progress that the ``state`` of the checkpoint ``path`` tells.

        steps: of an epoch. Raises: ValueError where the epoch that the checkpoint is in has another number of them.
        """
        step, before = int(state.get("step", 0)), state.get("steps_per_epoch", steps)
        if step and before != steps:
            raise ValueError(
                f"{path} was written at step {step} of an epoch of {before}, received training.steps_per_epoch "
                f"{steps}: set it to {before}, or delete this file to go on from the last whole epoch"
            )
        return cls(int(state["epoch"]), step, dict(state.get("sums", {})))


class Remembering(keras.callbacks.Callback):
    """A callback whose memory goes into checkpoints, and comes back where a run goes on."""

    @abstractmethod
    def memory(self) -> dict[str, Any]:
        """Return what to know when going on from this step, as JSON has it."""

    @abstractmethod
    def remember(self, memory: Mapping[str, Any]) -> None:
        """Take back what ``memory`` returned when the checkpoint was written. Called when training has begun."""


class Saving(keras.callbacks.Callback):
    """The callback that writes checkpoints; it stands behind all others, whose figures and memory it takes.

    seed, provenance, keep: as in ``Run``.
    """

    def __init__(
        self,
        folder: Path,
        progress: Progress,
        others: Sequence[keras.callbacks.Callback],
        every: Interval | None,
        *,
        seed: int,
        keep: int,
        provenance: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self.folder, self.progress, self.every = folder, progress, every
        self.others = [one for one in others if isinstance(one, Remembering)]
        self.seed, self.keep, self.provenance = seed, keep, provenance
        self._note()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write a checkpoint within the epoch where one is due."""
        self._steps_since += 1
        if self.every is None:
            return
        # validation may take longer than the interval: the steps before it are not to be lost with it
        is_last = self.every.seconds is not None and self.progress.step == self.params["steps"]
        if is_last or self.every.is_over(self._steps_since, time.monotonic() - self._since):
            sums = {"step": self.progress.step, "sums": self.progress.sums}
            self._write(self.progress.epoch, {**sums, "steps_per_epoch": self.params["steps"]})

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the checkpoint of the epoch."""
        self._write(epoch + 1, {})

    def _write(self, epoch: int, within: Mapping[str, Any]) -> None:
        """Write the checkpoint of ``epoch`` epochs and what is ``within`` the next; delete those that it replaces."""
        path = self.folder / name_of(epoch, within.get("step", 0))
        memory = {type(one).__name__: one.memory() for one in self.others}
        state = {"epoch": epoch, "seed": self.seed, "onednn": onednn.is_on(), "memory": memory, **within}
        save_checkpoint(path, self.model, self.model.optimizer, state, self.provenance)
        prune(self.folder, self.keep, path)
        self._note()

    def _note(self) -> None:
        """Note that nothing is lost by now."""
        self._steps_since, self._since = 0, time.monotonic()


def recall(state: Mapping[str, Any], callbacks: Sequence[keras.callbacks.Callback]) -> None:
    """Give the callbacks what they remembered when the checkpoint with ``state`` was written."""
    memory = state.get("memory", {})
    for callback in callbacks:
        name = type(callback).__name__
        if isinstance(callback, Remembering) and name in memory:
            callback.remember(memory[name])
