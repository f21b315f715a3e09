"""Rows of the table: a figure, its spread, what it stands beside, and the goal it should meet."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from maskrcnn_core.doctor.timing import in_turns


class Times(NamedTuple):
    """Seconds of repetitions of one work, on the clock and of processors."""

    wall: list[float]
    cpu: list[float]

    @property
    def median(self) -> float:
        return median(self.wall)

    @property
    def best(self) -> float:
        return min(self.wall)


class Row(NamedTuple):
    """One figure. goal: with its sense, such as "<= 1.10", for ``ratio`` where there is one, else for the value."""

    name: str
    value: float
    unit: str
    low: float = 0.0
    high: float = 0.0
    beside: str = ""
    ratio: float | None = None
    goal: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if not self.goal:
            return None
        sense, number = self.goal.split()
        figure = self.value if self.ratio is None else self.ratio
        return figure <= float(number) if sense == "<=" else figure >= float(number)


def timed(works: dict[str, Callable[[], Any]], repetitions: int) -> dict[str, Times]:
    """Run all ``works`` once to warm up, then ``repetitions`` times in turns, and return their seconds."""
    for work in works.values():
        work()
    cpu: dict[str, list[float]] = {name: [] for name in works}

    def clocked(name: str) -> Callable[[], float]:
        def run() -> float:
            began, spent = time.perf_counter(), time.process_time()
            works[name]()
            cpu[name].append(time.process_time() - spent)
            return time.perf_counter() - began

        return run

    walls = in_turns([clocked(name) for name in works], repetitions)
    return {name: Times(wall, cpu[name]) for name, wall in zip(works, walls, strict=True)}


def time_row(name: str, times: Times, beside: str = "", ratio: float | None = None, goal: str = "") -> Row:
    """Return the row of a work's median seconds with the smallest and the largest."""
    return Row(name, times.median, "s", min(times.wall), max(times.wall), beside, ratio, goal)


def ratio_of(one: Times, other: Times) -> float:
    """Return the median of the ratios of repetitions that ran one after the other: noise that lasts hits both."""
    return median(a / b for a, b in zip(one.wall, other.wall, strict=True))


def table(rows: Sequence[Row]) -> str:
    """Return ``rows`` as a Markdown table."""
    lines = ["| what | median | spread | beside | ratio | goal | met |", "|---|---:|---|---|---:|---|---|"]
    for row in rows:
        spread = f"{number(row.low)}–{number(row.high)}" if row.high else ""
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        lines.append(
            f"| {row.name} | {number(row.value)} {row.unit} | {spread} | {row.beside} | {ratio} | {row.goal} | {met} |"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    """Return three digits of ``value``."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
