"""Events: what a run writes for TensorBoard.

Two runs in one folder, ``train`` and ``validation``. By epoch (the number of epochs done): losses of both, those of
validation by class and by level too, average precision, stage recall, the objects still alive after each stage, images
of the same samples, the hardest images of training, histograms of weights, gradients and activations, findings on the
weights. By step of the whole run, some 50 times an epoch: losses, learning rate, images a second, norms of gradients
and updates, and the ratio of update to weights. Once: configuration and command. Beside them the losses of every image
of training go into a file of the run.

The figures of an epoch are those of its logs, so this callback stands behind those that add to them.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ...config.files import to_dict
from ...data.reading.reader import Reader
from ...data.reading.sample import Sample
from ...evaluation.metrics import stage_recall
from ...pipeline.given_truth import give_truth
from ...stages.losses import LOSSES
from ...weights.names import named_variables
from ..judging import Judge, Judgement, shares_kept
from ..loop.measures import Measures, OfImages, Watcher
from ..loop.saving import Remembering
from . import images as event_images
from .hardest import Hardest
from .histograms import ACTIVATIONS, activations_of, write_histograms
from .image_losses import ImageLosses
from .images import panels, write_image
from .logs import Log

POINTS = 50  # an epoch, of what is written by step
IMAGES = 4  # samples shown every epoch
RECALL_IMAGES = 50  # counted in stage recall every epoch
VALIDATED, OBJECTS = "val_", "objects_"  # how the logs of validation begin, and those that count its objects

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Shown:
    """The samples that are looked at every epoch, and what else is known of them by then."""

    reader: Reader
    run: str = "validation"  # whose images they are; train, where there are no others
    recall_images: int = RECALL_IMAGES  # 0 = neither stage recall nor judgements
    judge: Judge | None = None  # of their objects
    figures: Callable[[], Mapping[str, float]] = dict  # of the epoch, by tag


class Events(Watcher, Remembering):
    """A callback that writes the events of a run below a folder.

    findings: gives sentences on weights by flat name, worst first. hardest: collects the images of training;
    image_losses: writes down each.
    """

    def __init__(
        self,
        folder: Path,
        shown: Shown,
        command: str = "",
        findings: Callable[[Arrays], list[str]] | None = None,
        hardest: Hardest | None = None,
        image_losses: ImageLosses | None = None,
    ) -> None:
        super().__init__()
        self.folder, self.shown, self.command, self.findings = folder, shown, command, findings
        self.hardest, self.image_losses = hardest, image_losses
        self._samples: tuple[Sample, ...] = ()
        self._logs: dict[str, Log] = {}
        self._num_since_point = 0  # steps
        self._since_point: dict[str, float] = {}  # sums of the losses
        self._measures: Measures | None = None

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Read the samples; write configuration and command."""
        self._samples = tuple(_readable(self.shown.reader, IMAGES))
        config = json.dumps(to_dict(self.model.config), indent=1, ensure_ascii=False)
        with self._log("train").writing(0):
            tf.summary.text("configuration", as_code(config))
            tf.summary.text("command", as_code(self.command))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the time."""
        self._epoch, self._steps = epoch, self.params["steps"]
        self._began = self._last_point = self._last_step = time.monotonic()
        self._num_steps = 0  # since then: of an epoch that goes on, not all

    def memory(self) -> dict[str, Any]:
        """Return what the next point begins with; all that was written is on the disk then."""
        self._flush()
        hardest = self.hardest.memory() if self.hardest is not None else []
        written = self.image_losses.memory() if self.image_losses is not None else 0
        point = {"steps": self._num_since_point, "sums": self._since_point}
        return {**point, "hardest": hardest, "image_losses": written}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Go on with the point that was begun, the hardest images so far, and the losses that were written."""
        self._num_since_point, self._since_point = memory["steps"], dict(memory["sums"])
        if self.hardest is not None:
            self.hardest.remember(memory.get("hardest", ()))
        if self.image_losses is not None:
            self.image_losses.remember(memory.get("image_losses", 0))

    def wants_measures(self, batch: int) -> bool:
        """Return whether a point is written after step ``batch``: some 50 times an epoch, and after its last step."""
        return (batch + 1) % max(1, self._steps // POINTS) == 0 or batch == self._steps - 1

    def on_images(self, images: OfImages) -> None:
        """Collect the hardest, and write down all."""
        if self.hardest is not None:
            views = self.hardest.add(images)
            if self.image_losses is not None:
                self.image_losses.add(self._epoch + 1, views)

    def on_measures(self, batch: int, measures: Measures) -> None:
        """Keep the norms for the point that follows; write the gradients of an epoch's last step."""
        self._measures = measures
        if batch == self._steps - 1:
            with self._log("train").writing():
                write_histograms("gradients", measures.gradients, self._epoch + 1)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Add up the losses, and write a point where one is due."""
        for name, value in (logs or {}).items():
            self._since_point[name] = self._since_point.get(name, 0.0) + value
        self._num_since_point += 1
        self._num_steps += 1
        self._last_step = time.monotonic()
        if self.wants_measures(batch):
            self._write_point(self._epoch * self._steps + batch + 1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the figures of the epoch, then look at the weights and at the samples."""
        step = epoch + 1
        with self._log("train").writing(step):
            if self._num_steps:  # none where the run goes on with validation
                seconds = self._last_step - self._began
                images = self._num_steps * self.model.config.training.images_per_step
                tf.summary.scalar("epoch/images_per_second", images / max(seconds, 1e-9))
            self._write_weights(step)
            self._write_hardest(step)
        for name, value in (logs or {}).items():
            run, tag = place_of(name)
            with self._log(run).writing(step):
                tf.summary.scalar(tag, value)
        with self._log(self.shown.run).writing(step):
            for tag, value in self.shown.figures().items():
                tf.summary.scalar(tag, value)
            self._write_samples(step)
            self._write_recall()
        self._flush()

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Close the files."""
        self._flush()
        self.close()

    def close(self) -> None:
        """Close the files; a run that breaks off does it here."""
        for log in self._logs.values():
            log.close()
        self._logs = {}

    def _flush(self) -> None:
        for log in self._logs.values():
            log.flush()
        if self.image_losses is not None:
            self.image_losses.flush()

    def _log(self, run: str) -> Log:
        """Return the log of ``run``, whose file is made when there is something to write."""
        if run not in self._logs:
            self._logs[run] = Log(self.folder / run)
        return self._logs[run]

    def _write_point(self, step: int) -> None:
        """Write what is known since the last point, at ``step`` of the whole run."""
        images = self._num_since_point * self.model.config.training.images_per_step
        with self._log("train").writing(step):
            for name, total in self._since_point.items():
                tf.summary.scalar(f"losses_by_step/{name}", total / self._num_since_point)
            tf.summary.scalar("by_step/learning_rate", self.model.optimizer.learning_rate)
            tf.summary.scalar(
                "by_step/images_per_second", images / max(self._last_step - self._last_point, 1e-9)
            )
            if self._measures is not None:
                _write_norms(self._measures)
        self._measures = None  # it holds all gradients
        self._last_point, self._num_since_point, self._since_point = self._last_step, 0, {}

    def _write_weights(self, step: int) -> None:
        """Write histograms of the weights and what the rules find in them."""
        arrays = {name: np.asarray(variable) for name, variable in named_variables(self.model).items()}
        write_histograms("weights", arrays, step)
        if self.findings is not None:
            found = self.findings(arrays)
            tf.summary.scalar("epoch/findings", len(found))
            tf.summary.text("findings", as_code("\n".join(found) or "none"))

    def _write_samples(self, step: int) -> None:
        """Write the images of the samples, and the activations that the first of them causes."""
        for number, sample in enumerate(self._samples):
            # the same tensors for all, though activations of one are written: another choice would be compiled anew
            trace = self.model.trace(sample.image, keep=[*event_images.READS, *ACTIVATIONS], truth=sample)
            for place, (name, pixels) in enumerate(panels(sample, trace).items(), start=1):
                write_image(f"sample_{number}/{place}_{name}", pixels, step)  # TensorBoard sorts by name
            if number == 0:
                write_histograms("activations", activations_of(trace), step)

    def _write_recall(self) -> None:
        """Write the share of ground-truth objects that each stage still covers, and that each has kept by the judge."""
        if not self.shown.recall_images:
            return
        recall, judge, judgements = stage_recall.StageRecall(), self.shown.judge, list[Judgement]()
        keep = [*stage_recall.READS, *(judge.reads if judge else ())]
        for sample in _readable(self.shown.reader, self.shown.recall_images):
            trace = self.model.trace(sample.image, keep=keep)
            recall.add(trace, sample)
            if judge is not None:
                give_truth(trace, sample)
                judgements += judge(trace)
        for threshold, shares in recall.shares().items():
            for stage, share in shares.items():
                tf.summary.scalar(f"stage_recall_{threshold}/{stage}", share)
        if judge is not None:
            for place, (stage, share) in enumerate(shares_kept(judgements, judge.stages).items(), start=1):
                tf.summary.scalar(f"alive_after/{place}_{stage}", share)  # TensorBoard sorts by name

    def _write_hardest(self, step: int) -> None:
        """Write the hardest images of the epoch as one."""
        pixels = self.hardest.close_epoch(step) if self.hardest is not None else None
        if pixels is not None:
            write_image("hardest_images", pixels, step)


def _write_norms(measures: Measures) -> None:
    """Write the norms of a step by stage, and the ratio of its update to the weights as they were.

    A ratio of some 1e-3 is usual; 0 where nothing of the stage trains.
    """
    for kind in ("gradient_norms", "update_norms"):
        for stage, norm in getattr(measures, kind).items():
            tf.summary.scalar(f"{kind}/{stage}", norm)
    for stage, norm in measures.update_norms.items():
        tf.summary.scalar(f"update_ratios/{stage}", tf.math.divide_no_nan(norm, measures.weight_norms[stage]))


def place_of(name: str) -> tuple[str, str]:
    """Return run and tag of a log of an epoch: ``val_mask_AP`` is ``AP/mask_AP`` of the run ``validation``."""
    run, name = ("validation", name[len(VALIDATED) :]) if name.startswith(VALIDATED) else ("train", name)
    if name in (*LOSSES, "total"):
        return run, f"losses/{name}"
    if name.startswith(OBJECTS):
        return run, f"objects/{name[len(OBJECTS) :]}"
    return run, f"{'AP' if run == 'validation' else 'epoch'}/{name}"


def as_code(text: str) -> str:
    """Return ``text`` as a code block of Markdown, by four spaces before each line: every character stays as it is."""
    return "\n".join(f"    {line}" for line in text.splitlines() or [""])


def _readable(reader: Reader, count: int) -> Iterator[Sample]:
    """Give the first ``count`` samples; those that cannot be read, which training leaves out too, are passed over."""
    found = 0
    for index in range(len(reader)):
        if found == count:
            return
        with contextlib.suppress(ValueError, OSError):
            sample = reader[index]
            found += 1
            yield sample
