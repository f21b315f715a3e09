"""One image's record for the journal: its verdicts, what each trial made of it, and the vectors of its rows.

Inputs: samples. Outputs: records, as ``explanation_sums`` has them, with ``false`` (its false detections), ``trials``
(by name, what it would be), the masks of objects and detections, and ``vectors`` (how many rows of the vector file
there are after it). All of it comes from one trace of the image and replays of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.recording.trace import Trace

from ..candidates.explanation import READS, RIGHT, Explainer, Explanation
from ..candidates.fates import candidate_proposal
from .atlas import VectorFile
from .record_masks import DETECTION_MASKS, TRUTH_MASKS, codes_of
from .trials import Trial, num_false, outcomes


class Examiner:
    """Looks at images: what became of their objects, and what would with other settings.

    explainer: whose model and classes it is of. trials: settings to try.
    """

    def __init__(self, explainer: Explainer, trials: Sequence[Trial]) -> None:
        self.explainer, self.trials = explainer, trials
        self.hidden = last_hidden(explainer.model.config)

    def examine(self, sample: Sample) -> tuple[dict[str, Any], np.ndarray]:
        """Return the record of ``sample``, and the vectors (r, c) float16 of its rows."""
        explainer = self.explainer
        replayed = self.trials or explainer.setting_changes  # which reads all that a replay begins with
        trace = explainer.trace_of(sample, [*(("*",) if replayed else READS), self.hidden])
        explanation = explainer.judge(trace, sample)
        tried = outcomes(explainer.model, trace, self.trials, explainer.threshold, explainer.judged)
        rows = list(self._vectors(trace, explanation))
        record = {
            **explanation.as_json(),
            "false": num_false(explanation.detections),
            "trials": {str(trial): outcome._asdict() for trial, outcome in tried},
            TRUTH_MASKS: codes_of(sample.masks, sample.boxes),
            DETECTION_MASKS: codes_of(trace["pasting.masks"], trace["pasting.boxes"]),
        }
        return record, np.array(rows, np.float16).reshape(len(rows), self.channels)

    @property
    def channels(self) -> int:
        """Return the length of a vector."""
        return int(self.explainer.model.config.box_head.channels)

    def _vectors(self, trace: Trace, explanation: Explanation) -> Iterator[np.ndarray]:
        """Yield the vector of each row of the verdict table, in its order; NaN where no proposal was near."""
        hidden, proposal_of = trace[self.hidden], candidate_proposal(trace)
        nothing = np.full(self.channels, np.nan)
        for truth in explanation.truths:
            yield nothing if truth.candidate is None else hidden[proposal_of[truth.candidate]]
        for detection in explanation.detections:
            if detection.verdict not in RIGHT:
                yield hidden[trace["detections.proposal_index"][detection.detection]]


class Recorder:
    """Writes the vectors that belong to records, and says in each how many there are after it.

    path: of the vector file. channels: of a vector.
    """

    def __init__(self, path: Path, channels: int) -> None:
        self.vectors = VectorFile(path, channels)

    def resume(self, last: dict[str, Any] | None) -> None:
        """Go on after the record ``last`` of a journal, or from the beginning."""
        self.vectors.cut(last["vectors"] if last else 0)

    def keep(self, record: dict[str, Any], rows: np.ndarray) -> dict[str, Any]:
        """Return ``record`` as the journal has it, its ``rows`` (r, c) already written."""
        self.vectors.append(rows)
        return {**record, "vectors": len(self.vectors)}
