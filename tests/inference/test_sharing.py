"""Many pictures shared out: in order, each once, whoever dies; and no more in memory than a few."""

import json
import socket
import threading
import time

import pytest

from maskrcnn_core.inference.sharing.overlap import AHEAD, ERROR, overlapped
from maskrcnn_core.inference.sharing.run import (
    STRATEGIES,
    Cluster,
    cluster,
    is_first,
    on_devices,
    share_out,
    task_of,
)
from maskrcnn_core.inference.sharing.shares import Shares, labour
from maskrcnn_core.inference.sharing.wire import Counter, Line, Lost, Remote


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


# --- overlap -------------------------------------------------------------------------------------------------


def test_answers_come_in_order_and_a_bad_picture_says_why():
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
def test_what_no_picture_is_to_blame_for_is_raised(step):
    job = Squares(bad=())
    setattr(job, step, lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        list(overlapped(range(3), job))


def test_loading_and_finishing_go_on_while_the_model_works():
    """The model's turn on one picture ends only when the next was loaded and the last one finished."""
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


# --- shares --------------------------------------------------------------------------------------------------


def test_every_picture_is_answered_once_whoever_vanishes():
    shares = Shares(3)
    assert [shares.take() for _ in range(4)] == [0, 1, 2, None]
    shares.answer(1, {"by": "first"})
    shares.give_back([0, 1])  # whoever held both is gone; 1 had been answered
    assert shares.take() == 0
    shares.answer(0, {"by": "second"})
    shares.answer(0, {"by": "a late one"})
    assert list(shares.in_order()) == [(0, {"by": "second"}), (1, {"by": "first"})]
    assert not shares.done
    shares.answer(2, {})
    assert shares.wait() is None
    assert list(shares.in_order()) == [(2, {})]
    assert list(shares.in_order()) == []


def test_nothing_to_share_is_done_at_once():
    assert Shares(0).wait() is None


def test_who_waits_gets_what_comes_back():
    shares, got = Shares(1), []
    assert shares.take() == 0
    thread = threading.Thread(target=lambda: got.append(shares.wait()))
    thread.start()
    shares.give_back([0])
    thread.join(10)
    assert got == [0]


def test_a_failure_ends_all_waiting():
    shares = Shares(1)
    shares.take()
    shares.fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        shares.wait()


@pytest.mark.parametrize("names", [["CPU:0"], ["CPU:0", "CPU:1", "CPU:2"]])
def test_devices_share_the_pictures(names):
    assert list(on_devices(8, lambda name: Squares(), names)) == WANTED


def test_a_device_that_fails_ends_the_run():
    class Broken(Squares):
        def work(self, index, loaded):
            time.sleep(0.01)
            raise ZeroDivisionError

    class Slow(Squares):
        def work(self, index, loaded):
            time.sleep(0.05)
            return loaded * loaded

    jobs = {"a": Slow(), "b": Broken()}
    with pytest.raises(ZeroDivisionError):
        list(on_devices(50, jobs.__getitem__, ["a", "b"]))


# --- over the network ----------------------------------------------------------------------------------------


@pytest.fixture
def address() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()


def test_two_workers_share_the_pictures(address):
    shares, jobs = Shares(40), [Squares(), Squares()]

    def help_out() -> None:
        for _ in labour(Remote(address, "task"), jobs[1]):
            pass

    helper = threading.Thread(target=help_out)
    answers = []
    with Counter(address, shares, "task"):
        helper.start()
        for _ in labour(shares, jobs[0]):
            time.sleep(0.01)
            answers += shares.in_order()
        answers += shares.in_order()
    helper.join(10)
    assert not helper.is_alive()
    assert [index for index, _ in answers] == list(range(40))
    assert answers[:8] == WANTED
    done = [{i for step, i in job.events if step == "load"} for job in jobs]
    assert done[0] and done[1]
    assert not done[0] & done[1]
    assert done[0] | done[1] == set(range(40))


def test_what_a_dead_worker_held_is_done_again_and_its_answers_stay(address):
    shares = Shares(6)
    with Counter(address, shares, "task"):
        dying = Remote(address, "task")
        assert [dying.take() for _ in range(3)] == [0, 1, 2]
        dying.answer(1, {"by": "the dead"})
        dying.take()  # its answer has arrived before this question is answered
        dying.line.connection.shutdown(socket.SHUT_RDWR)
        answers = []
        for _ in labour(shares, Squares(bad=())):
            answers += shares.in_order()
        answers += shares.in_order()
    assert [index for index, _ in answers] == list(range(6))
    assert answers[1] == (1, {"by": "the dead"})
    assert [answer["square"] for index, answer in answers if index != 1] == [0, 4, 9, 16, 25]


def test_a_worker_with_another_task_is_refused(address):
    with Counter(address, Shares(3), "task"), pytest.raises(ValueError, match="does something else"):
        Remote(address, "another")


def test_without_the_first_worker_the_others_say_so(address):
    with pytest.raises(Lost, match=f"nobody listens at 127.0.0.1:{address[1]}"):
        Remote(address, "task", patience=0.0)


def test_the_loss_of_the_first_worker_is_said(address):
    server = socket.create_server(address)

    def serve() -> None:
        line = Line(server.accept()[0])
        line.hear()
        line.say({"refused": False})
        line.hear()
        line.close()

    threading.Thread(target=serve, daemon=True).start()
    remote = Remote(address, "task")
    with pytest.raises(Lost, match="the first worker is gone"):
        remote.take()
    server.close()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"[]\n",
        b'{"task": "another"}\n',
        b'{"task": "task"}\n{"index": 2, "answer": {}}\n',  # which it was not given
        b'{"task": "task"}\n{"ask": "take"}\n{"index": 0, "answer": 7}\n',
        b'{"task": "task"}\n{"ask": "take"}\n{"index": [0], "answer": {}}\n',
        b'{"task": "task"}\n' + b"[" * 100_000 + b"\n",
    ],
)
def test_strangers_and_nonsense_change_nothing(address, words):
    shares = Shares(4)
    with Counter(address, shares, "task"):
        with socket.create_connection(address) as stranger:
            stranger.sendall(words)
            stranger.shutdown(socket.SHUT_WR)
            stranger.settimeout(10)
            while stranger.recv(4096):
                pass
        for _ in labour(shares, Squares(bad=())):
            pass
    assert [answer["square"] for _, answer in shares.in_order()] == [0, 1, 4, 9]


# --- by name -------------------------------------------------------------------------------------------------

TWO = {"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}}


def test_a_cluster_is_read_as_tensorflow_writes_it(monkeypatch):
    assert cluster(json.dumps(TWO)) == Cluster((("a", 1), ("b", 2)), 1)
    monkeypatch.setenv("TF_CONFIG", json.dumps(TWO))
    assert [is_first(name) for name in STRATEGIES] == [True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"cluster": {"worker": ["a"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": [1]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "ps", "index": 0}}',
    ],
)
def test_a_bad_cluster_is_refused_in_words(text):
    with pytest.raises(ValueError, match="wants TF_CONFIG with cluster and task"):
        cluster(text)


def test_one_shares_with_nobody_and_an_unknown_strategy_is_refused():
    assert list(share_out(8, lambda device: Squares(), "one", "")) == WANTED
    with pytest.raises(ValueError, match="wanted a strategy one, mirrored, multiworker"):
        list(share_out(1, lambda device: Squares(), "two", ""))


def test_tasks_differ_where_anything_does():
    tasks = [task_of("detect", ["a"]), task_of("detect", ["b"]), task_of("evaluate", ["a"])]
    assert len(set(tasks)) == 3
    assert tasks[0] == task_of("detect", ["a"])
