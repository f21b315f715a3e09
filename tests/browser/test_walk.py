"""The walk's page as a person meets it: from the disk, no network, no console errors, everything moves."""

import json
from pathlib import Path

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_inspect.export import write_walk
from maskrcnn_inspect.samples import UNSEEN_SEED
from maskrcnn_inspect.session import Session

from .figures import Figure

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUTTONS = ("Zoom in", "Zoom out", "Show the whole image", "Save what is shown as a PNG file")
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


def test_every_slider_moves_by_keyboard_and_the_image_follows(walked):
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


def draws(figure) -> int:
    return int(figure.get_attribute("data-draws"))


def drawn_again(page, figure, before: int) -> None:
    page.wait_for_function(
        "([figure, draws]) => Number(figure.dataset.draws) > draws", arg=[figure.element_handle(), before]
    )


def test_every_switch_of_a_layer_takes_it_away_and_gives_it_back(walked):
    page, complaints = walked
    switched, changed = 0, 0
    for place in range(page.locator("figure.mi").count()):
        figure = Figure(page, place)
        if not figure.root.is_visible():  # of a detection that is not chosen
            continue
        for box in figure.root.locator(".mi-switch input").all():
            as_it_was, was_on = figure.screen(), box.is_checked()
            for on in (not was_on, was_on):
                before = draws(figure.root)
                box.set_checked(on)
                drawn_again(page, figure.root, before)
                figure.settle()
                changed += on != was_on and figure.screen() != as_it_was
            assert figure.screen() == as_it_was, box.get_attribute("data-layer")
            switched += 1
    assert switched >= 30
    assert changed >= switched * 0.7  # some layers are empty, or lie under another
    assert complaints == []


def test_every_button_does_what_it_says(walked):
    page, complaints = walked
    pressed = played = 0
    for place in range(page.locator("figure.mi").count()):
        figure = Figure(page, place)
        if not figure.root.is_visible():
            continue
        press = {name: figure.root.get_by_role("button", name=name) for name in BUTTONS}
        press[BUTTONS[2]].click()  # some begin near what is selected
        figure.settle()
        whole = figure.zoom
        press[BUTTONS[0]].click()
        figure.settle()
        near = figure.zoom
        press[BUTTONS[1]].click()
        figure.settle()
        assert figure.zoom < near > whole
        press[BUTTONS[0]].click()
        press[BUTTONS[2]].click()
        figure.settle()
        assert figure.zoom == whole
        with page.expect_download() as saved:
            press[BUTTONS[3]].click()
        assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
        pressed += 1
        for play in figure.root.get_by_role("button", name="Play").all():
            before = draws(figure.root)
            play.click()
            drawn_again(page, figure.root, before)
            if play.get_attribute("aria-pressed") == "true":  # it has not come to its end by itself
                play.click()
            assert play.get_attribute("aria-pressed") == "false"
            played += 1
    assert pressed >= 12 and played >= 3
    assert complaints == []
