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


def test_a_selection_is_followed_by_every_view_and_by_its_own_control(walked):
    page, complaints = walked
    choices = page.locator("[data-mi-choice]")
    assert choices.count() >= 8
    for row, control in ((2, choices.nth(3)), (1, choices.last)):
        control.locator("select").select_option(str(row))
        page.wait_for_function(
            "row => [...document.querySelectorAll('.mi')].every("
            "m => m.dataset.ready === 'true' && JSON.parse(m.dataset.selected).detections === row)",
            arg=row,
        )
        assert {one.input_value() for one in choices.locator("select").all()} == {str(row)}
        proposal = selections(page)[0]["proposals"]
        titles = page.locator(".mi-title").all_inner_texts()
        for words in (f"Proposal {proposal}: ", f"Proposal {proposal}: refined", f"{row} ", "Anchor "):
            assert any(title.startswith(words) for title in titles), words
        asked = page.locator(".mi", has=page.locator(".mi-title", has_text="Gradient of the logit")).first
        assert asked.locator("input[data-key=frame]").input_value() == str(row)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_page_does_not_scroll_sideways_and_charts_fit_its_ground(walked, scheme):
    page, complaints = walked
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    other = {"light": "dark", "dark": "light"}[scheme]
    assert page.locator(f".mi-on-{scheme}:visible").count() >= 3
    assert page.locator(f".mi-on-{other}:visible").count() == 0
    assert complaints == []


def test_every_slider_moves_by_keyboard_and_the_picture_follows(walked):
    page, complaints = walked
    moved = 0
    for figure in page.locator(".mi").all():
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
