"""``maskrcnn doctor``: faults are said with what to do, and the self-test notices a machine that miscalculates."""

import json
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from maskrcnn_core import cli
from maskrcnn_core.commands import doctor as command
from maskrcnn_core.doctor import report, self_test
from maskrcnn_core.doctor.report import Line
from maskrcnn_core.runtime.memory import Memory
from maskrcnn_core.runtime.onednn import MARK, VARIABLE
from maskrcnn_core.runtime.processor import Processor

ROOT = Path(__file__).resolve().parents[2]
MACHINE = Processor("A <b>processor</b> [red]", "", frozenset({"avx2"}), 4)
ROOMY = Memory(2**34, 2**33)


def faults(lines: list[Line]) -> list[str]:
    for line in lines:
        assert bool(line.fault) == bool(line.remedy), line
    return [line.fault for line in lines if line.fault]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MASKRCNN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# --- lines ---------------------------------------------------------------------------------------------------


def test_a_sound_machine_has_no_faults(cache):
    assert faults(report.machine_lines(MACHINE, ROOMY, cache)) == []
    assert faults(report.device_lines({"CPU": 1}, has_nvidia=False)) == []
    assert faults(report.python_lines()) == []
    assert faults(report.cache_lines(cache)) == []
    assert faults(report.setting_lines({}, MACHINE)) == []


def test_little_memory_and_little_disk_are_said(cache, monkeypatch):
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(report.shutil, "disk_usage", lambda path: Usage(2**40, 2**40, 2**20))
    found = faults(report.machine_lines(MACHINE, Memory(2**34, 2**30), cache))
    assert len(found) == 2
    assert found[0].startswith("little memory") and found[1].startswith("little room")


def test_memory_that_no_one_tells_is_no_fault(cache):
    assert faults(report.machine_lines(MACHINE, Memory(0, 0), cache)) == []


REQUIRED = [
    "numpy>=2.0",
    "h5py>=3.11,<3.15",
    "gone>=1",
    'mypy>=1; extra == "dev"',
    'old; python_version < "3"',
]


def test_versions_that_do_not_fit_are_named():
    installed = {"numpy": "2.1", "h5py": "3.15.0", "tensorflow-cpu": "2.21.0", "keras": "3.15.1"}
    found = faults(report.version_lines(REQUIRED, installed.get))
    assert found == ["wanted h5py<3.15,>=3.11", "wanted gone>=1, which is not installed"]


def test_a_folder_that_runs_as_it_is_asks_for_what_its_file_says(tmp_path):
    assert "numpy>=2.0" in report._of_folder(ROOT)
    for text in ("", "[project", '[project]\nname = "another"\ndependencies = ["x"]\n'):
        (tmp_path / "pyproject.toml").write_text(text)
        assert report._of_folder(tmp_path) == [report.DISTRIBUTION]
    assert report._of_folder(tmp_path / "missing") == [report.DISTRIBUTION]


@pytest.mark.parametrize(
    ("installed", "fault"),
    [
        ({}, "TensorFlow is not installed"),
        ({"tensorflow": "2.21.0", "tensorflow-cpu": "2.20.0"}, "two versions in the same folder"),
    ],
)
def test_tensorflow_has_to_be_there_once(installed, fault):
    assert faults(report.version_lines([], installed.get)) == [fault]


def test_a_gpu_that_tensorflow_does_not_see_is_a_fault():
    assert len(faults(report.device_lines({"CPU": 1}, has_nvidia=True))) == 1
    assert faults(report.device_lines({"CPU": 1, "GPU": 2}, has_nvidia=True)) == []


def test_settings_tell_what_was_chosen_and_which_variables_have_a_say():
    environment = {"OMP_NUM_THREADS": "1", "HOME": "/h", "MASKRCNN_COCO_URL": "https://me:secret@host/w.h5"}
    lines = report.setting_lines(environment, MACHINE)
    names = [line.name for line in lines]
    assert names == [
        "oneDNN, inference",
        "oneDNN, training",
        "bfloat16, training",
        "threads",
        "OMP_NUM_THREADS",
    ]
    assert lines[0].value.startswith("off") and lines[1].value.startswith("on")
    assert faults(lines) == ["OMP_NUM_THREADS=1 leaves 3 cores idle"]
    assert "secret" not in str(lines)


def test_the_switch_is_shown_as_a_variable_only_where_the_user_set_it():
    ours = report.setting_lines({VARIABLE: "0", MARK: "inference"}, MACHINE)
    users = report.setting_lines({VARIABLE: "0"}, MACHINE)
    assert VARIABLE not in [line.name for line in ours]
    assert users[0].value == f"off: {VARIABLE}=0 is set"


def test_a_folder_that_takes_the_place_of_inspect_is_a_fault():
    shadow = SimpleNamespace(__file__="/home/me/project/inspect/__init__.py")
    assert "not Python's own" in faults(report.python_lines(shadow))[0]


# --- the self-test -------------------------------------------------------------------------------------------


@pytest.fixture
def stored() -> dict:
    return self_test.stored_answer()


def test_the_answer_belongs_to_the_weights_that_ship(stored):
    """If not: python -m maskrcnn_core.doctor.self_test > maskrcnn_core/assets/self_test.json."""
    assert stored["weights"] == self_test.weights_hash()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("class_ids", [1, 1, 3, 3], "wanted classes"),
        ("class_ids", [1, 2], "wanted classes"),
        ("scores", [0.9, 0.9, 0.9, 0.9], "scores are"),
        ("scores", [float("nan")] * 4, "scores are nan apart"),
        ("boxes", [[0, 0, 9, 9]] * 4, "boxes are"),
        ("pixels", [1, 818, 458, 142], "masks differ in 99.8% of their pixels"),
    ],
)
def test_another_answer_is_noticed(stored, name, value, words):
    assert self_test.differences(stored, stored) == ""
    assert words in self_test.differences(stored, {**stored, name: value})


def test_rounding_is_no_difference(stored):
    scores = [score - 1e-4 for score in stored["scores"]]
    assert self_test.differences(stored, {**stored, "scores": scores}) == ""


@pytest.mark.parametrize("value", [1.0, float("nan")])
def test_another_loss_is_noticed(stored, value):
    assert self_test.worse(stored, stored) == ""
    losses = {**stored["losses"], "losses.mask": value}
    assert self_test.worse(stored, {**stored, "losses": losses}).startswith("losses.mask: wanted 0.0")


def test_traces_that_differ_in_one_bit_are_named():
    one = {"a": np.float32([1, np.nan]), "b": np.array([True])}
    other = {"a": np.float32([1, np.nan]), "b": np.array([False])}
    assert self_test.unequal_traces(one, one) == ""
    assert self_test.unequal_traces(one, other) == "b"


# --- the command ---------------------------------------------------------------------------------------------


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main(["doctor", *map(str, arguments)])
    return stop.value.code


@pytest.mark.slow
def test_doctor_finds_this_machine_sound(tmp_path, capfd):
    """If it does not, it says why and what to do."""
    status = run("--no-measure", "--json", tmp_path / "report.json")
    said = capfd.readouterr().out
    lines = [Line(**fields) for fields in json.loads((tmp_path / "report.json").read_text())]
    assert faults([line for line in lines if line.section == "self-test"]) == [], said
    measured = {"engines"}  # by --measure alone
    assert {line.section for line in lines} == set(command.SECTIONS) - measured
    assert status == (1 if faults(lines) else 0)
    assert "bit by bit" in said


@pytest.mark.slow
@pytest.mark.parametrize("switch", ["0", "1"])
def test_the_answer_is_the_same_with_either_make_of_convolutions(switch):
    program = (
        "from maskrcnn_core.doctor.self_test import run_self_test; print([s.fault for s in run_self_test()])"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "inspect")))
    environment = {**os.environ, VARIABLE: switch, "PYTHONPATH": path}
    environment.pop(MARK, None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([""] * 5)


def test_a_fault_is_printed_as_text_with_its_remedy_and_makes_the_status_1(monkeypatch, capfd):
    broken = [Line("devices", "TensorFlow", "-", "cannot be imported: [bold]no[/bold]", "install it")]
    monkeypatch.setattr(command, "running_lines", lambda tested: broken)
    assert run("--no-measure") == 1
    said = capfd.readouterr().out
    assert "cannot be imported: [bold]no[/bold]" in said
    assert "→ install it" in said
    assert "All is well" not in said


def test_doctor_measures_what_is_not_remembered_and_engines_where_asked(monkeypatch, capfd):
    from maskrcnn_core.doctor import engines, timing

    kinds: list[str] = []
    result = timing.summary([1.0] * 12, [2.0] * 12, "2.21.0")
    monkeypatch.setattr(timing, "measure", lambda kind: kinds.append(kind) or result)
    monkeypatch.setattr(command, "running_lines", lambda tested: [])
    monkeypatch.delenv(VARIABLE, raising=False)
    run()
    run()
    assert kinds == ["inference", "training", "bfloat16"]
    assert "ms an image" not in capfd.readouterr().out
    monkeypatch.setattr(engines, "MODEL", "shapes")  # whose export is sooner made
    run("--measure")
    assert kinds == ["inference", "training", "bfloat16"] * 2
    assert "ms an image of shapes, the fastest here" in " ".join(capfd.readouterr().out.split())


def test_a_measurement_that_takes_too_long_is_said_and_is_no_fault(monkeypatch):
    from maskrcnn_core.doctor import timing

    def slow(kind: str):
        raise TimeoutError("this machine is busy")

    monkeypatch.setattr(timing, "measure", slow)
    lines = command.measured_lines(True)
    assert faults(lines) == []
    assert {line.value for line in lines} == {"not measured: this machine is busy"}


def test_a_setting_that_could_not_be_measured_has_one_line(monkeypatch, capfd):
    from maskrcnn_core.doctor import timing

    def slow(kind: str):
        raise TimeoutError("this machine is busy; `maskrcnn doctor --measure` when it is idle")

    monkeypatch.setattr(timing, "measure", slow)
    monkeypatch.setattr(command, "running_lines", lambda tested: [])
    monkeypatch.delenv(VARIABLE, raising=False)
    run()
    said = " ".join(capfd.readouterr().out.split())
    assert said.count("oneDNN, inference") == said.count("bfloat16, training") == 1
    assert said.count("not measured: this machine is busy") == 3
    assert "`maskrcnn doctor` measures" not in said


def test_a_measurement_that_fails_is_a_fault(monkeypatch):
    from maskrcnn_core.doctor import timing

    def fails(kind: str):
        raise ValueError("no TensorFlow")

    monkeypatch.setattr(timing, "measure", fails)
    assert faults(command.measured_lines(True)) == ["no TensorFlow"] * 3


def test_doctor_says_what_is_not_clear_and_forgets_what_it_is_told_to(monkeypatch, capfd):
    from maskrcnn_core.doctor import timing

    monkeypatch.setattr(timing, "measure", lambda kind: timing.summary([1.0] * 12, [2.0, 0.5] * 6, "2.21.0"))
    monkeypatch.setattr(command, "running_lines", lambda tested: [])
    monkeypatch.setattr(command, "compared_lines", list)
    monkeypatch.delenv(VARIABLE, raising=False)
    run("--measure")
    assert "not clear: TensorFlow's default stays" in " ".join(capfd.readouterr().out.split())
    run("--forget")
    assert "machine.json" in capfd.readouterr().out.replace("\n", "")
    run("--no-measure")
    assert "measured here" not in capfd.readouterr().out
    run("--forget")
    assert "nothing was remembered" in capfd.readouterr().out
