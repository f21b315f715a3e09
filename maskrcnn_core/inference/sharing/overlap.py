"""Overlap: while the model looks at one picture, the next is decoded and the last one written.

One thread loads, the caller's works, one finishes; each sees the pictures in their order. Few are on the way at once,
so that memory stays the same however many there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol

AHEAD = 2  # pictures loaded in advance, and as many not yet finished
Answer = dict[str, Any]  # what is left of a picture: values as JSON has them
ERROR = "error"  # key of an answer that says why a picture could not be read


class Job(Protocol):
    """What is to be done with each picture, by its index."""

    def load(self, index: int) -> Any:
        """Read the picture. Raises: ValueError or OSError where it cannot be read."""

    def work(self, index: int, loaded: Any) -> Any:
        """Run the model."""

    def finish(self, index: int, loaded: Any, worked: Any) -> Answer:
        """Write what is to be written, and return what is left."""


def overlapped(indices: Iterable[int], job: Job, ahead: int = AHEAD) -> Iterator[tuple[int, Answer]]:
    """Do ``job`` on the pictures ``indices`` and give each index with its answer, in their order.

    A picture that cannot be read gives ``{"error": why}``; whatever else goes wrong is raised.
    Law: the answers are those of doing one step after the other.
    """
    coming = iter(indices)
    loading: deque[tuple[int, Future[Any]]] = deque()
    finishing: deque[tuple[int, Future[Answer]]] = deque()
    with ThreadPoolExecutor(1, "load") as loader, ThreadPoolExecutor(1, "finish") as finisher:

        def fetch() -> None:
            for index in islice(coming, max(0, ahead - len(loading))):
                loading.append((index, loader.submit(job.load, index)))

        fetch()
        while loading:
            index, future = loading.popleft()
            try:
                loaded = future.result()
            except (ValueError, OSError) as error:
                finishing.append((index, finisher.submit(_said, str(error))))
            else:
                fetch()
                worked = job.work(index, loaded)
                finishing.append((index, finisher.submit(job.finish, index, loaded, worked)))
                del loaded, worked  # the finishing thread lets go of them
            fetch()
            while finishing and (len(finishing) > ahead or finishing[0][1].done()):
                first, answer = finishing.popleft()
                yield first, answer.result()
        for first, answer in finishing:
            yield first, answer.result()


def _said(words: str) -> Answer:
    return {ERROR: words}
