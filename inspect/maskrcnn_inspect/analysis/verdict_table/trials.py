"""Trials: what each image's objects would have become with another setting, by replaying the image with it.

Inputs: a model, a trace with its ground truth. Outputs: for each trial that changes something in this image what it
won, what it lost, and how many false detections it has. An image that a setting cannot touch is not replayed: its
answer is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.trace import Trace, config_of

from ..candidates.explanation import RIGHT
from ..candidates.false_detections import DetectionVerdict, judge_detections
from ..candidates.matching import match_masks
from ..candidates.setting_changes import apart_from_truth

# what is tried of each setting: added to a threshold, multiplied with a count
STEPS = {
    "proposals.top_k": (2.0,),
    "proposals.nms_threshold": (-0.1, 0.1),
    "proposals.count": (0.5, 2.0),
    "detections.min_score": (-0.4, -0.2, -0.1, 0.1, 0.2),
    "detections.nms_threshold": (-0.1, 0.1, 0.2),
    "detections.max_count": (2.0,),
}
COUNTS = ("proposals.top_k", "proposals.count", "detections.max_count")
DECIMALS = 2


class Trial(NamedTuple):
    """One setting with another value than the model's own."""

    setting: str
    value: float  # a whole number for counts

    def __str__(self) -> str:
        return f"{self.setting}={self.value:g}"


class Outcome(NamedTuple):
    """What a trial made of an image. won, lost: rows of ground-truth objects. false: false detections then."""

    won: list[int]
    lost: list[int]
    false: int


def trials_of(config: Config) -> list[Trial]:
    """Return the trials for a model of ``config``: thresholds that stay between 0 and 1, counts of 1 and more."""
    found = []
    for setting, steps in STEPS.items():
        own = _own(config, setting)
        for step in steps:
            value = round(own * step) if setting in COUNTS else round(own + step, DECIMALS)
            if value != own and (value >= 1 if setting in COUNTS else 0 < value < 1):
                found.append(Trial(setting, value))
    return found


def outcomes(
    model: Any,
    trace: Trace,
    trials: Sequence[Trial],
    threshold: float,
    judged: frozenset[int] | None,
) -> Iterator[tuple[Trial, Outcome]]:
    """Yield every trial that changes which objects are found, or how many detections are false.

    trace: with its ground truth, and with what a replay reads. judged: classes that the ground truth speaks of.
    """
    plain, given = apart_from_truth(trace)
    before, false_before = _found_and_false(trace, threshold, judged)
    for trial in trials:
        if not touches(trace, trial):
            continue
        replayed = model.replay(plain, **{trial.setting: trial.value})
        replayed.update(given)
        found, false = _found_and_false(replayed, threshold, judged)
        won, lost = sorted(found - before), sorted(before - found)
        if won or lost or false != false_before:
            yield trial, Outcome(won, lost, false)


def _found_and_false(trace: Trace, threshold: float, judged: frozenset[int] | None) -> tuple[set[int], int]:
    """Return the rows of the objects that are found, and how many detections are false, of one match."""
    matches = match_masks(trace, threshold)
    found = set(np.flatnonzero(matches.of_truth >= 0).tolist())
    return found, num_false(judge_detections(trace, threshold, judged, matches))


def num_false(detections: Sequence[DetectionVerdict]) -> int:
    """Return how many detections are false by their verdicts."""
    return sum(one.verdict not in RIGHT for one in detections)


def touches(trace: Trace, trial: Trial) -> bool:
    """Tell whether a trial can change anything in an image. Law: where it says no, a replay gives the same."""
    own = _own(config_of(trace), trial.setting)
    return _TOUCHES.get(trial.setting, _always)(trace, own, trial.value)


def _score_between(trace: Trace, own: float, value: float) -> bool:
    """Some candidate passes one of the two minima and not the other; of several that are equal, whatever the test."""
    scores = np.asarray(trace["detections.candidate_score"])
    low, high = np.float32(min(own, value)), np.float32(max(own, value))
    return bool(np.any((scores >= low) & (scores <= high)))


def _detections_full(trace: Trace, own: float, value: float) -> bool:
    return len(trace["detections.boxes"]) >= min(own, value)


def _proposals_full(trace: Trace, own: float, value: float) -> bool:
    return len(trace["proposals.boxes"]) >= min(own, value)


def _always(trace: Trace, own: float, value: float) -> bool:
    return True


_TOUCHES: dict[str, Callable[[Trace, float, float], bool]] = {
    "detections.min_score": _score_between,
    "detections.max_count": _detections_full,
    "proposals.count": _proposals_full,
}


def _own(config: Config, setting: str) -> float:
    stage, name = setting.split(".")
    return float(getattr(getattr(config, stage), name))
