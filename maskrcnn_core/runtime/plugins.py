"""Doors for other packages: what is offered under an entry-point group, ours by the same door as anybody's.

A package adds a command, a data format, a weights format, a view or a weight rule by naming it in its own
``pyproject.toml``::

    [project.entry-points."maskrcnn.formats"]
    mine = "my_package.reader:MyReader"

Nothing is imported until it is asked for. A name of this project cannot be taken by another package.
"""

from __future__ import annotations

import tokenize
from ast import literal_eval
from functools import cache
from importlib import util

from ..files.suggestions import unknown
from .entry_points import EntryPoint, installed
from .installing import DISTRIBUTION, project_of

PREFIX = "maskrcnn."
OURS = DISTRIBUTION.replace("-", "_")
GROUPS = ("maskrcnn.commands", "maskrcnn.formats", "maskrcnn.weights", "maskrcnn.views", "maskrcnn.rules")


@cache
def own(group: str) -> dict[str, EntryPoint]:
    """Return what this project offers in ``group``, by name.

    A checkout is read from its ``pyproject.toml``, which may be newer than what was installed.
    """
    project = project_of()
    if project is None:
        return {entry.name: entry for name, entry in _found(group) if name == OURS}
    listed = project.get("entry-points", {}).get(group, {})
    return {name: EntryPoint(name, value) for name, value in listed.items()}


@cache
def offered(group: str) -> dict[str, EntryPoint]:
    """Return what any installed package offers in ``group``, by name: ours first, in our order."""
    ours = own(group)  # of a checkout; what is installed of it may be an older list
    theirs = sorted(entry for name, entry in _found(group) if name != OURS)
    return ours | {entry.name: entry for entry in theirs if entry.name not in ours}


def _found(group: str) -> list[tuple[str, EntryPoint]]:
    return [(name, entry) for name, groups in _installed() for entry in groups.get(group, ())]


@cache
def _installed() -> list[tuple[str, dict[str, list[EntryPoint]]]]:
    return list(installed(PREFIX))


def lookup(group: str, name: str) -> EntryPoint | None:
    """Return the entry point ``name`` of ``group``; other packages are only looked through for names not ours."""
    return own(group).get(name) or offered(group).get(name)


def find(group: str, name: str, what: str) -> EntryPoint:
    """Return the entry point ``name`` of ``group``.

    what: the thing in words, for the error. Raises: ValueError with the nearest names.
    """
    entry = lookup(group, name)
    if entry is None:
        raise ValueError(unknown(f"{what} {name!r}", offered(group), name))
    return entry


def summary(entry: EntryPoint) -> str:
    """Return the first sentence of the docstring of the entry's module, without importing it; what a colon follows
    in it is the name and left out.
    """
    spec = util.find_spec(entry.module)
    if spec is None or not spec.origin:
        return ""
    words = " ".join(_docstring(spec.origin).split("\n\n")[0].split()).rpartition("``: ")[2]
    return words[:1].upper() + words[1:]


def _docstring(path: str) -> str:
    """Return the docstring of a module's file; to parse twenty whole files would take half the time of ``--help``."""
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.STRING:
                return str(literal_eval(token.string))
            if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE):
                break
    return ""
