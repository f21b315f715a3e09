import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.fates import (
    FATES,
    REPORTED,
    class_suppression,
    find_fates,
    proposal_suppression,
)
from tests.analysis.constructed import Candidate, make

A_BOX = (0, 0, 20, 20)
EACH = [
    Candidate(A_BOX, 0.99, 1, 0.9),  # reported
    Candidate((0, 1, 20, 21), 0.98),  # IoU 19/21 with the first
    Candidate((0, 6, 20, 26), 0.97, 1, 0.8),  # IoU 14/26: two proposals, one object
    Candidate((40, 40, 60, 60), 0.96, 0, 0.9),
    Candidate((40, 0, 60, 20), 0.95, 1, 0.4),
    Candidate((0, 40, 20, 60), 0.94, 2, 0.7, fill=0.0),
    Candidate((22, 22, 38, 38), 0.93, 2, 0.6),  # third of two
    Candidate((22, 42, 38, 58), 0.92),  # seventh of six proposals
    Candidate((42, 22, 58, 38), 0.91),  # ninth of the top eight
]
SETTINGS = {"proposals.top_k": 8, "proposals.count": 6, "detections.max_count": 2}
WANTED = (
    "reported",
    "suppressed as proposal",
    "suppressed in its class",
    "background",
    "below minimum score",
    "empty mask",
    "beyond maximum",
    "beyond proposal count",
    "below top k",
)


def test_each_fate_once():
    fates = find_fates(make(EACH, **SETTINGS))
    assert tuple(FATES[fate] for fate in fates.fate) == WANTED
    small = {"too small as proposal": 0, "too small": 0}  # this model tests no sizes
    assert fates.counts() == dict.fromkeys(FATES, 1) | small
    assert fates.by.tolist() == [-1, 0, 0, *[-1] * 6]
    assert fates.iou[1:3] == pytest.approx([19 / 21, 14 / 26])
    assert fates.rank.tolist() == list(range(9))
    assert fates.place.tolist() == [*range(8), -1]
    assert fates.proposal.tolist() == [0, -1, 1, 2, 3, 4, 5, -1, -1]
    assert fates.detection.tolist() == [0, -1, -1, -1, -1, 1, -1, -1, -1]


@pytest.mark.parametrize(
    ("setting", "fate"),
    [("proposals.min_size", "too small as proposal"), ("detections.min_size", "too small")],
)
def test_sides_have_to_be_above_the_least(setting, fate):
    trace = make([Candidate((0, 0, 20, 20), 0.9), Candidate((30, 30, 50.5, 50.5), 0.8)], **{setting: 20.0})
    assert [FATES[one] for one in find_fates(trace).fate] == [fate, "reported"]


def test_nothing_detected_is_a_normal_case():
    fates = find_fates(make([Candidate(A_BOX, 0.9, 0)]))
    assert fates.counts()["background"] == 1


def test_a_trace_without_configuration_is_refused():
    trace = make(EACH, **SETTINGS)
    trace.config = None
    with pytest.raises(ValueError, match="wanted a trace with its configuration"):
        find_fates(trace)


@pytest.fixture(scope="module")
def model(shapes_model):
    return shapes_model


READS = ["image.original", "molding.*", "anchors.*", "rpn.*", "proposals.*", "box_roi.level", "box_head.*"]
READS += ["detections.*", "pasting.*"]


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_fates_are_the_models_own_outcome(model, count):
    for sample in Shapes(count, seed=11):
        trace = model.trace(sample.image, keep=READS)
        fates = find_fates(trace)
        assert sum(fates.counts().values()) == len(trace["anchors.boxes"])
        proposals = np.flatnonzero(fates.proposal >= 0)
        assert sorted(trace["proposals.anchor_index"]) == proposals.tolist()
        result = model.detect(sample.image)
        reported = np.flatnonzero(fates.fate == REPORTED)
        assert len(reported) == sum(mask.any() for mask in result.masks)
        assert (fates.detection[reported] >= 0).all()
        settings, suppressed = trace.config, fates.by >= 0
        first, (_, second) = proposal_suppression(trace), class_suppression(trace)
        assert (first.iou[first.by >= 0] > settings.proposals.nms_threshold - 1e-6).all()
        assert (second.iou[second.by >= 0] > settings.detections.nms_threshold - 1e-6).all()
        if len(trace["proposals.boxes"]) < settings.proposals.count:
            assert not first.beyond_count.any()
        if len(trace["detections.boxes"]) < settings.detections.max_count:
            assert not second.beyond_count.any()
        assert (fates.rank[fates.by[suppressed]] >= 0).all()
