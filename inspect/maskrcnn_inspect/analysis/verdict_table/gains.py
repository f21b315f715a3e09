"""What to do: changes of one setting, ranked by what they were measured to bring, with honest bounds.

Inputs: the records of a journal whose images were replayed with each trial (``trials``). Outputs: for each trial how
many more objects are found and how many more detections are false, over all images, and the images in which it makes
the difference. The interval is the percentile bootstrap over images (Efron 1979): images are drawn anew, with
replacement, and the sums taken again.

F1 is 2 TP / (2 TP + FP + FN), at the score threshold and the IoU of the run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

RESAMPLES = 1000
COVERED = 0.95
SEED = 20170320  # any number: the same journal gives the same interval


class Gain(NamedTuple):
    """What one changed setting brings over all images.

    won, lost: objects found with it and not without, and the other way round. false: more false detections, negative
    for less. f1: added to that of the model's own settings; low, high: its interval. images: where anything changes.
    """

    setting: str
    value: float
    won: int
    lost: int
    false: int
    f1: float
    low: float
    high: float
    images: list[int]

    @property
    def found(self) -> int:
        """Return how many more objects are found."""
        return self.won - self.lost


class _Outcome(NamedTuple):
    """What a trial makes of an image: objects won and lost, and its false detections."""

    place: int
    won: int
    lost: int
    false: int


class _Counts(NamedTuple):
    """Of each image: true positives, false positives, objects. Each (images,)."""

    true: np.ndarray
    false: np.ndarray
    objects: np.ndarray

    def f1(self, drawn: np.ndarray | None = None) -> np.ndarray | float:
        """Return F1 of all images, or of each row of ``drawn``, how often each image was drawn (draws, images)."""
        true, false, objects = (drawn @ one if drawn is not None else one.sum() for one in self)
        total = true + false + objects  # 2 TP + FP + FN
        return np.where(total > 0, 2 * true / np.maximum(total, 1), 1.0)


@dataclass
class Outcomes:
    """What trials made of images: numbers alone, added an image at a time.

    images: indices in the data set. found, objects, false: of each, with the model's own settings. trials: by the name
    of a trial, what it makes of the image at a place of ``images``.
    """

    images: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    false: list[int] = field(default_factory=list)
    trials: dict[str, list[_Outcome]] = field(default_factory=dict)

    def add(self, record: dict[str, Any]) -> None:
        """Add an image; one that was explained without trials, or could not be read, is left out."""
        if "trials" not in record:
            return
        verdicts = [one["verdict"] for one in record["truths"]]
        for name, one in record["trials"].items():
            outcome = _Outcome(len(self.images), len(one["won"]), len(one["lost"]), one["false"])
            self.trials.setdefault(name, []).append(outcome)
        self.images.append(record["index"])
        self.found.append(verdicts.count("found"))
        self.objects.append(len(verdicts) - verdicts.count("crowd"))
        self.false.append(record["false"])


def gains_of(outcomes: Outcomes) -> list[Gain]:
    """Return every trial's gain, the best first; none where the journal was made without trials."""
    if not outcomes.images:
        return []
    own = _Counts(*(np.array(one, np.int64) for one in (outcomes.found, outcomes.false, outcomes.objects)))
    drawn = _draws(len(outcomes.images))
    base = own.f1(drawn)
    gains = [_gain(name, outcomes, own, drawn, base) for name in outcomes.trials]
    return sorted(gains, key=lambda one: (-one.f1, one.setting, one.value))


def _gain(name: str, outcomes: Outcomes, own: _Counts, drawn: np.ndarray, base: np.ndarray | float) -> Gain:
    places, won, lost, false_now = np.array(outcomes.trials[name], np.int64).T
    true, false = own.true.copy(), own.false.copy()
    true[places] += won - lost
    false[places] = false_now
    changed = _Counts(true, false, own.objects)
    low, high = np.quantile(changed.f1(drawn) - base, [(1 - COVERED) / 2, (1 + COVERED) / 2])
    setting, _, value = name.partition("=")
    more, f1 = int(false.sum() - own.false.sum()), float(changed.f1() - own.f1())
    touched = [outcomes.images[place] for place in places]
    return Gain(
        setting, float(value), int(won.sum()), int(lost.sum()), more, f1, float(low), float(high), touched
    )


def _draws(images: int) -> np.ndarray:
    """Return how often each image is drawn, (``RESAMPLES``, images)."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(images, np.full(images, 1 / images), size=RESAMPLES)
