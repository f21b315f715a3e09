"""Measuring whether oneDNN helps, and bfloat16: two processes, one with it and one without, do the same in turns.

In pairs and in turns, so that whatever else the machine does slows both alike; counted is which of a pair was the
faster (``remembered.Measured.clear``), so that a moment's trouble does not count.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ..runtime import bfloat16
from ..runtime.onednn import MARK, VARIABLE, decide
from ..runtime.processor import processor
from ..runtime.remembered import Measured, remember

REPETITIONS = 12  # pairs; one may go the other way and the sign test still tells (p = 0.006)
LONG = 1000  # steps of training from which half a minute of measuring pays


class Worker(NamedTuple):
    """A process that does the work once for every line that it is sent."""

    process: subprocess.Popen[str]

    def seconds(self) -> float:
        """Have the work done once and return how long it took."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        stdin.write("again\n")
        stdin.flush()
        return float(stdout.readline())

    def await_ready(self) -> None:
        """Wait until everything is compiled. Raises: ValueError where the process ended instead."""
        stdout = self.process.stdout
        assert stdout is not None
        if stdout.readline().strip() != "ready":
            raise ValueError(
                "wanted a process that runs TensorFlow, received one that ended; `maskrcnn doctor` says more"
            )


def measure(kind: str, repetitions: int = REPETITIONS) -> Measured:
    """Return the seconds of ``kind`` of work with oneDNN on and off, or of training in bfloat16 and in float32.

    Takes about half a minute.

    Raises: ValueError where TensorFlow does not run.
    """
    with ExitStack() as stack:
        on, off = (stack.enter_context(worker(_command(work), enabled)) for work, enabled in _pair(kind))
        for one in (on, off):
            one.await_ready()
        with_it, without = in_turns([on.seconds, off.seconds], repetitions)
    return summary(with_it, without, tensorflow_version())


def _pair(kind: str) -> list[tuple[str, bool]]:
    """Return what the two processes do, each with oneDNN switched on or off."""
    if kind != bfloat16.KIND:
        return [(kind, True), (kind, False)]
    enabled = decide("training", os.environ, processor()).enabled
    return [(kind, enabled), ("training", enabled)]


def _command(work: str) -> list[str]:
    return [sys.executable, "-m", "maskrcnn_core.doctor.workload", work]


def in_turns(works: Sequence[Callable[[], float]], repetitions: int) -> list[list[float]]:
    """Return ``repetitions`` seconds of each of ``works``, one after the other, then the other way round, and again.

    The other way round, since what comes second may find the processor warmer.
    """
    times: list[list[float]] = [[] for _ in works]
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
    say("measuring which of TensorFlow's convolutions train faster on this processor: once, half a minute")
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
