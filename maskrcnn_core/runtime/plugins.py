"""Doors for other packages: what is offered under an entry-point group, ours by the same door as anybody's.

A package adds a command, a data format, a weights format, a view or a weight rule by naming it in its own
``pyproject.toml``::

    [project.entry-points."maskrcnn.formats"]
    mine = "my_package.reader:MyReader"

Nothing is imported until it is asked for. A name of this project cannot be taken by another package.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib import metadata, util
from importlib.metadata import EntryPoint
from pathlib import Path

from ..files.suggestions import unknown
from .installing import DISTRIBUTION, project_of

GROUPS = ("maskrcnn.commands", "maskrcnn.formats", "maskrcnn.weights", "maskrcnn.views", "maskrcnn.rules")


@cache
def own(group: str) -> dict[str, EntryPoint]:
    """Return what this project offers in ``group``, by name.

    A checkout is read from its ``pyproject.toml``, which may be newer than what was installed.
    """
    project = project_of()
    if project is not None:
        listed = project.get("entry-points", {}).get(group, {})
        return {name: EntryPoint(name, value, group) for name, value in listed.items()}
    return {
        entry.name: entry for entry in metadata.distribution(DISTRIBUTION).entry_points.select(group=group)
    }


@cache
def offered(group: str) -> dict[str, EntryPoint]:
    """Return what any installed package offers in ``group``, by name: ours first, in our order."""
    ours, every = own(group), sorted(metadata.entry_points(group=group))
    return ours | {entry.name: entry for entry in every if entry.name not in ours and not _ours(entry)}


def _ours(entry: EntryPoint) -> bool:
    """Return whether this project's installation offers ``entry``: of a checkout it may be an older list."""
    return entry.dist is not None and entry.dist.name == DISTRIBUTION


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
    docstring = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    words = " ".join(docstring.split("\n\n")[0].split()).rpartition("``: ")[2]
    return words[:1].upper() + words[1:]
