"""Make the README's images: screenshots of the real notebooks in a real JupyterLab, of what the shipped models find.

``python docs/make_images.py`` from the root; needs Chromium and the dev extra.
"""

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from tests.browser.lab import FLAGS, jupyterlab, run_all  # noqa: E402  (the path comes first)

CHROMIUM = "/usr/bin/chromium"
WINDOW = {"width": 1320, "height": 980}
COLOURS = 128  # of the files: small, and hardly to be told from all


def main() -> None:
    """Write the images beside this file."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for notebook, shots in {"inspect_model": WALK, "why_missed": WHY}.items():
            page = browser.new_page(viewport=WINDOW)
            with (
                tempfile.TemporaryDirectory() as home,
                jupyterlab(ROOT / "notebooks" / f"{notebook}.ipynb", Path(home)) as address,
            ):
                run_all(page, address)
                page.wait_for_timeout(3000)
                for name, prepare in shots.items():
                    prepare(page)
                    page.wait_for_timeout(2500)
                    save(page.screenshot(), Path(__file__).parent / f"{name}.png")
            page.close()


def show(page: Page, title: str) -> None:
    """Scroll until the panel that has a canvas of this title is in view, its first line on top."""
    title_of_canvas = page.locator(".mi-title", has_text=title).first
    title_of_canvas.wait_for()
    panel = title_of_canvas.locator("xpath=ancestor::div[contains(@class,'jp-OutputArea-output')][1]")
    panel.evaluate("panel => panel.scrollIntoView({block: 'start'})")


def choose(page: Page, title: str, row: str) -> None:
    """Select a row on the canvas of this title, by its list."""
    figure = page.locator(".mi", has=page.locator(".mi-title", has_text=title)).first
    figure.locator("summary").click()
    figure.locator(".mi-item", has_text=row).first.click()
    figure.locator("summary").click()


def proposals(page: Page) -> None:
    """Show NMS with a detection selected."""
    show(page, "Result:")
    choose(page, "Result:", "detections[3]")
    show(page, "NMS, IoU")


def pooling(page: Page) -> None:
    """Show where ROIAlign reads for the same detection."""
    show(page, "RoIPool")


def suppressed(page: Page) -> None:
    """Show NMS that took the missed object away."""
    show(page, "hard NMS of detections")


WALK: dict[str, Callable[[Page], None]] = {"proposals": proposals, "roi_align": pooling}
WHY: dict[str, Callable[[Page], None]] = {"why_missed": suppressed}


def save(png: bytes, path: Path) -> None:
    """Write what lies between JupyterLab's bars, with few colours."""
    image = Image.open(BytesIO(png)).convert("RGB").crop((300, 92, 1282, 790))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
