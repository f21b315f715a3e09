"""The words between machines: lines of JSON over TCP, from workers to the first of them, which hands out pictures.

A worker says which task it is here for, then ``take``, ``wait`` and answers. Where its connection ends, the pictures
that it had not answered are open again. Like TensorFlow's own workers, these trust the network that they are on; what
they say is data and is never run.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from types import TracebackType
from typing import Any

from .overlap import Answer
from .shares import Shares

LONGEST = 2**28  # bytes of a line: an answer is run-length codes, far below this
FAREWELL = 10.0  # s that the first one waits for the others to go
PATIENCE = 60.0  # s that a worker looks for the first one
ALIVE = {
    "TCP_KEEPIDLE": 30,
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
}  # s, s, times: a machine that is gone is noticed


class Lost(ConnectionError):  # noqa: N818  # what happened
    """The first worker is gone, or not to be found."""


class Line:
    """A connection that carries JSON objects, one a line."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name, value in ALIVE.items():
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        self.connection, self.file = connection, connection.makefile("rb")

    def say(self, words: dict[str, Any]) -> None:
        """Send one object."""
        self.connection.sendall(json.dumps(words).encode() + b"\n")

    def hear(self) -> dict[str, Any]:
        """Return the next object. Raises: ConnectionError where the other is gone or says what is none."""
        text = self.file.readline(LONGEST)
        if not text.endswith(b"\n"):
            raise ConnectionError("the other side is gone")
        try:
            words = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConnectionError("wanted a line of JSON") from error
        if not isinstance(words, dict):
            raise ConnectionError("wanted a JSON object")
        return words

    def close(self) -> None:
        """End the connection."""
        self.file.close()
        self.connection.close()


class Counter:
    """What the first worker opens: others connect and are served from ``shares``, each in a thread of its own."""

    def __init__(self, address: tuple[str, int], shares: Shares, task: str) -> None:
        """Listen at ``address`` (host, port). Raises: OSError where that is not possible."""
        self.shares, self.task = shares, task
        self.socket = socket.create_server(("", address[1]) if address[0] not in _LOCAL else address)
        self.serving: list[threading.Thread] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:  # closed
                return
            thread = threading.Thread(target=self._serve, args=(Line(connection),), daemon=True)
            self.serving.append(thread)
            thread.start()

    def _serve(self, line: Line) -> None:
        """Answer one worker until it is gone; what it still held then is open again."""
        held: set[int] = set()
        try:
            if line.hear().get("task") != self.task:
                line.say({"refused": True})
                return
            line.say({"refused": False})
            while True:
                self._reply(line, line.hear(), held)
        except (OSError, ValueError):
            pass  # gone, or not of ours
        finally:
            self.shares.give_back(held)
            line.close()

    def _reply(self, line: Line, words: dict[str, Any], held: set[int]) -> None:
        if "answer" in words:
            index, answer = words.get("index"), words["answer"]
            if not isinstance(index, int) or index not in held or not isinstance(answer, dict):
                raise ConnectionError("wanted the answer to a picture that was handed out")
            held.remove(index)
            self.shares.answer(index, answer)
            return
        index = self.shares.wait() if words.get("ask") == "wait" else self.shares.take()
        if index is not None:
            held.add(index)
        line.say({"index": index})

    def __enter__(self) -> Counter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; where all went well, see to it that everybody has heard that all is done."""
        self.socket.close()
        until = time.monotonic() + FAREWELL
        for thread in self.serving if error is None else ():
            thread.join(max(0.0, until - time.monotonic()))


_LOCAL = ("127.0.0.1", "localhost", "::1")


class Remote:
    """A source of pictures for the other workers: the counter of the first."""

    def __init__(self, address: tuple[str, int], task: str, patience: float = PATIENCE) -> None:
        """Connect to ``address``. Raises: ``Lost`` where nobody is there, ValueError for another task."""
        self.line = Line(_connected(address, patience))
        if self._ask({"task": task}).get("refused"):
            self.line.close()
            raise ValueError(
                f"the worker at {address[0]}:{address[1]} does something else; "
                "wanted the same command, pictures and weights on all workers"
            )

    def take(self) -> int | None:
        """Return a picture that is open now; None where there is none."""
        index: int | None = self._ask({"ask": "take"}).get("index")
        return index

    def wait(self) -> int | None:
        """Return a picture as soon as one is open; None once all are answered."""
        index: int | None = self._ask({"ask": "wait"}).get("index")
        return index

    def answer(self, index: int, answer: Answer) -> None:
        """Send what came of a picture."""
        try:
            self.line.say({"index": index, "answer": answer})
        except OSError as error:
            raise _gone() from error

    def _ask(self, words: dict[str, Any]) -> dict[str, Any]:
        try:
            self.line.say(words)
            return self.line.hear()
        except OSError as error:
            raise _gone() from error


def _gone() -> Lost:
    return Lost("the first worker is gone, and none can go on alone: start all of them again")


def _connected(address: tuple[str, int], patience: float) -> socket.socket:
    """Return a connection to ``address``, which may not be listening yet."""
    until = time.monotonic() + patience
    while True:
        try:
            return socket.create_connection(address)
        except OSError as error:
            if time.monotonic() > until:
                place = f"{address[0]}:{address[1]}"
                words = f"nobody listens at {place}: wanted the first worker of TF_CONFIG there"
                raise Lost(f"{words}; start it, or it has finished already") from error
            time.sleep(0.2)
