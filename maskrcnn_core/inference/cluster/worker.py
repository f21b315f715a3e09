"""What a worker does: a chunk of images at a time, with a model that it loads once.

Inputs and outputs are text: a recipe, items and answers in JSON. What comes from outside is data, and is never run.
"""

from __future__ import annotations

import faulthandler
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ... import __version__
from ...files.atomic import FULL
from ...files.hashes import sha256_of
from ...runtime import devices, onednn, threads
from ..overlap import ERROR, Answer, Item, Job, overlapped

Make = Callable[
    [dict[str, Any]], Job
]  # makes a job of a recipe; a function of a module, found there by its name

_one_at_a_time = threading.Lock()  # a worker of several threads has one model all the same
_held: dict[str, Job] = {}  # the job of the last recipe


def seen_by_all(weights: str, config_file: str | None = None) -> dict[str, Any]:
    """Return the part of a recipe that names a model: files by their full paths, names of ``catalog`` as they are."""
    from ...weights.catalog import PUBLISHED, SHIPPED

    named = weights in SHIPPED or weights in PUBLISHED
    full = [
        None if path is None else str(Path(path).resolve())
        for path in (None if named else weights, config_file)
    ]
    return {
        "weights": full[0] or weights,
        "config_file": full[1],
        "files": [path for path in full if path is not None],
    }


def recipe_text(recipe: dict[str, Any]) -> str:
    """Return a recipe with what has to be the same on all workers for their numbers to be the same.

    Its ``files``, if it has any, are told by their content.
    """
    onednn.apply("inference")
    files = {path: digest_of(path) for path in recipe.get("files", ())}
    alike = {"version": __version__, "oneDNN": onednn.is_on(), "threads": threads.threads(), "files": files}
    return json.dumps({**alike, "device": devices.wanted(), "job": recipe}, sort_keys=True)


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file; "" where there is none."""
    try:
        return sha256_of(Path(path))
    except OSError:
        return ""


def do_chunk(make: Make, recipe: str, items: str, limit: float = 0) -> str:
    """Do the job of ``recipe`` on ``items``, a JSON list, and return their answers, a JSON list in the same order.

    limit: s without an answer after which this process ends; 0 = none. Its end is seen, and it is started anew.
    Raises: ValueError where this worker cannot do as the recipe says; OSError where a disk is full.
    """
    with _one_at_a_time, ending_after(limit) as begin_anew:
        return json.dumps(answers_of(json.loads(items), held_job(make, recipe), begin_anew))


@contextmanager
def ending_after(limit: float) -> Iterator[Callable[[], None]]:
    """End this process unless the block ends, or the function that is given is called, within ``limit`` s each time.

    A thread of the interpreter's own watches, which no library that holds Python's lock can stop.
    """
    if not limit:
        yield lambda: None
        return
    with Path(os.devnull).open("w") as nowhere:  # for the stacks, which would tell a user nothing

        def begin_anew() -> None:
            faulthandler.dump_traceback_later(limit, exit=True, file=nowhere)

        begin_anew()
        try:
            yield begin_anew
        finally:
            faulthandler.cancel_dump_traceback_later()


def held_job(make: Make, recipe: str) -> Job:
    """Return the job of ``recipe``, made where it is not the one of the last chunk."""
    if recipe not in _held:
        _held.clear()
        said = json.loads(recipe)
        require_alike(said)
        _held[recipe] = make(said["job"])
    return _held[recipe]


def require_alike(said: dict[str, Any]) -> None:
    """Raise ValueError where this worker would find other numbers than the process that wrote the recipe."""
    if said["version"] != __version__:
        raise ValueError(
            f"wanted maskrcnn-inspect {said['version']} on every worker, received {__version__}; install the same"
        )
    for path, digest in said["files"].items():
        if digest_of(path) != digest:
            raise ValueError(
                f"{path}: wanted the same file on every worker as here, received another or none"
            )
    if not threads.as_there(said["threads"]):
        raise ValueError(
            f"wanted {said['threads']} threads of TensorFlow on every worker, as here, received {threads.threads()}, "
            f"or last bits differ; set {threads.VARIABLE}={said['threads']} there"
        )
    devices.want(said["device"])
    onednn.as_before(said["oneDNN"])
    if onednn.is_on() != said["oneDNN"]:
        wanted = int(said["oneDNN"])
        raise ValueError(
            f"wanted {onednn.VARIABLE}={wanted} on every worker, as here, or last bits differ; set it there"
        )


def answers_of(items: Sequence[Item], job: Job, answered: Callable[[], None] = lambda: None) -> list[Answer]:
    """Return the answers to ``items``; of an image at which anything is raised, what that was.

    answered: called after each.
    Raises: OSError where a disk is full, which is no image's fault.
    """
    answers: list[Answer] = []
    try:
        for _, answer in overlapped(items, job):
            answers.append(answer)
            answered()
    except Exception as error:  # of which image is not known, since steps of several overlap
        _raise_if_full(error)
        for item in items[len(answers) :]:
            answers.append(_alone(item, job))
            answered()
    return answers


def _alone(item: Item, job: Job) -> Answer:
    """Do one image, one step after the other."""
    try:
        loaded = job.load(item)
        return job.finish(item, loaded, job.work(item, loaded))
    except Exception as error:
        _raise_if_full(error)
        of_reading = isinstance(error, ValueError | OSError)
        return {ERROR: str(error) if of_reading else f"{type(error).__name__}: {error}"}


def _raise_if_full(error: Exception) -> None:
    if isinstance(error, OSError) and error.errno in FULL:
        raise error
