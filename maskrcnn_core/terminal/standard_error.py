"""Standard error: turned away while a library chatters, and still reached by a line of our own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_kept: list[int] = []  # standard error itself, while it is turned away


@contextmanager
def turned_away() -> Iterator[None]:
    """Send what the process and its libraries write to standard error nowhere; exceptions pass."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    _kept.append(kept)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        _kept.remove(kept)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def tell(line: str) -> None:
    """Write a line to standard error at once, also while that is turned away; nothing where it is closed."""
    try:
        if _kept:
            os.write(_kept[-1], f"{line}\n".encode())
        else:
            print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass
