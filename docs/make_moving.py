"""Make the README's moving image: one object after the other on its way through the Explorer, as recorded.

``python docs/make_moving.py`` from the root; needs Chromium and the dev extra. The page is the one that
``maskrcnn walk`` writes; its links open a station with a detection selected.
"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_inspect.explorer import write_explorer  # noqa: E402  (the path comes first)
from maskrcnn_inspect.opening import open_session  # noqa: E402
from tests.browser.lab import FLAGS  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 800}  # px of the screen
WIDTH = 960  # px of a frame
SHOWN = 1500  # ms a frame
PAUSE = 1000  # ms in which nothing more may change
DETECTIONS = (0, 4)
STATIONS = ("image", "backbone", "fpn", "rpn", "proposals", "roi", "head", "detections", "mask", "result")
WEIGHTS = "nuclei"


def main() -> None:
    """Write ``walk.webp`` beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        written = Path(folder) / "walk.html"
        write_explorer(open_session(WEIGHTS), written)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport=SIZE)
        frames = [
            photograph(page, f"{written.as_uri()}#stage={station}&detection={row}")
            for row in DETECTIONS
            for station in STATIONS
        ]
        browser.close()
    path = Path(__file__).parent / "walk.webp"
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=SHOWN, loop=0, quality=75, method=6
    )
    print(f"{path.name}: {len(frames)} frames, {path.stat().st_size / 1e6:.2f} MB")


def photograph(page: Page, address: str) -> Image.Image:
    """Return the screen that ``address`` opens, at the size of a frame."""
    page.goto("about:blank")
    page.goto(address)
    page.locator("canvas").first.wait_for()
    before, now = b"", page.screenshot()
    while before != now:  # thumbnails are drawn one after the other
        page.wait_for_timeout(PAUSE)
        before, now = now, page.screenshot()
    shot = Image.open(BytesIO(now)).convert("RGB")
    shot.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    return shot


if __name__ == "__main__":
    main()
