"""Images over the workers of a cluster: in order, each once, whoever dies."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError

import pytest

from maskrcnn_core.inference.cluster import connecting, run
from maskrcnn_core.inference.cluster.connecting import Lost, connected
from maskrcnn_core.inference.cluster.places import TLS_FILES, Cluster, cluster_of
from maskrcnn_core.inference.cluster.run import KILLED, LOST, Chunk, Sharing, answers
from maskrcnn_core.inference.cluster.worker import recipe_text
from maskrcnn_core.inference.overlap import ERROR
from maskrcnn_core.runtime import onednn, threads
from tests.inference.stand_ins import make_squares


@pytest.fixture(scope="module")
def client():
    with connected(Cluster(2)) as found:
        yield found


def environment():
    """Return the environment without our switch of oneDNN and the mark by which Dask knows its first process."""
    known = {onednn.VARIABLE, onednn.MARK, "__DASK_PARENT_PID"}
    return {name: word for name, word in os.environ.items() if name not in known}


def test_a_cluster_leaves_the_environment_of_who_asked_as_it_was(monkeypatch):
    for name in connecting.BLAS:
        monkeypatch.delenv(name, raising=False)
    before = environment()
    with connected(Cluster(1)) as found:
        assert environment() == before
        seen = found.submit(os.getenv, "OMP_NUM_THREADS").result()
        assert seen == str(threads.cores())  # not Dask's 1
    assert environment() == before


@pytest.fixture
def dying(tmp_path, monkeypatch):
    """Return what makes a worker's process kill itself as it starts, so often."""

    def make(times):
        first = tmp_path / "first.py"
        first.write_text(
            "import os, signal\n"
            f"note = os.open({str(tmp_path / 'deaths')!r}, os.O_RDWR | os.O_CREAT | os.O_APPEND)\n"
            f"if os.fstat(note).st_size < {times}:\n"
            "    os.write(note, b'x')\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        monkeypatch.setitem(connecting.SETTINGS, "distributed.worker.preload", [str(first)])
        return tmp_path / "deaths"

    return make


def test_a_worker_that_is_killed_as_it_starts_is_started_anew(dying):
    deaths = dying(2)
    assert squares(answers(range(4), make_squares, {}, Cluster(1))) == [(i, i * i) for i in range(4)]
    assert deaths.read_bytes() == b"xx"


def test_workers_that_never_start_are_said_in_one_line(dying):
    dying(99)
    with pytest.raises(Lost, match=r"ended 3 times before it had started: is there memory for --workers 1\?"):
        list(answers(range(4), make_squares, {}, Cluster(1)))


def shared(client, recipe, items):
    return list(Sharing(client, make_squares, recipe_text(recipe), items).run())


def squares(found):
    return [(item, answer.get("square", answer.get(ERROR))) for item, answer in found]


def test_answers_come_in_order_each_once_and_are_those_of_one_process(client):
    recipe, items = {"unreadable": [3], "seconds": 0.002}, range(200)
    found = shared(client, recipe, items)
    assert squares(found) == squares(answers(items, make_squares, recipe))
    assert len({answer.get("process") for _, answer in found} - {None, os.getpid()}) == 2
    assert shared(client, recipe, []) == []


def test_what_a_dead_worker_had_is_done_again(client, tmp_path):
    recipe, found = {"note": str(tmp_path / "note"), "seconds": 0.01}, []
    for item, answer in Sharing(client, make_squares, recipe_text(recipe), range(150)).run():
        found.append((item, answer))
        if item == 40:
            os.kill(answer["process"], signal.SIGKILL)
    assert squares(found) == [(item, item * item) for item in range(150)]
    again = len((tmp_path / "note").read_text().split()) - 150
    assert 0 <= again <= 32  # a chunk or two, no more


def test_an_image_that_ends_workers_is_reported_and_the_others_are_done(client):
    found = squares(shared(client, {"kills": [5], "raises": [7]}, range(24)))
    wanted = [(item, item * item) for item in range(24)]
    wanted[5], wanted[7] = (5, KILLED), (7, "ArithmeticError: 7 has no square")
    assert found == wanted


def test_an_image_that_never_ends_is_left_out_and_what_only_takes_long_is_not(client):
    recipe = recipe_text({"hangs": [5], "seconds": 0.55})
    found = squares(
        Sharing(client, make_squares, recipe, range(24), limit=2).run()
    )  # 4 images a chunk, 2.2 s
    assert found == [(item, KILLED if item == 5 else item * item) for item in range(24)]


class Forgetful:
    """A client, and a future, whose answers about item 1 are lost as often as ``times``."""

    status = "running"

    def __init__(self, times):
        self.times, self.sent = times, []

    def nthreads(self):
        return {"worker": 1}

    def submit(self, function, make, recipe, items, limit, key):
        self.sent.append(json.loads(items))
        lost = 1 in self.sent[-1] and sum(1 in one for one in self.sent) <= self.times
        return Arrived(key, None if lost else function(make, recipe, items, limit))


class Arrived:
    status = "finished"

    def __init__(self, key, answers):
        self.key, self.answers = key, answers

    def result(self, timeout):
        if self.answers is None:
            raise CancelledError(self.key)
        return self.answers


@pytest.mark.parametrize(
    ("times", "sent"),
    [
        (1, [[0, 1, 2], [0, 1, 2]]),
        (3, [[0, 1, 2], [0, 1, 2], [0], [1], [1], [2]]),
        (99, [[0, 1, 2], [0, 1, 2], [0], [1], [1], [2]]),
    ],
)
def test_an_answer_that_is_lost_again_and_again_is_not_waited_for_without_end(monkeypatch, times, sent):
    monkeypatch.setattr(run, "WAITING", 0)  # one chunk of all three images
    client = Forgetful(times)
    sharing = Sharing(client, make_squares, recipe_text({}), range(3), limit=0)
    for _ in range(20):
        for future in sharing.sent():
            sharing.take(future)
    assert client.sent == sent and not sharing.out
    found = squares(sorted(sharing.waiting.items()))
    assert found == [(0, 0), (1, LOST if times == 99 else 1), (2, 4)]
    client.status = "closed"
    sharing.again = [Chunk(range(1, 2))]
    client.times = 99
    with pytest.raises(CancelledError):  # the scheduler is gone, which ``run`` says
        sharing.take(sharing.sent()[0])


@pytest.mark.slow
def test_a_worker_that_stands_still_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setitem(connecting.SETTINGS, "distributed.scheduler.worker-ttl", "4s")
    (tmp_path / "note").touch()
    recipe = {"note": str(tmp_path / "note"), "stops": 9}
    assert squares(answers(range(20), make_squares, recipe, Cluster(1))) == [(i, i * i) for i in range(20)]


def certificates(folder):
    """Write an authority that signed itself, with its key, as the three files of a cluster."""
    from distributed.security import Security

    keys = Security.temporary().get_tls_config_for_role("client")
    for name, key in zip(TLS_FILES, ("ca_file", "cert", "key"), strict=True):
        (folder / name).write_text(keys[key])
    return folder


@pytest.fixture
def over_tls(tmp_path):
    """Give a scheduler with a worker as processes of their own, over TLS, and its address."""
    files = [str(certificates(tmp_path) / name) for name in TLS_FILES]
    tls = [
        word
        for pair in zip(("--tls-ca-file", "--tls-cert", "--tls-key"), files, strict=True)
        for word in pair
    ]
    dask = [sys.executable, "-m", "dask"]
    at = tmp_path / "scheduler.json"
    place = ["--scheduler-file", str(at), "--protocol", "tls", *tls]
    started = [
        subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *place], stderr=-3
        ),
        subprocess.Popen([*dask, "worker", "--nthreads", "1", "--no-dashboard", *place], stderr=-3),
    ]
    try:
        until = time.monotonic() + 60
        while not (at.is_file() and at.stat().st_size) and time.monotonic() < until:
            time.sleep(0.1)
        yield started, json.loads(at.read_text())["address"]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_scheduler_elsewhere_is_used_over_tls_and_its_death_is_said(over_tls, tmp_path):
    (scheduler, _), address = over_tls
    cluster = cluster_of(None, address, str(tmp_path))
    assert squares(answers(range(40), make_squares, {}, cluster)) == [(i, i * i) for i in range(40)]
    with pytest.raises(Lost, match="goes on at image") as lost:
        for item, _ in answers(range(400), make_squares, {"seconds": 0.005}, cluster):
            if item == 30:
                scheduler.kill()
    assert "Traceback" not in str(lost.value)


def test_a_scheduler_with_other_keys_is_not_trusted(over_tls, tmp_path, monkeypatch):
    monkeypatch.setattr(connecting, "PATIENCE_S", 3)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(Lost, match="no Dask scheduler answers"):
        list(answers(range(4), make_squares, {}, cluster_of(None, over_tls[1], str(certificates(other)))))
