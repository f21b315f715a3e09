"""Shares: which picture is open, who holds which, and what came of it.

Law: every picture is answered exactly once, however often its holders vanish.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Protocol

from .overlap import Answer, Job, overlapped


class Source(Protocol):
    """Where pictures to work on come from, and answers go."""

    def take(self) -> int | None:
        """Return a picture that is open now; None where there is none."""

    def wait(self) -> int | None:
        """Return a picture as soon as one is open; None once all are answered."""

    def answer(self, index: int, answer: Answer) -> None:
        """Say what came of a picture that was taken."""


def labour(source: Source, job: Job) -> Iterator[None]:
    """Do ``job`` on pictures of ``source`` until all are answered; gives after each picture of its own."""
    first = source.wait()
    while first is not None:
        for index, answer in overlapped(chain([first], iter(source.take, None)), job):
            source.answer(index, answer)
            yield
        first = source.wait()  # the others' pictures may come back


class Shares:
    """Pictures 0 to ``count`` - 1: taken, given back, answered. Any thread may ask."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._open = list(range(count))  # a heap: the lowest index goes first
        self._answers: dict[int, Answer] = {}  # not yet given in order
        self._answered: set[int] = set()
        self._given = 0
        self._changed = threading.Condition()
        self._failure: BaseException | None = None

    def take(self) -> int | None:
        """Return a picture that is open now; None where there is none."""
        with self._changed:
            return heapq.heappop(self._open) if self._open else None

    def wait(self) -> int | None:
        """Return a picture as soon as one is open; None once all are answered. Raises: what ``fail`` was told."""
        with self._changed:
            self._changed.wait_for(lambda: self._open or self.done or self._failure)
            if self._failure is not None:
                raise self._failure
            return heapq.heappop(self._open) if self._open else None

    def answer(self, index: int, answer: Answer) -> None:
        """Keep what came of a picture; a second answer to the same one is dropped."""
        with self._changed:
            if index not in self._answered:
                self._answered.add(index)
                self._answers[index] = answer
            self._changed.notify_all()

    def give_back(self, indices: Iterable[int]) -> None:
        """Open pictures again whose holder is gone."""
        with self._changed:
            for index in set(indices) - self._answered:
                heapq.heappush(self._open, index)
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """End everybody's waiting with ``error``."""
        with self._changed:
            self._failure = error
            self._changed.notify_all()

    @property
    def done(self) -> bool:
        """Whether all pictures are answered."""
        return len(self._answered) == self.count

    def in_order(self) -> Iterator[tuple[int, Answer]]:
        """Give the answers that are next in the order of pictures, each once."""
        while True:
            with self._changed:
                if self._given not in self._answers:
                    return
                index, answer = self._given, self._answers.pop(self._given)
                self._given += 1
            yield index, answer
