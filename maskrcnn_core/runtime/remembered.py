"""What was measured on this machine, kept in the user's cache: a JSON file, read at every start.

Whatever is wrong with that file, it counts as empty: what is not remembered is measured again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from ..files.cache import cache_folder

FILE = "machine.json"
LONGEST = 2**16  # bytes; a longer file is not ours


class Measured(NamedTuple):
    """Seconds of one repetition with oneDNN on and off: medians, with the smallest and the largest."""

    on: float
    off: float
    on_range: tuple[float, float]
    off_range: tuple[float, float]
    repetitions: int
    tensorflow: str  # version

    @property
    def enabled(self) -> bool:
        """Whether oneDNN was the faster; on where there is no difference, as TensorFlow has it."""
        return self.on <= self.off


def recall(key: str, kind: str) -> Measured | None:
    """Return what was measured for ``kind`` of work on the processor ``key``; None where nothing usable is there."""
    entry = _read().get(key, {})
    fields: Any = entry.get(kind) if isinstance(entry, dict) else None
    try:
        on, off = fields["on"], fields["off"]
        ranges = tuple(fields["on_range"]), tuple(fields["off_range"])
        measured = Measured(
            float(on), float(off), *ranges, int(fields["repetitions"]), str(fields["tensorflow"])
        )
    except (KeyError, TypeError, ValueError):
        return None
    return measured if measured.on > 0 and measured.off > 0 else None


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


def _read() -> dict[str, Any]:
    """Return the file's content; empty where it is missing, too long or no JSON object."""
    try:
        with (cache_folder() / FILE).open(encoding="utf-8") as file:
            content = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError, RuntimeError):  # RuntimeError: a user without a home
        return {}
    return content if isinstance(content, dict) else {}
