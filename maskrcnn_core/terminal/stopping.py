"""Ctrl-C as the way to end what has no end of its own: it is asked for, and the work in hand is done first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def stop_on_request() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether the first Ctrl-C or SIGTERM has come; the second acts as ever.

    In another thread than the main one, where Python allows no handler, signals act as ever.
    """
    asked = threading.Event()
    former = dict[int, Any]()

    def restore() -> None:
        for number, handler in former.items():
            signal.signal(number, handler)

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        restore()

    if threading.current_thread() is threading.main_thread():
        former = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        restore()
