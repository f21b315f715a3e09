"""The project's own laws: equal requirements everywhere, clean notebooks."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from maskrcnn_core import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "maskrcnn_core": ROOT / "maskrcnn_core",
    "maskrcnn_inspect": ROOT / "inspect" / "maskrcnn_inspect",
}
MODULES = sorted(path for folder in PACKAGES.values() for path in folder.rglob("*.py"))
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)

MAX_CELL_LINES = 15

# --- requirements -------------------------------------------------------------------------------------------


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def requirements(*extras: str) -> list[Requirement]:
    lines = list(project()["dependencies"])
    for extra in extras:
        lines += project()["optional-dependencies"][extra]
    every = [Requirement(line) for line in lines]
    return [one for one in every if one.name != project()["name"]]  # an extra may name another extra of ours


def essence(requirement: Requirement) -> tuple:
    """Give what a requirement asks for, however it is written."""
    name = canonicalize_name(requirement.name)
    return name, frozenset(requirement.extras), str(requirement.specifier), str(requirement.marker or "")


def constraint_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_environment_asks_for_what_pyproject_asks_for():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    from_pip = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    asked = [Requirement(line) for line in from_pip if not line.startswith("--")]
    assert {essence(one) for one in asked} == {
        essence(one) for one in requirements("views", "cpu", "dev", "docs")
    }
    assert len(asked) == len(requirements("views", "cpu", "dev", "docs"))
    assert [line for line in from_pip if line.startswith("--")] == [
        "--constraint constraints.txt",
        "--editable .",
    ]


def test_environment_asks_for_the_python_of_pyproject():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python, pip = (Requirement(entry) for entry in dependencies if isinstance(entry, str))
    assert (python.name, pip.name) == ("python", "pip")
    assert str(python.specifier) == str(Requirement("python" + project()["requires-python"]).specifier)


def test_run_accepts_the_pythons_of_pyproject():
    script = (ROOT / "run").read_text()
    versions = re.search(r"case \$version in ([\d. |]+)\) return", script)
    assert versions is not None
    allowed = Requirement("python" + project()["requires-python"]).specifier
    assert versions[1].split(" | ") == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]


def test_constraints_are_plain_pins():
    for line in constraint_lines():
        assert re.fullmatch(r"[a-z0-9-]+==[a-zA-Z0-9.]+", line), line
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_constraints_satisfy_pyproject():
    pinned = dict(line.split("==") for line in constraint_lines())
    for requirement in requirements(*project()["optional-dependencies"]):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} has no line in constraints.txt"
        assert pinned[name] in requirement.specifier, (
            f"{name}=={pinned[name]} is outside {requirement.specifier}"
        )


def test_precommit_runs_the_checks_of_ci():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    from_hooks = [hook["entry"].removeprefix(".venv/bin/") for hook in hooks]
    body = (ROOT / "run").read_text().partition("run_checks() {")[2].partition("\n}")[0]
    steps = re.findall(r"^    step (.+)$", body, flags=re.MULTILINE)
    assert from_hooks == [step.removesuffix(' "$@"') for step in steps]
    assert "./run test" in (ROOT / ".ci" / "run").read_text()


# --- releases -----------------------------------------------------------------------------------------------


def test_version_has_one_place_and_an_entry_in_the_changelog():
    assert project()["dynamic"] == ["version"]
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert __version__ in versions


def test_workflow_runs_the_pythons_of_pyproject():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    allowed = Requirement("python" + project()["requires-python"]).specifier
    wanted = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]
    assert jobs["test"]["strategy"]["matrix"]["python"] == wanted
    assert jobs["wheel"]["strategy"]["matrix"]["python"] == wanted
    assert {"run": ".ci/run"} in jobs["test"]["steps"]


# --- Python's own inspect -----------------------------------------------------------------------------------


def test_inspect_folder_is_no_module():
    assert not list((ROOT / "inspect").glob("*.py"))


def test_import_inspect_gives_the_standard_library():
    program = "import inspect; print(inspect.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ROOT / "inspect" not in Path(found.stdout.strip()).parents
    assert Path(found.stdout.strip()).name == "inspect.py"


# --- notebooks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_stores_no_outputs(path: Path):
    for number, cell in enumerate(code_cells(path), start=1):
        assert cell["outputs"] == [], f"code cell {number} has outputs: clear them before committing"
        assert cell["execution_count"] is None, (
            f"code cell {number} has been run: clear the outputs before committing"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_cells_hold_one_idea(path: Path):
    for number, cell in enumerate(code_cells(path), start=1):
        lines = "".join(cell["source"]).splitlines()
        assert len(lines) <= MAX_CELL_LINES, f"code cell {number} has {len(lines)} lines"


def code_cells(path: Path) -> list[dict]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
