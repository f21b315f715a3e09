"""Notebooks on what is not theirs: photographs, images without objects, names that are markup.

On what they have of themselves they run in tests/browser, where what they show is looked at.
"""

import asyncio
import os
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from PIL import Image
from skimage import data

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.weights import load_model, save_weights

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 90  # of processor time: the clock would judge whatever else runs on the machine
VARIABLES = ("IMAGE", "WEIGHTS", "WEIGHTS_BEFORE", "DATA", "TRUTH", "INDEX", "OTHER")
BEFORE = """import os, time
os.chdir({folder!r})
for variable in {variables!r}:
    os.environ.pop(f"MASKRCNN_{{variable}}", None)
os.environ.update({given!r})
time.process_time()"""
NASTY = "<img src=x onerror=alert(1)>$\\frac$[red]"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kernel():
    """Give one kernel for all tests: five would take most of the time. In tests/browser each has one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKRCNN_SHORT", "1")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "inspect")]))
        for variable in VARIABLES:
            patch.delenv(f"MASKRCNN_{variable}", raising=False)
        manager = AsyncKernelManager(kernel_name="python3")
        yield manager
        if manager.has_kernel:
            asyncio.run(manager.shutdown_kernel(now=True))


@pytest.fixture
def execute(kernel, tmp_path):
    """Give a function that runs a notebook in an empty folder, with no name of another, and returns its cells."""

    def run(name, **environment):
        book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
        given = {f"MASKRCNN_{variable.upper()}": str(value) for variable, value in environment.items()}
        before = BEFORE.format(folder=str(tmp_path), given=given, variables=VARIABLES)
        book.cells = [code("%reset -f"), code(before), *book.cells, code("import time; time.process_time()")]
        NotebookClient(book, timeout=600, km=kernel).execute()
        began, ended = (
            float(place.outputs[0].data["text/plain"]) for place in (book.cells[1], book.cells[-1])
        )
        print(f"{name}: {ended - began:.0f} s of processor time", file=sys.stderr)
        assert ended - began <= MOST_SECONDS
        return book.cells[2:-1]

    return run


def code(text):
    return nbformat.v4.new_code_cell(text)


def outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


def printed(cells):
    return "".join(output.text for output in outputs(cells) if output.get("name") == "stdout")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Give the shipped model under a class name that is markup, and an image that it finds things on."""
    folder = tmp_path_factory.mktemp("hostile")
    model = load_model("shapes")
    model.config = model.config.replace(class_names=("background", NASTY, f"{NASTY}2", "\x1b[31mred"))
    save_weights(model, folder / "hostile.h5")
    Image.fromarray(Shapes(count=10, seed=20_000)[3].image).save(folder / "shapes.png")
    return {"weights": folder / "hostile.h5", "image": folder / "shapes.png"}


def test_inspect_model_opens_on_a_micrograph_and_finds_its_nuclei(execute):
    said = printed(execute("inspect_model"))
    found = int(said.split(" found: ")[0].split()[-1])
    assert 10 <= found <= 30 and "nucleus 0.9" in said


def test_inspect_model_says_that_a_photograph_holds_no_shapes(execute, tmp_path):
    Image.fromarray(data.astronaut()).save(tmp_path / "astronaut.png")
    said = printed(execute("inspect_model", weights="shapes", image=tmp_path / "astronaut.png"))
    nothing = said.split("Nothing found. The candidates that came closest:\n")
    assert len(nothing) == 2
    assert nothing[1].count("proposal ") >= 3


def test_demo_of_an_image_without_objects(execute, tmp_path):
    Image.fromarray(np.full((60, 90, 3), 120, np.uint8)).save(tmp_path / "grey.png")
    said = printed(execute("demo", image=tmp_path / "grey.png"))
    assert "0 found on 90 x 60 px" in said
    assert "proposal " in said and "100.0%" in said


@pytest.mark.parametrize("name", ["demo", "inspect_model"])
def test_a_class_name_is_never_markup(execute, hostile, name):
    cells = execute(name, **hostile)
    assert NASTY in printed(cells)
    for output in outputs(cells):
        for kind, text in output.get("data", {}).items():
            if kind in ("text/html", "image/svg+xml", "text/markdown", "text/latex"):
                assert "<img src=x" not in text, kind
