"""Cases of long runs: a folder of images with its steps overlapping, two workers, and steady memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rows import Row, number, ratio_of, time_row, timed

from maskrcnn_core.commands.detect_image import make_detection, recipe_of
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.inference.overlap import overlapped
from maskrcnn_core.runtime import memory

ROOT = Path(__file__).resolve().parents[1]
WARM = 100  # images after which memory should no longer grow
OPTIONS: dict[str, Any] = {
    "weights": "shapes",
    "config_file": None,
    "min_score": None,
    "tile": None,
    "tile_overlap": None,
    "splashes": False,
    "features": None,
    "cutouts": False,
    "depth": None,
    "engine": "tensorflow",
}


@contextmanager
def images(count: int, side: int) -> Iterator[tuple[list[Path], Path]]:
    """Give ``count`` JPEGs of about ``side`` px of several sizes, and a folder to write to."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for index in range(count):
            drawn = Image.fromarray(Shapes(count, seed=9)[index].image)
            size = (side + index % 7 * 16, side + index % 5 * 16)
            found.append(Path(folder) / "in" / f"{index:05d}.jpg")
            found[-1].parent.mkdir(exist_ok=True)
            drawn.resize(size).save(found[-1], quality=90)
        output = Path(folder) / "out"
        output.mkdir()
        yield found, output


def items_of(found: list[Path]) -> list[tuple[str, str]]:
    """Return what a job of detect calls its images."""
    return [(str(path), path.stem) for path in found]


def overlap(count: int, side: int, repetitions: int) -> list[Row]:
    """Measure a folder with the steps of different images at the same time, beside one after the other."""
    with images(count, side) as (found, output):
        job, items = make_detection(recipe_of(output, OPTIONS, False)), items_of(found)

        def in_turn() -> None:
            for item in items:
                loaded = job.load(item)
                job.finish(item, loaded, job.work(item, loaded))

        works = {
            "overlapped": lambda: list(overlapped(items, job)),
            "in turn": in_turn,
            "model": lambda: [job.work(items[0], job.load(items[0])) for _ in range(count)],
        }
        times = timed(works, repetitions)
    name = f"detect a folder of {count} JPEGs of {side} px, model shapes"
    ratio = ratio_of(times["overlapped"], times["in turn"])
    return [
        time_row(name, times["overlapped"], "one step after the other", ratio, "<= 1.0"),
        time_row(f"the model alone on {count} of them", times["model"]),
    ]


def soak(count: int, side: int) -> list[Row]:
    """Detect on ``count`` images of several sizes; say how much memory grew after the first ones."""
    warm = min(WARM, count // 2)
    with images(count, side) as (found, output):
        job = make_detection(recipe_of(output, OPTIONS, False))
        began, held = time.perf_counter(), []
        for _ in overlapped(items_of(found), job):
            held.append(memory.resident())
        seconds = time.perf_counter() - began
    tenth = max(1, count // 10)
    grown = (np.median(held[-tenth:]) - np.median(held[warm : warm + tenth])) / 2**20
    goal = "<= 32" if count >= 1000 else ""
    return [
        Row(f"memory grown from image {warm} to {count}", float(grown), "MiB", goal=goal),
        Row(f"that run of {count} images", seconds, "s", beside=f"{number(count / seconds)} images/s"),
    ]


def workers(count: int, side: int, turns: int) -> list[Row]:
    """Run the command in one process, with one worker and with two, in turns, so that other load is shared fairly.

    The time counts from when a quarter of the images is done.
    """
    rates: dict[int, list[float]] = {0: [], 1: [], 2: []}
    with images(count, side) as (found, output):
        for _ in range(turns):
            for number, measured in rates.items():
                measured.append(_rate(number, found, output))
    alone, one, two = (float(np.median(measured)) for measured in rates.values())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [
        Row("one process", alone, "images/s"),
        Row("--workers 1", one, "images/s", beside="one process", ratio=one / alone),
        Row(
            "--workers 2",
            two,
            "images/s",
            beside=f"one process; all on the same {cores} cores",
            ratio=two / alone,
        ),
    ]


def _rate(number: int, found: list[Path], output: Path) -> float:
    """Return images a second of ``number`` workers, 0 for one process, once all are there."""
    program = "from maskrcnn_core.cli import main; main()"
    words = [sys.executable, "-c", program, "detect", str(found[0].parent), "--output", str(output)]
    words += ["--weights", "shapes", "--overwrite", *(["--workers", str(number)] if number else [])]
    path = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
    subprocess.run(words, env={**os.environ, "PYTHONPATH": path}, stdout=-3, stderr=-3, check=True)
    written = sorted(path.stat().st_mtime_ns for path in output.glob("*.png"))
    later = written[len(written) // 4 :]  # by then all workers are there
    return (len(later) - 1) / (later[-1] - later[0]) * 1e9
