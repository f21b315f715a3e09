"""Likely label errors: each kind by hand, and nothing where model and labels agree."""

from maskrcnn_inspect.analysis.verdict_table.findings import findings_of
from maskrcnn_inspect.analysis.verdict_table.label_errors import KINDS, SURE, label_errors
from maskrcnn_inspect.analysis.verdict_table.rows import table_of

MISSED = {"verdict": "background", "detection": None, "score": 0.02}


def kinds(*records):
    return [(one.kind, one.row) for one in label_errors(table_of(records))]


def test_agreement_is_no_error(made):
    assert kinds(made(0, [{}, {}], [{}, {}])) == []


def test_a_sure_detection_of_nothing_is_a_missing_label_and_a_doubtful_one_is_not(made):
    sure = {"verdict": "background", "truth": None, "score": SURE}
    assert kinds(made(0, [{}], [{}, sure])) == [("missing label", 1)]
    assert kinds(made(0, [{}], [{}, {**sure, "score": SURE - 0.01}])) == []


def test_what_no_candidate_took_for_an_object_is_a_label_without_one(made):
    assert kinds(made(0, [{}, MISSED])) == [("label without an object", 1)]
    assert kinds(made(0, [{}, {**MISSED, "score": 0.4}])) == []


def test_a_wrong_class_and_a_moved_label_are_told_of_the_object(made):
    wrong = {"verdict": "confusion", "class": "dust", "truth": 0}
    moved = {"verdict": "localisation", "truth": 0, "iou": 0.3}
    lost = {"verdict": "wrong class", "detection": None, "score": 0.2}
    assert kinds(made(0, [lost], [wrong])) == [("wrong class", 0)]
    assert kinds(made(0, [{**lost, "verdict": "localisation"}], [moved])) == [("moved label", 0)]
    assert kinds(made(0, [{}], [{}, wrong])) == []  # another detection agrees with the label


def test_two_labels_on_one_place_are_one_too_many(made):
    here = {"box": [0.0, 0.0, 20.0, 20.0]}
    assert kinds(made(0, [here, {"box": [0.0, 0.0, 20.0, 21.0]}])) == [("doubled label", 1)]
    assert kinds(made(0, [here]), made(1, [here])) == []
    assert kinds(made(0, [here, {**here, "verdict": "crowd"}])) == []


def test_the_surest_of_each_kind_comes_first(made):
    first = {"verdict": "background", "truth": None, "score": 0.95}
    found = label_errors(table_of([made(0, [MISSED], [first, {**first, "score": 0.99}])]))
    assert [one.kind for one in found] == [KINDS[0], KINDS[0], KINDS[1]]
    assert [one.suspicion for one in found[:2]] == [0.99, 0.95]


def test_findings_name_what_no_setting_mends(made):
    small = {"verdict": "no anchor", "detection": None, "box": [0.0, 0.0, 4.0, 6.0]}
    large = {"verdict": "no anchor", "detection": None, "box": [0.0, 0.0, 4.0, 9.0]}
    wrong = {"verdict": "confusion", "class": "dust", "truth": 2}
    found = findings_of(table_of([made(0, [small, large, {}], [wrong, wrong])]))
    assert [one.rows for one in found] == [[0, 1], [3, 4]]
    assert found[0].title == "no anchor: 2 objects, 66.7%" and "6 to 9 px" in found[0].sentence
    assert found[1].title == "cell taken for dust: 2"
