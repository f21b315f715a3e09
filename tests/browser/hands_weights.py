"""The notebook inspect_weights, live: what is clicked is what is shown."""

from pathlib import Path


def move(page, folder: Path) -> None:
    """Click layers in the overview, and see that each is shown; screenshots go to ``folder``."""
    grid = page.locator(".mri-grid")
    grid.wait_for(timeout=60_000)
    assert grid.locator("tbody tr").count() == 47
    grid.get_by_role("button", name="rpn.class_raw", exact=True).click()
    page.locator("h3", has_text="rpn.class_raw").wait_for(timeout=60_000)
    assert grid.locator("tr[aria-current=true]").inner_text().startswith("rpn.class_raw")
    grid.locator("tr[data-layer='fpn.p2'] td").first.click()
    page.locator("h3", has_text="fpn.p2").wait_for(timeout=60_000)
    grid.get_by_role("button", name="box_head.bbox_fc", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("h3", has_text="box_head.bbox_fc").wait_for(timeout=60_000)
    page.get_by_role("button", name="previous finding").wait_for()
    page.locator(".mri-grid").screenshot(path=folder / "grid.png")
    page.screenshot(path=folder / "page.png")
