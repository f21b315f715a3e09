"""Areas over time: how much of the frame each class covers, as a table while frames pass, and as a plot of the table.

Inputs: the areas of one frame after the other. Outputs: rows of a csv; from the finished csv a plot. The table is read
line by line, and what lies closer together than a plot can show is averaged, so that a day of a camera takes no more
memory than a minute.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...stages.composing import colour_of
from ..outputs import Area

HEADER = ("frame", "seconds", "class", "instances", "pixels", "share")
BACKGROUND = "background"
MOST_POINTS = 1000  # of a curve
LINES = ("-", "--", ":", "-.")  # with eight colours: 32 classes that can be told apart


def rows_of(frame: int, seconds: float, areas: list[Area]) -> list[tuple[Any, ...]]:
    """Return the rows of a frame: its classes, and the background, which every frame has."""
    return [(frame, f"{seconds:.6f}", a.class_name, a.instances, a.pixels, f"{a.share:.6f}") for a in areas]


def curves(table: Path, points: int = MOST_POINTS) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return seconds (n,) and by class the share (n,) of the frame that it covers, 0 to 1, from a written table.

    A class counts as 0 in frames without it. Up to ``points`` frames each is a point; of more, neighbours are averaged.
    """
    frames = sum(1 for row in _read(table) if row["class"] == BACKGROUND)
    size = max(1, min(points, frames))
    seconds, counts, shares = np.zeros(size), np.zeros(size), dict[str, np.ndarray]()
    ordinal, last = -1, ""
    for row in _read(table):
        if row["frame"] != last:
            ordinal, last = ordinal + 1, row["frame"]
            place = ordinal * size // frames
            counts[place] += 1
            seconds[place] += float(row["seconds"])
        if row["class"] != BACKGROUND:
            shares.setdefault(row["class"], np.zeros(size))[place] += float(row["share"])
    counts = np.maximum(counts, 1)
    return seconds / counts, {name: shares[name] / counts for name in sorted(shares)}


def _read(table: Path) -> Iterator[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def plot(table: Path, target: Path, title: str) -> None:
    """Draw the curves of ``table`` as a PNG."""
    from matplotlib.figure import Figure

    seconds, shares = curves(table)
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    marker = "o" if len(seconds) == 1 else None
    for number, (name, share) in enumerate(shares.items()):
        colour, line = np.divide(colour_of(number), 255), LINES[number // 8 % len(LINES)]
        axes.plot(seconds, 100 * share, line, color=colour, label=name, marker=marker, linewidth=1.5)
    axes.set_title(title, loc="left", parse_math=False)
    axes.set_xlabel("time (s)")
    axes.set_ylabel("share of the frame (%)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    if shares:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    figure.savefig(target, dpi=120, format="png")
