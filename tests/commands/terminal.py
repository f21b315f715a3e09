"""A terminal for tests: a command under a pseudo-terminal or behind a pipe, with what it printed and how it ended."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from maskrcnn_core.weights.catalog import PUBLISHED
from tests import op_by_op
from tests.commands.warm import Started, Warm

ROOT = Path(__file__).resolve().parents[2]
# what a progress bar and colours send; anything else that a terminal would obey came from outside
OWN_ESCAPES = re.compile(r"\x1b\[[0-9;]*[mKA]|\x1b\[\?25[lh]|\x1b\[\d*[ABCDG]|\x1b\[2K")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LINES = 24  # of the terminal
WIDE = 80  # its columns
QUESTION = b"[y/N]: "
MADE_UP = 6  # images of shapes, where an example asks for hundreds
OFFLINE = "http://127.0.0.1:9/mask_rcnn_coco.h5"  # a port that nobody listens on


class Ended(NamedTuple):
    """status: of the process. text: all that it printed, without the program's own escapes. raw: with them."""

    status: int
    text: str
    raw: str

    @property
    def last(self) -> str:
        """The last line with something in it."""
        return next((line for line in reversed(re.split(r"[\r\n]+", self.text)) if line.strip()), "").strip()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command that must not reach the user's cache or a network."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "inspect"))),
        "MASKRCNN_CACHE": str(folder / "cache"),
        "TERM": "xterm-256color",
        "BROWSER": "true",  # the program that does nothing
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **more,
    }


def arguments_of(line: str, folder: Path) -> list[str]:
    """Return what a shell in ``folder``, where SPLIT is set as in the README, makes of an example of ``maskrcnn``.

    Of shapes that are made up there are fewer: what comes of them is said in the same words.
    """
    split = "maskrcnn_core/assets/nuclei_validation.txt"
    line = re.sub(r"(?<=count=)\d+", lambda count: str(min(int(count[0]), MADE_UP)), line)
    words = shlex.split(line.replace("$SPLIT", split).replace("~/", f"{folder}/"))[1:]
    found = [
        sorted(str(p.relative_to(folder)) for p in folder.glob(w)) if w.endswith("*.png") else [w]
        for w in words
    ]
    return with_output_of_its_own([word for group in found for word in group], line)


def with_output_of_its_own(arguments: list[str], line: str) -> list[str]:
    """Give what is written a name of this example alone: what another run or command made is not replaced."""
    for option in ("--output", "--json"):
        place = arguments.index(option) + 1 if option in arguments else 0
        path = Path(arguments[place])
        if place and path.suffix in ("", ".json"):
            mark = f"_{zlib.crc32(line.encode()):08x}"
            arguments[place] = str(path.with_name(f"{path.stem}{mark}{path.suffix}"))
    return arguments


def without_marks(text: str) -> str:
    """Return ``text`` with the names as the example has them."""
    return re.sub(r"_[0-9a-f]{8}(?=[/.:]|\s|$)", "", text)


def maskrcnn(*arguments: object) -> list[str]:
    """Return the command line that runs ``maskrcnn`` with this Python and from this checkout."""
    return [sys.executable, "-c", "from maskrcnn_core.cli import main; main()", *map(str, arguments)]


MARK = "=====example====="  # printed after each of several commands of one process, with its status
SEVERAL = f"""
import json, sys
from maskrcnn_core.cli import main
if "op by op" in sys.argv:
    {op_by_op.PROGRAM}
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as ended:
        sys.stdout.flush()
        print("\\n{MARK}", ended.code, file=sys.stderr, flush=True)
"""


def run_several(every: Sequence[Sequence[str]], folder: Path, columns: int) -> list[Ended]:
    """Run commands one after the other in one process, which imports TensorFlow once; how each of them ended.

    On the wide terminal networks are compiled as they ship: for a few images each it takes longer than all the rest.
    """
    given = [sys.executable, "-c", SEVERAL, json.dumps(every), *(["op by op"] if columns != WIDE else [])]
    nowhere = {model.download.variable: OFFLINE for model in PUBLISHED.values() if model.download}
    raw = run(given, folder, columns, patience=600.0, **nowhere, MASKRCNN_COCO_DATA_URL=OFFLINE).raw
    parts = re.split(rf"\s*{MARK} (\d+)\s*", raw)
    ended = zip(parts[::2], parts[1::2], strict=False)
    return [Ended(int(status), OWN_ESCAPES.sub("", text), text) for text, status in ended]


def run(
    arguments: Sequence[str],
    folder: Path,
    columns: int = 0,
    stop: Callable[[str], bool] | None = None,
    number: int = signal.SIGINT,
    patience: float = 150.0,
    warm: Warm | None = None,
    **variables: str,
) -> Ended:
    """Run a command in ``folder``; on a terminal of ``columns``, or behind a pipe where that is 0.

    A question of the command is answered with no.
    stop: a signal, ``number``, is sent once when it says so of what was printed until then.
    warm: forks a process for the arguments of ``maskrcnn``; else ``arguments`` are a program's, which is started.
    Raises: TimeoutError after ``patience`` s.
    """
    if columns:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    else:
        ours, theirs = os.pipe()
    variables = environment(folder, **variables)
    process: subprocess.Popen[bytes] | Started
    if warm is not None:
        process = warm.start(arguments, folder, theirs, variables)
    else:
        process = _started(arguments, folder, theirs, variables)
    os.close(theirs)
    try:
        raw = _read(ours, process, stop, number, patience)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        status = process.wait()
    return Ended(status, OWN_ESCAPES.sub("", raw), raw)


def _started(
    arguments: Sequence[str], folder: Path, stream: int, variables: dict[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        cwd=folder,
        env=variables,
        stdin=stream if os.isatty(stream) else subprocess.DEVNULL,
        stdout=stream,
        stderr=stream,
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is told to ignore it


def _read(
    ours: int,
    process: subprocess.Popen[bytes] | Started,
    stop: Callable[[str], bool] | None,
    number: int,
    patience: float,
) -> str:
    """Return all that is printed until the other end is closed, and wait for the process."""
    data, until = b"", time.monotonic() + patience
    while time.monotonic() < until:
        if stop is not None and stop(data.decode(errors="replace")):
            process.send_signal(number)
            stop = None
        if select.select([ours], [], [], 0.05)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux says so of a terminal whose other end is closed
                piece = b""
            if not piece:
                process.wait(timeout=max(1.0, until - time.monotonic()))
                return data.decode(errors="replace")
            data += piece
            if data.endswith(QUESTION):
                os.write(ours, b"n\n")
    raise TimeoutError(f"not done after {patience:.0f} s: {data[-500:]!r}")


def require_harmless(ended: Ended) -> None:
    """Assert that there is no traceback, and nothing that a terminal would obey but the program's own."""
    assert "Traceback (most recent call last)" not in ended.text, ended.text[-3000:]
    assert not UNSEEN.search(ended.text), repr(UNSEEN.search(ended.text))
