"""How often a checkpoint is written within an epoch, from the words of a command. Needs no TensorFlow."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*min|(\d+)", re.ASCII)
EXAMPLES = "a number of steps such as 500, or minutes such as 10min"


@dataclass(frozen=True)
class Interval:
    """A number of steps or of seconds; the other one is None."""

    steps: int | None = None
    seconds: float | None = None

    def is_over(self, steps: int, seconds: float) -> bool:
        """Tell whether ``steps`` and ``seconds`` since the last checkpoint make another one due."""
        if self.steps is not None:
            return steps >= self.steps
        return self.seconds is not None and seconds >= self.seconds


def parse_interval(text: str) -> Interval:
    """Return the interval of ``500`` (steps) or ``10min``. Raises: ValueError for anything else, 0 too."""
    match = _WORDS.fullmatch(text.strip())
    minutes, steps = match.groups() if match else (None, None)
    if not float(minutes or steps or 0):
        raise ValueError(f"wanted {EXAMPLES}, received {text!r}")
    return Interval(seconds=60.0 * float(minutes)) if minutes else Interval(steps=int(steps or 0))
