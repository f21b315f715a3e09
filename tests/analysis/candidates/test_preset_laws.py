"""Laws of everything that explains candidates, over the rules of all four implementations."""

from dataclasses import replace

import numpy as np
import pytest

from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.attribution.probe import Probe, Target
from maskrcnn_inspect.analysis.candidates.false_detections import judge_detections
from maskrcnn_inspect.analysis.candidates.fates import (
    CLASS_NMS,
    FATES,
    MIN_SCORE,
    REPORTED,
    RPN_NMS,
    SMALL_PROPOSAL,
    candidate_index,
    candidates_of_classes,
    find_fates,
    proposal_suppression,
)
from maskrcnn_inspect.analysis.candidates.funnel import funnel
from maskrcnn_inspect.analysis.candidates.lineage import lineage
from maskrcnn_inspect.analysis.candidates.near_truth import RefinedAnchors
from maskrcnn_inspect.analysis.candidates.nms_lab import STAGES, graph, keep, own_choice
from maskrcnn_inspect.analysis.candidates.setting_changes import SETTINGS, find_setting_change
from maskrcnn_inspect.analysis.candidates.verdicts import VERDICTS, judge_truths
from maskrcnn_inspect.analysis.oracles.stages import ORACLES, correct
from maskrcnn_inspect.analysis.what_if.effects import support_of

# what loses objects, and the settings under which it does
LOSSES = {
    "score": {"detections.min_score": 0.99},
    "over the maximum of detections": {"detections.max_count": 1},
    "class NMS": {"detections.nms_threshold": 0.0},
    "proposal count": {"proposals.count": 2},
    "proposal NMS": {"proposals.nms_threshold": 0.0},
    "top k": {"proposals.top_k": 1},
}


def test_every_anchor_and_every_candidate_has_exactly_one_fate(preset_trace: Trace):
    fates = find_fates(preset_trace)
    assert sum(fates.counts().values()) == len(preset_trace["anchors.boxes"])
    proposals = preset_trace["proposals.anchor_index"]
    assert sorted(np.flatnonzero(fates.proposal >= 0)) == sorted(proposals)
    own = fates.candidates
    assert len(own.fate) == len(preset_trace["detections.candidate_class"])
    assert (own.fate >= REPORTED - 1).sum() == len(preset_trace["detections.boxes"])
    assert ((own.by >= 0) == (own.fate == CLASS_NMS)).all()
    passed = np.flatnonzero(own.fate > MIN_SCORE)
    np.testing.assert_array_equal(passed, candidates_of_classes(preset_trace))
    for anchor in proposals[:10]:  # an anchor's fate is that of its candidate that came furthest
        rows = own.proposal == fates.proposal[anchor]
        assert fates.fate[anchor] == own.fate[rows].max()


def test_every_detection_goes_back_to_its_anchor_and_its_candidate(preset_trace: Trace):
    fates = find_fates(preset_trace)
    for detection, proposal in enumerate(preset_trace["detections.proposal_index"]):
        way = lineage(preset_trace, detection=detection, fates=fates)
        assert (way.detection, way.proposal) == (detection, proposal)
        assert way.anchor == preset_trace["proposals.anchor_index"][proposal]
        assert way.candidate == candidate_index(preset_trace)[detection]
        assert way.steps[-1].stage == "detection"
        assert (
            preset_trace["detections.class_ids"][detection]
            == preset_trace["detections.candidate_class"][way.candidate]
        )
        others = {d for d, p in enumerate(preset_trace["detections.proposal_index"]) if p == proposal} - {
            detection
        }
        assert others <= {int(fates.candidates.detection[row]) for row in way.siblings}


def test_one_anchor_leads_to_several_detections_where_each_class_is_a_candidate(preset_trace: Trace):
    counts = np.bincount(preset_trace["detections.proposal_index"])
    if preset_trace.config.detections.candidates == "best":
        assert counts.max() == 1
        return
    proposal = int(counts.argmax())
    assert counts[proposal] > 1
    way = lineage(preset_trace, proposal=proposal)
    classes = preset_trace["detections.candidate_class"][[way.candidate, *way.siblings]]
    assert len(set(classes.tolist())) == len(classes) >= counts[proposal]
    assert "of the same proposal: " in str(way)


def test_every_end_is_told(preset_trace: Trace):
    fates = find_fates(preset_trace)
    _, first = np.unique(fates.fate, return_index=True)
    for anchor in first:
        way = lineage(preset_trace, anchor=int(anchor), fates=fates)
        assert way.fate == FATES[fates.fate[anchor]]
        assert str(way)


def test_ranks_are_those_that_the_top_k_was_taken_by(preset_trace: Trace):
    fates, chosen = find_fates(preset_trace), preset_trace["proposals.top_k_index"]
    levels = preset_trace["anchors.level"][chosen]
    settings = preset_trace.config.proposals
    groups = [chosen[levels == level] for level in np.unique(levels)] if settings.by_level else [chosen]
    for own in groups:
        np.testing.assert_array_equal(fates.rank[own], np.arange(len(own)))


def test_who_suppressed_whom_is_what_the_nms_did(preset_trace: Trace):
    record, settings = proposal_suppression(preset_trace), preset_trace.config.proposals
    gone = np.flatnonzero(record.by >= 0)
    assert (record.iou[gone] > settings.nms_threshold - 1e-6).all()
    levels = preset_trace["anchors.level"][preset_trace["proposals.top_k_index"]]
    if settings.by_level:
        assert (levels[gone] == levels[record.by[gone]]).all()
    small = np.flatnonzero(find_fates(preset_trace).fate == SMALL_PROPOSAL)
    assert len(small) == (~record.entered).sum()


@pytest.mark.parametrize("stage", STAGES)
def test_hard_nms_of_the_lab_is_the_models(stage: str, preset_trace: Trace):
    own = preset_trace["proposals.nms_index"] if stage == "proposals" else candidate_index(preset_trace)
    np.testing.assert_array_equal(keep(preset_trace, stage, own_choice(preset_trace, stage)).rows, own)
    fates = find_fates(preset_trace)
    if stage == "proposals":
        index = preset_trace["proposals.top_k_index"]
        lost = np.flatnonzero(fates.fate[index] == RPN_NMS)
    else:
        lost = np.flatnonzero(fates.candidates.fate == CLASS_NMS)
    assert set(lost.tolist()) <= set(graph(preset_trace, stage).loser.tolist())


@pytest.mark.parametrize("stage", STAGES)
def test_other_thresholds_of_the_lab_are_what_a_replay_keeps(
    stage: str, preset: MaskRCNN, preset_trace: Trace
):
    choice = replace(own_choice(preset_trace, stage), threshold=0.2)
    again = preset.replay(preset_trace, **{f"{stage}.nms_threshold": 0.2})
    own = again["proposals.nms_index"] if stage == "proposals" else candidate_index(again)
    np.testing.assert_array_equal(keep(preset_trace, stage, choice).rows, own)


@pytest.mark.parametrize("method", ["linear", "gaussian"])
@pytest.mark.parametrize("stage", STAGES)
def test_soft_nms_lets_scores_fall_and_never_rise(stage: str, method: str, preset_trace: Trace):
    kept = keep(preset_trace, stage, replace(own_choice(preset_trace, stage), method=method))
    name = "proposals.top_k_scores" if stage == "proposals" else "detections.candidate_score"
    assert (kept.scores <= preset_trace[name][kept.rows] + 1e-6).all()
    assert (np.diff(kept.scores) <= 1e-9).all()


def test_the_funnel_falls_and_ends_in_the_detections(preset_trace: Trace):
    steps = {step.step: step.count for step in funnel(preset_trace)}
    counts = list(steps.values())
    if "candidates" in steps:
        assert steps["candidates"] == steps["proposals"] * (preset_trace.config.num_classes - 1)
        counts = [count for name, count in steps.items() if name != "candidates"]
        assert steps["score high enough"] <= steps["candidates"]
        start = list(steps).index("score high enough")
        assert counts[:3] == sorted(counts[:3], reverse=True)
        counts = list(steps.values())[start:]
    assert counts == sorted(counts, reverse=True)
    assert steps["detections"] == len(preset_trace["detections.boxes"])
    assert steps["with a mask"] == find_fates(preset_trace).candidates.fate.tolist().count(REPORTED)


def test_refined_anchors_are_those_of_the_stage(preset_trace: Trace):
    index = preset_trace["proposals.top_k_index"]
    np.testing.assert_allclose(
        RefinedAnchors(preset_trace).boxes[index], preset_trace["proposals.clipped"], rtol=1e-5, atol=1e-4
    )


def test_every_truth_and_every_detection_has_one_verdict(preset_trace: Trace):
    truths, detections = judge_truths(preset_trace), judge_detections(preset_trace)
    assert {one.verdict for one in truths} == {"found"}  # the ground truth is what it finds
    assert all(one.verdict in VERDICTS for one in truths)
    assert sum(one.verdict == "correct" for one in detections) == len(truths)
    for one in truths:
        assert lineage(preset_trace, truth=one.truth).detection == one.detection
        assert one.candidate == candidate_index(preset_trace)[one.detection]


@pytest.mark.parametrize("verdict", LOSSES)
def test_a_proven_change_keeps_the_object(verdict: str, preset: MaskRCNN, preset_trace: Trace):
    lost = preset.replay(preset_trace, **LOSSES[verdict])
    judged = [one for one in judge_truths(lost) if one.verdict in SETTINGS]
    for one in judged[:2]:
        change = find_setting_change(preset, lost, one)
        if change.settings:
            again = judge_truths(preset.replay(lost, **change.settings), only=one.truth)
            assert again[0].verdict == "found"
        else:
            assert change.reason
    if verdict in ("score", "over the maximum of detections"):  # nothing else stands in the way of these
        assert any(find_setting_change(preset, lost, one).settings for one in judged)


@pytest.mark.parametrize("name", ORACLES)
def test_an_oracle_never_loses_what_the_stage_would_have_kept(
    name: str, preset: MaskRCNN, preset_trace: Trace
):
    corrected = correct(preset, preset_trace, ORACLES[name](preset_trace))
    assert corrected.config == preset_trace.config.replace(**ORACLES[name](preset_trace).settings)
    assert len(judge_truths(corrected)) == len(preset_trace["truth.boxes"])


def test_perfect_proposals_are_the_truths(preset: MaskRCNN, preset_trace: Trace):
    found = correct(preset, preset_trace, ORACLES["proposals"](preset_trace))["proposals.boxes"]
    wanted = preset_trace["truth.boxes"]
    assert len(found) == len(wanted)
    nearest = np.abs(found[:, None] - wanted[None]).max(axis=2).min(axis=0)
    assert nearest.max() < 0.01


def test_all_oracles_together_find_every_object(preset: MaskRCNN, preset_trace: Trace):
    chained, edits = preset_trace, {}
    for oracle in ORACLES.values():
        correction = oracle(chained)
        before, edits = edits, {**edits, **correction.edits}
        chained = correct(preset, chained, correction, before)
    assert {one.verdict for one in judge_truths(chained)} == {"found"}


@pytest.mark.parametrize("kind", ["logit", "score", "box", "mask"])
def test_a_probe_says_what_was_recorded(kind: str, preset: MaskRCNN, preset_trace: Trace):
    row = len(preset_trace["detections.boxes"]) - 1
    probe = Probe(
        preset, preset_trace, Target(row, kind), "mask_roi.pooled" if kind == "mask" else "box_roi.pooled"
    )
    found = probe.gradient(probe.value)
    class_id, proposal = (
        preset_trace["detections.class_ids"][row],
        preset_trace["detections.proposal_index"][row],
    )
    recorded = {
        "logit": preset_trace["box_head.class_logits"][proposal, class_id],
        "score": preset_trace["detections.scores"][row],
        "box": preset_trace["detections.decoded"][candidate_index(preset_trace)[row]][0],
        "mask": preset_trace["mask_head.logits"][row, 14, 14, class_id],
    }
    assert found.value == pytest.approx(float(recorded[kind]), rel=1e-4, abs=1e-4)
    assert np.isfinite(found.gradient).all()


def test_support_is_at_least_the_detections_own_score(preset_trace: Trace):
    for row in range(3):
        own = support_of(preset_trace, row, preset_trace)
        assert own.prob >= preset_trace["detections.scores"][row] - 1e-5
