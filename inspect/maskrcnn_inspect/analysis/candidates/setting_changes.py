"""Setting changes: the smallest change of a setting that keeps a missed object.

Inputs: a model, a trace with its ground truth, a verdict on a missed object. Outputs: one setting with its value,
or two, or none with the reason. The value is found from the numbers of the trace and then proven: the replay with it
finds the ground truth, the replay with one step less does not.

The step is 0.01 for thresholds and 1 for counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace, config_of

from .fates import CLASS_NMS, MAX_COUNT, MIN_SCORE, PROPOSAL_COUNT, RPN_NMS, find_fates, rank_anchors
from .near_truth import Candidates, RefinedAnchors
from .nms_lab import places_without_count
from .verdicts import TruthVerdict, judge_truths

# verdict -> the setting that made it
SETTINGS = {
    "objectness": "proposals.top_k",
    "top k": "proposals.top_k",
    "proposal NMS": "proposals.nms_threshold",
    "proposal count": "proposals.count",
    "score": "detections.min_score",
    "class NMS": "detections.nms_threshold",
    "over the maximum of detections": "detections.max_count",
}
REASONS = {
    "found": "it was found",
    "crowd": "crowd regions are ignored",
    "no anchor": "no anchor is near it: anchors.scales or a larger image would have to change",
    "proposal size": "its boxes are too small: proposals.min_size would have to be lower",
    "size": "its boxes are too small: detections.min_size would have to be lower",
    "proposal localisation": "the network moves its anchors away: a matter of weights",
    "background": "the network takes it for background: a matter of weights",
    "wrong class": "the network takes it for another class: a matter of weights",
    "localisation": "the network moves its box away: a matter of weights",
    "mask": "its mask overlaps too little: a matter of weights",
    "matched another object": "its only detection found another object",
}
COUNTS = ("proposals.top_k", "proposals.count", "detections.max_count")
STEPS = 100  # of a threshold from 0 to 1
VALUES = 6  # tried of one setting
REPLAYS = 40  # for one ground-truth object: a stubborn one shall not hold up a data set
MOST_SETTINGS = 2
NOT_READ = ("anchor_targets", "roi_targets", "losses")  # a replay would make them anew, for nothing


@dataclass(frozen=True)
class SettingChange:
    """The smallest change of settings that keeps a ground-truth object.

    settings: name -> value; empty where nothing would. reason: why nothing would; empty otherwise.
    is_smallest: whether every step less was tried; not where that would have taken more than ``REPLAYS``.
    """

    truth: int
    settings: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    is_smallest: bool = True

    def __str__(self) -> str:
        return (
            ", ".join(f"{name} {value:g}" for name, value in self.settings.items()) or f"none: {self.reason}"
        )


def find_setting_change(
    model: Any, trace: Trace, verdict: TruthVerdict, threshold: float = 0.5
) -> SettingChange:
    """Return the smallest change that keeps the ground truth of ``verdict``, proven by ``model.replay``.

    One setting is preferred to two. trace: with its ground truth, recorded with ``keep="*"`` or what a replay reads.
    Law: the replay with ``settings`` finds the ground truth; with any of them a step nearer to the model's own it does
    not.
    """
    if verdict.verdict not in SETTINGS:
        return SettingChange(verdict.truth, reason=REASONS[verdict.verdict])
    search = _Search(model, trace, verdict.truth, threshold)
    name = SETTINGS[verdict.verdict]
    last = verdict.verdict
    states = []
    for value in _values(trace, verdict.truth, name, threshold)[:VALUES]:
        found, replayed, after = search.keeps({name: value})
        if found:
            return search.smallest({name: value})
        states.append(({name: value}, replayed, after))
    for settings, replayed, after in states:
        last = after.verdict
        settings = search.extend(settings, replayed, after)
        if settings:
            return search.smallest(settings)
    return SettingChange(verdict.truth, reason=_reason(name, last))


def apart_from_truth(trace: Trace) -> tuple[Trace, dict[str, np.ndarray]]:
    """Return ``trace`` as a replay wants it, without ground truth and what is made of it, and the ground truth."""
    kept = {name: value for name, value in trace.tensors.items() if name.split(".")[0] not in NOT_READ}
    given = {name: value for name, value in kept.items() if name.startswith("truth.")}
    plain = Trace(list(kept), config=trace.config)
    plain.update({name: value for name, value in kept.items() if name not in given})
    return plain, given


def _reason(name: str, last: str) -> str:
    then = REASONS.get(last) or f"it is lost to {last} then, and two changes do not keep it"
    return f"with {name} changed, {then}"


class _Search:
    """Replays of one trace, and whether a ground-truth object is found in them."""

    def __init__(self, model: Any, trace: Trace, truth: int, threshold: float) -> None:
        self.model, self.truth, self.threshold = model, truth, threshold
        self.trace, self.given = apart_from_truth(trace)
        self.replays = 0

    def keeps(self, settings: dict[str, float]) -> tuple[bool, Trace, TruthVerdict]:
        """Return whether a replay with ``settings`` finds the ground truth, its trace, and the verdict there."""
        self.replays += 1
        replayed = self.model.replay(self.trace, **settings)
        replayed.update(self.given)
        verdict = judge_truths(replayed, self.threshold, only=self.truth)[0]
        return verdict.verdict == "found", replayed, verdict

    def extend(self, settings: dict[str, float], replayed: Trace, verdict: TruthVerdict) -> dict[str, float]:
        """Return ``settings`` with what the next losses ask for as well; nothing where that does not keep the ground
        truth.
        """
        settings = dict(settings)
        for _ in range(VALUES):
            name = SETTINGS.get(verdict.verdict)
            if name is None or (name not in settings and len(settings) == MOST_SETTINGS):
                break
            values = _values(replayed, self.truth, name, self.threshold)
            if not values or self.replays >= REPLAYS:
                break
            settings[name] = values[0]
            found, replayed, verdict = self.keeps(settings)
            if found:
                return settings
        return {}

    def smallest(self, settings: dict[str, float]) -> SettingChange:
        """Return ``settings`` moved towards the model's own, and left out, as long as the ground truth is kept."""
        for name in list(settings):
            without = {other: value for other, value in settings.items() if other != name}
            if without and self.keeps(without)[0]:
                settings = without
                continue
            for less in self._less(name, settings):
                if self.replays >= REPLAYS:
                    return SettingChange(self.truth, settings, is_smallest=False)
                if not self.keeps({**settings, name: less})[0]:
                    break
                settings = {**settings, name: less}
        return SettingChange(self.truth, settings)

    def _less(self, name: str, settings: dict[str, float]) -> Iterator[float]:
        """Yield values nearer to the model's own: of a count first the one that is needed, then step by step."""
        own = _own(config_of(self.trace), name)
        value = settings[name]
        if name in COUNTS:
            _, replayed, verdict = self.keeps(settings)
            needed = _needed(replayed, verdict, name)
            if own < needed < value:
                yield needed
                value = needed
        yield from _steps_back(name, value, own)


def _needed(trace: Trace, verdict: TruthVerdict, name: str) -> int:
    """Return the count that reaches the detection that found a ground-truth object."""
    if name == "proposals.top_k":
        return int(rank_anchors(trace)[verdict.anchor]) + 1
    assert verdict.detection is not None  # it was found
    if name == "proposals.count":
        return int(trace["detections.proposal_index"][verdict.detection]) + 1
    return verdict.detection + 1


def _values(trace: Trace, truth: int, name: str, threshold: float) -> list[float]:
    """Return the values of a setting that would let good candidates of ``truth`` pass, the smallest change first."""
    candidates, fates = Candidates(RefinedAnchors(trace), truth, threshold), find_fates(trace)
    if name == "proposals.top_k":
        return sorted({*(fates.rank[candidates.below_top_k] + 1).tolist()})  # levels have ranks of their own
    if name == "detections.min_score":
        scores, fate = trace["detections.candidate_score"], fates.candidates.fate
        low = scores[candidates.placed[fate[candidates.placed] == MIN_SCORE]].tolist()
        above = config_of(trace).detections.candidates == "every"
        return sorted({_score_step(score, above) for score in low}, reverse=True)
    places, anchors = candidates.refined_places, trace["proposals.top_k_index"]
    if name in ("proposals.nms_threshold", "proposals.count"):
        lost = fates.fate[anchors[places]]
        if name == "proposals.count":
            return _counts(places_without_count(trace, "proposals"), places[lost == PROPOSAL_COUNT])
        return _thresholds(fates.iou[anchors[places[lost == RPN_NMS]]])
    rows, own = candidates.passed, fates.candidates
    lost = own.fate[rows]
    if name == "detections.max_count":
        return _counts(places_without_count(trace, "detections"), rows[lost == MAX_COUNT])
    return _thresholds(own.iou[rows[lost == CLASS_NMS]])


def _score_step(score: float, above: bool) -> float:
    """Return the highest minimum, in whole steps, that ``score`` passes: it has to be ``above`` it, or reach it."""
    step = math.floor(score * STEPS)
    if above and np.float32(step / STEPS) >= np.float32(score):
        step -= 1
    return max(0, step) / STEPS


def _counts(order: np.ndarray, rows: np.ndarray) -> list[float]:
    """Return the counts that reach ``rows``; where NMS takes all of them, one that reaches all there is."""
    reached = order[rows][order[rows] >= 0]
    return sorted((reached + 1).tolist()) or [int(order.max(initial=-1)) + 2]


def _thresholds(overlaps: Sequence[float] | np.ndarray) -> list[float]:
    """Return the thresholds, in whole steps, that overlaps do not exceed."""
    return sorted({min(1.0, math.ceil(float(overlap) * STEPS) / STEPS) for overlap in overlaps})


def _own(config: Any, name: str) -> float:
    stage, field_name = name.split(".")
    return float(getattr(getattr(config, stage), field_name))


def _steps_back(name: str, value: float, own: float) -> Iterator[float]:
    """Yield the values between ``value`` and the model's ``own``, a step each, nearest to ``value`` first."""
    if name in COUNTS:
        yield from range(int(value) - 1, int(own), -1)
        return
    sign = 1 if own > value else -1
    step = round(value * STEPS) + sign
    while step * sign < own * STEPS * sign - 1e-9:
        yield step / STEPS
        step += sign
