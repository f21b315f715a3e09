"""Let every write of a command fail, one after the other, and see what is left.

    python benchmarks/faults.py                           every command, every write
    python benchmarks/faults.py --only detect trace       some commands
    python benchmarks/faults.py --most 10                 at most 10 writes a command, spread over all
    python benchmarks/faults.py --again trace:7:ENOSPC    one fault again, with what was said

A command is run once to count what it does to files below its folder: opening to write, writing, forcing onto the disk,
renaming, making folders. Then it is run again with the k-th of these failing, for every k, as on a full disk (from then
on nothing can be written), as on a disk that breaks (once), and as in a folder that has become read-only; and with
Ctrl-C and SIGTERM coming there. The law: status 2 (130, 143); one line, with the name of a file; earlier outputs as
they were, or wholly replaced; nothing temporary left, but for what the next run goes on from, which then ends well.
In the manner of SQLite's tests (sqlite.org/testing.html, "I/O error testing").
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import functools
import io
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "inspect"), str(Path(__file__).resolve().parent)]

from fault_commands import COMMANDS, Command, served, write_inputs  # noqa: E402
from fault_disk import Disk, below_python, standing  # noqa: E402
from fault_laws import broken_laws, contents, is_temporary  # noqa: E402

# how a write fails, and whether all later ones fail too; below 0 a signal comes instead
KINDS = {
    "ENOSPC": (errno.ENOSPC, True),
    "EIO": (errno.EIO, False),
    "EROFS": (errno.EROFS, False),
    "SIGINT": (-signal.SIGINT, False),
    "SIGTERM": (-signal.SIGTERM, False),
}
_MADE: dict[str, Any] = {}
# what a run of training computes, which takes its time and is the same in each
COMPUTED = (
    ("loop.step", "gradients_of"),
    ("loop.callbacks", "objectives_of_batch"),
    ("start", "learned_from"),
)
NOTES = ("checked.json", "hashes.json")  # in the cache: where they cannot be written, work goes on without


class Fault(NamedTuple):
    """What came of a fault: which deed, from 1, and in words; the kind; which laws were broken; what was said."""

    deed: int
    kind: str
    words: str
    laws: list[str]
    said: str


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    said: str  # on standard error


@dataclass(frozen=True)
class Stage:
    """A command in its folder: ``place / "out"`` is what it writes into."""

    command: Command
    place: Path
    address: str  # where its inputs are served

    def run(self, disk: Disk, again: bool) -> Ended:
        """Run the command; ``again`` where outputs of an earlier run are there."""
        from maskrcnn_core.cli import main

        names = {"FOLDER": self.place / "out", "INPUTS": self.place / "inputs", "SERVER": self.address}
        given, environment = self.command.given({name: str(value) for name, value in names.items()}, again)
        said, status = io.StringIO(), 0
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # a job in the background is told to ignore it
        silent = contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO())
        with (
            patch.dict(os.environ, environment),
            working_once(self.command.arguments[0] == "train"),
            silent[0],
            silent[1],
            disk.between(),
        ):
            try:
                main(given)
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 0
            except Exception as error:
                status, _ = -1, said.write(f"Traceback: {type(error).__name__}: {error}\n")
        return Ended(status, said.getvalue())


@contextlib.contextmanager
def working_once(uncompiled: bool) -> Iterator[None]:
    """Have models loaded and exported once in this process: it is what takes the time, and writes nothing itself."""
    from maskrcnn_core.exporting import tensorflow_formats, writing
    from maskrcnn_core.weights import converting, loading
    from maskrcnn_inspect.explorer.live import page, site

    def once(module: Any, name: str, whatever: bool = False) -> Any:
        real = getattr(module, name)

        def call(*given: Any, **named: Any) -> Any:
            key = name if whatever else f"{name} {given!r}"  # a model's text has its address
            if key not in _MADE:
                _MADE[key] = real(*given, **named)
            return _MADE[key]

        return patch.object(module, name, call)

    places = ((loading, "load_model"), (converting, "load_model"), (writing, "make_onnx"),
              (page, "package"), (site, "package"))  # fmt: skip
    with contextlib.ExitStack() as stack:
        for module, name in places:
            stack.enter_context(once(module, name))
        # of one model alone: its graph for a SavedModel, and what was written, opened again
        stack.enter_context(once(tensorflow_formats, "_signatures", whatever=True))
        stack.enter_context(once(writing, "SavedModel", whatever=True))
        if uncompiled:
            stack.enter_context(patch("tensorflow.function", as_python))
            for module, name in COMPUTED:
                stack.enter_context(
                    once(import_module(f"maskrcnn_core.training.{module}"), name, whatever=True)
                )
            # a process of its own for every file of weights, which reads it and no more
            stack.enter_context(patch("maskrcnn_core.files.h5_checks.require_readable", lambda _: None))
        yield


def as_python(function: Any = None, *_: Any, **__: Any) -> Any:
    """Stand in for ``tf.function``: op by op, since compiling a model that is made anew takes the time of a run."""
    if function is None:
        return as_python

    @functools.wraps(function)  # a method takes no attribute of its own
    def run(*given: Any, **named: Any) -> Any:
        return function(*given, **named)

    run.__dict__["get_concrete_function"] = lambda *_, **__: run
    return run


def spread(deeds: list[str], most: int | None, shift: int = 0) -> list[int]:
    """Return the deeds from 1 on, or ``most`` of them, spread over all that is done and not over the bytes.

    Of what is done many times in a row to one file, which is how a checkpoint is written, only the first and the last
    are looked at then. shift: 0 to 4, which of them: kinds of faults take different ones.
    """
    count = len(deeds)
    if most is None or count <= most:
        return list(range(1, count + 1))
    edges = sorted(
        place + 1
        for place, deed in enumerate(deeds)
        if deed not in deeds[max(0, place - 1) : place] or deed not in deeds[place + 1 : place + 2]
    )
    step = len(edges) / most
    return sorted({edges[int((place + shift / len(KINDS)) * step)] for place in range(most)})


def faults_of(
    name: str, place: Path, most: int | None = None, kinds: tuple[str, ...] = tuple(KINDS)
) -> Iterator[Fault]:
    """Give each fault of a command.

    place: an empty folder. Raises: RuntimeError where the command does not run without a fault.
    """
    write = place / "out"
    write_inputs(place / "inputs")
    write.mkdir()
    (write / "stranger.txt").write_text("not ours")
    shutil.copytree(write, place / "before")
    with served(place / "inputs") as address:
        stage = Stage(COMMANDS[name], place, address)
        wholes, deeds = whole_runs(stage, name)
        for shift, kind in enumerate(kinds):
            for deed in spread(deeds, most, shift):
                yield fault(stage, deed, kind, wholes)


def whole_runs(stage: Stage, name: str) -> tuple[dict[str, set[bytes]], list[str]]:
    """Run the command without a fault, twice where its outputs are replaced; return its files and the deeds."""
    wholes: dict[str, set[bytes]] = {}
    write, deeds = stage.place / "out", list[str]()
    for again in (False, True)[: 1 if stage.command.fresh else 2]:
        disk = standing()(write)
        status, said = stage.run(disk, again)
        if status not in (0, 1):
            raise RuntimeError(f"{name}: status {status}: {said}")
        for file, content in contents(write).items():
            wholes.setdefault(file, set()).add(content)
        if not again:
            shutil.copytree(stage.place / "before" if stage.command.fresh else write, stage.place / "earlier")
        deeds = disk.deeds
    return wholes, deeds


def fault(stage: Stage, deed: int, kind: str, wholes: dict[str, set[bytes]]) -> Fault:
    """Run the command with one deed failing, over the outputs of an earlier run."""
    write, command = stage.place / "out", stage.command
    shutil.rmtree(write)
    shutil.copytree(stage.place / "earlier", write)
    before = set(contents(write))
    number, lasting = KINDS[kind]
    disk = standing()(write, deed, number, lasting)
    ended = stage.run(disk, True)
    words = disk.deeds[deed - 1] if len(disk.deeds) >= deed else "not reached"
    # a folder that is there need not be made, and what is forced onto the disk is whole before
    # a log that was removed is of an earlier run in this process, which let go of it only now
    gone = words == "not reached" or words.endswith("(deleted)")
    goes_on = gone or words.startswith(("fsync", "mkdir")) or any(n in words for n in NOTES)
    left = contents(write)
    if command.goes_on:
        left = {name: content for name, content in left.items() if not is_temporary(name)}
    laws = broken_laws(ended, kind, left, wholes, goes_on)
    if "--overwrite" not in command.again:  # which clears a folder before anything is written
        laws += [f"lost {name}" for name in sorted(before - set(left))]
    if command.goes_on:
        after = stage.run(standing()(write), True)
        if after.status not in (0, 1) or any(map(is_temporary, contents(write))):
            laws.append(f"the next run: status {after.status}: {after.said}")
    return Fault(deed, kind, words, laws, ended.said)


def main(arguments: list[str] | None = None) -> int:
    """Run all faults, print a line a command and every broken law; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=sorted(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--most", type=int)
    parser.add_argument("--again", metavar="COMMAND:DEED:KIND")
    chosen = parser.parse_args(arguments)
    below_python(Path(tempfile.gettempdir()))
    if chosen.again:
        return one_again(*chosen.again.split(":"))
    total, broken = 0, 0
    for name in chosen.only:
        counts: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as folder:
            for found in faults_of(name, Path(folder).resolve(), chosen.most):
                counts[found.kind] += 1
                if found.laws:
                    broken += 1
                    print(
                        f"{name}:{found.deed}:{found.kind} ({found.words}): {'; '.join(found.laws)}",
                        flush=True,
                    )
        total += counts.total()
        print(f"{name:<20}", *(f"{kind} {count}" for kind, count in counts.items()), flush=True)
    print(f"faults {total}, laws broken by {broken}")
    return 1 if broken else 0


def one_again(name: str, deed: str, kind: str) -> int:
    """Run one fault and print all that there is to know of it; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(Path(folder) / "inputs")
        (Path(folder) / "out").mkdir()
        (Path(folder) / "before").mkdir()
        with served(Path(folder) / "inputs") as address:
            stage = Stage(COMMANDS[name], Path(folder).resolve(), address)
            wholes, _ = whole_runs(stage, name)
            found = fault(stage, int(deed), kind, wholes)
    print(f"{name}:{deed}:{kind} ({found.words}): {'; '.join(found.laws) or 'no law broken'}\n{found.said}")
    return 1 if found.laws else 0


if __name__ == "__main__":
    sys.exit(main())
