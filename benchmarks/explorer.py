"""How fast the Explorer is to whoever moves its sliders, live in TensorFlow and in the browser itself.

    python benchmarks/explorer.py [--changes 25] [--runs 100]

Chromium at 1280 x 800. First view: from the command ``maskrcnn walk``, or from the site's address on loopback, to the
station with its picture. Live: until the page runs the model itself. A change: a slider takes another value, and the
station, the story and the thumbnails of the run with it are drawn; median and 90th percentile. Late: the longest that
the page did not answer meanwhile. Memory: of the page's own heap, first and after that many runs, both after a
collection.
"""

import argparse
import os
import pty
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(ROOT), str(ROOT / "inspect")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402  (the path comes first)
from fault_commands import served  # noqa: E402
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright  # noqa: E402

from maskrcnn_inspect.explorer.live.site import write_site  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-quic", "--enable-precise-memory-info")
DESK: ViewportSize = {"width": 1280, "height": 800}
START = "from maskrcnn_core.cli import main; main()"
WAIT = 180_000  # ms
MODELS = {"shapes": "shapes", "nuclei": "tissue"}  # and a sample of each
# what is moved, at which station, and between which values: all run the model from the proposals on
SETTING, STATION, LEAST, MOST = "proposals.count", "proposals", 60, 160
SHOWN = ".mx[data-shown]"
LIVE = "() => document.querySelector('.mx-subtitle')?.textContent.includes('in this page')"
CHANGE = """async ([setting, value]) => {
  const slider = document.querySelector(`[data-setting="${setting}"] input`);
  const began = performance.now();
  let last = began, late = 0;
  slider.value = String(value);
  const wanted = `${setting}=${slider.value}`; // what its steps make of the value
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  while (!document.querySelector(".mx").dataset.shown.includes(wanted)) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    late = Math.max(late, performance.now() - last);
    last = performance.now();
    if (last - began > 60000) throw new Error(`${wanted} is not shown`);
  }
  return [performance.now() - began, late];
}"""
HEAP = "() => performance.memory.usedJSHeapSize"


def main() -> None:
    """Measure each engine and print a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=25)
    parser.add_argument("--runs", type=int, default=100, help="at most 100 different values")
    asked = parser.parse_args()
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for name, sample in MODELS.items():
            with walk(sample) as (address, began):
                page = opened(browser, address)
                report(f"TensorFlow, {name}", page, asked, first=time.monotonic() - began)
                page.close()
        write_site(Path(folder))
        with served(Path(folder)) as address:
            for name, sample in MODELS.items():
                began = time.monotonic()
                page = opened(browser, f"{address}/index.html")
                first = time.monotonic() - began
                page.wait_for_function(LIVE, timeout=WAIT)
                live = time.monotonic() - began
                page.get_by_role("combobox", name="Image").select_option(sample)
                page.wait_for_function(
                    f"() => document.querySelector('.mx-subtitle')?.textContent.startsWith('{name}')",
                    timeout=WAIT,
                )
                page.wait_for_timeout(2000)
                report(f"browser, {name}", page, asked, first=first, live=live)
                page.close()


def report(label: str, page: Page, asked: argparse.Namespace, **seconds: float) -> None:
    """Move the slider and print what it took."""
    page.locator(f'[data-station="{STATION}"]').click()
    page.wait_for_function(
        f"() => document.querySelector('.mx').dataset.shown.includes('{STATION}')", timeout=WAIT
    )
    values = [LEAST + (37 * number) % (MOST - LEAST) for number in range(1, asked.runs + 1)]
    page.evaluate(CHANGE, [SETTING, values[-1]])  # the first compiles
    before = heap(page)
    made = [page.evaluate(CHANGE, [SETTING, value]) for value in values]
    after = heap(page)
    took, late = np.array(made[: asked.changes]).T
    told = "".join(f"{word} {spent:.1f} s, " for word, spent in seconds.items())
    print(
        f"{label}: {told}a change {np.median(took):.0f} ms, p90 {np.percentile(took, 90):.0f} ms, "
        f"late {np.percentile(late, 90):.0f} ms, heap {before / 1e6:.1f} to {after / 1e6:.1f} MB",
        flush=True,
    )


def heap(page: Page) -> int:
    """Return the bytes of the page's heap after a collection; ``gc`` of a page leaves buffers that came in messages."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    return int(page.evaluate(HEAP))


def opened(browser: Browser, address: str) -> Page:
    """Return the page at ``address`` once it shows its first view."""
    page = browser.new_page(viewport=DESK)
    page.goto(address)
    page.locator(SHOWN).wait_for(timeout=WAIT)
    return page


@contextmanager
def walk(sample: str) -> Iterator[tuple[str, float]]:
    """Give the address of ``maskrcnn walk`` and when the command was given."""
    began = time.monotonic()
    pid, screen = pty.fork()
    if pid == 0:
        path = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
        words = [sys.executable, "-c", START, "walk", "--no-browser", "--sample", sample]
        os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": path})
    text = ""
    while not (found := re.search(r"http://127\S+token=\S+", text)):
        text += os.read(screen, 4096).decode()
    try:
        yield found[0], began
    finally:
        os.write(screen, b"\x03")
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
