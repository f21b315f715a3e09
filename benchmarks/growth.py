"""How time and memory grow: detect, trace, lineage and views against image size, proposals, detections and classes.

    python benchmarks/growth.py                    some minutes; prints a table, draws docs/growth.png
    python benchmarks/growth.py --quick --plot growth.png

One of the four grows at a time, the other three stay. The last column is the exponent between the last two sizes: 1 is
linear, 2 quadratic. A side counts as its pixels, so that 1 is as good as it can be. The model is small and untrained:
what is asked is how work grows, not how long it takes.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent)]
sys.path[1:1] = [str(Path(__file__).resolve().parents[1] / name) for name in ("", "inspect")]

import keras  # noqa: E402
import numpy as np  # noqa: E402
from models import noise, take_nothing_for_background  # noqa: E402

from maskrcnn_core.config import tiny  # noqa: E402
from maskrcnn_core.model import MaskRCNN  # noqa: E402
from maskrcnn_core.runtime import memory  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("proposals", "detections", "box_head", "masks", "composing", "lineage")
BASE = {"side": 256, "proposals": 250, "detections": 25, "classes": 4}
SWEEPS = {
    "side": (256, 512, 1024, 2048),
    "proposals": (250, 500, 1000, 2000, 4000),
    "detections": (25, 50, 100, 200, 400),
    "classes": (4, 16, 64, 256, 1024),
}
LEAST = 1e-4  # what nothing is drawn as
# Okabe and Ito's colours, and a mark each: colour is never the only channel
STYLES = [
    {"color": colour, "marker": mark}
    for colour, mark in zip(
        ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999", "#b0a000"),
        "osD^vPX<>",
        strict=True,
    )
]
QUICK = {"side": (128, 256), "proposals": (50, 100), "detections": (10, 20), "classes": (4, 16)}
WORDS = {
    "side": "side of the image, px",
    "proposals": "proposals",
    "detections": "detections",
    "classes": "classes",
}


@dataclass(frozen=True)
class Point:
    """Seconds and bytes of each work at one size."""

    size: int
    seconds: dict[str, float]
    grown: dict[str, float]


def model_of(sizes: dict[str, int]) -> MaskRCNN:
    """Make an untrained model of ``sizes`` that finds as many detections as it may."""
    keras.utils.set_random_seed(1)
    names = ("background", *(f"class {n}" for n in range(1, sizes["classes"])))
    side, count = sizes["side"], max(sizes["proposals"], sizes["detections"])
    config = tiny(names, size=side, width=8).replace(
        **{
            "proposals.top_k": 4 * count,
            "proposals.count": count,
            "proposals.nms_threshold": 0.95,
            "detections.min_score": 0.0,
            "detections.nms_threshold": 1.0,
            "detections.max_count": sizes["detections"],
        }
    )
    model = MaskRCNN(config)
    for weight in model.weights:
        if weight.path.endswith("/conv1/kernel"):
            weight.assign(weight / 64)
    take_nothing_for_background(model)
    return model


def works_of(sizes: dict[str, int]) -> dict[str, Callable[[], Any]]:
    """Return what is measured, by name; each work can be repeated."""
    from importlib import import_module

    from maskrcnn_inspect.analysis.candidates.lineage import lineage
    from maskrcnn_inspect.session import Session

    model, image = model_of(sizes), noise(sizes["side"])
    trace = model.trace(image)
    found = len(trace["detections.scores"])
    wanted = (len(trace["proposals.boxes"]), found)
    if wanted != (max(sizes["proposals"], sizes["detections"]), sizes["detections"]):
        print(f"  wanted {sizes}, received {wanted} proposals and detections", file=sys.stderr)
    works: dict[str, Callable[[], Any]] = {
        "detect": lambda: model.detect(image),
        "trace": lambda: model.trace(image),
        "lineage of one": lambda: lineage(trace, detection=0) if found else None,
    }
    for name in VIEWS:
        module = getattr(import_module("maskrcnn_inspect.views"), name)
        works[f"view {name}"] = lambda module=module: module.snapshot(Session(trace))
    return works


def measured(sizes: dict[str, int], swept: str, repetitions: int) -> Point:
    """Measure all works at ``sizes``: median seconds, and how far the first call raised the process's memory."""
    seconds, grown = {}, {}
    for name, work in works_of(sizes).items():
        held = memory.resident()
        memory.forget_peak()
        work()
        grown[name] = max(0, memory.peak() - held) / 2**20
        times = []
        for _ in range(repetitions):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
        seconds[name] = median(times)
    return Point(sizes[swept], seconds, grown)


def exponent(points: Sequence[Point], name: str, swept: str) -> float:
    """Return by what power the last two points differ; of a side that of its pixels."""
    one, other = points[-2], points[-1]
    power = math.log(other.seconds[name] / one.seconds[name]) / math.log(other.size / one.size)
    return power / 2 if swept == "side" else power


def report(results: dict[str, list[Point]]) -> str:
    """Return the table."""
    lines = []
    for swept, points in results.items():
        lines += [
            "",
            f"| seconds by {swept} | " + " | ".join(str(p.size) for p in points) + " | exponent | MiB |",
        ]
        lines.append("|---|" + "---:|" * (len(points) + 2))
        for name in points[0].seconds:
            cells = " | ".join(f"{p.seconds[name]:.3g}" for p in points)
            power = exponent(points, name, swept)
            lines.append(f"| {name} | {cells} | {power:.2f} | {points[-1].grown[name]:.0f} |")
    return "\n".join(lines)


def plot(results: dict[str, list[Point]], path: Path) -> None:
    """Draw seconds and MiB against size, a column each, both logarithmic, with a line of slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 4, figsize=(12, 6), sharey="row", sharex="col", layout="constrained")
    for column, (swept, points) in zip(axes.T, results.items(), strict=True):
        labels = [str(p.size) for p in points]
        sizes = np.array([p.size**2 if swept == "side" else p.size for p in points], float)
        for axis, rows in zip(column, ([p.seconds for p in points], [p.grown for p in points]), strict=True):
            for style, name in zip(STYLES, rows[0], strict=True):
                axis.loglog(sizes, [max(row[name], LEAST) for row in rows], ms=4, lw=1, label=name, **style)
            start = max(min(rows[0].values()), LEAST)
            axis.loglog(sizes, start * sizes / sizes[0], ls="--", lw=1, c="0.6", label="linear")
            axis.set_xticks(sizes, labels)
            axis.minorticks_off()
        column[1].set_xlabel(WORDS[swept])
    axes[0, 0].set_ylabel("seconds")
    axes[1, 0].set_ylabel("MiB above what was held")
    axes[1, 0].set_ylim(0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
    figure.savefig(path, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="two small sizes each")
    parser.add_argument("--only", choices=sorted(SWEEPS), help="one of the four")
    parser.add_argument("--plot", type=Path, default=None, metavar="PNG")
    parser.add_argument("--json", type=Path, default=None, metavar="OUT")
    arguments = parser.parse_args()
    results: dict[str, list[Point]] = {}
    for swept, sizes in (QUICK if arguments.quick else SWEEPS).items():
        if arguments.only not in (None, swept):
            continue
        results[swept] = []
        for size in sizes:
            print(f"{swept} {size} …", file=sys.stderr, flush=True)
            results[swept].append(measured({**BASE, swept: size}, swept, 2 if arguments.quick else 3))
    print(report(results))
    if len(results) == len(SWEEPS) and (arguments.plot or not arguments.quick):
        plot(results, arguments.plot or ROOT / "docs" / "growth.png")
    if arguments.json:
        content = {swept: [vars(point) for point in points] for swept, points in results.items()}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
