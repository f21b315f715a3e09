"""Make the README's moving image: one detection after the other on its way through the walk's page, as recorded.

``python docs/make_moving.py`` from the root; needs Chromium and the dev extra. The page is the one that
``maskrcnn walk`` writes; a detection is selected on the result, and the views of the stages are photographed in turn.
"""

import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_inspect.export import write_walk  # noqa: E402  (the path comes first)
from maskrcnn_inspect.opening import open_session  # noqa: E402
from tests.browser.lab import FLAGS  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 800, 640  # px
SHOWN = 1600  # ms a frame
DETECTIONS = (1, 2)  # of the few whose pooling a page without a kernel shows
# how a canvas's title begins, in the order in which data flows
STATIONS = (
    "Refinement of the best",
    "(NMS|Suppression), IoU",
    "[0-9]+ proposals, ",
    "Proposal {proposal}: ",
    "[0-9]+ proposals by the class",
    "[0-9]+ masks on",
    "Result:",
)
WEIGHTS = "nuclei"


def main() -> None:
    """Write ``walk.webp`` beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        session = open_session(WEIGHTS)
        write_walk(session, Path(folder) / "walk.html")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": WIDTH + 100, "height": HEIGHT + 300})
        page.goto((Path(folder) / "walk.html").as_uri())
        proposals = session.trace["detections.proposal_index"]
        frames = [frame for row in DETECTIONS for frame in way_of(page, row, int(proposals[row]))]
        browser.close()
    path = Path(__file__).parent / "walk.webp"
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=SHOWN, loop=0, quality=75, method=6
    )
    print(f"{path.name}: {len(frames)} frames, {path.stat().st_size / 1e6:.2f} MB")


def way_of(page: Page, row: int, proposal: int) -> list[Image.Image]:
    """Select the detection of ``proposal`` on the result and return a frame of each station."""
    result = canvas(page, STATIONS[-1])
    result.locator("summary").click()
    result.locator(".mi-item", has_text=f"detections[{row}]").first.click()
    result.locator("summary").click()
    return [photograph(page, canvas(page, title.format(proposal=proposal))) for title in STATIONS]


def canvas(page: Page, title: str) -> Locator:
    """Return the canvas whose title begins with the pattern ``title``."""
    return page.locator(".mi", has=page.locator(".mi-title", has_text=re.compile(rf"^\s*{title}"))).first


def photograph(page: Page, figure: Locator) -> Image.Image:
    """Return the canvas with its title and controls, on a frame of one size for all."""
    figure.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    shot = Image.open(BytesIO(figure.screenshot())).convert("RGB")
    shot.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", (WIDTH, HEIGHT), "white")
    frame.paste(shot)
    return frame


if __name__ == "__main__":
    main()
