"""Standard error: turned away while a library chatters, and still reached by a line of our own."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LONGEST = 2**14  # bytes that are listened to
_one_listens = threading.RLock()
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


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Give a list that holds, when the block ends, the lines that libraries wrote to standard error meanwhile.

    What Python writes, in whatever thread, still goes there. One thread at a time: the stream is the process's.
    """
    import tempfile  # not above: every command imports this module, and few listen

    lines: list[str] = []
    with _one_listens:
        try:
            kept = os.dup(2)
        except OSError:  # closed: there is nobody to be bothered
            yield lines
            return
        with (
            tempfile.TemporaryFile() as heard,
            os.fdopen(kept, "w", encoding="utf-8", errors="replace") as screen,
        ):
            python = sys.stderr
            ours = _is_standard(python)
            if ours:
                python.flush()
                sys.stderr = screen
            os.dup2(heard.fileno(), 2)
            try:
                yield lines
            finally:
                os.dup2(kept, 2)
                screen.flush()
                if ours:
                    sys.stderr = python
                heard.seek(0)
                lines += heard.read(LONGEST).decode("utf-8", "replace").split("\n")
                lines[:] = [line.strip() for line in lines if line.strip()]


def _is_standard(stream: Any) -> bool:
    """Return whether ``stream`` writes to the process's standard error."""
    try:
        return bool(stream.fileno() == 2)
    except (AttributeError, OSError, ValueError):
        return False


def tell(line: str) -> None:
    """Write a line to standard error at once, also while that is turned away; nothing where it is closed."""
    try:
        if _kept:
            os.write(_kept[-1], f"{line}\n".encode())
        else:
            print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass
