"""The newest of what keeps coming, with a source whose items come when the test says so."""

import threading

import pytest

from maskrcnn_core.data.reading.newest import Newest


class Source:
    """Items that come as they are sent; ``send`` returns when they were taken."""

    def __init__(self):
        self.sent, self.taken, self.items = threading.Semaphore(0), threading.Semaphore(0), []

    def send(self, *items):
        for item in items:
            self.items.append(item)
            self.sent.release()
            assert self.taken.acquire(timeout=10)

    def __iter__(self):
        while True:
            self.sent.acquire()
            item = self.items.pop(0)
            if item is None:
                self.taken.release()
                return
            if isinstance(item, Exception):
                self.taken.release()
                raise item
            yield item
            self.taken.release()  # it has been put down: the next one is asked for


def first_of(found, source):
    """Return the item 1, sent while it is waited for, when it has been taken."""
    sender = threading.Thread(target=source.send, args=[1])
    sender.start()
    first = next(found)
    sender.join()
    return first


def test_what_came_meanwhile_is_passed_over_and_the_last_is_not():
    source = Source()
    found = iter(Newest(source))
    assert first_of(found, source) == 1
    source.send(2, 3, 4)
    assert next(found) == 4
    source.send(5, 6, None)
    assert list(found) == [6]


def test_what_the_source_raises_is_raised_after_the_last_item():
    source = Source()
    found = iter(Newest(source))
    assert first_of(found, source) == 1
    source.send(2, OSError("unplugged"))
    assert next(found) == 2
    with pytest.raises(OSError, match="unplugged"):
        next(found)


def test_nobody_reads_from_the_source_any_more_once_it_is_closed():
    source = Source()
    found = iter(Newest(source))
    assert first_of(found, source) == 1
    threading.Timer(0.05, source.sent.release).start()
    source.items.append(2)
    found.close()
    assert "camera" not in {thread.name for thread in threading.enumerate()}
