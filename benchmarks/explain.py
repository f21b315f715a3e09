"""Do the explanations hold on whole data sets, and how long do they take beyond the trace?

    python benchmarks/explain.py                                       200 images of shapes
    python benchmarks/explain.py --weights nuclei --limit 50 "label_map:PATH?class_name=nucleus"

For every image: each anchor has exactly one fate and the counts add up; both NMS steps replayed give the
model's own indices; every object and every detection has one verdict, and as many objects are found
as detections are correct; the smallest change found for a missed object is proven by a replay, and a step less by
another. Prints what was counted and the time that fates, verdicts and the lineage of every object and detection
take.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from maskrcnn_core import load_model
from maskrcnn_core.data.reading.registry import open_dataset
from maskrcnn_core.evaluation.dataset import result_of
from maskrcnn_core.pipeline.given_truth import give_truth
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.candidates.explanation import KEPT, Explainer
from maskrcnn_inspect.analysis.candidates.false_detections import judge_detections
from maskrcnn_inspect.analysis.candidates.fates import find_fates
from maskrcnn_inspect.analysis.candidates.lineage import lineage
from maskrcnn_inspect.analysis.candidates.matching import match_masks
from maskrcnn_inspect.analysis.candidates.nms_lab import STAGES, keep, own_choice
from maskrcnn_inspect.analysis.candidates.setting_changes import (
    COUNTS,
    STEPS,
    SettingChange,
    find_setting_change,
)
from maskrcnn_inspect.analysis.candidates.verdicts import TruthVerdict, judge_truths

BAR = 0.5  # s an image beyond its trace
OWN_INDEX = {"proposals": "proposals.nms_index", "detections": "detections.proposal_index"}


def main() -> None:
    """Check a data set and print what was counted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", default="shapes:?count=200&seed=3")
    parser.add_argument("--weights", default="shapes")
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument(
        "--setting-changes", type=int, default=2, help="missed objects an image to find a change for"
    )
    options = parser.parse_args()
    reader, model = open_dataset(options.dataset), load_model(options.weights)
    explainer = Explainer(model, reader.class_names)
    counts, seconds = Counter[str](), []
    for index in range(min(options.limit or len(reader), len(reader))):
        sample = reader[index]
        sample = replace(sample, class_ids=explainer.to_model[sample.class_ids])
        trace = model.trace(sample.image)
        give_truth(trace, sample)
        if index == 0:
            explain(trace)  # TensorFlow's and pycocotools' first use is no image's time
        start = time.perf_counter()
        verdicts = explain(trace)
        seconds.append(time.perf_counter() - start)
        counts += check(model, trace, sample.image, verdicts)
        missed = [one for one in verdicts if one.verdict not in KEPT]
        counts += prove(model, trace, missed[: options.setting_changes])
    show(options.dataset, counts, np.array(seconds))


def explain(trace: Trace) -> list[TruthVerdict]:
    """Do all that is timed: fates, verdicts on both sides, and the lineage of every object and detection."""
    fates, matches = find_fates(trace), match_masks(trace)
    verdicts = judge_truths(trace, fates=fates, matches=matches)
    judge_detections(trace, matches=matches)
    for one in verdicts:
        if one.anchor is not None:
            lineage(trace, anchor=one.anchor, fates=fates)
    for detection in range(len(trace["detections.boxes"])):
        lineage(trace, detection=detection, fates=fates)
    return verdicts


def check(model: Any, trace: Trace, image: np.ndarray, verdicts: list[TruthVerdict]) -> Counter[str]:
    """Return what was counted. Raises: AssertionError where a law does not hold."""
    fates, detections = find_fates(trace), judge_detections(trace)
    anchors = len(trace["anchors.boxes"])
    assert sum(fates.counts().values()) == anchors == len(fates.fate)
    reported = np.flatnonzero(fates.detection >= 0)
    assert len(reported) == len(trace["detections.boxes"])
    for stage in STAGES:
        own = keep(trace, stage, own_choice(trace, stage)).rows
        np.testing.assert_array_equal(own, trace[OWN_INDEX[stage]])
    assert [one.truth for one in verdicts] == list(range(len(trace["truth.boxes"])))
    assert [one.detection for one in detections] == list(range(len(trace["detections.boxes"])))
    found = sum(one.verdict == "found" for one in verdicts)
    assert found == sum(one.verdict == "correct" for one in detections)
    seen, told = model.detect(image), result_of(trace)
    np.testing.assert_array_equal(seen.boxes, told.boxes)
    np.testing.assert_array_equal(seen.masks, told.masks)
    return Counter(images=1, anchors=anchors, objects=len(verdicts), found=found, detections=len(detections))


def prove(model: Any, trace: Trace, missed: list[TruthVerdict]) -> Counter[str]:
    """Find setting changes and replay them, and one step less. Raises: AssertionError where one does not hold."""
    counts = Counter[str]()
    for one in missed:
        change = find_setting_change(model, trace, one)
        counts["setting changes" if change.settings else "without"] += 1
        if not change.settings:
            continue
        assert finds(model, trace, one.truth, change.settings), (one, change)
        for less in steps_less(trace, change):
            counts["smallest changes proven"] += 1
            assert not finds(model, trace, one.truth, less), (one, change, less)
    return counts


def finds(model: Any, trace: Trace, truth: int, settings: dict[str, float]) -> bool:
    """Tell whether a replay with ``settings`` finds ``truth``."""
    replayed = model.replay(trace, **settings)
    replayed.update({name: trace[name] for name in trace if name.startswith("truth.")})
    return judge_truths(replayed, only=truth)[0].verdict == "found"


def steps_less(trace: Trace, change: SettingChange) -> list[dict[str, float]]:
    """Return ``change`` with each setting a step nearer to the model's own."""
    less = []
    for name, value in change.settings.items():
        if not change.is_smallest:
            continue
        stage, field = name.split(".")
        own = getattr(getattr(trace.config, stage), field)
        step = 1 if name in COUNTS else 1 / STEPS
        nearer = value - step if value > own else value + step
        nearer = int(nearer) if name in COUNTS else round(nearer, 2)
        less.append({**change.settings, name: nearer})
    return less


def show(dataset: str, counts: Counter[str], seconds: np.ndarray) -> None:
    """Print counts and times."""
    print(dataset)
    for name, count in counts.items():
        print(f"  {name:<24}{count:>12,}")
    print(f"  median {np.median(seconds):.3f} s, largest {seconds.max():.3f} s an image (bar {BAR} s)")


if __name__ == "__main__":
    main()
