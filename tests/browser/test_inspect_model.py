"""The notebook inspect_model as a person uses it: run all, move each slider, click a detection, see views follow."""

import json
import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from .lab import ROOT, errors, jupyterlab, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "() => document.querySelectorAll('.mi').length >= 20 && " \
    "[...document.querySelectorAll('.mi')].every(m => m.dataset.ready === 'true')"  # fmt: skip


@pytest.fixture
def lab(page, tmp_path, monkeypatch):
    """Give the notebook, run from top to bottom on the shapes model, and what the console complained about."""
    monkeypatch.setenv("MASKRCNN_WEIGHTS", "shapes")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with jupyterlab(ROOT / "notebooks" / "inspect_model.ipynb", tmp_path) as address:
        run_all(page, address)
        assert errors(page) == []
        page.wait_for_function(READY, timeout=120_000)
        yield page, complaints


def figures(page, title: str):
    return page.locator(".mi", has=page.locator(".mi-title", has_text=title)).first


def all_selected(page, row: str) -> str:
    return f"() => [...document.querySelectorAll('.mi')].every(m => m.dataset.selected.includes('{row}'))"


def test_the_walk_is_moved_by_hand(lab):
    page, complaints = lab
    assert page.locator("[role=alert]", has_text="cannot be shown").all_inner_texts() == []

    # a click on a detection: every view of the notebook follows
    result = figures(page, "Result:")
    result.scroll_into_view_if_needed()
    result.locator("summary", has_text="List").click()
    result.locator(".mi-item", has_text="detections[1]").first.click()
    page.wait_for_function(all_selected(page, '"detections":1'), timeout=60_000)
    chosen = [
        json.loads(one) for one in page.locator(".mi").evaluate_all("all => all.map(m => m.dataset.selected)")
    ]
    assert {"detections", "proposals", "anchors"} <= set(chosen[0])

    # a slider that runs the model again: the picture of the stage, and those after it, change
    assert figures(page, "Suppression, IoU > 0.7").count() == 1
    slider = page.get_by_label("NMS threshold (IoU)").first
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    figures(page, "Suppression, IoU > 0.4").wait_for(timeout=60_000)

    # every slider of the browser's own moves something drawn, without an error
    moved = 0
    for figure in page.locator(".mi").all():
        for one in figure.locator("input[type=range]").all():
            draws = int(figure.get_attribute("data-draws"))
            one.focus()
            page.keyboard.press(
                "ArrowLeft" if float(one.input_value()) > float(one.get_attribute("min")) else "ArrowRight"
            )
            page.wait_for_function(
                "([f, draws]) => Number(f.dataset.draws) > draws", arg=[figure.element_handle(), draws]
            )
            moved += 1
    assert moved >= 20
    assert errors(page) == [] and complaints == []

    # what screen readers are told, of what is ours
    found = Axe().run(page, context={"include": [[".jp-OutputArea-output"]]}).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []
    if folder := os.environ.get("MASKRCNN_SCREENSHOTS"):
        for number, figure in enumerate(page.locator(".mi").all()):
            figure.screenshot(path=f"{folder}/figure_{number:02d}.png")
