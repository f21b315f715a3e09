"""Images shared out in chunks among workers, and their answers in the order of the images.

Inputs: items that name the images, how a worker makes its job, a recipe for it, a cluster or none. Outputs: each item
with its answer, once, in order. A worker may die: Dask gives its chunk to another. An image at which workers die again
and again is found by trying the images of its chunk one by one; it is answered with an error, and the others with what
they are. An answer may be lost with its worker: its chunk is sent again, as often as a chunk may outlive workers, and
then its images are tried one by one as well. Only so many images are on the way that memory stays the same however
many there are.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..overlap import ERROR, Answer, Item, overlapped
from .connecting import DEATHS, PATIENCE_S, Lost, connected
from .places import LIMIT_S, Cluster
from .worker import Make, do_chunk, recipe_text

if TYPE_CHECKING:
    from distributed import Client, Future

CHUNK = 16  # images of a chunk at most: enough that what lies between chunks costs little, few enough to be redone
WAITING = 2  # chunks that wait for each worker, so that none is ever idle
AHEAD = 512  # images that may be answered, or on the way, beyond the first that is not
LOST = "its answer was lost with its worker each time, also alone; it is left out: is the connection to workers steady?"
KILLED = "ended every worker that tried it, or took longer than --time-limit, also alone; it is left out"


def answers(
    items: Sequence[Item], make: Make, recipe: dict[str, Any], cluster: Cluster | None = None
) -> Iterator[tuple[Item, Answer]]:
    """Do the job that ``make`` makes of ``recipe`` on the images ``items``; give each with its answer, in order.

    make: a function of a module, which workers find by its name. recipe: values as JSON has them.
    Law: the answers of a cluster are those of one process.
    Raises: ``Lost`` where the scheduler is gone; ValueError where a worker cannot do as the recipe says.
    """
    if cluster is None:
        yield from overlapped(items, make(recipe))
        return
    with connected(cluster) as client:
        yield from Sharing(client, make, recipe_text(recipe), items, cluster.limit).run()


@dataclass(frozen=True)
class Chunk:
    """Images that a worker does at once, by place.

    alone: one that is suspected, tried while no other suspect is. lost: how often its answers were lost.
    """

    places: range
    alone: bool = False
    lost: int = 0


class Sharing:
    """One run: which chunks are out, which images are suspected, which answers wait for those before them."""

    def __init__(
        self, client: Client, make: Make, recipe: str, items: Sequence[Item], limit: float = LIMIT_S
    ) -> None:
        self.client, self.make, self.recipe, self.items, self.limit = client, make, recipe, items, limit
        self.next = self.given = 0  # places: of the first image not sent out yet, and not given yet
        self.out: dict[str, Chunk] = {}  # by Dask's key
        self.suspects: deque[int] = deque()
        self.again: list[Chunk] = []  # whose answers died with their worker before they were here
        self.waiting: dict[int, Answer] = {}

    def run(self) -> Iterator[tuple[Item, Answer]]:
        """Give each item with its answer, in order."""
        from distributed import as_completed

        with self.while_connected():
            arriving = as_completed(self.sent(), loop=self.client.loop)
        while self.out:
            with self.while_connected():
                self.take(next(arriving))
            while self.given in self.waiting:
                yield self.items[self.given], self.waiting.pop(self.given)
                self.given += 1
            with self.while_connected():
                arriving.update(self.sent())

    @contextmanager
    def while_connected(self) -> Iterator[None]:
        """Say what to do where the scheduler is gone. Raises: ``Lost``."""
        try:
            yield
        except (OSError, CancelledError) as error:
            raise Lost(
                "the scheduler is gone; start it and its workers again, and then this command: it goes on at "
                f"image {self.given + 1}"
            ) from error

    def sent(self) -> list[Future[Any]]:
        """Send out as many chunks as the workers can use, a suspect among them if none is out."""
        workers = max(1, len(self.client.nthreads()))
        futures, self.again = [self.send(chunk) for chunk in self.again], []
        if self.suspects and not any(chunk.alone for chunk in self.out.values()):
            place = self.suspects.popleft()
            futures.append(self.send(Chunk(range(place, place + 1), alone=True)))
        while len(self.out) < workers * (1 + WAITING):
            left = len(self.items) - self.next
            fair = -(-left // (workers * (1 + WAITING)))  # so that all end at about the same time
            size = min(CHUNK, fair, self.given + AHEAD - self.next)
            if size <= 0:
                break
            futures.append(self.send(Chunk(range(self.next, self.next + size))))
            self.next += size
        return futures

    def send(self, chunk: Chunk) -> Future[Any]:
        """Send out a chunk; its name on Dask's dashboard is the job's."""
        items = json.dumps(list(self.items[chunk.places.start : chunk.places.stop]))
        key = f"{self.make.__name__}-{uuid4().hex}"
        self.out[key] = chunk
        return self.client.submit(do_chunk, self.make, self.recipe, items, self.limit, key=key)

    def take(self, future: Future[Any]) -> None:
        """Take what came of a chunk: its answers, or that workers died of it. Raises: ValueError, CancelledError."""
        chunk = self.out.pop(str(future.key))
        if future.status != "error":
            try:
                found = answers_in(future.result(timeout=PATIENCE_S), len(chunk.places))
            except (CancelledError, TimeoutError):
                if self.client.status != "running":
                    raise
                self.lose(replace(chunk, lost=chunk.lost + 1))
            else:
                self.waiting.update(zip(chunk.places, found, strict=True))
        elif not _is_death(future):
            raise ValueError(f"a worker cannot go on: {future.exception()}")
        else:
            self.suspect(chunk, KILLED)

    def lose(self, chunk: Chunk) -> None:
        """Send a chunk again whose answers were lost, unless that has happened as often as it may."""
        if chunk.lost <= DEATHS:
            self.again.append(chunk)
        else:
            self.suspect(chunk, LOST)

    def suspect(self, chunk: Chunk, reason: str) -> None:
        """Try the images of a chunk one by one; one that was alone is answered with ``reason``."""
        if chunk.alone:
            self.waiting[chunk.places.start] = {ERROR: reason}
        else:
            self.suspects.extend(chunk.places)


def answers_in(text: Any, count: int) -> list[Answer]:
    """Return the answers that a worker sent. Raises: ValueError for anything but ``count`` of them."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != count or not all(isinstance(one, dict) for one in found):
        raise ValueError(f"wanted {count} answers in JSON from a worker, received something else")
    return found


def _is_death(future: Future[Any]) -> bool:
    from distributed import KilledWorker

    return isinstance(future.exception(), KilledWorker)
