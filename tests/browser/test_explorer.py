"""The Explorer as a person meets it: every station opens, a selection is followed everywhere, keys and links do all."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.explorer import explore, write_explorer
from maskrcnn_inspect.samples import sample_image, sample_truth
from maskrcnn_inspect.session import Session

from .explorer_bridge import DESK, SHOWN, draw_box, move, open_widget, settled

GESTURE = 900  # ms after which moving a slider again is another step to undo
pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "<img src=x onerror=document.title='broken'>"
PLACES = {
    "image": ("input", "original"),
    "backbone": ("channels",),
    "fpn": ("channels",),
    "rpn": ("anchors", "scores", "refinement"),
    "proposals": ("kept", "nms"),
    "roi": ("points", "pooled"),
    "head": ("classes",),
    "detections": ("found", "nms"),
    "mask": ("probabilities", "pasted"),
    "result": ("result",),
}


@pytest.fixture(scope="module")
def session(shapes_model) -> Session:
    return Session.run(shapes_model, sample_image("shapes"))


@pytest.fixture(scope="module")
def file(session, tmp_path_factory) -> Path:
    """Give the page of the sample, under a class name that is markup."""
    names = ("background", HOSTILE, "circle", "triangle")
    trace = Trace(config=session.base.config.replace(class_names=names))
    trace.update(dict(session.base.tensors))
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    write_explorer(Session(trace), path)
    return path


@pytest.fixture
def opened(silent, file):
    """Give a function that opens the page at a link, without a network."""

    def open_at(link=""):
        silent.context.set_offline(True)
        silent.goto("about:blank")
        silent.goto(f"{file.as_uri()}#{link}")
        silent.locator(SHOWN).wait_for()
        return silent

    return open_at


def title(page) -> str:
    return page.locator(".mi-title").inner_text()


def fits(page) -> bool:
    return page.evaluate(
        "[document.documentElement, ...document.querySelectorAll('.mx-middle, .mx-map')].every("
        "one => one.scrollHeight <= one.clientHeight + 1 && one.scrollWidth <= one.clientWidth + 1)"
    )


@pytest.mark.parametrize("stage", PLACES)
def test_every_view_of_a_station_opens_on_one_screen_without_a_word_of_complaint(opened, stage):
    page = opened(f"stage={stage}")
    for view in PLACES[stage]:
        if len(PLACES[stage]) > 1:
            page.locator(f'.mx-tab[data-key="{view}"]').click()
        page.wait_for_function("document.querySelector('.mi')?.dataset.ready === 'true'")
        assert title(page) and "cannot be shown" not in page.inner_text("main")
        assert page.locator(".mx-status").inner_text() == ""
        assert fits(page), view
    assert page.title() == "Mask R-CNN Explorer"  # the class name that is markup has run nothing
    assert len(page.locator(".mx-thumb").all()) == 17  # 4 + 5 levels, and one of each other station


def test_a_selection_is_followed_by_story_map_and_every_station(opened):
    page = opened("stage=result")
    page.locator("summary", has_text="List").click()
    page.locator(".mi-item", has_text="detections[2]").click()
    settled(page, "detection=2")
    assert page.locator(".mx-story h2").inner_text() == "2 · triangle"
    pooled = page.locator('[data-station="roi"] .mx-thumb').evaluate("one => one.toDataURL()")
    for station, words in (("mask", "Detection 2, triangle"), ("roi", "Proposal "), ("head", "Proposal ")):
        page.locator(f'[data-station="{station}"]').click()
        settled(page, f"stage={station}")
        assert title(page).startswith(words)
    page.goto(page.url.replace("detection=2", "detection=0"))
    settled(page, "detection=0")
    assert page.locator('[data-station="roi"] .mx-thumb').evaluate("one => one.toDataURL()") != pooled


def test_each_link_of_the_story_leads_to_its_station(opened):
    page = opened("stage=result&detection=1")
    stations = {
        "anchor": "rpn",
        "proposal": "rpn",
        "pool": "roi",
        "class": "head",
        "detection": "detections",
        "mask": "mask",
    }
    for link, station in stations.items():
        page.locator(f'[data-link="{link}"] button').click()
        settled(page, f"stage={station}")
        assert page.locator(f'[data-link="{link}"] .mx-lines p').count() >= 2
        assert "detection=1" in page.url


def test_a_link_of_the_story_that_is_pointed_at_lights_its_station(opened):
    page = opened("stage=result&detection=1")
    lit = page.locator(".mx-pointed")
    page.locator('[data-link="pool"] button').hover()
    assert [one.get_attribute("data-station") for one in lit.all()] == ["roi"]
    page.locator('[data-link="class"] button').focus()
    assert [one.get_attribute("data-station") for one in lit.all()] == ["head"]
    page.locator('[data-link="class"] button').blur()
    assert lit.count() == 0


def test_a_deep_link_opens_what_it_says_and_follows_what_is_done(opened):
    page = opened("stage=fpn&level=5&channel=-1&detection=3")
    assert title(page).startswith("P5, all channels") and "detection=3" in page.url
    page.locator('[data-key="level"]').select_option("2")
    settled(page, "level=2")
    assert "level=2" in page.url and title(page).startswith("P2")
    page.evaluate("location.hash = '#stage=mask&view=pasted&detection=0'")
    settled(page, "stage=mask")
    assert "px of mask" in title(page)


@pytest.mark.parametrize(
    "link", ["stage=nowhere&detection=99", "stage=fpn&level=77&channel=9999&cell=999999", "%00=<b>"]
)
def test_a_link_that_means_nothing_opens_what_there_is(opened, link):
    page = opened(link)
    assert title(page) and page.locator(".mx-status").inner_text() == ""


def test_keys_alone_go_everywhere_and_undo(opened):
    page = opened("stage=image&detection=0")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.station"):
            break
    for stage in list(PLACES)[1:]:
        page.keyboard.press("ArrowDown")
        settled(page, f"stage={stage}")
        assert page.evaluate("document.activeElement.dataset.station") == stage
    page.locator('[data-link="pool"] button').focus()
    page.keyboard.press("Enter")
    settled(page, "stage=roi")
    assert page.evaluate("document.activeElement.closest('[data-link]').dataset.link") == "pool"
    page.keyboard.press("Control+z")
    settled(page, "stage=result")


def test_a_click_on_a_cell_shows_what_it_can_see(opened):
    page = opened("stage=backbone&level=4")
    page.locator(".mi-top").click(position={"x": 60, "y": 60})
    settled(page, "cell=")
    assert "receptive field" in page.locator(".mi-note").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_it_stacks_and_nothing_scrolls_sideways(opened, scheme):
    page = opened()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 400, "height": 860})
    for stage in PLACES:
        page.locator(f'[data-station="{stage}"]').click()
        settled(page, f"stage={stage}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.evaluate("document.querySelector('.mx-body').scrollWidth") <= 400
        box = page.locator(f'[data-station="{stage}"]').bounding_box()
        assert box["x"] >= -1 and box["x"] + box["width"] <= 401


@pytest.mark.compiled  # what is timed is the graph
@pytest.mark.parametrize("width", [1280, 400])
def test_at_the_beginning_the_station_is_in_sight_its_words_are_free_and_nothing_can_be_undone(
    silent, session, tmp_path, width
):
    write_explorer(Session.run(session.model, sample_image("shapes")), tmp_path / "timed.html")
    silent.set_viewport_size({"width": width, "height": 800})
    silent.goto((tmp_path / "timed.html").as_uri())
    silent.locator(SHOWN).wait_for()
    silent.locator('[data-station="result"] .mx-share', has_text="% of time").wait_for()
    box = silent.locator('[data-station="result"]').bounding_box()
    assert box["x"] >= -1 and box["x"] + box["width"] <= width + 1
    assert silent.get_by_role("button", name="Undo").is_disabled()
    if width == 1280:
        assert silent.evaluate(
            "[...document.querySelectorAll('.mx-station')].every(one => {"
            "  const [words, thumbs] = [one.querySelector('.mx-station-words'), one.querySelector('.mx-thumbs')];"
            "  return words.scrollWidth <= words.clientWidth"
            "    && words.getBoundingClientRect().right <= thumbs.getBoundingClientRect().left + 1; })"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "link", ["stage=result&detection=0", "stage=rpn&view=anchors", "stage=head&detection=1"]
)
def test_screen_readers_are_told_all(silent, file, link, scheme):
    silent.emulate_media(color_scheme=scheme)
    silent.goto(f"{file.as_uri()}#{link}")
    silent.locator(SHOWN).wait_for()
    silent.get_by_role("button", name="Tour").click()
    silent.locator(".mx-answers").wait_for()
    found = Axe().run(silent)
    assert found.violations_count == 0, found.generate_report()


def test_at_twice_the_size_nothing_scrolls_sideways(opened):
    page = opened("stage=rpn&view=anchors")
    page.set_viewport_size({"width": 640, "height": 400})  # what 200 % leave of 1280 x 800
    page.wait_for_timeout(300)
    for part in ("html", ".mx-body", ".mx-middle", ".mx-side"):
        assert page.locator(part).evaluate("one => one.scrollWidth <= one.clientWidth"), part


def test_the_tour_ends_after_twelve_answers_that_check_themselves(opened):
    page = opened()
    page.get_by_role("button", name="Tour").click()
    for step in range(1, 13):
        page.get_by_text(f"Tour, {step} of 12").wait_for()
        verdicts = []
        for answer in page.locator(".mx-answers button").all():
            answer.click()
            verdicts.append(page.locator(".mx-verdict").inner_text().startswith("Right."))
        assert sum(verdicts) == 1, step
        page.get_by_role("button", name="Finish" if step == 12 else "Next").click()
    assert page.locator(".mx-card:visible").count() == 0


def test_a_page_says_that_settings_and_the_question_why_need_a_model(opened):
    page = opened("stage=detections")
    assert page.locator(".mx-setting input").first.is_disabled()
    assert "needs the model" in page.locator(".mx-settings").inner_text()
    draw_box(page, (0.1, 0.1), (0.3, 0.3))
    page.get_by_text("This needs the model").first.wait_for()


def test_keys_alone_ask_what_became_of_a_box(opened):
    """From the top of the page on: the canvas is reached by Tab, and the box is drawn, moved, sized and kept."""
    page = opened("stage=detections")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('mi-top')"):
            break
    for key in ("b", "ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert page.get_by_text("This needs the model").count() == 0
    page.keyboard.press("Enter")
    page.get_by_text("This needs the model").first.wait_for()


def test_a_finger_asks_what_became_of_a_box(browser, file):
    """On a telephone: the button Box, then a drag, which neither scrolls the page nor moves the image."""
    page = browser.new_page(viewport={"width": 412, "height": 839}, has_touch=True, is_mobile=True)
    page.goto(f"{file.as_uri()}#stage=detections")
    page.locator(SHOWN).wait_for()
    page.get_by_role("button", name="Draw a box").tap()
    top, touch = page.locator(".mi-top").bounding_box(), page.context.new_cdp_session(page)

    def at(kind, share):
        point = {"x": top["x"] + share * top["width"], "y": top["y"] + share * top["height"]}
        points = [] if kind == "touchEnd" else [point]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    at("touchStart", 0.1)
    for share in (0.15, 0.2, 0.3, 0.4):
        at("touchMove", share)
    assert page.locator(".mi-top").bounding_box() == top
    at("touchEnd", 0.4)
    page.get_by_text("This needs the model").first.wait_for()
    assert page.get_by_role("button", name="Draw a box").get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Tour").click()  # its card lies below the image: the page goes there
    page.get_by_text("Tour, 1 of 12").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.mx-card').getBoundingClientRect().bottom <= innerHeight + 1"
    )
    page.close()


def test_what_is_shown_is_saved_as_svg_and_png(opened):
    page = opened("stage=detections")
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    text = Path(saved.value.path()).read_text()
    assert text.count("<rect ") == 4 and "<img" not in text and "data:image/png" in text
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_play_goes_through_all_stations_and_stops(opened):
    page = opened("stage=mask")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "() => document.querySelector('.mx').dataset.shown.includes('stage=result')", timeout=8000
    )
    page.get_by_role("button", name="Play").wait_for(timeout=8000)


@pytest.mark.parametrize("found", ["no detection", "no proposal"])
def test_a_run_that_finds_nothing_opens_at_every_station(opened, session, file, tmp_path, found):
    settings, edits = (
        ({"detections.min_score": 1.0}, {}) if found == "no detection" else ({}, {"rpn.scores": float("nan")})
    )
    trace = session.model.replay(session.base, edits, **settings)
    write_explorer(Session(trace), tmp_path / "nothing.html")
    page = opened()
    page.goto((tmp_path / "nothing.html").as_uri())
    page.locator(SHOWN).wait_for()
    for stage, views in PLACES.items():
        page.locator(f'[data-station="{stage}"]').click()
        for view in views:
            if len(views) > 1:
                page.locator(f'.mx-tab[data-key="{view}"]').click()
            page.wait_for_function("() => document.querySelector('.mi')?.dataset.ready === 'true'")
            assert page.locator(".mx-status").inner_text() == "", (stage, view)


# --- live: the widget of this process ------------------------------------------------------------------------


@pytest.fixture
def live(silent, session, tmp_path):
    widget = explore(Session(session.base, session.model), "stage=detections")
    open_widget(silent, widget, tmp_path)
    return silent, widget


def seen_at(page, stage, view) -> tuple[str, str, list[str]]:
    """Return title, story and thumbnails, of a view."""
    page.locator(f'[data-station="{stage}"]').click()
    if len(PLACES[stage]) > 1:
        page.locator(f'.mx-tab[data-key="{view}"]').click()
    settled(page, f"stage={stage}")
    page.wait_for_timeout(300)
    thumbs = page.locator(".mx-thumb").evaluate_all("all => all.map(one => one.toDataURL())")
    return title(page), page.locator(".mx-story").inner_text(), thumbs


def test_both_engines_show_the_same_at_every_station(live, session, tmp_path):
    page, _ = live
    write_explorer(session, tmp_path / "recorded.html")
    recorded = page.context.new_page()
    recorded.set_viewport_size(DESK)
    recorded.goto((tmp_path / "recorded.html").as_uri())
    recorded.locator(SHOWN).wait_for()
    for stage, views in PLACES.items():
        for view in views:
            assert seen_at(page, stage, view) == seen_at(recorded, stage, view), (stage, view)


def test_a_setting_runs_the_model_says_what_went_and_goes_back(live, session):
    page, widget = live
    scores = sorted(session.base["detections.scores"].tolist())
    move(page, "detections.max_count", 2)
    assert len(widget.run.trace["detections.boxes"]) == 2
    assert page.locator(".mx-changes h3").inner_text() == f"0 came, {len(scores) - 2} went"
    assert title(page) == "2 detections"
    page.get_by_role("button", name="As the model").click()
    page.get_by_text(f"{len(scores)} detections").first.wait_for()
    assert widget.run.trace is widget.engine.base
    assert page.locator(".mx-changes:visible").count() == 0


def test_undo_takes_a_setting_back(live):
    page, widget = live
    move(page, "detections.max_count", 1)
    page.wait_for_timeout(GESTURE)
    move(page, "detections.max_count", 1)  # where it stands: no step that could be undone
    page.keyboard.press("Control+z")
    page.get_by_text("4 detections").first.wait_for()
    assert widget.run.trace is widget.engine.base


def test_a_selection_in_python_is_followed_and_one_here_reaches_the_session(live):
    page, widget = live
    page.locator("summary", has_text="List").click()
    page.locator(".mi-item", has_text="detections[3]").click()
    settled(page, "detection=3")
    page.wait_for_timeout(200)
    assert widget.session.selection.detection == 3
    widget.session.select(detection=1)
    page.evaluate("rows => window.model.set('selected', rows)", widget.selected)
    settled(page, "detection=1")
    assert page.locator(".mx-story h2").inner_text().startswith("1 · ")


def test_a_box_is_asked_why_and_what_keeps_it_is_tried(live, session):
    page, widget = live
    y1, x1, y2, x2 = (session.base["detections.boxes"][-1] / 128).tolist()
    move(page, "detections.max_count", 3)
    draw_box(page, (y1, x1), (y2, x2))
    page.get_by_text("it is not kept (over the maximum of detections)").wait_for(timeout=60_000)
    assert page.locator(".mx-funnel li").count() == 7
    page.get_by_role("button", name="Try it").click(timeout=60_000)
    page.get_by_text("4 detections").first.wait_for()
    assert len(widget.run.trace["detections.boxes"]) == 4


def test_what_the_kernel_refuses_is_said(live):
    page, _ = live
    message = page.evaluate(
        "new Promise(done => { window.model.on('msg:custom', m => m.id === 'x' && done(m));"
        "window.model.send({ id: 'x', ask: 'run', settings: { 'fpn.channels': 3 } }); })"
    )
    assert re.search(r"fpn.channels shapes the weights", json.dumps(message))


def test_a_page_of_several_images_goes_from_one_to_the_other(silent, session, tmp_path):
    grey = np.full((96, 128, 3), 90, np.uint8)
    write_explorer(session, tmp_path / "several.html", Session.run(session.model, grey))
    silent.goto((tmp_path / "several.html").as_uri())
    silent.get_by_text("4 objects in the image").wait_for()
    assert silent.get_by_role("button", name="Open…").count() == 0
    silent.get_by_label("Image", exact=True).select_option(index=1)
    silent.get_by_text("No object in the image").wait_for()
    silent.get_by_label("Image", exact=True).select_option(index=0)
    silent.get_by_text("4 objects in the image").wait_for()


def test_a_box_around_a_ground_truth_object_tells_what_was_recorded_of_it(silent, session, tmp_path):
    sample = sample_truth("shapes")
    lost = session.model.replay(
        session.model.trace(sample.image, truth=sample), **{"detections.max_count": 3}
    )
    write_explorer(Session(lost), tmp_path / "recorded.html")
    silent.goto(f"{(tmp_path / 'recorded.html').as_uri()}#stage=detections")
    silent.get_by_text("3 of 4 found").wait_for()
    y1, x1, y2, x2 = (session.base["detections.boxes"][-1] / 128).tolist()
    draw_box(silent, (y1, x1), (y2, x2))
    silent.get_by_text("is missed (over the maximum of detections)").wait_for()
    silent.get_by_role("button", name="Show that candidate").click()
    silent.get_by_text("Its way ends here.").wait_for()
