"""Where a long command is: a bar on a terminal, and elsewhere a plain line on standard error at least every 10 s.

What is going on is a stack of sentences, the innermost last: ``telling`` and ``progress_bar`` put one there while their
block runs, and ``heartbeat`` says the last one again and again.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .inert import inert
from .standard_error import tell

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY = 8.0  # s; less than the 10 that are promised, since a busy machine wakes a thread late
Said = Callable[[], str]
_sentences: list[Said] = []
_bars: list[Progress] = []  # the one bar of the process, while there is one: two would draw over each other


@contextmanager
def heartbeat(words: str, every: float = EVERY) -> Iterator[None]:
    """Say every ``every`` s where the command is while the block runs, ``words`` at first; not on a terminal."""
    ended, began = threading.Event(), time.monotonic()

    def beat() -> None:
        while not ended.wait(every):
            if said := _sentences[-1]():
                tell(f"{said}, {time.monotonic() - began:.0f} s")

    with telling(words):
        if not sys.stderr.isatty():
            threading.Thread(target=beat, name="heartbeat", daemon=True).start()
        try:
            yield
        finally:
            ended.set()


@contextmanager
def telling(said: Said | str) -> Iterator[None]:
    """Have ``said``, words or a function that gives them, be where the command is while the block runs; "" is nothing
    to say.
    """
    sentence: Said = said if callable(said) else lambda: str(said)
    _sentences.append(sentence)
    try:
        yield
    finally:
        _sentences.remove(sentence)


@contextmanager
def progress_bar(words: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Give a function to call with the number done, and with the total where that was not known before.

    A bar on a terminal, gone when the block ends; within the block of another one a line below it.
    """
    with _shared_bar() as bar:
        task = bar.add_task(words, total=total)

        def said() -> str:
            now = next(each for each in bar.tasks if each.id == task)
            return f"{words}: {now.completed:.0f} of {now.total:.0f}" if now.total else words

        def advance(done: int, of: int | None = None) -> None:
            bar.update(task, completed=done, total=of)

        try:
            with telling(said):
                yield advance
        finally:
            bar.remove_task(task)


def remark(words: str) -> None:
    """Print what went wrong with one of many, above the bar if there is one."""
    from .screen import errors

    console = _bars[-1].console if _bars else errors()
    console.print(inert(words), style="red", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _shared_bar() -> Iterator[Progress]:
    """Give the bar that is there, or one for as long as the block runs; it draws nothing but on a terminal."""
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from .screen import errors

    if _bars:
        yield _bars[-1]
        return
    console = errors()
    columns = (*Progress.get_default_columns()[:-1], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        _bars.append(bar)
        try:
            yield bar
        finally:
            _bars.remove(bar)
