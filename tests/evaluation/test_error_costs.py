import numpy as np
import pytest

from maskrcnn_core.evaluation.metrics.error_costs import average_precision, precision_recall


def test_precision_and_recall_match_tensorflow_models(peer_cases):
    case = peer_cases["tfod_precision_recall"]
    inputs = case["inputs"]
    scores, correct = np.array(inputs["scores"]), np.array(inputs["labels"], bool)
    precision, recall = precision_recall(scores, correct, inputs["num_gt"])
    np.testing.assert_allclose(precision, case["expected"]["precision"], atol=case["tolerance"])
    np.testing.assert_allclose(recall, case["expected"]["recall"], atol=case["tolerance"])


@pytest.mark.parametrize(
    ("correct", "num_truths", "wanted"),
    [
        ([True], 1, 1),
        ([True], 2, 51 / 101),
        ([False, True], 1, 0.5),
        ([True, False, True], 2, (51 + 50 * 2 / 3) / 101),
        ([False, True, True], 2, 2 / 3),  # the dip before is filled: the best at that recall or beyond
        ([False], 1, 0),
        ([], 3, 0),
        ([False], 0, 0),
    ],
)
def test_average_precision_by_hand(correct, num_truths, wanted):
    scores = np.linspace(0.9, 0.1, len(correct))
    assert average_precision(scores, np.array(correct, bool), num_truths) == pytest.approx(wanted)


def test_of_equal_scores_the_earlier_counts_first():
    scores = np.array([0.5, 0.5])
    assert average_precision(scores, np.array([True, False]), 1) == 1
    assert average_precision(scores, np.array([False, True]), 1) == 0.5
