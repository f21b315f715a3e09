"""Many images, their steps overlapping: in order, each once, and no more in memory than a few."""

import threading

import pytest

from maskrcnn_core.inference.overlap import AHEAD, ERROR, overlapped


class Squares:
    """A job that squares its index; index 3 cannot be read. Remembers what happened in which thread."""

    def __init__(self, bad: tuple[int, ...] = (3,)) -> None:
        self.bad, self.events = bad, list[tuple[str, int]]()
        self.threads: dict[str, set[int]] = {"load": set(), "work": set(), "finish": set()}

    def note(self, step: str, index: int) -> None:
        self.events.append((step, index))
        self.threads[step].add(threading.get_ident())

    def load(self, index):
        self.note("load", index)
        if index in self.bad:
            raise ValueError(f"{index} is cut short")
        return index

    def work(self, index, loaded):
        self.note("work", index)
        return loaded * loaded

    def finish(self, index, loaded, worked):
        self.note("finish", index)
        assert worked == loaded**2
        return {"square": worked}


WANTED = [(i, {"square": i * i} if i != 3 else {ERROR: "3 is cut short"}) for i in range(8)]


def test_answers_come_in_order_and_a_bad_image_says_why():
    job = Squares()
    assert list(overlapped(range(8), job)) == WANTED
    assert ("work", 3) not in job.events and ("finish", 3) not in job.events
    assert list(overlapped([], job)) == []


def test_each_step_has_a_thread_of_its_own():
    job = Squares(bad=())
    list(overlapped(range(5), job))
    assert [len(threads) for threads in job.threads.values()] == [1, 1, 1]
    assert len(set.union(*job.threads.values())) == 3
    assert job.threads["work"] == {threading.get_ident()}


def test_few_are_on_the_way_at_once():
    job = Squares(bad=())
    most = 0
    for index, _ in overlapped(range(50), job):
        loaded = max(i for step, i in job.events if step == "load")
        most = max(most, loaded - index)
    assert most <= 2 * AHEAD + 1


@pytest.mark.parametrize("step", ["load", "work", "finish"])
def test_what_no_image_is_to_blame_for_is_raised(step):
    job = Squares(bad=())
    setattr(job, step, lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        list(overlapped(range(3), job))


def test_loading_and_finishing_go_on_while_the_model_works():
    """The model's turn on one image ends only when the next was loaded and the last one finished."""
    loaded, finished = [threading.Event() for _ in range(4)], [threading.Event() for _ in range(4)]

    class Waiting(Squares):
        def load(self, index):
            loaded[index].set()
            return index

        def work(self, index, value):
            assert index == 3 or loaded[index + 1].wait(10)
            assert index == 0 or finished[index - 1].wait(10)
            return value * value

        def finish(self, index, value, worked):
            finished[index].set()
            return {}

    assert len(list(overlapped(range(4), Waiting()))) == 4
