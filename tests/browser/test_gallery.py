"""The gallery in Chromium, from a file: bars, text, order, crops, keys, lists and atlas; names are inert."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from maskrcnn_core.evaluation.report.walks import Walk
from maskrcnn_inspect.analysis.verdict_table.atlas import Atlas
from maskrcnn_inspect.gallery import crops
from maskrcnn_inspect.gallery.page import Entry, Page, gallery_page
from tests.gallery.conftest import HOSTILE, table_of_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = 600


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Write the gallery of a made-up data set, with an atlas and lists."""
    folder = tmp_path_factory.mktemp("report")
    random, table = np.random.default_rng(1), table_of_rows(ROWS)
    for sheet in range(-(-ROWS // crops.PER_SHEET)):
        noise = random.integers(0, 255, (8, 8, 3), np.uint8)
        side = crops.ACROSS * crops.TILE
        Image.fromarray(noise).resize((side, side), 0).save(folder / f"crops_{sheet:05d}.jpg")
    vectors = random.normal(size=(ROWS, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    atlas = Atlas(np.arange(ROWS), vectors[:, :2], vectors, np.array([0.6, 0.2]))
    lists = {
        "What to do": [
            Entry("detections.min_score = 0.4", "+3 objects found.", images=[1], facts={"F1": "+1"})
        ],
        "Label errors": [Entry(f"doubled {HOSTILE}", "Look.", rows=[5, 7])],
    }
    walks = {0: Walk("maskrcnn walk a.png", "walk_0.html")}
    page = Page(HOSTILE, {"source": HOSTILE}, lists, {"What to do": "Measured."}, walks)
    (folder / "gallery.html").write_text(gallery_page(page, table, atlas), encoding="utf-8")
    return folder / "gallery.html"


@pytest.fixture
def gallery(request, browser, report):
    """Open it; it has to stay silent and to ask for nothing but its sheets."""
    troubles = []
    window = getattr(request, "param", {"viewport": {"width": 1280, "height": 800}})
    with browser.new_context(**window) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(request.url))
        page.goto(report.as_uri())
        page.locator(".mg-status").wait_for()
        yield page
        assert not troubles


def shown(page):
    return page.locator(".mg-status").inner_text()


def press(page, word):
    page.locator(f'.mg-choice:has-text("{word}")').first.click()


def test_bars_text_and_order_choose_what_is_shown(gallery):
    assert shown(gallery) == "600 shown"
    press(gallery, "score")
    assert shown(gallery) == "199 of 600 shown"
    press(gallery, "found")
    assert shown(gallery) == "599 of 600 shown"
    gallery.get_by_role("button", name="Show all").click()
    gallery.get_by_label("Filter by text").fill("sentence 59")
    expect(gallery.locator(".mg-status")).to_have_text("16 of 600 shown")
    gallery.get_by_label("Order by").select_option("area")
    gallery.get_by_role("button", name="Rising order").click()
    assert "599" in gallery.locator(".mg-cell:visible").first.get_attribute("aria-label")


def test_a_crop_is_selected_and_keys_go_on_from_it(gallery):
    first = gallery.locator('.mg-cell[data-place="0"]:visible')
    first.click()
    detail = gallery.get_by_label("The selected one")
    heading = detail.get_by_role("heading")
    expect(heading).to_have_text("Object 0")
    expect(detail).to_contain_text("maskrcnn walk a.png")
    expect(first).to_have_attribute("aria-pressed", "true")
    first.press("ArrowDown")
    gallery.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(heading).not_to_have_text("Object 0")
    detail.get_by_role("button", name="Close").click()
    expect(detail).to_be_hidden()


def test_far_down_the_crops_are_there_and_few_elements_are_kept(gallery):
    grid = gallery.locator(".mg-grid")
    grid.evaluate("one => { one.scrollTop = one.scrollHeight; }")
    gallery.locator(f'.mg-cell[data-place="{ROWS - 1}"]').wait_for()
    assert gallery.locator(".mg-cell").count() < 200
    style = gallery.locator(f'.mg-cell[data-place="{ROWS - 1}"] .mg-tile').evaluate(
        "one => one.style.backgroundImage"
    )
    assert f"crops_{(ROWS - 1) // crops.PER_SHEET:05d}.jpg" in style


def test_lists_and_atlas_lead_to_their_rows(gallery):
    gallery.get_by_role("tab", name="What to do").click()
    gallery.get_by_role("button", name="Show the image (").click()
    assert shown(gallery).endswith("of 600 shown") and gallery.locator(".mg-grid").is_visible()
    gallery.get_by_role("button", name="Show all").click()
    gallery.get_by_role("tab", name="Label errors").click()
    gallery.get_by_role("button", name="Show them (2)").click()
    assert shown(gallery) == "2 of 600 shown"
    gallery.locator(".mg-cell:visible").first.click()
    gallery.get_by_role("button", name="Looks like it").click()
    assert gallery.get_by_label("Order by").input_value() == "alike"
    gallery.get_by_role("button", name="Show all").click()
    gallery.get_by_role("tab", name="Atlas").click()
    box = gallery.locator(".mg-stage").bounding_box()
    gallery.mouse.move(box["x"] + 5, box["y"] + 5)
    gallery.mouse.down()
    gallery.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=3)
    gallery.mouse.up()
    assert shown(gallery) == "600 shown" and gallery.locator(".mg-grid").is_visible()


def test_names_from_data_are_text(gallery):
    assert gallery.locator("h1").inner_text().startswith("</script><img")
    assert gallery.locator("img").count() == 0
    assert gallery.evaluate("typeof window.alerted") == "undefined"


@pytest.mark.parametrize(
    "gallery",
    [
        {"viewport": {"width": 1280, "height": 800}},
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
        {"viewport": {"width": 400, "height": 800}},
    ],
    indirect=True,
    ids=["light", "dark", "phone"],
)
def test_screen_readers_find_their_way_and_nothing_is_cut(gallery):
    gallery.locator(".mg-cell:visible").first.click()
    violations = Axe().run(gallery).response["violations"]
    assert not violations, [(one["id"], one["nodes"][0]["html"]) for one in violations]
    assert gallery.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_pressed_crop_stays_in_sight_and_keeps_the_keys_beside_the_panel(gallery):
    gallery.locator('.mg-cell[data-place="20"]:visible').press("Enter")
    gallery.locator(".mg-detail:visible").wait_for()
    grid, cell = (
        gallery.locator(one).bounding_box() for one in (".mg-grid", '.mg-cell[aria-pressed="true"]')
    )
    assert grid["y"] <= cell["y"] and cell["y"] + cell["height"] <= grid["y"] + grid["height"]
    assert gallery.evaluate("document.activeElement.dataset.place") == "20"
    assert gallery.evaluate(
        "(grid => grid.scrollWidth <= grid.clientWidth)(document.querySelector('.mg-grid'))"
    )
