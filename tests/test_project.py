"""The project's own laws: equal requirements everywhere, imports one way, clean notebooks."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "maskrcnn_core": ROOT / "maskrcnn_core",
    "maskrcnn_inspect": ROOT / "inspect" / "maskrcnn_inspect",
}
MODULES = sorted(path for folder in PACKAGES.values() for path in folder.rglob("*.py"))
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)

MAX_CELL_LINES = 15

# The direction of imports: a room may import its own rank and lower ones. Rooms not named here are free.
RANKS = {
    "files": 0,
    "config": 1,
    "geometry": 1,
    "recording": 2,
    "stages": 2,
    "model": 3,
    "training": 4,
    "evaluation": 4,
    "inference": 4,
    "commands": 5,
    "cli": 5,
}


# --- requirements -------------------------------------------------------------------------------------------


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def requirements(*extras: str) -> list[Requirement]:
    lines = list(project()["dependencies"])
    for extra in extras:
        lines += project()["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


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
    assert {essence(one) for one in asked} == {essence(one) for one in requirements("cpu", "dev")}
    assert len(asked) == len(requirements("cpu", "dev"))
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


# --- files and imports --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "home", "imported"),
    [
        ("import maskrcnn_core.model as m", "maskrcnn_core.stages.rpn", ["maskrcnn_core.model"]),
        ("from maskrcnn_core import geometry", "maskrcnn_core.stages.rpn", ["maskrcnn_core.geometry"]),
        (
            "from ..geometry.boxes import iou",
            "maskrcnn_core.stages.rpn",
            ["maskrcnn_core.geometry.boxes.iou"],
        ),
        ("from . import anchors", "maskrcnn_core.stages.rpn", ["maskrcnn_core.stages.anchors"]),
        ("from . import geometry", "maskrcnn_core.__init__", ["maskrcnn_core.geometry"]),
    ],
)
def test_imports_are_read_as_python_reads_them(line: str, home: str, imported: list[str]):
    assert list(names_imported(ast.parse(line).body[0], home)) == imported


def test_imports_go_one_way():
    reverse = []
    for path in MODULES:
        home = module_name(path)
        for node in module_level_imports(ast.parse(path.read_text())):
            reverse += [
                f"{home} imports {name}" for name in names_imported(node, home) if goes_up(home, name)
            ]
    assert reverse == []


def test_core_reaches_inspect_only_inside_functions_of_the_command_line():
    outside = []
    for path in PACKAGES["maskrcnn_core"].rglob("*.py"):
        home, tree = module_name(path), ast.parse(path.read_text())
        lazily_allowed = room(home) in ("cli", "commands")
        nodes = module_level_imports(tree) if lazily_allowed else ast.walk(tree)
        imported = (name for node in nodes for name in names_imported(node, home))
        outside += [f"{home} imports {name}" for name in imported if name.split(".")[0] == "maskrcnn_inspect"]
    assert outside == []


def module_name(path: Path) -> str:
    base = next(folder.parent for folder in PACKAGES.values() if folder in path.parents)
    return ".".join(path.relative_to(base).with_suffix("").parts)


def room(module: str) -> str:
    """Give the part of a package that a name belongs to: `stages` for maskrcnn_core.stages.rpn.iou."""
    return [*module.split("."), ""][1]


def goes_up(home: str, name: str) -> bool:
    """Tell whether an import in the core goes against the data's direction."""
    if (
        not (home.startswith("maskrcnn_core.") and name.startswith("maskrcnn_core."))
        or room(home) not in RANKS
    ):
        return False
    core = PACKAGES["maskrcnn_core"]
    is_room = (core / room(name)).is_dir() or (core / f"{room(name)}.py").is_file()
    if name.count(".") == 1 and not is_room:
        return True  # a name that the package re-exports: it hides which room is imported
    return RANKS.get(room(name), 0) > RANKS[room(home)]


def module_level_imports(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the imports that run with the module: not those in functions, nor those for types only."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(child, ast.stmt | ast.excepthandler)
            ]


def names_imported(node: ast.AST, home: str) -> Iterator[str]:
    """Yield the full dotted names that an import statement in the module `home` asks for."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = home.split(".")[: -node.level] if node.level else []
        parts = above + (node.module.split(".") if node.module else [])
        yield from (".".join([*parts, alias.name]) for alias in node.names)


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
