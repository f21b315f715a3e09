"""The notebook inspect_model as a person uses it: move each slider, click a detection, see views follow."""

import json
import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe


def move(page, _: Path) -> None:
    """Click, move every slider, and see that views follow and screen readers are told what they need."""
    assert page.locator(".mi").count() >= 20
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
    assert page.locator(".mx-story h2").inner_text().startswith("1 · ")

    # the Explorer runs the model as well, and says what went
    explorer = page.locator(".mx")
    explorer.locator('[data-station="detections"]').click()
    most = explorer.locator('[data-setting="detections.max_count"] input')
    most.fill("1")
    most.dispatch_event("input")
    explorer.get_by_text("0 came, 3 went").wait_for(timeout=60_000)
    explorer.get_by_role("button", name="As the model").click()
    explorer.get_by_text("4 detections").first.wait_for(timeout=60_000)

    # a slider that runs the model again: the image of the stage, and those after it, change
    assert figures(page, "NMS, IoU > 0.7").count() == 1
    slider = page.get_by_label("NMS threshold (IoU)").first
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    figures(page, "NMS, IoU > 0.4").wait_for(timeout=60_000)

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

    # what screen readers are told, of what is ours
    found = Axe().run(page, context={"include": [[".jp-OutputArea-output"]]}).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []
    if folder := os.environ.get("MASKRCNN_SCREENSHOTS"):
        for number, figure in enumerate(page.locator(".mi").all()):
            figure.screenshot(path=f"{folder}/figure_{number:02d}.png")


def figures(page, title: str):
    return page.locator(".mi", has=page.locator(".mi-title", has_text=title)).first


def all_selected(page, row: str) -> str:
    return f"() => [...document.querySelectorAll('.mi')].every(m => m.dataset.selected.includes('{row}'))"
