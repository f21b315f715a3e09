"""A film in TensorBoard: at each of its steps what is predicted on its images, and how many objects are alive.

A run of its own, ``film``, beside ``train`` and ``validation``: its steps are those of the whole run, not epochs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from ...data.reading.sample import Sample
from ...recording.trace import Trace
from ..judging import Judgement, shares_kept
from .images import prediction_panel, write_image
from .logs import Log


class FilmEvents:
    """Writes the frames of each step below the ``folder`` of events. stages: of the judge, () where nobody judges."""

    reads = ("pasting.*", "detections.class_ids", "detections.scores")

    def __init__(self, folder: Path, stages: Sequence[str] = ()) -> None:
        self.folder, self.stages = folder, tuple(stages)
        self._log: Log | None = None

    def write(self, step: int, images: Sequence[tuple[Sample, Trace, Sequence[Judgement]]]) -> None:
        """Write all images of a step, each with its ground truth and judgements; they are on the disk then."""
        if self._log is None:
            self._log = Log(self.folder / "film")
        judged = [one for _, _, judgements in images for one in judgements]
        with self._log.writing(step):
            for number, (sample, trace, _) in enumerate(images):
                write_image(f"film/{number}_prediction", prediction_panel(sample, trace), step)
            for place, (stage, share) in enumerate(shares_kept(judged, self.stages).items(), start=1):
                tf.summary.scalar(f"alive_after/{place}_{stage}", share)
        self._log.flush()

    def close(self) -> None:
        """Close the file."""
        if self._log is not None:
            self._log.close()
