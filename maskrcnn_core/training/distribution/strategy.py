"""Strategy: on which devices a run trains, by ``tf.distribute``.

``one``: a single device. ``mirrored``: all devices of this machine. ``multiworker``: several machines, as the
environment variable ``TF_CONFIG`` says, in TensorFlow's own format: ``{"cluster": {"worker": ["host:port", …]},
"task": {"type": "worker", "index": 0}}``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from ...runtime.devices import choose_devices, visible

STRATEGIES = ("one", "mirrored", "multiworker")
# what TensorFlow raises on a worker whose peer is gone, depending on what it was doing
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
)


class WorkerLost(ConnectionError):  # noqa: N818  # what happened, as in divergence.py
    """Another worker of a run on several machines is gone."""


def make_strategy(name: str = "one") -> tf.distribute.Strategy:
    """Return the strategy ``name`` on the devices that are visible (``runtime.devices``), GPUs where there are some.

    Raises: ValueError for an unknown name, or multiworker without ``TF_CONFIG``.
    """
    choose_devices(None)
    if name == "one":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        return tf.distribute.MirroredStrategy(visible())
    if name == "multiworker":
        _check_cluster(os.environ.get("TF_CONFIG", ""))
        return tf.distribute.MultiWorkerMirroredStrategy()
    raise ValueError(f"wanted a strategy {', '.join(STRATEGIES)}, received {name!r}")


def make_repeatable() -> bool:
    """Have the same seed give the same weights, bit by bit, on one device; return whether that can be had.

    On GPUs it cannot: TensorFlow has no deterministic gradient of ``crop_and_resize`` there, on which ROIAlign stands,
    and where determinism is asked for, training would stop at its first step.
    """
    if tf.config.get_visible_devices("GPU"):
        return False
    tf.config.experimental.enable_op_determinism()
    return True


def num_workers(strategy: tf.distribute.Strategy) -> int:
    """Return the number of processes that train together."""
    resolver = strategy.cluster_resolver
    return len(resolver.cluster_spec().as_dict().get("worker", [])) if resolver is not None else 1


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Return whether this process is the one that writes files and reports: of several workers the first."""
    resolver = strategy.cluster_resolver
    return resolver is None or not resolver.task_type or resolver.task_id == 0


def any_worker(strategy: tf.distribute.Strategy, says: bool) -> bool:
    """Return whether ``says`` is true on any worker: what one decides, all have to do, or the others wait for ever.

    All workers have to ask at the same point of the run.
    """
    if num_workers(strategy) <= 1:
        return says

    @tf.function(autograph=False)
    def count(vote: tf.Tensor) -> tf.Tensor:
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(tf.identity, (vote,)), axis=None)

    return float(count(tf.constant(float(says)))) > 0.0


@contextmanager
def watching_workers(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Raise ``WorkerLost`` where the block fails because another worker is gone."""
    try:
        yield
    except _LOST as error:
        if num_workers(strategy) <= 1:
            raise
        raise WorkerLost(
            "a worker was lost, and none can go on alone: start all of them again, with --init last"
        ) from error


def _check_cluster(text: str) -> None:
    """Raise ValueError unless ``text`` is a ``TF_CONFIG`` with workers and a task."""
    try:
        cluster = json.loads(text)
        known = cluster["cluster"]["worker"] and cluster["task"]["type"] and cluster["task"]["index"] >= 0
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise ValueError(
            "strategy multiworker wants TF_CONFIG with cluster and task, such as "
            '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}, '
            f"received {text[:200]!r}"
        )
