"""Which cluster is meant, and whether what goes over its connections can be trusted.

Inputs: the words of a command's options. Outputs: a ``Cluster``. Dask's workers run what they are sent, so a connection
is one of two: over TLS with keys that both sides hold, or on the loopback interface of this machine.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import NamedTuple

TLS_FILES = ("ca.pem", "cert.pem", "key.pem")  # in a folder that stands for all three
ADDRESS = re.compile(
    r"(?:(?P<protocol>tcp|tls)://)?(?P<host>\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(?P<port>\d{1,5})/?"
)
LARGEST_PORT = 65535
LIMIT_S = (
    600  # for an image: a large one in tiles takes a minute, and loading a model is within the first one's
)


class Tls(NamedTuple):
    """Files in PEM: the authority that signed all certificates of the cluster, our certificate, its key."""

    authority: Path
    certificate: Path
    key: Path


class Cluster(NamedTuple):
    """workers: how many processes to start on this machine; 0 where ``scheduler`` has an address of its own.

    limit: s for an image, after which its worker ends itself, since what hangs would hold up the run for ever.
    """

    workers: int
    scheduler: str = ""
    tls: Tls | None = None
    limit: float = LIMIT_S


def cluster_of(
    workers: int | None, scheduler: str | None, tls: str | None, limit: float | None = None
) -> Cluster | None:
    """Return the cluster that a command's options mean; None for one process.

    Raises: ValueError for options that do not go together, an address that is none, TLS files that are not there, and
    an address of another machine without TLS.
    """
    if scheduler is None:
        if tls is not None:
            raise ValueError(
                "wanted --scheduler with --tls: workers of this machine have keys of their own making"
            )
        if workers is None and limit is not None:
            raise ValueError(
                "wanted --workers or --scheduler with --time-limit: one process waits for an image until Ctrl-C"
            )
        return None if workers is None else Cluster(workers, limit=limit or LIMIT_S)
    if workers is not None:
        raise ValueError(
            "wanted --workers or --scheduler, received both: a scheduler has workers of its own; leave --workers out"
        )
    files = None if tls is None else tls_of(tls)
    address = address_of(scheduler, files is not None)
    if files is None and not is_loopback(address):
        raise ValueError(
            f"wanted --tls with --scheduler {scheduler}: over a network, workers run whatever reaches them; "
            "give --tls CA,CERT,KEY, and start scheduler and workers with them as well"
        )
    return Cluster(0, address, files, limit or LIMIT_S)


def tls_of(text: str) -> Tls:
    """Return the files of ``CA,CERT,KEY``, or of a folder with those of ``TLS_FILES``. Raises: ValueError."""
    parts = (
        [Path(text) / name for name in TLS_FILES] if Path(text).is_dir() else list(map(Path, text.split(",")))
    )
    absent = [str(path) for path in parts if not path.is_file()]
    if len(parts) != len(TLS_FILES) or absent:
        wrong = f"{absent[0]} is no file" if absent else f"received {len(parts)}"
        raise ValueError(f"wanted --tls CA,CERT,KEY or a folder with {', '.join(TLS_FILES)}: {wrong}")
    return Tls(*parts)


def address_of(text: str, encrypted: bool) -> str:
    """Return ``HOST:PORT``, with or without a protocol, as Dask writes it. Raises: ValueError for anything else."""
    match = ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"]) <= LARGEST_PORT:
        raise ValueError(
            f"wanted --scheduler HOST:PORT, such as 127.0.0.1:8786, [::1]:8786 or tls://node7:8786, received {text!r}"
        )
    wanted = "tls" if encrypted else "tcp"
    if match["protocol"] not in (None, wanted):
        missing = "tcp without --tls" if encrypted else "tls:// with --tls CA,CERT,KEY"
        raise ValueError(f"wanted --scheduler {missing}, received {text!r}")
    return f"{wanted}://{match['host']}:{match['port']}"


def is_loopback(address: str) -> bool:
    """Return whether an address in Dask's form can be reached from this machine alone.

    A name other than localhost is taken for another machine's: what it stands for may change.
    """
    host = address.rpartition("://")[2].rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
