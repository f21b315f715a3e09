"""The notebook inspect_data, live: a slider moves, the canvas and the numbers beside it follow."""

import re
from pathlib import Path

GIVEN = {"MASKRCNN_DATA": "shapes:?count=80&seed=2&empty=0.1"}


def move(page, folder: Path) -> None:
    """Move what can be moved, and see that what is shown follows; screenshots go to ``folder``."""
    cells = page.locator(".jp-CodeCell")
    samples = cells.filter(has_text="dataset.widget(reader)")
    samples.get_by_text("Sample 0 of 80", exact=False).first.wait_for(timeout=60_000)
    handle = samples.locator("input[type=range]").first
    handle.focus()
    for _ in range(3):
        handle.press("ArrowRight")
    samples.get_by_text("Sample 3 of 80", exact=False).first.wait_for(timeout=60_000)
    samples.get_by_text("source: shapes-2-3", exact=False).wait_for(timeout=60_000)
    page.screenshot(path=folder / "samples.png")

    grown = cells.filter(has_text="augmentation.widget(reader, config)")
    grown.locator("select").select_option(["rot90", "color"])
    grown.get_by_text("rot90 + color, seed 1", exact=False).first.wait_for(timeout=60_000)
    grown.screenshot(path=folder / "augmentation.png")

    paid = cells.filter(has_text="losses.widget(session)")
    paid.locator("select").first.select_option("mask")
    paid.get_by_text(re.compile(r"^mask: 0\.\d+, a px")).first.wait_for(timeout=60_000)
    assert "off by" in paid.locator("pre").last.inner_text()
    paid.screenshot(path=folder / "losses.png")
    cells.filter(has_text="training_targets.widget").screenshot(path=folder / "targets.png")
    cells.filter(has_text="training_batch.widget").screenshot(path=folder / "batch.png")
