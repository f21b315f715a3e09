"""The same notebook as a page without code: voila shows its panels, and they are alive."""

import pytest

from .lab import ROOT, voila

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_walk_is_a_page_without_code(page, tmp_path, monkeypatch):
    monkeypatch.setenv("MASKRCNN_WEIGHTS", "shapes")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with voila(ROOT / "notebooks" / "inspect_model.ipynb", tmp_path) as address:
        page.goto(address, timeout=240_000)
        page.wait_for_function("() => document.querySelectorAll('.mi').length >= 20", timeout=240_000)
        assert page.get_by_text("from maskrcnn_inspect").count() == 0
        page.get_by_text("NMS, IoU > 0.7").first.wait_for(timeout=60_000)
        slider = page.get_by_label("NMS threshold (IoU)").first
        slider.focus()
        page.keyboard.press("ArrowLeft")
        page.get_by_text("NMS, IoU > 0.65").first.wait_for(timeout=60_000)
        assert page.get_by_text("Traceback").count() == 0
    assert complaints == []
