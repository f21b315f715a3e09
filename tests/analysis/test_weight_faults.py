"""Every rule fires on a fault of its kind, and no error is reported elsewhere."""

import numpy as np
import pytest

from benchmarks.other_fault_kinds import other_cases
from benchmarks.weight_faults import Case, markdown, run, table
from maskrcnn_inspect.analysis.weights.rules.rule_texts import RULES


@pytest.fixture(scope="module")
def cases(healthy):
    return [*run(healthy), *(Case(*fields) for fields in other_cases(healthy))]


def described(case):
    return f"{case.kind}, {case.size}, {case.place}"


@pytest.mark.parametrize("rule", RULES)
def test_a_fault_of_its_kind_is_found_in_every_size_and_layer(cases, rule):
    of_rule = [case for case in cases if case.rule == rule and not case.faint]
    assert of_rule, "no fault of this kind is put in"
    assert [described(case) for case in of_rule if not case.hit] == []


@pytest.mark.parametrize("rule", RULES)
def test_no_error_is_reported_elsewhere(cases, rule):
    assert [(described(c), c.false_alarms) for c in cases if c.rule == rule and c.false_alarms] == []


def test_the_table_has_a_row_a_rule(cases):
    rows = table(cases)
    assert [row[0] for row in rows] == list(RULES)
    assert markdown(rows).count("\n") == len(RULES) + 1


def test_faults_leave_the_healthy_weights_alone(healthy):
    before = {name: array.copy() for name, array in healthy.items()}
    run({name: array for name, array in healthy.items() if name.startswith("fpn.")})
    assert all(np.array_equal(before[name], array) for name, array in healthy.items())
