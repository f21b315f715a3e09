"""The board: TensorBoard in this process, for this machine alone.

It listens on the loopback address: nobody else on the network sees the images.
"""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tensorboard import program

IMAGES = 200  # epochs whose images can be gone back to; TensorBoard's own limit is 10


def board_command(folder: Path) -> str:
    """Return the command that shows the events below ``folder`` in TensorBoard again, as it works on this machine."""
    program_file = Path(sys.executable).with_name("tensorboard")
    start = [str(program_file)] if program_file.is_file() else [sys.executable, "-m", "tensorboard.main"]
    return shlex.join([*start, f"--logdir={folder}", f"--samples_per_plugin=images={IMAGES}"])


@contextmanager
def board(folder: Path) -> Iterator[str]:
    """Serve the events below ``folder`` while the block runs; gives the address.

    Takes the first free port from TensorBoard's own, 6006, on.
    Raises: ValueError where none of ten is free.
    """
    servers: list[Any] = []

    def make_server(app: Any, flags: Any) -> Any:
        servers.append(program.create_port_scanning_werkzeug_server(app, flags))
        return servers[0]

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
    tensorboard = program.TensorBoard(server_class=make_server)
    # load_fast starts a second process, which would have to be found and ended
    tensorboard.configure(
        logdir=str(folder), host="127.0.0.1", load_fast="false", samples_per_plugin={"images": IMAGES}
    )
    try:
        address = tensorboard.launch()
    except program.TensorBoardServerException as error:
        raise ValueError(f"TensorBoard cannot be started: {error.msg}; leave --tensorboard away") from error
    try:
        yield address
    finally:
        servers[0].shutdown()
        servers[0].server_close()
