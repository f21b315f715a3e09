"""The newest of what keeps coming: a camera does not wait for a model, and its driver's queue would be seconds old."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")
PATIENCE = 2.0  # s for a source to come to its next item, when nobody wants any more


class Newest(Generic[Item]):
    """Goes through ``items`` in a thread of its own; iterated over, it gives each time the one that came last.

    What came in between is passed over, the very last never. What ``items`` raises is raised after it.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items, self._change = items, threading.Condition()
        self._waiting, self._ended, self._closed = list[Item](), False, False
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[Item]:
        thread = threading.Thread(target=self._take, name="camera", daemon=True)
        thread.start()
        try:
            while True:
                with self._change:
                    self._change.wait_for(lambda: self._waiting or self._ended)
                    if not self._waiting:
                        break
                    item = self._waiting.pop()
                yield item
            if self._error is not None:
                raise self._error
        finally:  # the source is closed afterwards: nobody may be reading from it
            self._closed = True
            thread.join(PATIENCE)

    def _take(self) -> None:
        try:
            for item in self._items:
                if self._closed:
                    return
                with self._change:
                    self._waiting[:] = [item]
                    self._change.notify()
        except BaseException as error:  # for whoever asks next
            self._error = error
        finally:
            with self._change:
                self._ended = True
                self._change.notify()
