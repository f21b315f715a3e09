"""Events: what a run writes for TensorBoard.

Two runs in one folder, ``train`` and ``validation``. By epoch (the number of epochs done): losses of both, average
precision, stage recall, pictures of the same samples, histograms of weights, gradients and activations, findings on the
weights. By step of the whole run, some 50 times an epoch: losses, learning rate, pictures a second, norms of gradients and
updates. Once: configuration and command.

The figures of an epoch are those of its logs, so this callback stands behind those that add to them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ..config_files import to_dict
from ..data.reader import Reader
from ..data.sample import Sample
from ..evaluation import stage_recall
from ..evaluation.stage_recall import StageRecall
from ..weights.names import STAGES, named_variables
from . import event_images
from .event_histograms import ACTIVATIONS, activations_of, write_histograms
from .event_images import panels, write_picture
from .losses import LOSSES
from .measures import Measures, Watcher

POINTS = 50  # an epoch, of what is written by step
PICTURES = 4  # samples shown every epoch
RECALL_PICTURES = 50  # counted in stage recall every epoch
VALIDATED = "val_"  # how logs of validation begin

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Shown:
    """What is looked at every epoch."""

    reader: Reader
    run: str = "validation"  # train, where the samples are those that are trained on
    recall_pictures: int = RECALL_PICTURES  # 0 = no stage recall


class Events(Watcher):
    """A callback that writes the events of a run below ``folder``."""

    def __init__(
        self,
        folder: Path,
        shown: Shown,
        command: str = "",
        findings: Callable[[Arrays], list[str]] | None = None,
    ) -> None:
        """Write below ``folder``. findings: gives sentences on weights by flat name, worst first."""
        super().__init__()
        self.folder, self.shown, self.command, self.findings = folder, shown, command, findings
        self._writers: dict[str, Any] = {}
        self._samples: list[Sample] = []
        self._sums: dict[str, float] = {}  # of the losses since the last point
        self._norms: Measures | None = None

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Write configuration and command."""
        self._samples = _readable(self.shown.reader, PICTURES)
        config = json.dumps(to_dict(self.model.config), indent=1, ensure_ascii=False)
        with self._writer("train").as_default(step=0):
            tf.summary.text("configuration", as_code(config))
            tf.summary.text("command", as_code(self.command))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the time."""
        self._epoch = epoch
        self._began = self._since = self._now = time.monotonic()

    def wants_measures(self, batch: int) -> bool:
        """Return whether a point is written after step ``batch``: some 50 times an epoch, and after its last step."""
        return batch % max(1, self._steps // POINTS) == 0 or batch == self._steps - 1

    def on_measures(self, batch: int, measures: Measures) -> None:
        """Keep the norms for the point, and write the gradients of an epoch's last step."""
        self._norms = measures
        if batch == self._steps - 1:
            with self._writer("train").as_default():
                write_histograms("gradients", self._named(measures.gradients), self._epoch + 1)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write a point where one is due: means of the losses since the last one, and what was measured."""
        for name, value in (logs or {}).items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._count += 1
        self._now = time.monotonic()
        if self.wants_measures(batch):
            self._write_point(self._epoch * self._steps + batch + 1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the figures of the epoch, then look at weights and samples."""
        step, arrays = epoch + 1, {n: np.asarray(v) for n, v in named_variables(self.model).items()}
        self._write_logs(logs or {}, step)
        with self._writer("train").as_default(step=step):
            write_histograms("weights", arrays, step)
            if self.findings is not None:
                found = self.findings(arrays)
                tf.summary.scalar("findings", len(found))
                tf.summary.text("findings", as_code("\n".join(found) or "none"))
        with self._writer(self.shown.run).as_default(step=step):
            self._write_samples(step)
            self._write_recall()
        for writer in self._writers.values():
            writer.flush()
'''
