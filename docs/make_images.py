"""Make the documentation's images: screenshots of what a person sees, of what the shipped models find.

    python docs/make_images.py             all of them
    python docs/make_images.py film        one, by its name: film, gallery, proposals, roi_align, why_missed

From the root; needs Chromium and the dev extra. The notebooks are run in a real JupyterLab; for the film a small model
is trained first, which takes minutes. The gallery is of the nuclei that were held out of training, for which the data
set of docs/models.md has to be there: ``nuclei``, or the folder that ``NUCLEI`` of the environment names.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_inspect.commands.walk_film import write_film  # noqa: E402  (the path comes first)
from tests.browser.lab import FLAGS, jupyterlab, run_all  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
WINDOW = {"width": 1320, "height": 980}
OF_LAB = (300, 92, 1282, 790)  # px of the window between JupyterLab's bars
COLOURS = 128  # of the files: small, and hardly to be told from all
FILM = "film"
FILM_WINDOW = {"width": 1080, "height": 1400}
GALLERY = "gallery"
GALLERY_WINDOW = {"width": 1280, "height": 700}
HELD_OUT = ROOT / "maskrcnn_core" / "assets" / "nuclei_validation.txt"
VERDICT, OPENED = "class NMS", 8  # what is chosen in the gallery, and which of its crops is selected
COMMAND = "from maskrcnn_core.cli import main; main()"
TRAINING = (
    "train",
    "shapes:?count=600&seed=1",
    *("--validate", "shapes:?count=4&seed=2", "--film", "3"),  # three circles, of which one covers another
    *("--preset", "tiny", "--init", "none", "--stages", "heads:1 all:6", "--seed", "1"),
    *("--set", "training.steps_per_epoch=100", "--set", "training.batch_size=2"),
    *("--set", "training.warm_up_steps=50", "--skip-check", "--no-events"),
)


def main() -> None:
    """Write the images beside this file, or those that are named."""
    known = {FILM, GALLERY, *WALK, *WHY}
    wanted = set(sys.argv[1:]) or known
    if unknown := wanted - known:
        raise SystemExit(f"wanted names of {sorted(known)}, received {sorted(unknown)}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for notebook, shots in {"inspect_model": WALK, "why_missed": WHY}.items():
            if chosen := {name: prepare for name, prepare in shots.items() if name in wanted}:
                photograph_notebook(browser, notebook, chosen)
        if FILM in wanted:
            with tempfile.TemporaryDirectory() as folder:
                run = Path(folder) / "run"
                subprocess.run([sys.executable, "-c", COMMAND, *TRAINING, "--output", str(run)], check=True)
                photograph_film(browser, run)
        if GALLERY in wanted:
            with tempfile.TemporaryDirectory() as folder:
                photograph_gallery(browser, explain_nuclei(Path(folder)))


def photograph_notebook(browser: Browser, notebook: str, shots: dict[str, Callable[[Page], None]]) -> None:
    """Run a notebook and write what each of ``shots`` brings into view."""
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
            save(page.screenshot(), name, OF_LAB)
    page.close()


def photograph_film(browser: Browser, run: Path) -> None:
    """Write the film of a training run as its page shows it, at the last step: the canvas and two charts below it."""
    page = browser.new_page(viewport=FILM_WINDOW)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "film.html"
        write_film(str(run), str(written), browser=False)
        page.goto(written.as_uri())
        canvas, curves = page.locator(".mi").first, page.locator("img:visible").nth(1)
        canvas.wait_for()
        page.wait_for_timeout(2500)
        top, bottom = canvas.bounding_box(), curves.bounding_box()
        assert top is not None and bottom is not None
        box = (0, int(top["y"]) - 10, FILM_WINDOW["width"], int(bottom["y"] + bottom["height"]) + 10)
        save(page.screenshot(full_page=True), FILM, box)
    page.close()


def explain_nuclei(folder: Path) -> Path:
    """Return a report on the nuclei, made in ``folder``, where they are ``nuclei``: a path is seen in the image."""
    (folder / "nuclei").symlink_to(Path(os.environ.get("NUCLEI", "nuclei")).resolve(strict=True))
    source = f"label_map:nuclei?only={HELD_OUT}&class_name=nucleus"
    words = ("explain", source, "--weights", "nuclei", "--output", "why")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", COMMAND, *words], cwd=folder, env=environment, check=False)
    if done.returncode > 1:  # 1 = some objects are missed
        raise SystemExit(done.returncode)
    return folder / "why"


def photograph_gallery(browser: Browser, report: Path) -> None:
    """Write the gallery of a report: one verdict chosen, one of its crops selected."""
    page = browser.new_page(viewport=GALLERY_WINDOW)
    page.goto((report / "gallery.html").as_uri())
    page.locator(f'.mg-choice[data-word="{VERDICT}"]').click()
    page.locator(f'.mg-cell[data-place="{OPENED}"]:visible').click()
    page.wait_for_timeout(2500)
    save(page.screenshot(), GALLERY, (0, 0, GALLERY_WINDOW["width"], GALLERY_WINDOW["height"]))
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


def save(png: bytes, name: str, box: tuple[int, int, int, int]) -> None:
    """Write what lies in ``box``, px (left, top, right, bottom), with few colours."""
    image = Image.open(BytesIO(png)).convert("RGB").crop(box)
    path = Path(__file__).parent / f"{name}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
