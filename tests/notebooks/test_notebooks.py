"""Every notebook runs from its first cell to its last, in short form, as a reader would run it: without an install."""

import os
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from skimage import data

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.weights import load_model, save_weights

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 90  # of processor time: the clock would judge whatever else runs on the machine
NASTY = "<img src=x onerror=alert(1)>$\\frac$[red]"

pytestmark = pytest.mark.slow


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """Give a function that runs a notebook in an empty folder and returns its cells."""

    def run(name, **environment):
        monkeypatch.setenv("MASKRCNN_SHORT", "1")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "inspect")]))
        for variable in ("PICTURE", "WEIGHTS", "WEIGHTS_BEFORE", "DATA", "TRUTH", "INDEX", "OTHER"):
            monkeypatch.delenv(f"MASKRCNN_{variable}", raising=False)
        for variable, value in environment.items():
            monkeypatch.setenv(f"MASKRCNN_{variable.upper()}", str(value))
        book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
        assert book.metadata.kernelspec.name == "python3"
        book.cells.append(nbformat.v4.new_code_cell("import time; print(time.process_time())"))
        NotebookClient(book, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
        seconds = float(book.cells.pop().outputs[0].text)
        print(f"{name}: {seconds:.0f} s of processor time", file=sys.stderr)
        assert seconds <= MOST_SECONDS
        return book.cells

    return run


def outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


def printed(cells):
    return "".join(output.text for output in outputs(cells) if output.get("name") == "stdout")


def kinds(cells):
    return [kind for output in outputs(cells) for kind in output.get("data", {})]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Give the shipped model under a class name that is markup, and a picture that it finds things on."""
    folder = tmp_path_factory.mktemp("hostile")
    model = load_model("shapes")
    model.config = model.config.replace(class_names=("background", NASTY, f"{NASTY}2", "\x1b[31mred"))
    save_weights(model, folder / "hostile.h5")
    Image.fromarray(Shapes(count=10, seed=20_000)[3].image).save(folder / "shapes.png")
    return {"weights": folder / "hostile.h5", "picture": folder / "shapes.png"}


def test_every_notebook_is_run_here():
    here = Path(__file__).read_text()
    names = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {name for name in names if f'execute("{name}"' not in here} == set()


def test_inspect_model_lists_the_shapes_of_its_sample(execute):
    said = printed(execute("inspect_model", weights="shapes"))
    assert "4 found" in said
    assert all(name in said for name in ("square", "circle", "triangle"))
    assert "Nothing found" not in said


def test_inspect_model_opens_on_a_micrograph_and_finds_its_nuclei(execute):
    said = printed(execute("inspect_model"))
    found = int(said.split(" found: ")[0].split()[-1])
    assert 10 <= found <= 30 and "nucleus 0.9" in said


def test_inspect_model_says_that_a_photograph_holds_no_shapes(execute, tmp_path):
    Image.fromarray(data.astronaut()).save(tmp_path / "astronaut.png")
    said = printed(execute("inspect_model", weights="shapes", picture=tmp_path / "astronaut.png"))
    nothing = said.split("Nothing found. The candidates that came closest:\n")
    assert len(nothing) == 2
    assert nothing[1].count("proposal ") >= 3


def test_why_missed_names_the_stage_and_proves_the_remedy(execute):
    cells = execute("why_missed")
    table = "".join(output["data"].get("text/plain", "") for output in outputs(cells) if "data" in output)
    assert "class suppression" in table and "2 of 3 objects found" in table
    assert printed(cells) == "{'detections.nms_threshold': 0.34}\n"


def test_inspect_weights_runs(execute):
    assert kinds(execute("inspect_weights")).count("image/png") >= 4


def test_inspect_data_shows_a_data_set_and_its_training(execute):
    cells = execute("inspect_data", data="shapes:?count=80&seed=2&empty=0.1")
    said = printed(cells)
    assert "the model as it is, its classes are those of the data" in said
    assert "mask head's 28 cells" in said and "mean grey levels" in said
    assert kinds(cells).count("application/vnd.jupyter.widget-view+json") == 10
    assert kinds(cells).count("image/png") == 6


def test_demo_shows_and_writes_everything(execute):
    cells = execute("demo")
    assert kinds(cells).count("image/png") == 3  # overlay, cut-outs, without background
    said = printed(cells)
    assert "4 found on 128 x 128 px" in said
    assert '"segmentation"' in said and "background" in said


def test_demo_of_a_picture_without_objects(execute, tmp_path):
    Image.fromarray(np.full((60, 90, 3), 120, np.uint8)).save(tmp_path / "grey.png")
    said = printed(execute("demo", picture=tmp_path / "grey.png"))
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


def test_the_ten_lessons_ask_and_wait_for_an_answer(monkeypatch, tmp_path):
    """All in one kernel, one after the other: starting ten would take most of the time."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "inspect")]))
    books = [nbformat.read(path, 4) for path in sorted((ROOT / "notebooks" / "lessons").glob("*.ipynb"))]
    assert len(books) == 10
    together = books[0]
    together.cells = [cell for book in books for cell in book.cells]
    NotebookClient(together, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output["data"].get("text/html", "") for output in outputs(together.cells) if "data" in output]
    assert [f"<h3>{n} · " in "".join(shown) for n in range(1, 11)] == [True] * 10
    assert sum("Not answered yet" in text for text in shown) == 10


def test_train_shapes_trains_and_compares(execute, tmp_path):
    cells = execute("train_shapes")
    assert (tmp_path / "runs" / "train_shapes" / "best.h5").is_file()
    assert list((tmp_path / "runs" / "train_shapes" / "events").rglob("events.out.tfevents.*"))
    said = printed(cells)
    assert "mine     mask AP" in said and "shipped  mask AP" in said
    assert kinds(cells).count("image/png") == 2


def test_train_custom_trains_new_classes(execute, tmp_path):
    cells = execute("train_custom")
    folder = tmp_path / "runs" / "train_custom"
    assert load_model(folder / "best.h5").config.class_names == ("background", "ring", "cross")
    assert "8 to train on, 2 to judge by" in printed(cells)
    left = [text for text in map(str, outputs(cells)) if "left at their random values" in text]
    assert left and "box_head.class_logits" in left[0]
    assert kinds(cells).count("image/png") == 2
