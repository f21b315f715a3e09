"""The registry: one object in one file, complete, and nothing owned twice."""

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from maskrcnn_inspect.analysis.weights import rules as package
from maskrcnn_inspect.analysis.weights.rules.registry import checked, of_scope, rules
from maskrcnn_inspect.analysis.weights.rules.rule import LAYER, SCOPES, Limits, Rule, Verdict, apply, in_turn
from maskrcnn_inspect.analysis.weights.rules.thresholds import SHARED, Thresholds

FOLDER = Path(package.__file__).parent
FILES = sorted(f"{file.parent.name}/{file.stem}" for file in FOLDER.glob("*/*.py") if file.stem != "__init__")


def made(name: str, **changed) -> Rule:
    words = {"title": name, "scope": "gradient", "place": 1, "why": "w", "advice": "a", "source": "s"}
    return Rule(name=name, check=lambda _subject, _limits: None, **(words | changed))


def test_every_file_of_a_folder_is_one_rule_of_its_name_and_scope():
    assert sorted(f"{rule.scope}/{rule.name}" for rule in rules()) == FILES
    assert len(FILES) == 25


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_has_words_and_a_fault_that_proves_it(rule):
    assert all((rule.title, rule.why, rule.advice, rule.source))
    assert bool(rule.faults) != bool(rule.faulty)
    assert bool(rule.variable) == (rule.looks_at == LAYER), "a finding on a layer names its variable"


def test_columns_stand_in_the_order_of_the_places():
    places = [rule.place for rule in rules()]
    assert places == sorted(set(places))
    assert sorted(of_scope(*SCOPES)) == sorted(rule.name for rule in rules())


def test_every_threshold_is_used_and_has_one_owner():
    text = "".join(file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.py"))
    owned = [name for rule in rules() for name in rule.thresholds]
    assert sorted([*owned, *SHARED]) == sorted(Thresholds().values)
    assert [name for name in Thresholds().values if f"limits.{name}" not in text] == []


def test_two_of_a_name_and_two_owners_of_a_threshold_are_refused():
    with pytest.raises(ValueError, match="'a'"):
        checked((made("a"), made("a")))
    with pytest.raises(ValueError, match="'t'"):
        checked((made("a", thresholds={"t": 1.0}), made("b", thresholds={"t": 2.0})))
    with pytest.raises(ValueError, match="wanted a scope"):
        made("a", scope="anything")


def test_a_rule_is_silent_where_it_cannot_judge_or_another_says_more():
    limits = Limits({"line": 1.0})

    def above(number: float, limits: Limits) -> Verdict | None:
        return Verdict("error", number, limits.line, "") if number > limits.line else None

    first = replace(made("first"), check=above)
    second = replace(first, name="second", silenced_by=("first",), judges=lambda number: number != 0.5)
    assert list(apply(in_turn((second, first)), 2.0, limits)) == ["first"]
    assert apply(in_turn((second, first)), 1.0, limits) == {"first": None, "second": None}
    assert apply(in_turn((second, first)), 0.5, limits) == {"first": None}


def test_limits_are_attributes_by_their_names_alone():
    assert Thresholds(kurtosis=3.0).kurtosis == 3.0
    assert Thresholds(kurtosis=3.0) == Thresholds(kurtosis=3.0) != Thresholds()
    assert pickle.loads(pickle.dumps(Thresholds(kurtosis=3.0))) == Thresholds(kurtosis=3.0)
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        _ = Thresholds().nothing_of_this_name


def test_an_entry_that_is_no_rule_is_refused_by_name(monkeypatch):
    entry = SimpleNamespace(load=lambda: FOLDER)
    monkeypatch.setattr(
        "maskrcnn_inspect.analysis.weights.rules.registry.offered", lambda _: {"theirs": entry}
    )
    with pytest.raises(ValueError, match=r"'theirs'.*wanted a Rule, received PosixPath"):
        rules.__wrapped__()
