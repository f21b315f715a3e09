"""Every rule fires on a fault of its kind, and no error is reported elsewhere; the written table says so of each."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.weight_faults import BEGIN, END, markdown, other_cases, put_table, run, table
from maskrcnn_inspect.analysis.weights.rules.registry import RULES


@pytest.fixture(scope="module")
def cases(healthy):
    return [*run(healthy), *other_cases(healthy)]


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


def test_the_written_table_has_the_rules_and_their_faults_and_none_missed():
    root = Path(__file__).parents[4]
    texts = [file.read_text(encoding="utf-8") for file in (root / "README.md", *root.glob("docs/**/*.md"))]
    (text,) = (text for text in texts if BEGIN in text)
    between = text.partition(BEGIN)[2].partition(END)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in between.splitlines() if "|" in line]
    shown = {rule: kinds for rule, kinds, *_ in rows[2:]}
    assert list(shown) == list(RULES)
    for rule in RULES.values():
        named = {f"{fault.variable}: {fault.kind}" for fault in rule.faults}
        assert not named or set(shown[rule.name].split("; ")) == named
    assert all((hits, misses, alarms) == (cases, "0", "0") for _, _, cases, hits, misses, alarms in rows[2:])
    total = int(re.search(r"([\d,]+) cases", between)[1].replace(",", ""))
    assert total == sum(int(row[2]) for row in rows[2:])


def test_the_table_is_written_between_its_marks_and_nowhere_else(cases):
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = put_table(text, cases)
    assert once.startswith("before\n") and once.endswith("\nafter\n") and "old" not in once
    assert put_table(once, cases) == once
    indented = put_table(f"!!! note\n    {BEGIN}\n    {END}\n", cases)
    assert all(line.startswith("    ") for line in indented.splitlines()[1:] if line)
    assert put_table(indented, cases) == indented
    with pytest.raises(ValueError, match="wanted one"):
        put_table("no marks", cases)


def test_faults_leave_the_healthy_weights_alone(healthy):
    before = {name: array.copy() for name, array in healthy.items()}
    run({name: array for name, array in healthy.items() if name.startswith("fpn.")})
    assert all(np.array_equal(before[name], array) for name, array in healthy.items())
