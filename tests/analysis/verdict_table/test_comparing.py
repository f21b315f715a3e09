"""Two models side by side: wins, losses, AP and its interval, by hand and against COCO's own AP."""

import numpy as np
import pytest
from scipy.stats import binomtest

from maskrcnn_inspect.analysis.verdict_table.comparing import ScoredDetections, compare, mcnemar
from maskrcnn_inspect.analysis.verdict_table.rows import table_of
from tests.analysis.verdict_table.collecting import collected

MISSED = {"verdict": "score", "detection": None}


def compared(first, second):
    return compare(
        table_of(first),
        table_of(second),
        tuple(collected(ScoredDetections(), one) for one in (first, second)),
    )


@pytest.mark.parametrize(("won", "lost"), [(0, 1), (1, 0), (3, 3), (5, 6), (2, 40), (1500, 1400)])
def test_the_p_value_is_that_of_scipy(won, lost):
    assert mcnemar(won, lost) == pytest.approx(binomtest(won, won + lost).pvalue, rel=1e-9)
    assert mcnemar(0, 0) == 1.0


def test_won_lost_and_mcnemar_by_hand(made):
    first = [made(0, [{}, MISSED, MISSED, MISSED])]
    second = [made(0, [MISSED, {}, {}, {}])]
    found = compared(first, second)
    assert [change.row for change in found.won] == [1, 2, 3] and [change.row for change in found.lost] == [0]
    assert {change.before for change in found.won} == {"score"}
    assert found.p_value == pytest.approx(2 * (1 + 4) / 16)  # of 4 coins 1 or fewer, on either side
    assert compared(first, first).p_value == 1.0


def test_ap_by_hand():
    # right, wrong, right of 2 objects: precision 1 to recall 0.5, then 2/3
    one = collected(
        ScoredDetections(), [_record([("cell", 0.9, True), ("cell", 0.8, False), ("cell", 0.7, True)], 2)]
    )
    assert one.ap() == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert collected(ScoredDetections(), [_record([], 2)]).ap() == 0
    assert collected(ScoredDetections(), [_record([("cell", 0.9, False)], 0)]).ap() == 0


def test_an_image_that_is_drawn_twice_counts_twice():
    records = [_record([("cell", 0.9, True)], 1), _record([("cell", 0.95, False)], 1)]
    weighted = collected(ScoredDetections(), records).ap(np.array([3, 2]))
    repeated = collected(ScoredDetections(), [records[0]] * 3 + [records[1]] * 2).ap()
    assert weighted == pytest.approx(repeated)


def test_the_interval_holds_the_difference_and_is_nothing_for_one_model(made):
    better = [made(i, [{}], [{}]) for i in range(8)]
    worse = [made(i, [MISSED if i % 2 else {}], [] if i % 2 else [{}]) for i in range(8)]
    found = compared(worse, better)
    assert (
        found.before < found.after == 1
        and found.difference.low <= found.difference.value <= found.difference.high
    )
    same = compared(worse, worse).difference
    assert same == (0, 0, 0)


def test_other_data_is_refused(made):
    with pytest.raises(
        ValueError, match="over the same images and objects, received 1 images with 1 objects"
    ):
        compared([made(0, [{}])], [made(0, [{}, {}])])
    with pytest.raises(ValueError, match="object 0 is elsewhere"):
        compared([made(0, [{}])], [made(0, [{"box": [30.0, 0.0, 40.0, 9.0]}])])


def _record(detections, objects):
    return {
        "truths": [{"class": "cell", "verdict": "found"}] * objects,
        "detections": [
            {"class": name, "score": score, "verdict": "correct" if right else "background"}
            for name, score, right in detections
        ],
    }
