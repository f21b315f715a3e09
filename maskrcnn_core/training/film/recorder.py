"""The recorder: traces chosen images while a model trains, at steps 0, 1, 2, 4, 8 … and where a stage ends.

Inputs: the model as it is after a step. Outputs: a frame an image, see ``files``. What is recorded is what ran: each
frame is a forward pass of detection with the weights of that step, by ``model.trace``. Training itself does not notice:
a trace changes no weight and draws no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import keras
import numpy as np

from ...data.reading.sample import Sample
from ...pipeline.given_truth import give_truth
from ...recording.tensors import matching
from ...recording.trace import Trace
from ...terminal.progress import telling
from ..judging import Judge, Judgement
from ..loop.layers import Stage
from . import files
from .files import Index
from .shots import Shot, canonical


class Screen(Protocol):
    """What shows the frames elsewhere as they are taken. reads: the tensors that it wants beside those of a frame."""

    @property
    def reads(self) -> Sequence[str]:
        """Names or glob patterns."""

    def write(self, step: int, images: Sequence[tuple[Sample, Trace, Sequence[Judgement]]]) -> None:
        """Show the images of a step, each with its ground truth (no objects where none is known) and judgements."""

    def close(self) -> None:
        """End; nothing follows."""


class FilmRecorder(keras.callbacks.Callback):
    """A callback that writes the film of a run into its folder.

    stages: of the run's schedule. judge: of the objects of images with ground truth. screen: shows the frames, too.
    """

    def __init__(
        self,
        folder: Path,
        shots: Sequence[Shot],
        stages: Sequence[Stage],
        judge: Judge | None = None,
        screen: Screen | None = None,
    ) -> None:
        super().__init__()
        self.folder, self.shots, self.stages, self.judge = folder, tuple(shots), tuple(stages), judge
        self.screen = screen
        self._epoch, self._ends = 0, frozenset[int]()

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Write what the film is of. Where the run goes on, it is the same but for further stages."""
        steps = self.params["steps"]
        ends = tuple((stage.layers, stage.until * steps) for stage in self.stages)
        self._ends = frozenset(step for _, step in ends)
        judged = tuple(self.judge.stages) if self.judge is not None else ()
        asked = tuple(shot.asked for shot in self.shots)
        files.write_index(self.folder, Index(asked, ends, steps, judged))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Take the frames of the weights that training begins with."""
        if self._epoch == 0 and batch == 0:
            self._take(0)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Take the frames of a step that is filmed."""
        step = self._epoch * self.params["steps"] + batch + 1
        if files.is_filmed(step, self._ends):
            self._take(step)

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Close the screen."""
        if self.screen is not None:
            self.screen.close()

    def _take(self, step: int) -> None:
        with telling(f"step {step}: filming {len(self.shots)} image{'s' * (len(self.shots) > 1)}"):
            shown = [self._take_one(number, shot, step) for number, shot in enumerate(self.shots)]
            if self.screen is not None:
                self.screen.write(step, shown)

    def _take_one(self, number: int, shot: Shot, step: int) -> tuple[Sample, Trace, Sequence[Judgement]]:
        """Write the frame of one image, and return what a screen shows of it."""
        readers = [reader for reader in (self.judge, self.screen) if reader is not None]
        given = [name for name in matching(files.GIVEN) if not name.startswith("truth.")]
        reads = [*files.FRAME, *given, *(name for reader in readers for name in reader.reads)]
        trace = self.model.trace(shot.image, keep=reads)
        trace.attributes["image"] = shot.source
        judged: Sequence[Judgement] = ()
        if shot.truth is not None:
            give_truth(trace, shot.truth)
            judged = self.judge(trace) if self.judge is not None else ()
        path = files.folder_of_image(self.folder, number) / files.GIVEN_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            files.given_of(trace).save(path)
        files.frame_of(trace, judged, step=step).save(files.frame_path(self.folder, number, step))
        return shot.truth or _no_objects(shot), trace, judged


def _no_objects(shot: Shot) -> Sample:
    return Sample(shot.image, np.zeros(0, np.int32), np.zeros((0, *shot.image.shape[:2]), bool))


def images_of_run(folder: Path, asked: Sequence[str], resume: bool) -> Sequence[str]:
    """Return the images to film: those ``asked`` for; of a run that goes on, those of its film.

    Raises: ValueError where others are asked for than the film has.
    """
    before = files.read_index(folder) if resume else None
    if before is None:
        return asked
    if asked and tuple(canonical(asked)) != before.images:
        raise ValueError(
            f"wanted the images of the film that this run goes on with ({', '.join(before.images)}), received "
            f"--film {', '.join(asked)}; leave --film away"
        )
    return before.images
