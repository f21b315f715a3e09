"""Chromium for tests: Debian's, headless; a screenshot of a test that fails stays in test-artifacts/."""

import pytest

from maskrcnn_inspect import canvas

from .explorer_bridge import DESK
from .lab import ARTIFACTS, CHROMIUM, FLAGS

WINDOW = {"width": 1400, "height": 1000}


@pytest.fixture(scope="module")
def flags():
    """Give what Chromium is started with; a module may have flags of its own."""
    return FLAGS


@pytest.fixture(scope="module")
def browser(flags):
    """Give one browser to all tests of a module."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(flags))
        yield browser
        browser.close()


@pytest.fixture
def page(request, browser):
    """Give a page in a window of its own."""
    with browser.new_context(viewport=WINDOW) as context:
        page = context.new_page()
        yield page
        keep_screenshot(request, page)


@pytest.fixture
def silent(page):
    """Give the page, which has to stay silent and to ask for nothing."""
    troubles = []
    page.set_viewport_size(DESK)
    page.set_default_timeout(10_000)
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:", "blob:")) or troubles.append(request.url),
    )
    yield page
    assert troubles == []


@pytest.fixture
def opened(request, browser, tmp_path):
    """Open parts of a page from a file: ``opened(canvas, …)``; it has to stay silent and to ask for nothing."""
    pages, troubles = [], []

    def open_page(*parts, **window):
        context = browser.new_context(**{"viewport": WINDOW, **window})
        page = context.new_page()
        page.set_default_timeout(10_000)
        pages.append(page)
        page.on("console", lambda message: troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requested(request.url))
        file = tmp_path / f"page{len(pages)}.html"
        file.write_text(canvas.page("A page", parts), encoding="utf-8")
        page.goto(file.as_uri())
        count = sum(isinstance(part, canvas.Canvas) for part in parts)
        page.locator("figure.mi[data-ready=true]").nth(count - 1).wait_for()
        return page

    def requested(url):
        if not url.startswith(("file://", "data:", "blob:")):
            troubles.append(f"request: {url}")

    yield open_page
    for page in pages:
        keep_screenshot(request, page)
        page.context.close()
    assert troubles == []


def keep_screenshot(request, page):
    report = getattr(request.node, "outcome", None)
    if report is None or report.failed:
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{request.node.name}.png")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the fixtures know how the test went."""
    report = yield
    if call.when == "call":
        item.outcome = report
    return report
