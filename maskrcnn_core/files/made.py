"""What a command may write over: what it made itself, and nothing that anybody else brought.

A file that is named outright (``--output photo.h5``, ``--json``, ``--html``) is replaced where it is one that the
command writes, by its content. A folder that holds a run of the command is refused, or with ``--overwrite`` cleared of
that run: of the files that ``run.json`` names, which is written before the first of them. So no file of an older run is
left to be taken for one of the new, and nothing that was there before the first is ever lost.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from .atomic import prepare_folder, replacing

fcntl: Any = importlib.import_module("fcntl") if os.name == "posix" else None
_HELD: dict[str, int] = {}  # folders that this process runs into, with the open file by which each is locked
RECORD = "run.json"
FORMAT = "maskrcnn-run"
LARGEST = 2**28  # bytes of a JSON file of ours; a larger one is somebody else's
SHOWN = 3  # names in a message
PART = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}\.part")  # see ``atomic.replacing``
NUMBER = re.compile(r"_\d+(?=\.[^.]*$)")  # as in a.cutout_003.png


class Plan(NamedTuple):
    """What a command will write into a folder.

    makes: names; ``_*`` before the ending stands for a number, ``folder/pattern`` for what matches in the folder.
    facts: what is worth knowing of the run later, as JSON has it.
    """

    command: str
    makes: tuple[str, ...]
    facts: Mapping[str, Any]


def claim(
    folder: Path,
    plan: Plan,
    inputs: Iterable[str | Path] = (),
    overwrite: bool = False,
    goes_on: bool = False,
) -> None:
    """Make ``folder`` ready for a run, and write into it which files will be of this run.

    inputs: what the command reads; none of it is deleted. overwrite: delete what the last run of the same command made.
    goes_on: the command takes up where its last run stopped.
    Raises: ValueError for a folder that holds such a run, or files of others under names that are needed.
    Law: a file that no run of the same command made is as it was, whatever else happens.
    """
    prepare_folder(folder)
    hold(folder)
    runs = recorded(folder)
    old = _present(folder, runs.get(plan.command, {}).get("makes", ()))
    _refuse_strangers(folder, plan, old, not runs)
    if old and not goes_on:
        if not overwrite:
            raise ValueError(
                f"{folder} holds a run of `maskrcnn {plan.command}` already ({_some(old)}), whose files would be taken "
                "for those of the new one; choose another --output, or --overwrite to have them replaced"
            )
        _delete(old, inputs)
    record = {**runs, plan.command: {"makes": list(plan.makes), **plan.facts}}
    with replacing(folder / RECORD) as part:
        part.write_text(json.dumps({"format": FORMAT, "runs": record}, indent=1) + "\n", encoding="utf-8")


def clear_parts(folder: Path, command: str) -> None:
    """Delete what processes of the run of ``command`` that were killed left of files in the making."""
    names = {_key(name) for name in recorded(folder).get(command, {}).get("makes", ())}
    for path in folder.glob(".*.part"):
        match = PART.fullmatch(path.name)
        if match and _key(match["name"]) in names:
            path.unlink(missing_ok=True)


def hold(folder: Path) -> None:
    """Have no other process run into ``folder`` until this one ends. Raises: ValueError where another does already.

    The folder itself is locked, which leaves nothing behind; where the system, or a network's, knows no such lock
    nothing is done.
    """
    held, state = _HELD.get(os.path.realpath(folder)), folder.stat()
    if fcntl is None or (held is not None and os.path.samestat(os.fstat(held), state)):
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        raise ValueError(
            f"another run is writing into {folder} at this moment; wait for it, or choose another --output"
        ) from None
    except OSError:
        os.close(number)
        return
    if held is not None:
        os.close(held)
    _HELD[os.path.realpath(folder)] = number


def recorded(folder: Path) -> dict[str, Any]:
    """Return what stands in the folder's ``run.json`` by command; nothing where there is none of ours."""
    content = _json(folder / RECORD)
    runs = content.get("runs") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(runs, dict):
        return {}
    return {
        command: run for command, run in runs.items() if isinstance(run, dict) and _sound(run.get("makes"))
    }


def claim_file(path: str | Path, is_ours: Callable[[Path], bool], option: str = "--output") -> None:
    """See, before the work that it is for, that ``path`` can be written and holds nothing of anybody else.

    is_ours: whether a file is one that the command writes.
    Raises: ValueError for a folder, for a file that is not ours, and where the folder cannot be written to or is full.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{option} wanted a file to write to, but {path} is a folder")
    if os.path.lexists(path) and not is_ours(path):
        raise ValueError(
            f"{path} is there already, and is nothing that this command writes: it stays as it is; "
            f"choose another {option}"
        )
    prepare_folder(path.parent)


def page_mark(command: str) -> str:
    """Return what stands at the end of a page that ``command`` wrote."""
    return f"<!-- written by maskrcnn {command} -->\n"


def is_page(command: str) -> Callable[[Path], bool]:
    """Return a function that tells whether a file is a page of ``command``."""
    mark = page_mark(command).encode()

    def ours(path: Path) -> bool:
        try:
            with path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - len(mark)))
                return file.read() == mark
        except OSError:
            return False

    return ours


def is_json(*keys: str) -> Callable[[Path], bool]:
    """Return a function that tells whether a file is a JSON object with ``keys``, or a list of such."""

    def ours(path: Path) -> bool:
        content = _json(path)
        first = content[0] if isinstance(content, list) and content else content
        return isinstance(first, dict) and first.keys() >= set(keys)

    return ours


def _json(path: Path) -> Any:
    """Return the content of a JSON file; None for anything else."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _sound(makes: Any) -> bool:
    """Tell whether ``makes`` names files within a folder: a record may come from anywhere, and they are deleted."""
    return isinstance(makes, list) and all(
        isinstance(name, str)
        and "\0" not in name
        and not PurePosixPath(name).is_absolute()
        and ".." not in PurePosixPath(name).parts
        for name in makes
    )


def _present(folder: Path, makes: Iterable[str]) -> list[Path]:
    """Return what there is in ``folder`` of the names ``makes``. Takes time by both numbers, not by their product."""
    makes = tuple(makes)
    names = {_key(name) for name in makes if "/" not in name}
    found = [path for path in sorted(folder.iterdir()) if _key(path.name) in names] if names else []
    for pattern in makes:
        if "/" in pattern:
            found += sorted(folder.glob(pattern))
    return found


def _key(name: str) -> str:
    """Return what two names share that some file system takes for one, or that differ in their number alone."""
    return NUMBER.sub("_*", unicodedata.normalize("NFC", name).casefold())


def _refuse_strangers(folder: Path, plan: Plan, old: list[Path], no_record: bool) -> None:
    """Raise ValueError for files under names of the plan that no run of its command made."""
    needed = (*plan.makes, RECORD) if no_record else plan.makes
    known = set(old)
    strangers = [path for path in _present(folder, needed) if path not in known]
    if strangers:
        raise ValueError(
            f"{folder} holds files under names that this command writes, but that no recorded run of it made "
            f"({_some(strangers)}): they stay as they are; choose another --output"
        )


def _delete(old: list[Path], inputs: Iterable[str | Path]) -> None:
    """Delete the files of an older run. Raises: ValueError, before the first, where one is an input of this."""
    read = {os.path.realpath(path) for path in inputs}
    both = [path for path in old if os.path.realpath(path) in read]
    if both:
        raise ValueError(
            f"wanted to replace the older run, but {_some(both)} of it is also an input; choose another --output"
        )
    for path in old:
        path.unlink()


def _some(paths: list[Path]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(path.name for path in paths[:SHOWN]) + more
