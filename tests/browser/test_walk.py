"""The walk's page as a person meets it: from the disk, no network, no console errors, everything moves."""

import json
from pathlib import Path

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.export import write_walk
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "<img src=x onerror=document.title='broken'>"


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> Path:
    """Give the page of the shapes model under a class name that is markup."""
    from maskrcnn_core import load_model

    model, sample = load_model("shapes"), Shapes(count=10, seed=UNSEEN_SEED)[3]
    model.config = model.config.replace(class_names=("background", HOSTILE, "circle", "triangle"))
    path = tmp_path_factory.mktemp("walk") / "walk.html"
    write_walk(Session.run(model, sample.image, sample), path)
    return path


@pytest.fixture
def walked(page, walk: Path):
    """Give the page open from its file in a browser without a network, and what it complained about."""
    page.context.set_offline(True)
    complaints: list[str] = []
    page.on(
        "console", lambda message: message.type in ("error", "warning") and complaints.append(message.text)
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:", "blob:")) or complaints.append(request.url),
    )
    page.goto(walk.as_uri())
    page.wait_for_function(
        "() => [...document.querySelectorAll('.mi')].every(m => m.dataset.ready === 'true')"
    )
    return page, complaints


def selections(page) -> list[dict]:
    return [
        json.loads(one) for one in page.locator(".mi").evaluate_all("all => all.map(m => m.dataset.selected)")
    ]


def test_every_canvas_draws_and_nothing_is_asked_of_the_network(walked):
    page, complaints = walked
    assert page.locator(".mi").count() >= 12
    assert page.get_by_text("cannot be shown").count() == 0
    assert page.title().startswith("Inside Mask R-CNN") and "onerror" in page.inner_text("main")
    assert complaints == []


def test_a_click_selects_the_same_row_in_every_view(walked):
    page, complaints = walked
    detections = page.locator(".mi", has=page.get_by_role("checkbox", name="detections")).first
    detections.locator("summary", has_text="List").click()
    button = detections.locator(".mi-item", has_text="detections[0]").first
    button.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.mi')].every(m => m.dataset.selected.includes('anchors'))"
    )
    chosen = selections(page)
    assert chosen[0]["detections"] == 0 and all(one == chosen[0] for one in chosen)
    page.keyboard.press("Escape")
    assert complaints == []


def test_every_slider_moves_by_keyboard_and_the_picture_follows(walked):
    page, complaints = walked
    moved = 0
    for figure in page.locator(".mi").all()[:14]:
        for slider in figure.locator("input[type=range]").all():
            draws = int(figure.get_attribute("data-draws"))
            before = slider.input_value()
            slider.focus()
            page.keyboard.press(
                "ArrowLeft" if float(before) > float(slider.get_attribute("min")) else "ArrowRight"
            )
            page.wait_for_function(
                "([figure, draws]) => Number(figure.dataset.draws) > draws",
                arg=[figure.element_handle(), draws],
            )
            moved += slider.input_value() != before
    assert moved >= 12
    assert complaints == []
