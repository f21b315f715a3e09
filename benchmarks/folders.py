"""Cases of long runs: a folder of pictures with its steps overlapping, two workers, and steady memory."""

import json
import os
import socket
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

from maskrcnn_core.commands.detect import Detection
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.inference.sharing.overlap import overlapped
from maskrcnn_core.runtime import memory

ROOT = Path(__file__).resolve().parents[1]
WARM = 100  # pictures after which memory should no longer grow
OPTIONS: dict[str, Any] = {
    "weights": "shapes",
    "config_file": None,
    "min_score": None,
    "tile": None,
    "tile_overlap": None,
    "splashes": False,
    "cutouts": False,
}


@contextmanager
def pictures(count: int, side: int) -> Iterator[tuple[list[Path], Path]]:
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


def overlap(count: int, side: int, repetitions: int) -> list[Row]:
    """Measure a folder with the steps of different pictures at the same time, beside one after the other."""
    with pictures(count, side) as (found, output):
        job = Detection(found, output, OPTIONS, None)

        def in_turn() -> None:
            for index in range(count):
                loaded = job.load(index)
                job.finish(index, loaded, job.work(index, loaded))

        works = {
            "overlapped": lambda: list(overlapped(range(count), job)),
            "in turn": in_turn,
            "model": lambda: [job.work(0, job.load(0)) for _ in range(count)],
        }
        times = timed(works, repetitions)
    name = f"detect a folder of {count} JPEGs of {side} px, model shapes"
    ratio = ratio_of(times["overlapped"], times["in turn"])
    return [
        time_row(name, times["overlapped"], "one step after the other", ratio, "<= 1.0"),
        time_row(f"the model alone on {count} of them", times["model"]),
    ]


def soak(count: int, side: int) -> list[Row]:
    """Detect on ``count`` pictures of several sizes; say how much memory grew after the first ones."""
    warm = min(WARM, count // 2)
    with pictures(count, side) as (found, output):
        job = Detection(found, output, OPTIONS, None)
        began, held = time.perf_counter(), []
        for _ in overlapped(range(count), job):
            held.append(memory.resident())
        seconds = time.perf_counter() - began
    tenth = max(1, count // 10)
    grown = (np.median(held[-tenth:]) - np.median(held[warm : warm + tenth])) / 2**20
    goal = "<= 32" if count >= 1000 else ""
    return [
        Row(f"memory grown from picture {warm} to {count}", float(grown), "MiB", goal=goal),
        Row(f"that run of {count} pictures", seconds, "s", beside=f"{number(count / seconds)} pictures/s"),
    ]


def workers(count: int, side: int) -> list[Row]:
    """Run the command on one process and on two on loopback; the time counts from the first picture to the end."""
    with pictures(count, side) as (found, output):
        rates = {number: _rate(number, found, output) for number in (1, 2)}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    beside = f"1 worker; both on the same {cores} cores"
    return [
        Row("1 worker on loopback", rates[1], "pictures/s"),
        Row("2 workers on loopback", rates[2], "pictures/s", beside=beside, ratio=rates[2] / rates[1]),
    ]


def _rate(number: int, found: list[Path], output: Path) -> float:
    """Return pictures a second, from when the first overlay is there to when the last is."""
    for path in output.iterdir():
        path.unlink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        first = f"127.0.0.1:{free.getsockname()[1]}"
    program = "from maskrcnn_core.cli import main; main()"
    words = [sys.executable, "-c", program, "detect", str(found[0].parent), "--output", str(output)]
    words += ["--weights", "shapes", "--strategy", "multiworker"]
    running = []
    for index in range(number):
        task = {"type": "worker", "index": index}
        cluster = json.dumps({"cluster": {"worker": [first, *["127.0.0.1:1"] * (number - 1)]}, "task": task})
        path = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
        environment = {**os.environ, "TF_CONFIG": cluster, "PYTHONPATH": path}
        running.append(subprocess.Popen(words, env=environment, stdout=-3, stderr=-3))
    for process in running:
        if process.wait():
            raise RuntimeError("a worker failed")
    written = sorted(path.stat().st_mtime_ns for path in output.glob("*.png"))
    later = written[len(written) // 4 :]  # by then all workers are there
    return (len(later) - 1) / (later[-1] - later[0]) * 1e9
