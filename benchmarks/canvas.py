"""How soon the canvas answers, measured in Chromium without a graphics card.

    python benchmarks/canvas.py                    everything: about two minutes
    python benchmarks/canvas.py redraw trace       some of redraw, trace, rerun

redraw: a slider or a zoom key in the browser; CPU time of one draw until its pixels are read back, not counting the
wait for the screen's next frame. trace: a fresh process opens a saved trace and builds a view, without TensorFlow.
rerun: in JupyterLab, a key on a slider, the stages run again in the kernel, and the new layers' pixels are read back;
everything counts, the network and the waits as well. Medians; the bars are those of the project.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "inspect")]

from maskrcnn_inspect import canvas  # noqa: E402  the path comes first
from tests.browser.lab import FLAGS, errors, jupyterlab, run_all  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
BARS = {"40 detections": 20, "2,000 boxes": 50, "rerun": 150, "trace": 2000}  # ms
MOVES = 40
KERNEL_MOVES = 15
SETTINGS = {  # of each model: how far its sliders move
    "proposals.nms_threshold": (0.3, 0.9, 0.02),
    "detections.min_score": (0.3, 0.9, 0.02),
    "proposals.top_k": (300, 900, 20),
}

# Resolves when the draw that `act` brings about is on the screen: to its CPU ms with pixels, and to ms since `act`.
# titled: the answer is a new title, and new layers with it unless they are as they were; else it is one more draw.
MEASURE = """([figure, act, titled]) => new Promise((done) => {
  const surfaces = [...figure.querySelectorAll(".mi-stage canvas")];
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const readBack = () => surfaces.forEach((one) => {
    pixel.drawImage(one, 0, 0, 1, 1, 0, 0, 1, 1);
    pixel.getImageData(0, 0, 1, 1);
  });
  const finish = () => {
    const drawn = performance.now();
    readBack();
    const end = performance.now();
    done([Number(figure.dataset.drawMs) + end - drawn, end - start]);
  };
  const watch = new MutationObserver(() => {
    watch.disconnect();
    titled ? requestAnimationFrame(finish) : finish(); // the canvas has asked for this frame before
  });
  if (titled) watch.observe(figure.querySelector(".mi-title"), { childList: true });
  else watch.observe(figure, { attributeFilter: ["data-draws"] });
  readBack();
  const start = performance.now();
  const target = act.selector ? document.querySelectorAll(act.selector)[act.place] : figure.querySelector(".mi-top");
  if (act.key) target.dispatchEvent(new KeyboardEvent("keydown", { key: act.key, bubbles: true }));
  if (act.value !== undefined) {
    target.value = act.value;
    target.dispatchEvent(new Event("input"));
  }
})"""

NOTEBOOK = """\
import ipywidgets
from maskrcnn_core import load_model
from maskrcnn_inspect import canvas
from maskrcnn_inspect.samples import sample_image
from maskrcnn_inspect.session import Session

session = Session.run(load_model({model!r}), sample_image({model!r}))
def layers(trace):
    found = dict(of="detections", scores=trace["detections.scores"], class_ids=trace["detections.class_ids"],
                 class_names=trace.config.class_names)
    return [canvas.Boxes(trace["proposals.boxes"], "proposals", scores=trace["proposals.scores"], numbered=False,
                         style="dotted", colours=canvas.NEUTRAL),
            canvas.Masks(trace["mask_head.probs"], trace["pasting.boxes"], **found),
            canvas.Boxes(trace["pasting.boxes"], "detections", **found)]
shown = canvas.Canvas(session.trace["image.original"], layers(session.trace), title="as it was")
def slider(name, low, high, step):
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    moved = kind(low, min=low, max=high, step=step, description=name)
    def move(change):
        trace = session.rerun(**{{name: change.new}})
        with shown.hold_sync():
            shown.layers, shown.title = layers(trace), f"{{name}} {{change.new}}"
    moved.observe(move, "value")
    return moved
ipywidgets.VBox([slider(name, *ends) for name, ends in {settings!r}.items()] + [shown])"""

OPENING = """\
import sys, time
start = time.perf_counter()
from maskrcnn_inspect.session import Session
from maskrcnn_inspect.views import detections
detections.widget(Session.load({path!r}))
assert "tensorflow" not in sys.modules, "TensorFlow was imported"
print(1000 * (time.perf_counter() - start))"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "which", nargs="*", metavar="redraw|trace|rerun", default=["redraw", "trace", "rerun"]
    )
    measures = {"redraw": redraw, "trace": trace, "rerun": rerun}
    for which in parser.parse_args().which:
        measures[which]()


def say(what: str, median: float, bar: float, more: str = "") -> None:
    verdict = "within" if median <= bar else "MISSES"
    print(f"{what:<58}{median:>8.1f} ms   {verdict} {bar} ms   {more}", flush=True)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser.new_page(viewport={"width": 1500, "height": 1300})
        browser.close()


def redraw() -> None:
    """Draw an image of 1024 x 1024 px, each a px of the screen."""
    with chromium() as page, tempfile.TemporaryDirectory() as folder:
        for name, layers in (("40 detections", forty_detections()), ("2,000 boxes", two_thousand_boxes())):
            grey = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), dtype=np.uint8)
            file = Path(folder) / "page.html"
            body = canvas.fragment([canvas.Canvas(grey, layers, height=1024)])
            file.write_text(f"<!doctype html><meta charset=utf-8><body>{body}", encoding="utf-8")
            page.goto(file.as_uri())
            figure = page.locator("figure.mi[data-ready=true]").element_handle()
            side = round(figure.query_selector(".mi-top").bounding_box()["height"])
            for what, moves in moves_on(figure).items():
                times = [page.evaluate(MEASURE, [figure, act, False]) for act in moves]
                draw, whole = (statistics.median(column) for column in zip(*times, strict=True))
                more = f"on {side} px, event to pixels {whole:.1f} ms"
                say(f"redraw, {name} on 1024 x 1024, {what}", draw, BARS[name], more)


def moves_on(figure: Any) -> dict[str, list[dict[str, Any]]]:
    """Give what hands do: zoom in and out, and a slider on by one position each, never to where it is already."""
    moves: dict[str, list[dict[str, Any]]] = {"zoom": [{"key": "+-"[i % 2]} for i in range(MOVES)]}
    for key, start in (("mask_threshold", 0.3), ("min_score", 0.0)):
        selector = f"input[data-key={key}]"
        if figure.query_selector(selector):
            values = [round(start + (i + 1) / 100, 2) for i in range(MOVES)]
            moves[key] = [{"selector": selector, "place": 0, "value": value} for value in values]
    return moves


def forty_detections() -> list[canvas.Layer]:
    rng = np.random.default_rng(1)
    corners, sides = rng.uniform(0, 700, (40, 2)), rng.uniform(60, 320, (40, 2))
    boxes = np.hstack([corners, corners + sides])
    y, x = np.mgrid[:28, :28]
    probs = 1 / (1 + np.exp((np.hypot(y - 13.5, x - 13.5) - rng.uniform(8, 13, (40, 1, 1))) / 1.5))
    rows: Any = {"of": "detections", "scores": np.linspace(1, 0.2, 40), "class_names": ["background", "cell"]}
    rows["class_ids"] = np.ones(40, int)
    return [canvas.Masks(probs, boxes, **rows), canvas.Boxes(boxes, "detections", **rows)]


def two_thousand_boxes() -> list[canvas.Layer]:
    rng = np.random.default_rng(2)
    corners = rng.uniform(0, 900, (2000, 2))
    boxes = np.hstack([corners, corners + rng.uniform(10, 120, (2000, 2))])
    return [canvas.Boxes(boxes, "proposals", scores=np.linspace(1, 0, 2000))]


def trace() -> None:
    from maskrcnn_core import load_model
    from maskrcnn_inspect.samples import sample_image

    with tempfile.TemporaryDirectory() as folder:
        for model in ("shapes", "nuclei"):
            path = Path(folder) / f"{model}.h5"
            load_model(model).trace(sample_image(model)).save(path)
            command = [sys.executable, "-c", OPENING.format(path=str(path))]
            paths = f"{ROOT}:{ROOT / 'inspect'}"
            runs = [subprocess.check_output(command, text=True, env={"PYTHONPATH": paths}) for _ in range(5)]
            times = [float(run) for run in runs]
            say(
                f"saved trace to first view, {model}",
                statistics.median(times),
                BARS["trace"],
                f"first {times[0]:.0f} ms",
            )


def rerun() -> None:
    for model in ("shapes", "nuclei"):
        with tempfile.TemporaryDirectory() as folder, chromium() as page:
            home, file = Path(folder) / "home", Path(folder) / "rerun.ipynb"
            home.mkdir()
            write_notebook(file, NOTEBOOK.format(model=model, settings=SETTINGS))
            with jupyterlab(file, home) as address:
                run_all(page, address)
                if errors(page):
                    raise SystemExit("\n".join(errors(page)))
                figure = page.locator("figure.mi[data-ready=true]").element_handle(timeout=60_000)
                for place, name in enumerate(SETTINGS):
                    act = {"selector": ".noUi-handle", "place": place, "key": "ArrowRight"}
                    times = [page.evaluate(MEASURE, [figure, act, True])[1] for _ in range(KERNEL_MOVES)]
                    first, rest = times[:2], times[2:]  # op by op once, then compiled once
                    more = f"largest {max(rest):.0f}, first two {first[0]:.0f} and {first[1]:.0f} ms"
                    say(f"rerun in the kernel, {model}, {name}", statistics.median(rest), BARS["rerun"], more)


def write_notebook(file: Path, source: str) -> None:
    code = {
        "cell_type": "code",
        "execution_count": None,
        "id": "only",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    whole = {"cells": [code], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    file.write_text(json.dumps(whole), encoding="utf-8")


if __name__ == "__main__":
    main()
