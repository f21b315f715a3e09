"""Laws that hold whatever the network says: random scenes, full of overlaps, ties and scores that are not numbers."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.candidates.false_detections import judge_detections
from maskrcnn_inspect.analysis.candidates.fates import CLASS_NMS, FATES, RPN_NMS, find_fates
from maskrcnn_inspect.analysis.candidates.funnel import funnel
from maskrcnn_inspect.analysis.candidates.lineage import lineage
from maskrcnn_inspect.analysis.candidates.nms_lab import STAGES, graph, keep, own_choice
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS, judge_truths
from tests.analysis.constructed import Candidate, Truth, make

SETTINGS = {
    "proposals.top_k": 30,
    "proposals.count": 15,
    "detections.max_count": 5,
    "detections.min_score": 0.4,
}


def boxes(rng, count):
    top_left = rng.integers(0, 40, (count, 2))
    return [
        tuple(box)
        for box in np.concatenate([top_left, top_left + rng.integers(6, 24, (count, 2))], axis=1).tolist()
    ]


def scene(seed):
    """Give a trace of 40 candidates round few places, with tied scores and now and then NaN."""
    rng = np.random.default_rng(seed)
    places, final = boxes(rng, 40), boxes(rng, 40)
    scores = np.round(rng.random(40), 1)
    scores[rng.random(40) < 0.1] = np.nan
    candidates = [
        Candidate(
            place,
            score,
            int(rng.integers(3)),
            float(np.round(rng.random(), 1)),
            final=final[i] if rng.random() < 0.3 else None,
            fill=float(rng.random() < 0.8),
        )
        for i, (place, score) in enumerate(zip(places, scores, strict=True))
    ]
    chosen = rng.integers(0, 40, 6)
    truths = [Truth(places[i], int(rng.integers(1, 3)), bool(rng.random() < 0.2)) for i in chosen]
    return make(candidates, truths, **SETTINGS)


@pytest.mark.parametrize("seed", range(12))
def test_everything_has_exactly_one_fate_or_verdict(seed):
    trace = scene(seed)
    fates = find_fates(trace)
    assert sum(fates.counts().values()) == 40
    assert ((fates.by >= 0) == np.isin(fates.fate, (RPN_NMS, CLASS_NMS))).all()
    truths, detections = judge_truths(trace, fates=fates), judge_detections(trace)
    assert [one.truth for one in truths] == list(range(6))
    assert {one.verdict for one in truths} <= set(VERDICTS)
    assert [one.detection for one in detections] == list(range(len(trace["detections.boxes"])))
    found = sum(one.verdict == "found" for one in truths)
    assert found == sum(one.verdict == "correct" for one in detections)
    assert [step.count for step in funnel(trace)][:3] == [40, 30, len(trace["proposals.boxes"])]
    for anchor in range(40):
        assert lineage(trace, anchor=anchor, fates=fates).fate == FATES[fates.fate[anchor]]


@pytest.mark.parametrize("seed", range(12))
def test_hard_suppression_and_its_graph_are_the_models(seed):
    trace = scene(seed)
    fates = find_fates(trace)
    for stage, own, fate in zip(STAGES, ("nms_index", "proposal_index"), (RPN_NMS, CLASS_NMS), strict=True):
        np.testing.assert_array_equal(
            keep(trace, stage, own_choice(trace, stage)).rows, trace[f"{stage}.{own}"]
        )
        anchors = trace["proposals.top_k_index" if stage == "proposals" else "proposals.anchor_index"]
        lost = set(np.flatnonzero(fates.fate[anchors] == fate).tolist())
        assert lost <= set(graph(trace, stage).loser.tolist())
