"""Who starts the workers of this machine, and starts them anew where they die: Dask's nanny, that leaves no trace.

Before it starts a worker, Dask's own writes settings (one thread for OpenMP, MKL and OpenBLAS, a seed of hashes) into
the environment of the process that asked, where they stay: every later child of it would run on one thread. What our
workers need goes to them alone, see ``connecting.environment``. And a process that is killed while it starts would end
the run.
"""

from __future__ import annotations

from typing import Any

import distributed
from distributed.core import Status

STARTS = 3  # of a worker's process that ends before it has begun, as one does that is killed for memory


class Nanny(distributed.Nanny):
    """Dask's nanny, with an environment for its worker and none for this process."""

    def __init__(self, *places: Any, **options: Any) -> None:
        """Take what Dask's nanny takes."""
        super().__init__(*places, **options)
        self.pre_spawn_env = {}

    async def instantiate(self) -> Status:
        """Start a process, and again where it ends at once; Dask's own does so only once a process has run."""
        status = await super().instantiate()
        for _ in range(STARTS - 1):
            if status == Status.running or self.status != Status.init:
                break
            status = await super().instantiate()
        return status
