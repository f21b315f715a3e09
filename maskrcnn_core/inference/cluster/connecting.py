"""A client of a cluster: of processes that it starts on this machine, or of a scheduler that is there.

Nothing listens but on loopback: the processes started here talk over TLS with a key made for this run, since every user
of a machine reaches its loopback interface.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ...runtime import onednn, threads
from ...runtime.installing import install_command
from ...terminal.inert import say
from .places import Cluster, Tls, is_loopback

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

NEEDED = ("distributed", "cryptography")  # of the extra ``cluster``
DEATHS = 1  # of a worker that a chunk, then an image, may live through; one more, and it is to blame
SILENCE = (
    "120s"  # without a heartbeat, after which a worker is started anew; Dask's own are some seconds apart
)
PATIENCE_S = 30  # s for a scheduler to answer
SETTINGS = {  # of Dask, here and in the processes started here
    "distributed.scheduler.worker-ttl": SILENCE,
    "distributed.worker.profile.enabled": False,  # looks at all stacks each 10 ms, also while TensorFlow loads
}
BLAS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")  # which Dask sets to 1, unless told


class Lost(ConnectionError):  # noqa: N818  # what happened
    """The scheduler is gone, or cannot be reached."""


@contextmanager
def connected(cluster: Cluster) -> Iterator[Client]:
    """Give a client of ``cluster``, and say where its dashboard is.

    Raises: ``Lost`` where no scheduler answers; ValueError where Dask is not installed, or a connection is open.
    """
    require_dask()
    from dask import config
    from distributed import Client
    from distributed.utils import silence_logging_cmgr

    with ExitStack() as stack:
        stack.enter_context(config.set(SETTINGS))
        stack.enter_context(silence_logging_cmgr(logging.CRITICAL))  # what goes wrong, this package says
        try:
            if cluster.scheduler:
                client = Client(
                    cluster.scheduler,
                    security=security(cluster.tls),
                    timeout=PATIENCE_S,
                    set_as_default=False,
                )
            else:
                client = Client(stack.enter_context(local(cluster.workers)), set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise Lost(
                f"no Dask scheduler answers at {cluster.scheduler or 'this machine'} ({error}); "
                "start one (`dask scheduler`), or take --workers N"
            ) from error
        stack.enter_context(client)
        if cluster.tls is None and cluster.scheduler:
            require_loopback(client.scheduler_info(n_workers=-1))
        say_dashboard(client)
        yield client


def require_dask() -> None:
    """Raise ValueError, with what to install, where the extra ``cluster`` is not."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        command = install_command().replace("cpu]", "cpu,cluster]").replace("gpu]", "gpu,cluster]")
        raise ValueError(
            f"--workers and --scheduler need {absent[0]}, which is not installed here: {command}"
        )


def security(tls: Tls | None) -> Security:
    """Return what Dask needs to know of keys: with ``tls``, that nothing goes unencrypted."""
    from distributed.security import Security

    if tls is None:
        return Security(require_encryption=False)
    files = dict(zip(("tls_ca_file", "tls_client_cert", "tls_client_key"), map(str, tls), strict=True))
    return Security(require_encryption=True, **files)


@contextmanager
def local(workers: int) -> Iterator[Any]:
    """Give a cluster of ``workers`` processes of this machine, of one thread each. Raises: ``Lost`` if none starts."""
    from distributed import LocalCluster
    from distributed.security import Security

    from .nanny import STARTS, Nanny

    try:
        cluster = LocalCluster(
            worker_class=Nanny,
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            security=Security.temporary(),
            dashboard_address="127.0.0.1:0" if find_spec("bokeh") else None,
            memory_limit=0,  # as in one process, the system's own
            silence_logs=logging.CRITICAL,
            scheduler_kwargs={"allowed_failures": DEATHS},
            env=environment(),
        )
    except RuntimeError as error:  # of a nanny
        raise Lost(
            f"a worker's process ended {STARTS} times before it had started: is there memory for --workers {workers}? "
            "take fewer, or none"
        ) from error
    with cluster:
        yield cluster


def environment() -> dict[str, str]:
    """Return what the processes are started with: what one process would have, so that they find the same numbers."""
    onednn.apply("inference")
    blas = {name: os.environ.get(name, str(threads.cores())) for name in BLAS}
    return {**blas, onednn.VARIABLE: os.environ[onednn.VARIABLE]}


def require_loopback(information: dict[str, Any]) -> None:
    """Raise ValueError where a scheduler or a worker is heard beyond this machine, without TLS."""
    addresses = [information["address"], *information["workers"]]
    open_ones = [address for address in addresses if not is_loopback(address)]
    if open_ones:
        raise ValueError(
            f"{open_ones[0]} of this cluster is heard beyond this machine without TLS, and runs whatever reaches it; "
            "start scheduler and workers with --host 127.0.0.1, or with TLS and --tls CA,CERT,KEY here"
        )


def say_dashboard(client: Client) -> None:
    """Say where Dask shows what its workers do."""
    if client.dashboard_link and find_spec("bokeh"):
        say(f"Dask's dashboard: {client.dashboard_link}", err=True)
