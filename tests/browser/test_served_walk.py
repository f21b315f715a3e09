"""``maskrcnn walk`` at a terminal and in a browser: the Explorer live, other images, the notebook, and its end."""

import os
import pty
import re
import sys
import time

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from .lab import environment

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = {"width": 1280, "height": 800}
START = "import sys; from maskrcnn_core.cli import main; main(sys.argv[1:])"
WAIT = 120_000  # ms; machines of tests are shared


class Terminal:
    """A walk at a terminal of its own."""

    def __init__(self, home, *arguments):
        self.text = ""
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            words = [sys.executable, "-c", START, "walk", "--no-browser", *arguments]
            os.execve(sys.executable, words, environment(home))

    def address(self) -> str:
        while not (found := re.search(r"http://127\S+token=\S+", self.text)):
            self.text += os.read(self._screen, 4096).decode()
        return found[0]

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the status with which the walk ends."""
        os.write(self._screen, b"\x03")
        try:
            while piece := os.read(self._screen, 4096):
                self.text += piece.decode()
        except OSError:  # the other end is closed
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture(scope="module")
def walked(browser, tmp_path_factory):
    """Give a page of the shapes, and what was asked of anybody else or said in the console."""
    terminal = Terminal(tmp_path_factory.mktemp("home"), "--sample", "shapes")
    troubles: list[str] = []
    with browser.new_context(viewport=DESK) as context:
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on(
            "request",
            lambda one: (
                one.url.startswith((terminal.address().split("?")[0], "data:", "blob:"))
                or troubles.append(f"request: {one.url}")
            ),
        )
        page.goto(terminal.address())
        page.locator(".mx[data-shown]").wait_for(timeout=WAIT)
        yield page, troubles
    assert terminal.interrupt() == 0
    assert "Traceback" not in terminal.text


@pytest.fixture
def page(walked):
    page, troubles = walked
    yield page
    assert troubles == []


def opened(page, act) -> None:
    """Do what opens another image, and wait until it is shown."""
    page.evaluate("document.querySelector('.mx').dataset.former = 'yes'")
    act()
    page.locator(".mx[data-shown]:not([data-former])").wait_for(timeout=WAIT)


def drop(page, name, content) -> None:
    data = page.evaluate_handle(
        "([name, bytes]) => { const all = new DataTransfer();"
        "all.items.add(new File([new Uint8Array(bytes)], name)); return all; }",
        [name, list(content)],
    )
    page.dispatch_event(".mx", "drop", {"dataTransfer": data})


def test_the_first_view_is_there_without_a_cell_to_run_and_the_token_is_out_of_sight(page):
    assert "token" not in page.url and "stage=result" in page.url
    assert page.locator(".mi-title").inner_text() == "4 objects in the image"
    page.get_by_text("4 of 4 found, 0 detections wrong").wait_for(timeout=WAIT)
    page.locator('[data-station="backbone"] .mx-share', has_text="%").wait_for(timeout=WAIT)
    shares = page.locator(".mx-share").all_inner_texts()
    assert len(shares) == 10, shares
    assert 90 <= sum(int(re.sub(r"\D", "", one)) for one in shares) <= 110


def test_a_setting_runs_the_model(page):
    page.locator('[data-station="detections"]').click()
    slider = page.locator('[data-setting="detections.max_count"] input')
    slider.fill("2")
    page.get_by_text("0 came, 2 went").wait_for(timeout=WAIT)
    page.get_by_text("2 of 4 found").wait_for(timeout=WAIT)
    page.locator(".mx-missed button").first.click()
    page.get_by_text("Its way ends here.").wait_for(timeout=WAIT)
    page.get_by_role("button", name="As the model").click()
    page.get_by_text("4 of 4 found").wait_for(timeout=WAIT)


def test_another_sample_is_opened_with_its_own_weights(page):
    opened(page, lambda: page.get_by_label("Image", exact=True).select_option("empty"))
    page.locator('[data-station="result"]').click()
    page.get_by_text("No object in the image").wait_for(timeout=WAIT)
    page.get_by_text("No object to find, 0 detections wrong").wait_for(timeout=WAIT)
    opened(page, lambda: page.get_by_label("Image", exact=True).select_option("shapes"))


@pytest.mark.parametrize(
    ("name", "content"), [("notes.txt", b"no image"), ("broken.png", b"\x89PNG\r\n\x1a\n")]
)
def test_what_is_no_image_is_told_by_its_name_and_the_one_at_hand_stays(page, name, content):
    drop(page, name, content)
    page.locator(".mx-status", has_text=name).wait_for(timeout=WAIT)
    assert page.get_by_label("Image", exact=True).input_value() == "shapes"


def test_a_large_image_that_is_dropped_is_shown_and_said_to_be_unlike(page, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    Image.fromarray(noise).resize((6000, 4000)).save(tmp_path / "large.jpg")
    opened(page, lambda: drop(page, "large.jpg", (tmp_path / "large.jpg").read_bytes()))
    assert page.locator('[data-station="image"] .mx-count').inner_text() == "4,000 × 6,000 px".replace(
        ",", ""
    )
    assert "large.jpg looks unlike what this model learned from" in page.locator(".mx-unlike").inner_text()
    assert page.locator(".mx-truth:visible").count() == 0
    opened(page, lambda: page.get_by_label("Image", exact=True).select_option("shapes"))


@pytest.mark.parametrize("size", [DESK, {"width": 400, "height": 800}, {"width": 640, "height": 400}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_and_axe_finds_nothing_at_any_size(page, size, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.locator('[data-station="result"]').click()
    page.locator(".mx-truth:visible").wait_for(timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert Axe().run(page).violations_count == 0
    page.set_viewport_size(DESK)


def test_the_notebook_is_one_click_away_asks_nothing_and_ends_with_the_walk(browser, tmp_path):
    terminal = Terminal(tmp_path, "--sample", "shapes")
    with browser.new_context(viewport=DESK) as context:
        page = context.new_page()
        page.goto(terminal.address())
        page.locator(".mx[data-shown]").wait_for(timeout=WAIT)
        with context.expect_page(timeout=WAIT) as clicked:
            page.get_by_role("link", name="Notebook").click()
        notebook = clicked.value
        notebook.locator("h1", has_text="Inside Mask R-CNN, step by step").wait_for(timeout=WAIT)
        time.sleep(2)
        assert notebook.get_by_text("Jupyter news").count() == 0
        port = re.search(r":(\d+)/lab", notebook.url)[1]
    assert terminal.interrupt() == 0
    assert not listening(int(port))


def listening(port: int) -> bool:
    import socket

    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
