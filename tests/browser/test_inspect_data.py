"""The notebook inspect_data, live: a slider moves, the canvas and the numbers beside it follow."""

import re

import pytest

from .lab import ROOT, errors, jupyterlab, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_moved_is_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.setenv("MASKRCNN_DATA", "shapes:?count=40&seed=2&empty=0.1")
    with jupyterlab(ROOT / "notebooks" / "inspect_data.ipynb", tmp_path) as address:
        run_all(page, address)
        assert errors(page) == []
        assert page.locator('.jp-OutputArea p[role="alert"]:visible').count() == 0

        cells = page.locator(".jp-CodeCell")
        samples = cells.filter(has_text="dataset.widget(reader)")
        samples.get_by_text("Sample 0 of 40", exact=False).first.wait_for(timeout=60_000)
        handle = samples.locator("input[type=range]").first
        handle.focus()
        for _ in range(3):
            handle.press("ArrowRight")
        samples.get_by_text("Sample 3 of 40", exact=False).first.wait_for(timeout=60_000)
        samples.get_by_text("source: shapes-2-3", exact=False).wait_for(timeout=60_000)
        page.screenshot(path=tmp_path / "samples.png")

        grown = cells.filter(has_text="augmentation.widget(reader, config)")
        grown.locator("select").select_option(["rot90", "color"])
        grown.get_by_text("rot90 + color, seed 1", exact=False).first.wait_for(timeout=60_000)
        grown.screenshot(path=tmp_path / "augmentation.png")

        paid = cells.filter(has_text="losses.widget(session)")
        paid.locator("select").first.select_option("mask")
        paid.get_by_text(re.compile(r"^mask: 0\.\d+, a px")).first.wait_for(timeout=60_000)
        assert "off by" in paid.locator("pre").last.inner_text()
        paid.screenshot(path=tmp_path / "losses.png")
        cells.filter(has_text="training_targets.widget").screenshot(path=tmp_path / "targets.png")
        cells.filter(has_text="training_batch.widget").screenshot(path=tmp_path / "batch.png")
        assert errors(page) == []
