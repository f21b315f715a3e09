"""Which engine detects the fastest on this machine: TensorFlow and what else is installed, in turns.

Inputs: the shipped model ``nuclei`` and one drawn image. Outputs: ``Line``s with the median seconds of each engine, and
which is the fastest. The certified export that the others work from is made once and kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from typing import Any

from .report import Line
from .timing import in_turns

MODEL = "nuclei"
REPETITIONS = 7
SIZE = 256  # px


def engine_lines() -> list[Line]:
    """Measure each installed engine; nothing where TensorFlow is alone."""
    from ..data.formats.shapes import Shapes
    from ..inference.engines.opening import ENGINES, open_model

    installed = [engine for engine in ENGINES if find_spec(engine)]
    if len(installed) < 2:
        return []
    image, works, lines = Shapes(count=1, size=SIZE)[0].image, dict[str, Callable[[], float]](), list[Line]()
    for engine in installed:
        try:
            works[engine] = timed_detect(open_model(MODEL, engine=engine), image)
        except (ValueError, OSError, RuntimeError) as error:
            remedy = f"--engine {installed[0]} works; see `maskrcnn export {MODEL} --part network`"
            lines.append(Line("engines", engine, "-", f"does not run: {str(error)[:200]}", remedy))
    times = dict(zip(works, map(median, in_turns(list(works.values()), REPETITIONS)), strict=True))
    fastest = min(times, key=times.__getitem__)
    said = {engine: f"{seconds * 1000:.0f} ms an image of {MODEL}" for engine, seconds in times.items()}
    said[fastest] += ", the fastest here" + (f": --engine {fastest}" if fastest != installed[0] else "")
    return [*(Line("engines", engine, words) for engine, words in said.items()), *lines]


def timed_detect(model: Any, image: Any) -> Callable[[], float]:
    """Return what detects once and gives the seconds, after a run that compiles."""
    model.detect(image)

    def run() -> float:
        began = time.perf_counter()
        model.detect(image)
        return time.perf_counter() - began

    return run
