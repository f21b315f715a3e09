"""The canvas as a widget: in a real JupyterLab with a real kernel, on a screen of ratio two."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from .figures import Figure
from .lab import errors, jupyterlab, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = (60, 100)
SLOW = re.compile(r"Plugin \S+ .*took [\d.]+ms to activate")  # what JupyterLab says of a busy machine
SETUP = """\
import os, time
import ipywidgets
import numpy as np
from maskrcnn_inspect import canvas

image = np.full((60, 100, 3), 90, np.uint8)
boxes = [[8, 10, 40, 60], [20, 40, 56, 90]]
found = canvas.Boxes(boxes, "detections", scores=[0.9, 0.7], lineage={"proposals": [5, 3]})
masks = canvas.Masks(np.ones((2, 28, 28)), boxes, of="detections", scores=[0.9, 0.7])
near = canvas.Boxes(boxes, "proposals", index=[5, 3], style="dotted")
one = canvas.Canvas(image, [masks, found], title="One")
two = canvas.Canvas(image, [near], title="Two")
canvas.link_selection(one, two)
heard = ipywidgets.Label("nothing yet")
one.observe(lambda change: setattr(heard, "value", f"heard {dict(change.new)}"), "selected")
fewer, pause = ipywidgets.Button(description="Fewer"), 0
def drop(_):
    one.layers = [canvas.Boxes(boxes[:1], "detections", scores=[0.9])]
    one.selected = {"detections": 0}
fewer.on_click(drop)"""
CELLS = [
    SETUP,
    "one",
    "two",
    "ipywidgets.VBox([heard, fewer])",
    "one",
    "while pause and not os.path.exists('go on'): time.sleep(0.1)\npause = 1",
]


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """Give a page with the notebook run, and what it complained about or asked of the world outside."""
    home, file = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("source") / "canvas.ipynb"
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**code, "id": f"cell{number}", "source": source} for number, source in enumerate(CELLS)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    file.write_text(
        json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    )
    troubles = []
    with (
        jupyterlab(file, home) as address,
        browser.new_context(viewport={"width": 1300, "height": 2300}, device_scale_factor=2) as context,
    ):
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "console",
            lambda one: (
                one.type in ("error", "warning") and not SLOW.match(one.text) and troubles.append(one.text)
            ),
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda one: "://127.0.0.1" not in one.url and troubles.append(one.url))
        run_all(page, address, 90)
        assert errors(page) == []
        page.locator("figure.mi[data-ready=true]").nth(2).wait_for()
        page.troubles, page.home = troubles, home
        yield page


@pytest.fixture
def three(notebook):
    """Give the three figures: one, two, and one again in a later cell."""
    return [Figure(notebook, place) for place in range(3)]


def run_again(notebook, place):
    """Run the cell at a place once more."""
    notebook.locator(".jp-CodeCell").nth(place).locator(".cm-content").click()
    notebook.keyboard.press("Control+Enter")


def test_a_click_reaches_the_kernel_and_every_linked_figure(notebook, three):
    three[0].at(15, 20, SIZE)
    notebook.get_by_text("heard {'detections': 0, 'proposals': 5}").wait_for()
    for figure in three:
        assert figure.selected == {"detections": 0, "proposals": 5}
    assert three[1].thing.startswith("proposals[5]")
    three[1].at(50, 80, SIZE)
    notebook.get_by_text("heard {'proposals': 3}").wait_for()
    assert three[2].thing.startswith("detections[1]")
    assert three[0].root.evaluate(
        "(root) => root.querySelector('.mi-top').width / root.querySelector('.mi-top').clientWidth"
    ) == pytest.approx(2, abs=0.01)


def test_sliders_and_links_answer_while_the_kernel_is_busy(notebook, three):
    run_again(notebook, 5)  # it now waits for a file
    prompt = notebook.locator(".jp-CodeCell").nth(5).locator(".jp-InputPrompt")
    prompt.filter(has_text="[*]").wait_for()
    three[0].slide("min_score", 0.8)
    assert (three[0].shown, three[2].shown) == (2, 2), "a box and its mask, in both figures of one canvas"
    three[0].at(15, 20, SIZE)
    assert three[1].selected == {"detections": 0, "proposals": 5}
    assert "[*]" in prompt.inner_text()
    (notebook.home / "go on").touch()
    prompt.filter(has_not_text="[*]").wait_for()
    three[0].slide("min_score", 0)


def test_keys_stay_in_the_figure(notebook, three):
    cells = notebook.locator(".jp-Cell").count()
    three[0].top.focus()
    for key in ["n", "d", "d", "a", "b", "x", "Escape", "Enter", "j", "0", "0", "n", "n"]:
        notebook.keyboard.press(key)
    three[0].settle()
    assert notebook.locator(".jp-Cell").count() == cells
    assert notebook.locator(".jp-Dialog").count() == 0, "0 0 would ask to restart the kernel"
    assert three[0].selected["detections"] == 1
    assert notebook.evaluate("document.activeElement.className") == "mi-top"


def test_layers_set_by_the_kernel_are_drawn_at_once(notebook, three):
    notebook.get_by_role("button", name="Fewer").click()
    notebook.locator("figure.mi[data-shown='1']").nth(1).wait_for()
    assert [figure.counts() for figure in three[::2]] == [["detections 1 of 1"]] * 2
    notebook.get_by_text("heard {'detections': 0}").wait_for()


def test_a_dark_theme_and_a_narrow_window_are_followed(notebook, three):
    notebook.locator('.lm-MenuBar-itemLabel:text-is("Settings")').click()
    notebook.locator('.lm-Menu-itemLabel:text-is("Theme")').hover()
    notebook.locator('.lm-Menu-itemLabel:text-is("JupyterLab Dark")').click()
    notebook.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    ground = three[0].root.evaluate("(root) => getComputedStyle(root).backgroundColor")
    assert sum(int(part) for part in ground.strip("rgb()").split(",")) < 150
    found = Axe().run(notebook, context=".mi").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    before = three[0].top.bounding_box()["width"]
    notebook.set_viewport_size({"width": 760, "height": 1400})
    notebook.wait_for_function(f"document.querySelector('.mi-top').clientWidth < {before} - 50")
    three[0].settle()
    assert (
        three[0].root.evaluate(
            "(root) => Math.round(root.querySelector('.mi-top').width / 2) - root.querySelector('.mi-top').clientWidth"
        )
        == 0
    )


def test_a_cell_that_runs_again_leaves_no_figure_behind(notebook):
    cell = notebook.locator(".jp-CodeCell").nth(1)
    cell.locator("figure.mi").evaluate("(root) => root.setAttribute('data-old', 'true')")
    run_again(notebook, 1)
    cell.locator("figure.mi[data-ready=true]:not([data-old])").wait_for()
    assert notebook.locator("figure.mi").count() == 3
    notebook.keyboard.press("Escape")
    assert notebook.troubles == []
