"""Doors for other packages: what is offered under an entry-point group, ours by the same door as anybody's.

A package adds a command, a data format, a weights format, a view or a weight rule by naming it in its own
``pyproject.toml``::

    [project.entry-points."maskrcnn.formats"]
    mine = "my_package.reader:MyReader"

Nothing is imported until it is asked for. A name of this project cannot be taken by another package.
"""

from __future__ import annotations

import re
from ast import literal_eval
from functools import cache
from importlib import util

from ..files.suggestions import unknown
from .entry_points import EntryPoint, installed, of_checkout
from .installing import DISTRIBUTION, pyproject

PREFIX = "maskrcnn."
OURS = DISTRIBUTION.replace("-", "_")
GROUPS = ("maskrcnn.commands", "maskrcnn.formats", "maskrcnn.weights", "maskrcnn.views", "maskrcnn.rules")
# a module's first statement where it is a string, below remarks and empty lines
DOCSTRING = re.compile(r"""\ufeff?(?:\s*#.*\n|\s*\n)*([rRuU]?(\"{3}|'{3}|"|')(?s:\\.|.)*?\2)""")


@cache
def own(group: str) -> dict[str, EntryPoint]:
    """Return what this project offers in ``group``, by name.

    A checkout is read from its ``pyproject.toml``, which may be newer than what was installed.
    """
    text = pyproject()
    if text is None:
        return {entry.name: entry for name, entry in _found(group) if name == OURS}
    return {entry.name: entry for entry in of_checkout(text, PREFIX).get(group, ())}


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
    """Return the docstring of a module's file, empty where there is none to be read; to parse twenty whole files would
    take half the time of ``--help``, and so would the first use of ``tokenize``.
    """
    with open(path, encoding="utf-8", errors="replace") as file:
        found = DOCSTRING.match(file.read())
    try:
        return str(literal_eval(found[1])) if found else ""
    except SyntaxError:  # a module that cannot be imported either, and will say so
        return ""
