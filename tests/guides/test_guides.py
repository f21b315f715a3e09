"""The worked examples of the guides, taken from their pages and run as a reader would.

A block with a title is a file; ``diff`` adds lines to a file of a copy of this project. ``python`` and ``sh`` blocks
without a title run in the order of the page, each in a process of its own.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


class Block(NamedTuple):
    kind: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text(encoding="utf-8"))]


def insert(path: Path, diff: str) -> None:
    """Add the ``+`` lines of a diff after the line before them, which the file must hold exactly once."""
    (context, *_), added = (
        [line[1:] for line in diff.splitlines() if line.startswith(mark)] for mark in (" ", "+")
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines.count(context) == 1, f"{path.name} holds {lines.count(context)} times: {context}"
    place = lines.index(context) + 1
    path.write_text("\n".join([*lines[:place], *added, *lines[place:], ""]), encoding="utf-8")


def copy_of_project(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("maskrcnn_core", "inspect"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def install(package: Path, target: Path) -> None:
    pip = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", *pip, str(package)], check=True)


def run(command: list[str], folder: Path, path: list[Path]) -> str:
    bin_folder = Path(sys.executable).parent
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_example_of_the_guide_works(page, tmp_path):
    found = blocks(page)
    changes_project = any(block.kind == "diff" for block in found)
    work, target = tmp_path / "work", tmp_path / "installed"
    work.mkdir()
    if changes_project:
        copy_of_project(work)
    for block in (block for block in found if block.title):
        path = work / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.kind == "diff":
            insert(path, block.text)
        else:
            path.write_text(block.text, encoding="utf-8")
    if changes_project:
        paths = [work, work / "inspect"]
    else:
        install(work, target)
        paths = [target, ROOT, ROOT / "inspect"]
    running = [block for block in found if not block.title and block.kind in ("python", "sh")]
    assert running, "the page shows no use of its example"
    for block in running:
        command = [sys.executable, "-c"] if block.kind == "python" else ["sh", "-ec"]
        run([*command, block.text], work, paths)


@pytest.mark.parametrize(
    ("guide", "most"),
    [("view", 2), ("stage", 5), ("data_format", 2), ("weight_rule", 2)],
    ids=lambda value: str(value),
)
def test_number_of_files_of_each_extension(guide, most):
    files = {block.title for block in blocks(ROOT / "docs" / "guides" / f"{guide}.md") if block.title}
    if guide == "stage":
        files.add("tests/recording/test_tensors.py")  # which the page names in words
    assert 0 < len(files) <= most
