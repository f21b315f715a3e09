"""The formulas of the views are those that ran, over the rules of all four implementations: each line's sum is made
again from the numbers that it shows.
"""

import re

import numpy as np
import pytest

from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.session import Selection, Session
from maskrcnn_inspect.views.stages import rpn
from maskrcnn_inspect.views.stages.anchors import view as anchors
from maskrcnn_inspect.views.stages.box_head import view as box_head
from maskrcnn_inspect.views.stages.composing import view as composing
from maskrcnn_inspect.views.stages.detections import view as detections
from maskrcnn_inspect.views.stages.detections.formulas import filters_of
from maskrcnn_inspect.views.stages.masks import view as masks
from maskrcnn_inspect.views.stages.molding import view as molding
from maskrcnn_inspect.views.stages.proposals import view as proposals
from maskrcnn_inspect.views.stages.roi_align import view as roi_align
from maskrcnn_inspect.views.why import funnel, lineage
from maskrcnn_inspect.views.why.nms_lab import view as nms_lab

VIEWS = (
    anchors, rpn, proposals, roi_align, box_head, detections, masks, composing, molding, lineage, funnel, nms_lab,
)  # fmt: skip
NUMBER = r"(-?\d+\.?\d*(?:e[+-]?\d+)?)"


@pytest.fixture(scope="module")
def session(preset: MaskRCNN, preset_trace: Trace) -> Session:
    return Session(preset_trace, preset)


def selected(session: Session) -> Selection:
    """Give the selection of the last detection, whose class need not be its proposal's best."""
    return session.select(detection=len(session.trace["detections.boxes"]) - 1)


def numbers(line: str) -> list[float]:
    return [float(one) for one in re.findall(NUMBER, line)]


@pytest.mark.parametrize(
    "view", VIEWS, ids=lambda view: view.__name__.removeprefix("maskrcnn_inspect.views.")
)
def test_every_view_is_there_and_none_says_what_is_missing(view, session: Session):
    parts = view.snapshot(session)
    assert not [part for part in parts if isinstance(part, str) and "cannot be shown" in part]
    assert view.VIEW.draw(session.trace, selected(session))
    assert view.VIEW.explain(session.trace, selected(session))


def test_a_chosen_detection_stays_chosen(session: Session):
    for row in range(len(session.trace["detections.boxes"])):
        assert session.select(detection=row).detection == row


def test_the_scale_and_the_grey_levels_are_those_that_ran(session: Session):
    trace, lines = session.trace, molding.VIEW.explain(session.trace, Selection())
    scale = [line for line in lines if "scale = " in line][-1]  # where the longest side decides, the second
    assert numbers(scale.split(" = ")[2])[0] == pytest.approx(float(trace["molding.scale"]), rel=1e-3)
    line = next(line for line in lines if "preprocessed pixel" in line)
    shown, result = line.split(": ", 1)[1].split(" = ")
    own = trace.config.molding
    levels = np.array(numbers(shown.split(" - mean")[0])[:3]) / own.full_scale
    np.testing.assert_allclose(
        (levels - own.mean) / np.asarray(own.std), numbers(result), rtol=0.02, atol=0.02
    )
    if own.mode == "corner":
        assert any("of 0, after the rest" in one for one in lines)


def test_anchors_stand_where_the_formula_says(session: Session):
    trace = session.trace
    for anchor in (0, 5, len(trace["anchors.boxes"]) - 1):
        lines = anchors.VIEW.explain(trace, session.select(anchor=anchor))
        y1, x1, y2, x2 = trace["anchors.boxes"][anchor]
        centre = numbers(next(line for line in lines if line.startswith("centre")).split(" = ")[2])
        assert centre == pytest.approx([(y1 + y2) / 2, (x1 + x2) / 2], abs=1e-3)
        line = next(line for line in lines if line.startswith("ratio"))
        height, width = (numbers(part)[-1] for part in line.split("width"))
        assert (height, width) == pytest.approx((y2 - y1, x2 - x1), abs=0.01)


def test_objectness_is_that_of_the_logits_shown(session: Session):
    selection = selected(session)
    line = next(one for one in rpn.VIEW.explain(session.trace, selection) if one.startswith("objectness"))
    *logits, score = numbers(line)
    if session.trace.config.rpn.objectness == "sigmoid":
        assert "sigmoid" in line
        assert 1 / (1 + np.exp(-logits[0])) == pytest.approx(score, abs=1e-3)
    else:
        assert np.exp(logits[0]) / (np.exp(logits[1]) + np.exp(logits[2])) == pytest.approx(score, abs=1e-3)


def test_the_level_and_one_bin_are_what_was_pooled(session: Session):
    lines = roi_align.VIEW.explain(session.trace, selected(session))
    level = next(line for line in lines if line.startswith("level"))
    assert numbers(level)[-1] == session.trace["box_roi.level"][session.selection.proposal]
    inside = float(re.search(r"(?:floor|round)\((-?[\d.]+)\) = ", level)[1])
    rounded = np.floor(inside) if "floor" in level else np.round(inside)
    assert np.clip(4 + rounded, 2, 5) == numbers(level)[-1]
    total, recorded = re.search(r"= ([+-][\d.]+); recorded .* = ([+-][\d.]+)", "\n".join(lines)).groups()
    assert float(total) == pytest.approx(float(recorded), rel=1e-3, abs=2e-3)


def test_the_second_refinement_is_the_recorded_one_for_each_class(session: Session):
    trace, selection = session.trace, selected(session)
    every = trace.config.detections.candidates == "every"
    told = 0
    for class_id in range(1, trace.config.num_classes):
        lines = box_head.VIEW.explain(trace, selection, classes=class_id)
        recorded = next((line for line in lines if line.startswith("recorded")), None)
        if recorded is None:
            assert not every
            continue
        told += 1
        y1, x1, y2, x2 = numbers(recorded)[:4]
        corner = trace.config.box_corner
        for name, low, high in (("y", y1, y2 - corner), ("x", x1, x2 - corner)):
            line = next(one for one in lines if one.startswith(f"centre {name}"))
            centre, side = numbers(line.split(" = ")[2])[0], numbers(line)[-1]
            assert (centre, side) == pytest.approx(((low + high) / 2, high - low), abs=0.02)
    assert told == (trace.config.num_classes - 1 if every else 1)


def test_filters_leave_less_and_less_and_end_in_the_detections(session: Session):
    trace, filters = session.trace, filters_of(session.trace)
    for before, after in zip(filters.left, filters.left[1:], strict=False):
        assert (after <= before).all()
    assert filters.left[-1].sum() == len(trace["detections.boxes"])
    for row in range(len(trace["detections.boxes"])):
        lines = detections.VIEW.explain(trace, session.select(detection=row))
        assert lines[-1].endswith(": reported")
        score = next(line for line in lines if line.startswith("2 score"))
        assert numbers(score)[1] == pytest.approx(float(trace["detections.scores"][row]), abs=1e-4)


def test_a_side_that_the_limit_cuts_is_told(session: Session):
    trace = session.trace
    wild = Trace(config=trace.config)
    deltas = np.array(trace["rpn.deltas"])
    std, most = np.asarray(trace.config.rpn.delta_std), trace.config.rpn.most_growth
    anchor = int(trace["proposals.anchor_index"][0])
    deltas[anchor, 2] = 100 / std[2]
    wild.update({**trace, "rpn.deltas": deltas})
    lines = rpn.VIEW.explain(wild, Selection(anchor=anchor))
    limits = [line for line in lines if "log dh, log dw kept" in line]
    assert len(limits) == (1 if most else 0)
    if most:
        assert f"= {np.log(most):.4f}" in limits[0]


def test_the_mask_is_the_sigmoid_of_its_logit(session: Session):
    lines = masks.VIEW.explain(session.trace, selected(session))
    line = next(one for one in lines if one.startswith("probability"))
    logit, prob = (float(one) for one in re.search(r"exp\((-?[\d.]+)\)\) = ([\d.]+)", line).groups())
    assert 1 / (1 + np.exp(logit)) == pytest.approx(prob, abs=1e-3)
    box = next((one for one in lines if one.startswith("box (")), None)
    if box is not None:
        own = session.trace["pasting.boxes"][session.selection.detection]
        assert numbers(box)[:4] == pytest.approx(own.tolist(), rel=1e-4, abs=1e-3)
