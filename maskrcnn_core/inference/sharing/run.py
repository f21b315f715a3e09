"""A run over many pictures by a strategy's name: the same names as for training.

``one``: a device of this process. ``mirrored``: all devices of this machine, each with a model of its own.
``multiworker``: several machines, as ``TF_CONFIG`` says in TensorFlow's format; the first hands out pictures, works
itself, and collects the answers. Another worker may die: its unfinished pictures are done again by those that are left.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from typing import Any, NamedTuple

from .overlap import Answer, Job, overlapped
from .shares import Shares, labour
from .wire import Counter, Remote

STRATEGIES = ("one", "mirrored", "multiworker")


class Cluster(NamedTuple):
    """Who is there. addresses: (host, port) of every worker; place: which of them this process is."""

    addresses: tuple[tuple[str, int], ...]
    place: int


def cluster(text: str) -> Cluster:
    """Return what ``text``, a ``TF_CONFIG``, says. Raises: ValueError for anything else."""
    try:
        content = json.loads(text)
        places = [address.rpartition(":") for address in content["cluster"]["worker"]]
        addresses = tuple((host, int(port)) for host, _, port in places)
        place = int(content["task"]["index"])
        known = content["task"]["type"] == "worker" and 0 <= place < len(addresses)
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        raise ValueError(
            "strategy multiworker wants TF_CONFIG with cluster and task, such as "
            '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}, '
            f"received {text[:200]!r}"
        )
    return Cluster(addresses, place)


def task_of(*parts: Any) -> str:
    """Return a fingerprint of what is done: workers of one run have to have the same."""
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def is_first(strategy: str) -> bool:
    """Return whether this process collects the answers and writes the results."""
    return strategy != "multiworker" or cluster(os.environ.get("TF_CONFIG", "")).place == 0


def share_out(
    count: int, make_job: Callable[[str | None], Job], strategy: str, task: str
) -> Iterator[tuple[int, Answer]]:
    """Do a job on pictures 0 to ``count`` - 1 and give each with its answer, in order; on other workers nothing.

    make_job: makes the job with a model on a device (TensorFlow's name; None = where TensorFlow puts it).
    task: see ``task_of``.
    Raises: ``Lost`` where the first worker is gone; ValueError for an unknown strategy or a bad ``TF_CONFIG``.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"wanted a strategy {', '.join(STRATEGIES)}, received {strategy!r}")
    if strategy == "one":
        yield from overlapped(range(count), make_job(None))
    elif strategy == "mirrored":
        yield from on_devices(count, make_job, devices())
    else:
        here = cluster(os.environ.get("TF_CONFIG", ""))
        if here.place:
            remote = Remote(here.addresses[0], task)
            for _ in labour(remote, make_job(None)):
                pass
            return
        shares = Shares(count)
        with Counter(here.addresses[0], shares, task):  # before the model is there: others may come at once
            for _ in labour(shares, make_job(None)):
                yield from shares.in_order()
            yield from shares.in_order()


def devices() -> list[str]:
    """Return the names of the GPUs, or of the CPUs where there is none."""
    import tensorflow as tf

    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]


def on_devices(
    count: int, make_job: Callable[[str | None], Job], names: list[str]
) -> Iterator[tuple[int, Answer]]:
    """Share pictures among devices, a thread and a model each, and give the answers in order."""
    from ...runtime.compiling import as_written

    shares = Shares(count)
    jobs = [make_job(name) for name in names]

    def toil(job: Job) -> None:
        try:
            for _ in labour(shares, job):
                pass
        except BaseException as error:  # which has to end the run, not this thread alone
            shares.fail(error)

    with ExitStack() as stack:
        stack.enter_context(
            as_written()
        )  # for all: threads that switch it on and off would disturb each other
        for job in jobs[1:]:
            threading.Thread(target=toil, args=(job,), daemon=True).start()
        for _ in labour(shares, jobs[0]):
            yield from shares.in_order()
        yield from shares.in_order()
