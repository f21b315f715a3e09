"""Measuring whether oneDNN helps, and bfloat16: two processes, one with it and one without, do the same in turns.

In pairs and in turns, so that whatever else the machine does slows both alike; counted is which of a pair was the
faster (``remembered.Measured.clear``), so that a moment's trouble does not count.
Law: a measurement ends within ``LIMIT``, whatever the machine; one with too few pairs to tell anything gives nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from threading import Timer
from typing import NamedTuple

from ..runtime import bfloat16
from ..runtime.onednn import MARK, VARIABLE, decide
from ..runtime.processor import processor
from ..runtime.remembered import Measured, remember

REPETITIONS = 12  # pairs; one may go the other way and the sign test still tells (p = 0.006)
LEAST = 8  # pairs; with fewer the sign test never tells, even where all go one way (of 7: p = 0.016)
LIMIT = 30.0  # s, compiling included
LONG = 1000  # steps of training from which half a minute of measuring pays


class EndedError(ValueError):
    """Raised where a worker is gone."""


class Worker(NamedTuple):
    """A process that does the work once for every line that it is sent."""

    process: subprocess.Popen[str]

    def seconds(self) -> float:
        """Have the work done once and return how long it took. Raises: EndedError where the process ended instead."""
        stdin = self.process.stdin
        assert stdin is not None
        try:
            stdin.write("again\n")
            stdin.flush()
        except OSError:  # a broken pipe
            raise EndedError(ENDED) from None
        return float(self._answer())

    def await_ready(self) -> None:
        """Wait until everything is compiled. Raises: EndedError where the process ended instead."""
        if self._answer() != "ready":
            raise EndedError(ENDED)

    def _answer(self) -> str:
        stdout = self.process.stdout
        assert stdout is not None
        line = stdout.readline().strip()
        if not line:
            raise EndedError(ENDED)
        return line


ENDED = "wanted a process that runs TensorFlow, received one that ended; `maskrcnn doctor` says more"


def measure(kind: str, repetitions: int = REPETITIONS, limit: float = LIMIT) -> Measured:
    """Return the seconds of ``kind`` of work with oneDNN on and off, or of training in bfloat16 and in float32.

    limit: s; what was measured until then counts.
    Raises: TimeoutError where that is too little; ValueError where TensorFlow does not run.
    """
    ends = time.monotonic() + limit
    times: list[list[float]] = [[], []]
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(_command(work), enabled)) for work, enabled in _pair(kind)]
        # ended from outside: a read from a process that computes cannot be given up
        timer = Timer(limit, _end, [workers])
        stack.callback(timer.cancel)
        timer.start()
        try:
            for one in workers:
                one.await_ready()
            in_turns([one.seconds for one in workers], repetitions, times)
        except EndedError:
            if time.monotonic() < ends:
                raise
    pairs = min(map(len, times))  # of the last one the time may have been enough for half
    if pairs < min(LEAST, repetitions):
        raise TimeoutError(
            f"wanted {LEAST} pairs within {limit:g} s, received {pairs}: this machine is busy, or slow; "
            "`maskrcnn doctor --measure` when it is idle"
        )
    with_it, without = (seconds[:pairs] for seconds in times)
    return summary(with_it, without, tensorflow_version())


def _end(workers: Sequence[Worker]) -> None:
    for one in workers:
        one.process.kill()


def _pair(kind: str) -> list[tuple[str, bool]]:
    """Return what the two processes do, each with oneDNN switched on or off."""
    if kind != bfloat16.KIND:
        return [(kind, True), (kind, False)]
    enabled = decide("training", os.environ, processor()).enabled
    return [(kind, enabled), ("training", enabled)]


def _command(work: str) -> list[str]:
    return [sys.executable, "-m", "maskrcnn_core.doctor.workload", work]


def in_turns(
    works: Sequence[Callable[[], float]], repetitions: int, times: list[list[float]] | None = None
) -> list[list[float]]:
    """Return ``repetitions`` seconds of each of ``works``, one after the other, then the other way round, and again.

    The other way round, since what comes second may find the processor warmer. times: a list for each of ``works`` to
    put them into, for who wants those until an exception.
    """
    times = [[] for _ in works] if times is None else times
    turns = list(zip(works, times, strict=True))
    for repetition in range(repetitions):
        for work, seconds in turns[:: -1 if repetition % 2 else 1]:
            seconds.append(work())
    return times


def summary(on: Sequence[float], off: Sequence[float], tensorflow: str) -> Measured:
    """Return medians and ranges of the seconds with and without, and who won the pairs."""
    pairs = list(zip(on, off, strict=True))
    return Measured(
        median(on),
        median(off),
        (min(on), max(on)),
        (min(off), max(off)),
        len(pairs),
        tensorflow,
        sum(a < b for a, b in pairs),
        sum(b < a for a, b in pairs),
        median(a / b for a, b in pairs),
    )


def measure_and_remember(kind: str) -> Measured:
    """Measure ``kind`` of work and keep the result for this processor. Raises: OSError where it cannot be kept."""
    measured = measure(kind)
    remember(processor().key, kind, measured)
    return measured


def measure_before(steps: int, say: Callable[[str], None]) -> None:
    """Measure for training, once a machine, before a run of ``steps`` that is long enough for that to pay."""
    too_late = "tensorflow" in sys.modules
    if steps < LONG or too_late or decide("training", os.environ, processor()).source != "default":
        return
    say(
        "measuring which of TensorFlow's convolutions train faster on this processor: once, half a minute at most"
    )
    try:
        measure_and_remember("training")
    except (ValueError, OSError) as error:
        say(f"not measured: {error}")


def tensorflow_version() -> str:
    """Return TensorFlow's version without importing it."""
    for name in ("tensorflow", "tensorflow-cpu", "tensorflow_cpu"):
        try:
            return version(name)
        except ImportError:
            continue
    return "none"


@contextmanager
def worker(command: list[str], enabled: bool) -> Iterator[Worker]:
    """Give a process with oneDNN switched on or off; it is gone when the block ends."""
    environment = {**os.environ, VARIABLE: str(int(enabled))}
    environment.pop(MARK, None)  # the switch is as said, whatever is remembered
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Worker(process)
    finally:
        process.kill()
        process.communicate()
