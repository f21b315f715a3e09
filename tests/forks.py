"""Programs as processes of their own that need not import what takes seconds: they are forked from one that has.

For what is tested of a program once it runs. What it imports, and how it begins, is for one that is started anew.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

# a line of JSON holds programs, each with the file for what it prints; the answer is how each of them ended
SERVER = """
import json, os, sys
names = {"__name__": "__main__"}
exec(sys.argv[1], names)
for line in sys.stdin:
    numbers = []
    for code, printed in json.loads(line):
        numbers.append(os.fork())
        if not numbers[-1]:
            place = os.open(printed, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0), os.dup2(place, 1), os.dup2(place, 2)
            exec(code, names)
            sys.exit()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in numbers]), flush=True)
"""


class Forks:
    """A process that has imported what is slow, and forks one for each program that it is given."""

    def __init__(self, imports: str) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER, imports],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, programs: Sequence[str], longest: float = 300.0) -> list[tuple[int, str]]:
        """Run programs beside each other; return the status of each, and what it printed.

        longest: s after which they are killed, and the server with them. Raises: RuntimeError where it is gone.
        """
        assert self._server.stdin is not None and self._server.stdout is not None
        late = threading.Timer(longest, os.killpg, (self._server.pid, signal.SIGKILL))
        with TemporaryDirectory() as folder:
            asked = [(code, str(Path(folder) / f"{number}.txt")) for number, code in enumerate(programs)]
            late.start()
            try:
                self._server.stdin.write(json.dumps(asked) + "\n")
                self._server.stdin.flush()
                answer = self._server.stdout.readline()
            finally:
                late.cancel()
            said = [Path(printed).read_text() if Path(printed).exists() else "" for _, printed in asked]
        if not answer:
            raise RuntimeError(f"wanted {len(asked)} programs run within {longest:.0f} s, received {said}")
        return list(zip(json.loads(answer), said, strict=True))

    def close(self) -> None:
        """End the process."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)
