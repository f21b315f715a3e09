"""A journal: a file of JSON lines that is appended to as images are done, so that a run that broke goes on.

Inputs: records, one an image, in the order of the images. Outputs: the same, one at a time. The first line is a
heading: what the records depend on. A line that was being written when the process ended is cut off, and its image
done again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .atomic import naming

Record = dict[str, Any]
Heading = dict[str, Any]


def resume(
    path: Path, heading: Mapping[str, Any], named: Callable[[Heading], Heading] = lambda found: found
) -> int:
    """Return how many images the journal ``path`` holds, made ready to append to; a line cut short is cut off.

    heading: what the records depend on; its first line. named: brings names in a heading of before up to date.
    Raises: ValueError where the journal was made otherwise.
    """
    first = json.dumps({"heading": dict(heading)}).encode() + b"\n"
    if not path.exists() or not path.stat().st_size:
        with naming(path):
            path.write_bytes(first)
        return 0
    done, end = -1, 0
    with naming(path), path.open("r+b") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            if done < 0 and _heading_of(line, named) != dict(heading):
                if not file.readline().endswith(b"\n"):
                    break  # of a run that was refused or ended before its first image: nothing to lose, begun anew
                raise ValueError(
                    f"{path}: made with other settings, weights or data; choose another --output, or --overwrite"
                )
            done, end = done + 1, end + len(line)
        file.truncate(end)
        file.seek(end)
        if done < 0:
            file.write(first)
    return max(done, 0)


def _heading_of(line: bytes, named: Callable[[Heading], Heading]) -> Heading | None:
    """Return the heading in a journal's first line, names as of today; None where it is none."""
    try:
        return named(json.loads(line)["heading"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def append(path: Path, record: Record) -> None:
    """Add an image's record to the journal: one line, written at once."""
    with naming(path), path.open("ab") as file:
        file.write(json.dumps(record, allow_nan=False).encode() + b"\n")


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a journal, one at a time. Raises: ValueError for a line that is none."""
    with path.open(encoding="utf-8") as file:
        next(file, None)
        for number, line in enumerate(file, start=2):
            try:
                yield json.loads(line)
            except ValueError:
                raise ValueError(f"{path}, line {number}: not a record; delete it and run again") from None


def last_record(path: Path) -> Record | None:
    """Return the last record of a journal, the only one that is parsed; None where it has none."""
    with path.open(encoding="utf-8") as file:
        next(file, None)
        last = next(iter(deque(file, maxlen=1)), None)
    return None if last is None else json.loads(last)
