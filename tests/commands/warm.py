"""Commands as processes of their own that need not import TensorFlow: they are forked from one that has.

For what is tested of a command once it works: what it says, obeys and leaves, on a terminal and behind a pipe. How it
begins, and a signal that comes meanwhile, is for ``terminal.run``, which starts Python anew.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LONGEST = 2**16  # bytes of a request

# reads requests, each with what is to be the standard streams; answers with the number of the process, then its status
PROGRAM = """
import json, os, signal, socket, sys
from maskrcnn_core.runtime.quiet import import_tensorflow
import_tensorflow()
import maskrcnn_core.model
from maskrcnn_core.cli import main

def become(stream, given):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is told to ignore it
    os.setsid()
    os.dup2(stream if os.isatty(stream) else os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stream, 1), os.dup2(stream, 2), os.close(stream)
    sys.stdout = open(1, "w", buffering=1 if os.isatty(1) else -1, closefd=False)
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.stdin = open(0, closefd=False)
    os.environ.clear()
    os.environ.update(given["environment"])
    os.chdir(given["folder"])

asking = socket.socket(fileno=int(sys.argv[1]))
while True:
    text, streams, _, _ = socket.recv_fds(asking, int(sys.argv[2]), 1)
    if not text:
        break
    number = os.fork()
    if not number:
        asking.close()
        given = json.loads(text)
        become(streams[0], given)
        main(given["arguments"])
    os.close(streams[0])
    asking.send(str(number).encode())
    asking.send(str(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])).encode())
"""


class Started:
    """A command that was forked: what the tests use of ``subprocess.Popen``."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking
        self._status: int | None = None  # until it has ended
        self._number = int(asking.recv(LONGEST))

    def send_signal(self, number: int) -> None:
        if self._status is None:
            os.kill(self._number, number)

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            self._asking.settimeout(timeout)
            self._status = int(self._asking.recv(LONGEST))
            self._asking.settimeout(None)
        return self._status


class Warm:
    """A process that has imported TensorFlow, and forks a process for each command that it is given."""

    def __init__(self) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = [sys.executable, "-c", PROGRAM, str(theirs.fileno()), str(LONGEST)]
        self._process = subprocess.Popen(given, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()

    def start(
        self, arguments: Sequence[str], folder: Path, stream: int, environment: dict[str, str]
    ) -> Started:
        """Start ``maskrcnn`` with ``arguments`` in ``folder``; ``stream`` is a terminal or the end of a pipe."""
        given = {"arguments": list(arguments), "folder": str(folder), "environment": environment}
        socket.send_fds(self._asking, [json.dumps(given).encode()], [stream])
        return Started(self._asking)

    def close(self) -> None:
        self._asking.close()
        self._process.wait(30)
