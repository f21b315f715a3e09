"""Overlap: while the model looks at one image, the next is decoded and the last one written.

Inputs: items, each naming an image, and a job. Outputs: each item with its answer. One thread loads, the caller's
works, one finishes; each sees the images in their order. Few are on the way at once, so that memory stays the same
however many there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol

AHEAD = 2  # images loaded in advance, and as many not yet finished
Answer = dict[str, Any]  # what is left of an image: values as JSON has them
ERROR = "error"  # key of an answer that says why an image was left out
Item = Any  # names an image to a job, in values as JSON has them: an index, or a path and a name


class Job(Protocol):
    """What is to be done with each image."""

    def load(self, item: Item) -> Any:
        """Read the image. Raises: ValueError or OSError where it cannot be read."""

    def work(self, item: Item, loaded: Any) -> Any:
        """Run the model."""

    def finish(self, item: Item, loaded: Any, worked: Any) -> Answer:
        """Write what is to be written, and return what is left."""


def overlapped(items: Iterable[Item], job: Job, ahead: int = AHEAD) -> Iterator[tuple[Item, Answer]]:
    """Do ``job`` on the images ``items`` and give each item with its answer, in their order.

    An image that cannot be read gives ``{"error": why}``; whatever else goes wrong is raised.
    Law: the answers are those of doing one step after the other.
    """
    coming = iter(items)
    loading: deque[tuple[Item, Future[Any]]] = deque()
    finishing: deque[tuple[Item, Future[Answer]]] = deque()
    with ThreadPoolExecutor(1, "load") as loader, ThreadPoolExecutor(1, "finish") as finisher:

        def fetch() -> None:
            for item in islice(coming, max(0, ahead - len(loading))):
                loading.append((item, loader.submit(job.load, item)))

        fetch()
        while loading:
            item, future = loading.popleft()
            try:
                loaded = future.result()
            except (ValueError, OSError) as error:
                finishing.append((item, finisher.submit(_said, str(error))))
            else:
                fetch()
                worked = job.work(item, loaded)
                finishing.append((item, finisher.submit(job.finish, item, loaded, worked)))
                del loaded, worked  # the finishing thread lets go of them
            fetch()
            while finishing and (len(finishing) > ahead or finishing[0][1].done()):
                first, answer = finishing.popleft()
                yield first, answer.result()
        for first, answer in finishing:
            yield first, answer.result()


def _said(words: str) -> Answer:
    return {ERROR: words}
