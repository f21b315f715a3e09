import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.analysis.candidates.fates import FATES, find_fates
from maskrcnn_inspect.analysis.candidates.lineage import lineage
from tests.analysis.candidates.test_fates import EACH, SETTINGS, WANTED
from tests.analysis.constructed import Candidate, Truth, make

ENDS = (
    "detection 0: square 0.900, 400 image px",
    "suppressed by the box of anchor 0: IoU 0.905 > 0.7",
    "suppressed in class square by the box of anchor 0: IoU 0.538 > 0.3",
    "taken for background with probability 0.900",
    "score 0.4 below the minimum of 0.5",
    "detection 1: circle 0.700, 0 image px",
    "beyond the maximum of 2 detections",
    "beyond the count of 6 proposals",
    "below the top 8: rank 9 by objectness",
)


@pytest.fixture(scope="module")
def trace():
    return make(EACH, [Truth((0, 0, 20, 20)), Truth((0, 0, 64, 64), is_crowd=True)], **SETTINGS)


@pytest.mark.parametrize("anchor", range(9))
def test_every_anchor_ends_in_its_fate(trace, anchor):
    way = lineage(trace, anchor=anchor)
    assert (way.fate, way.steps[-1].sentence) == (WANTED[anchor], ENDS[anchor])


def test_a_detection_goes_back_to_its_anchor(trace):
    way = lineage(trace, detection=1)
    assert (way.anchor, way.proposal, way.detection) == (5, 4, 1)
    assert [step.stage for step in way.steps] == [
        "anchor",
        "rpn",
        "refined",
        "proposal",
        "class",
        "detection",
    ]
    assert str(way).splitlines()[4] == "class       circle 0.700, background 0.150, square 0.150"


def test_a_proposal_goes_both_ways(trace):
    way = lineage(trace, proposal=3)
    assert (way.anchor, way.detection, way.fate) == (4, None, "below minimum score")


def test_a_truth_leads_to_what_found_it(trace):
    assert lineage(trace, truth=0).detection == 0
    with pytest.raises(ValueError, match="ground truth 1, which is a crowd"):
        lineage(trace, truth=1)


def test_a_missed_truth_leads_to_the_last_candidate():
    missed = make([Candidate((0, 0, 20, 20), 0.9, prob=0.4)], [Truth((0, 0, 20, 20))])
    assert lineage(missed, truth=0).fate == "below minimum score"


def test_rows_that_are_not_there_are_refused(trace):
    for row in ({"detection": 2}, {"proposal": 6}, {"anchor": 9}, {"truth": 2}, {"anchor": -1}):
        with pytest.raises(IndexError, match="wanted a"):
            lineage(trace, **row)
    for rows in ({}, {"anchor": 1, "proposal": 1}):
        with pytest.raises(ValueError, match="wanted exactly one"):
            lineage(trace, **rows)


def test_anchors_are_where_their_cell_is(shapes_model):
    trace = shapes_model.trace(Shapes(1, seed=4)[0].image)
    fates = find_fates(trace)
    for anchor in (0, 1, 100, 3072, len(fates.fate) - 1):
        step = lineage(trace, anchor=anchor, fates=fates).steps[0]
        level = int(trace["anchors.level"][anchor])
        row, column = (int(v) for v in step.sentence.split("cell (")[1].split(")")[0].split(", "))
        top, left, bottom, right = step.box
        assert ((top + bottom) / 2, (left + right) / 2) == pytest.approx((row * 2**level, column * 2**level))
        assert FATES[fates.fate[anchor]] == lineage(trace, anchor=anchor, fates=fates).fate
