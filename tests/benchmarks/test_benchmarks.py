"""The table of the benchmarks: what is met and what is missed, and that a case runs from the command to the file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from rows import Row, Times, ratio_of, table, time_row, timed

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("goal", "value", "ratio", "met"),
    [
        ("", 1.0, None, None),
        ("<= 1.10", 9.0, 1.10, True),
        ("<= 1.10", 0.1, 1.11, False),
        (">= 0.78", 9.0, 0.77, False),
        ("<= 1.4", 1.39, None, True),
        ("<= 1.4", float("nan"), None, False),
    ],
)
def test_a_goal_holds_for_the_ratio_where_there_is_one(goal, value, ratio, met):
    assert Row("x", value, "s", ratio=ratio, goal=goal).met is met


def test_works_take_turns_after_a_warm_up():
    order: list[str] = []
    times = timed({name: lambda name=name: order.append(name) for name in "ab"}, 3)
    assert order == ["a", "b", *"ab", *"ba", *"ab"]  # none is always the second
    assert [len(times[name].wall) for name in "ab"] == [3, 3]
    assert all(seconds >= 0 for seconds in times["a"].cpu)


def test_a_ratio_compares_neighbours_so_that_a_slow_minute_does_not_count():
    one, other = Times([2.0, 20.0, 2.0], []), Times([1.0, 10.0, 1.0], [])
    assert ratio_of(one, other) == 2.0


def test_the_table_says_what_was_missed():
    rows = [
        time_row("detect", Times([2.0, 1.0, 3.0], []), "the floor", 1.25, "<= 1.10"),
        Row("peak", 451.7, "GFLOP/s"),
    ]
    assert table(rows).splitlines()[2:] == [
        "| detect | 2 s | 1–3 | the floor | 1.25 | <= 1.10 | **no** |",
        "| peak | 452 GFLOP/s |  |  |  |  |  |",
    ]


def test_a_case_runs_from_the_command_to_the_file(tmp_path):
    words = [sys.executable, str(FOLDER / "run.py"), "--quick", "--only", "pasting"]
    done = subprocess.run([*words, "--json", str(tmp_path / "out.json")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "| pasting 10 masks, 128 px |" in done.stdout
    content = json.loads((tmp_path / "out.json").read_text())
    assert content["cases"] == ["pasting"]
    assert [row["name"] for row in content["rows"]] == ["pasting 10 masks, 128 px", "pasting none, 128 px"]
    assert all(row["value"] > 0 for row in content["rows"])


def test_an_unknown_case_is_refused_in_words():
    words = [sys.executable, str(FOLDER / "run.py"), "--only", "nothing"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 2
    assert "wanted a word of" in done.stderr and "Traceback" not in done.stderr
