"""What was measured on this machine, kept in the user's cache: a JSON file, read at every start.

Whatever is wrong with that file, it counts as empty: what is not remembered is measured again.
"""

from __future__ import annotations

import json
from math import comb
from pathlib import Path
from typing import Any, NamedTuple

from ..files.cache import cache_folder

CHANCE = 0.01  # probability at most that two equally fast makes are told apart; the sign test's level
WORTH = 1.05  # median ratio of a pair's seconds from which a choice is worth other last bits
FILE = "machine.json"
MOST = 1000  # pairs; more were never measured
LONGEST = 2**16  # bytes; a longer file is not ours


class Measured(NamedTuple):
    """Seconds of one repetition with oneDNN on and off: medians, with the smallest and the largest.

    Repetitions came in pairs, one with and one without straight after each other: in ``on_won`` and ``off_won`` of them
    that one was the faster. ratio: median of seconds with it over seconds without, pair by pair.
    """

    on: float
    off: float
    on_range: tuple[float, float]
    off_range: tuple[float, float]
    repetitions: int
    tensorflow: str  # version
    on_won: int
    off_won: int
    ratio: float

    @property
    def chance(self) -> float:
        """Probability that two equally fast makes come out as one-sided as this, or more.

        Source: the sign test, exact and two-sided (Dixon and Mood 1946). It asks nothing of how times are distributed,
        and what slows the machine for a while slows both of a pair.
        """
        pairs, most = self.on_won + self.off_won, max(self.on_won, self.off_won)
        return min(1.0, 2 * sum(comb(pairs, k) for k in range(most, pairs + 1)) / 2**pairs)

    @property
    def clear(self) -> bool:
        """Whether one was the faster beyond chance, and by enough to matter."""
        faster_by = self.ratio if self.off_won > self.on_won else 1 / self.ratio
        return self.chance <= CHANCE and faster_by >= WORTH

    @property
    def enabled(self) -> bool:
        """Whether to take oneDNN: TensorFlow's own default is on, and stays unless off was clearly the faster."""
        return not (self.clear and self.off_won > self.on_won)

    def words(self) -> str:
        """Return what was measured, and what follows."""
        took = f"{self.on * 1000:.0f} ms with it, {self.off * 1000:.0f} ms without"
        winner, won = ("without", self.off_won) if self.off_won > self.on_won else ("with it", self.on_won)
        pairs = f"faster {winner} in {won} of {self.repetitions} pairs"
        if self.clear:
            return f"measured here: {took}, {pairs}"
        return f"measured here: {took}, {pairs}, which is not clear: TensorFlow's default stays"


def recall(key: str, kind: str) -> Measured | None:
    """Return what was measured for ``kind`` of work on the processor ``key``; None where nothing usable is there."""
    entry = _read().get(key, {})
    fields: Any = entry.get(kind) if isinstance(entry, dict) else None
    try:
        on, off = fields["on"], fields["off"]
        ranges = tuple(fields["on_range"]), tuple(fields["off_range"])
        counts = int(fields["on_won"]), int(fields["off_won"])
        measured = Measured(
            float(on),
            float(off),
            *ranges,
            int(fields["repetitions"]),
            str(fields["tensorflow"]),
            *counts,
            float(fields["ratio"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    sound = min(measured.on, measured.off, measured.ratio) > 0 and min(counts) >= 0
    return measured if sound and sum(counts) <= measured.repetitions <= MOST else None


def remember(key: str, kind: str, measured: Measured) -> Path:
    """Add what was measured to the file and return its path. Raises: OSError where it cannot be written."""
    from ..files.atomic import replacing

    content = _read()
    entry = content.get(key)
    content[key] = {**(entry if isinstance(entry, dict) else {}), kind: measured._asdict()}
    path = cache_folder() / FILE
    with replacing(path) as part:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def forget() -> Path | None:
    """Remove what is remembered of this and any other machine; return the file, None where there was none.

    Raises: OSError where it cannot be removed.
    """
    path = cache_folder() / FILE
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    return path


def _read() -> dict[str, Any]:
    """Return the file's content; empty where it is missing, too long or no JSON object."""
    try:
        with (cache_folder() / FILE).open(encoding="utf-8") as file:
            content = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError, RuntimeError):  # RuntimeError: a user without a home
        return {}
    return content if isinstance(content, dict) else {}
