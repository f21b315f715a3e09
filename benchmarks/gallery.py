"""How soon the gallery of 100,000 objects answers, in Chromium without a graphics card, from a file.

    python benchmarks/gallery.py [--rows 100000]

First view: from opening the file to the first crops. Filter: a word of a bar, a text, an order, each until the crops
are drawn. Scrolling: frames a second while the grid moves a line a frame. Memory: of the page's own heap. The bars are
2 s, 100 ms, 50 frames a second, 500 MB.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_inspect.analysis.verdict_table.atlas import Atlas  # noqa: E402
from maskrcnn_inspect.gallery import crops  # noqa: E402
from maskrcnn_inspect.gallery.page import Page, gallery_page  # noqa: E402
from tests.browser.lab import FLAGS  # noqa: E402
from tests.gallery.conftest import table_of_rows  # noqa: E402

TIMED = """(act) => new Promise((done) => {
  const start = performance.now();
  new Function(act)();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""
CHOICE = "document.querySelectorAll('.mg-choice')[{}].click()"
ORDER = """const order = document.querySelector('[aria-label="Order by"]');
order.value = '{}'; order.dispatchEvent(new Event('change'));"""
ACTS = {
    "a verdict": CHOICE.format(3),
    "back": CHOICE.format(3),
    "a class": CHOICE.format(5),
    "class back": CHOICE.format(5),
    "order by score": ORDER.format("score"),
    "order by size": ORDER.format("area"),
}
SCROLL = """() => new Promise((done) => {
  const grid = document.querySelector('.mg-grid');
  let [frames, start] = [0, performance.now()];
  const step = () => {
    grid.scrollTop += 180;
    if (++frames < 200) return requestAnimationFrame(step);
    done(1000 * frames / (performance.now() - start));
  };
  requestAnimationFrame(step);
})"""


def write(rows: int, folder: Path) -> Path:
    """Write a gallery of ``rows`` rows; all sheets hold the same crops."""
    random, table = np.random.default_rng(0), table_of_rows(rows)
    side = crops.ACROSS * crops.TILE
    Image.fromarray(random.integers(0, 255, (side // 4, side // 4, 3), np.uint8)).resize((side, side)).save(
        folder / "one.jpg", quality=crops.QUALITY
    )
    for sheet in range(-(-rows // crops.PER_SHEET)):
        (folder / f"crops_{sheet:05d}.jpg").hardlink_to(folder / "one.jpg")
    short = random.normal(size=(rows, 16)).astype(np.float32)
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    atlas = Atlas(np.arange(rows), short[:, :2], short, np.array([0.4, 0.2]))
    (folder / "gallery.html").write_text(gallery_page(Page("Gallery", {}), table, atlas), encoding="utf-8")
    return folder / "gallery.html"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        path = write(rows, Path(name))
        print(f"page: {path.stat().st_size / 1e6:.1f} MB, {rows:,} rows")
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(path.as_uri(), wait_until="commit")
        page.locator(".mg-cell").first.wait_for()
        print(f"first view: {page.evaluate('performance.now()'):.0f} ms")
        for what, act in ACTS.items():
            print(f"{what}: {page.evaluate(TIMED, act):.0f} ms")
        print(f"scrolling: {page.evaluate(SCROLL):.0f} frames a second")
        heap = page.evaluate("performance.memory.usedJSHeapSize")
        print(f"heap: {heap / 1e6:.0f} MB")
        browser.close()


if __name__ == "__main__":
    main()
