"""The tests' own laws: what they run is this checkout, and nothing is skipped unseen."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maskrcnn_core.runtime.plugins import own

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "maskrcnn_core": ROOT / "maskrcnn_core",
    "maskrcnn_inspect": ROOT / "inspect" / "maskrcnn_inspect",
}
PROGRAMS = sorted(
    path
    for folder, kind in (("tests", "test_*.py"), ("benchmarks", "*.py"), ("notebooks", "*.ipynb"))
    for path in (ROOT / folder).rglob(kind)
    if ".ipynb_checkpoints" not in path.parts
)
ENTRY = "from importlib.metadata import entry_points; main, = entry_points(group='console_scripts', name='maskrcnn')"

MODULES = {  # test file -> status with which pytest ends: 0 passed, 1 a test failed, 2 collecting failed
    "import pytest\n\ndef test_a(): pytest.skip('no file')": 1,
    "import pytest\n\n@pytest.mark.skip(reason='later')\ndef test_a(): pass": 1,
    "import pytest\n\n@pytest.mark.parametrize('a', [])\ndef test_a(a): pass": 1,
    "import pytest\n\npytest.importorskip('no_such_module')\n\ndef test_a(): pass": 2,
    "import pytest\n\n@pytest.fixture\ndef a(): pytest.skip('no data')\n\ndef test_a(a): pass": 1,
    "import pytest\n\ndef test_a(): pytest.skip('/usr/bin/chromium is absent: apt-get install chromium')": 0,
    "import pytest\n\ndef test_a(): pytest.skip('no GPU')": 0,
    "import pytest\n\n@pytest.mark.xfail(strict=True)\ndef test_a(): assert False": 0,
}


@pytest.mark.parametrize("module", ["maskrcnn_core", "maskrcnn_inspect"])
def test_a_program_that_a_test_starts_is_the_checkout(module: str, tmp_path: Path):
    code = f"import {module}; print({module}.__file__)"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True)
    assert ROOT in Path(said.strip()).resolve().parents


def test_the_command_that_a_test_starts_is_the_checkout(tmp_path: Path):
    code = f"{ENTRY}; print(main.load().__code__.co_filename)"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True)
    assert Path(said.strip()).resolve() == ROOT / "maskrcnn_core" / "cli.py"


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_what_programs_in_texts_import_is_there(path: Path):
    """A program inside a string, or a notebook's cell, is read by no tool: a module that moved would be missed."""
    for module, names in re.findall(
        r"from (maskrcnn_(?:core|inspect)[\w.]*) import ([\w ,]+)", path.read_text()
    ):
        home = PACKAGES[module.split(".")[0]].joinpath(*module.split(".")[1:])
        file = home.with_suffix(".py") if home.with_suffix(".py").is_file() else home / "__init__.py"
        assert file.is_file(), f"{module} is not there"
        for name in (part.split(" as ")[0].strip() for part in names.split(",") if part.strip()):
            inside = (home / f"{name}.py").is_file() or (home / name).is_dir()
            inside |= module == "maskrcnn_inspect.views" and name in own("maskrcnn.views")
            assert inside or re.search(rf"\b{name}\b", file.read_text()), f"{module} has no {name}"


@pytest.mark.parametrize("part", ["analysis", "views"])
def test_the_tests_of_a_room_are_in_a_folder_of_its_name(part: str):
    home, tests = PACKAGES["maskrcnn_inspect"] / part, ROOT / "tests" / part
    rooms = {path.name for path in home.iterdir() if (path / "__init__.py").is_file()}
    assert {path.parent.name for path in tests.glob("*/test_*.py")} == rooms
    of_all = {path.name for path in tests.glob("test_*.py")}
    assert of_all == {"analysis": set(), "views": {"test_classic_defects.py", "test_export.py"}}[part]


@pytest.fixture
def status_of(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Give the status with which pytest ends on a module, with options and with CI set or not."""

    def status(content: str, *options: str, ci: bool = False) -> int:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.delenv("CI", raising=False)
        if ci:
            monkeypatch.setenv("CI", "true")
        pytester.makepyfile(content)
        ended = pytester.runpytest_inprocess("-q", "-p", "tests.skips", "-c", os.devnull, *options)
        return int(ended.ret)

    return status


@pytest.mark.parametrize("content", MODULES)
def test_a_skip_fails_where_nobody_looks_but_for_a_browser_or_a_gpu(content: str, status_of):
    assert status_of(content, ci=True) == MODULES[content]


def test_a_skip_fails_when_asked_and_is_a_skip_elsewhere(status_of):
    content = next(iter(MODULES))
    assert status_of(content, "--no-skips") == 1
    assert status_of(content) == 0
