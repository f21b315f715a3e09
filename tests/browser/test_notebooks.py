"""Every notebook and lesson in a real JupyterLab: Run All, and what a person would see is whole."""

import shutil
from pathlib import Path

import nbformat
import pytest

from .lab import ROOT, end_kernels, errors, lab_of, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = sorted((ROOT / "notebooks" / "lessons").glob("*.ipynb"))
BROKEN = ("Error displaying widget", "model not found", "This view cannot be shown", "Traceback (most recent")
SMALL = {"MASKRCNN_SHORT": "1", "MASKRCNN_WEIGHTS": "shapes"}  # seconds of training, the small model
LIVE = {"inspect_data", "inspect_model", "inspect_weights", "train_custom", "train_shapes", "why_missed"}
DRAWN = "() => [...document.querySelectorAll('.mi')].every(one => one.dataset.ready === 'true')"
BLANK = "() => [...document.querySelectorAll('.jp-OutputArea select:not([multiple])')].filter(" \
    "one => !one.size && one.selectedOptions[0]?.textContent.trim() === '' || one.selectedIndex < 0)" \
    ".map(one => one.outerHTML)"  # fmt: skip
CUT = "() => [...document.querySelectorAll('.widget-dropdown .widget-label')].filter(" \
    "one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"  # fmt: skip
NOT_OURS = (
    "favicon",
    "kernelspecs/python3",
    "the server responded with a status of 404",
)  # JupyterLab asks by itself


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Give a folder that holds all notebooks; the lessons in one, because ten kernels would take most of the time."""
    home = tmp_path_factory.mktemp("lab")
    for notebook in NOTEBOOKS:
        shutil.copy(notebook, home)
    books = [nbformat.read(lesson, 4) for lesson in LESSONS]
    books[0].cells = [cell for book in books for cell in book.cells]
    for number, cell in enumerate(books[0].cells):
        cell.id = f"cell-{number}"
    nbformat.write(books[0], home / "lessons.ipynb")
    return home


@pytest.fixture(scope="module")
def lab(home: Path):
    """Give one JupyterLab for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL.items():
            patch.setenv(name, value)
        with lab_of(home) as address_of:
            yield address_of


@pytest.fixture
def served(lab):
    """Give the address of a notebook by its name; its kernel ends with the test."""
    yield lab
    end_kernels(lab(""))


@pytest.fixture
def complaints(page) -> list[str]:
    """Give what the console says, while it says it."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda one: one.type == "error" and said.append(one.text))
    return said


def look(page, address: str) -> None:
    """Run all cells, and hold what is seen against what a person may expect."""
    run_all(page, address)
    page.wait_for_function(DRAWN, timeout=120_000)
    assert errors(page) == []
    assert page.get_by_text("Would you like to get notified about official Jupyter news?").count() == 0
    seen = page.locator(".jp-OutputArea-output").all_inner_texts()
    assert [words for words in BROKEN for text in seen if words in text] == []
    assert page.locator(".jp-OutputArea p[role=alert]:visible").all_inner_texts() == []
    assert page.locator(".mi-on-dark:visible").count() == 0  # JupyterLab is light here
    assert page.evaluate(BLANK) == [] and page.evaluate(CUT) == []


def move_a_slider(page) -> None:
    """Move the first slider of a canvas and see that it draws again."""
    figure = page.locator(".mi", has=page.locator("input[type=range]")).first
    draws, slider = int(figure.get_attribute("data-draws")), figure.locator("input[type=range]").first
    slider.focus()
    at_its_start = float(slider.input_value()) <= float(slider.get_attribute("min"))
    page.keyboard.press("ArrowRight" if at_its_start else "ArrowLeft")
    page.wait_for_function(
        "([f, draws]) => Number(f.dataset.draws) > draws", arg=[figure.element_handle(), draws]
    )


def choose_theme(page, name: str) -> None:
    page.locator('.lm-MenuBar-itemLabel:text-is("Settings")').click()
    page.locator('.lm-Menu-itemLabel:text-is("Theme")').hover()
    page.locator(f'.lm-Menu-itemLabel:text-is("{name}")').click()


def test_charts_follow_a_dark_theme_and_back(page, served):
    run_all(page, served("demo.ipynb"))
    for theme, shown, other in (("Dark", "dark", "light"), ("Light", "light", "dark")):
        choose_theme(page, f"JupyterLab {theme}")
        page.locator(f".mi-on-{shown}:visible").first.wait_for()
        assert page.locator(f".mi-on-{other}:visible").count() == 0


def ours(complaints: list[str]) -> list[str]:
    return [one for one in complaints if not any(words in one for words in NOT_OURS)]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_whole_after_run_all(page, served, complaints, notebook: Path):
    look(page, served(notebook.name))
    assert (page.locator(".mi").count() > 0) == (notebook.stem in LIVE - {"inspect_weights"})
    if page.locator(".mi").count():
        move_a_slider(page)
    assert errors(page) == [] and ours(complaints) == []


def test_the_lessons_are_whole_after_run_all(page, served, complaints):
    look(page, served("lessons.ipynb"))
    assert page.locator(".mi").count() >= len(LESSONS) == 10
    assert page.get_by_text("Not answered yet").count() == 10
    move_a_slider(page)
    assert errors(page) == [] and ours(complaints) == []
