"""Chromium for tests: Debian's, headless; a screenshot of a test that fails stays in test-artifacts/."""

from pathlib import Path

import pytest

from .lab import ARTIFACTS, FLAGS

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def page(request):
    """Give a page of a new browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        yield page
        report = getattr(request.node, "outcome", None)
        if report is None or report.failed:
            ARTIFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTIFACTS / f"{request.node.name}.png")
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the fixture know how the test went."""
    report = yield
    if call.when == "call":
        item.outcome = report
    return report
