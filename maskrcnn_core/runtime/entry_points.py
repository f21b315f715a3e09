"""What installed packages offer, read from their ``entry_points.txt`` alone.

``importlib.metadata`` tells the same; to import it and have it look through two hundred packages takes longer than all
else of ``maskrcnn --help``. For the same reason what a checkout offers is read from its ``pyproject.toml`` by line and
not by ``tomllib``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

CHECKOUT = '[project.entry-points."', '"]'  # around a group's name, in ``pyproject.toml``
INSTALLED = (".dist-info", ".egg-info")  # folders that installers leave beside a package
LISTED = "entry_points.txt"


class EntryPoint(NamedTuple):
    """A thing that a package offers under a name: an attribute of a module, or a module."""

    name: str
    value: str  # module or module:attribute, as its package writes it

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self.value.partition("[")[0].partition(":")[0].strip()

    def load(self) -> Any:
        """Import and return the thing. Raises: whatever its module raises; AttributeError where that lacks it."""
        found: Any = import_module(self.module)
        for part in self.value.partition("[")[0].partition(":")[2].strip().split("."):
            found = getattr(found, part) if part else found
        return found


def installed(prefix: str) -> Iterator[tuple[str, dict[str, list[EntryPoint]]]]:
    """Give each package on Python's path, once, whose entry points are of groups that begin with ``prefix``.

    Yields: its name, with underscores, and what it offers, by group. A package that stands twice is the first.
    """
    seen, mark = set(), f"[{prefix}".encode()
    for place in sys.path:
        for folder in _packages(place):
            name = folder.rpartition(".")[0].partition("-")[0].replace(".", "_").lower()
            if name in seen:
                continue
            seen.add(name)
            said = _read(os.path.join(place, folder, LISTED))
            if mark in said:
                yield name, parsed(said.decode("utf-8", "replace"), prefix)


def of_checkout(text: str, prefix: str) -> dict[str, list[EntryPoint]]:
    """Return what a ``pyproject.toml`` of ours offers, by group: of those that begin with ``prefix``.

    text: with one entry a line, name = "value", as this project writes them.
    """
    before, after = CHECKOUT
    found: dict[str, list[EntryPoint]] = {}
    for part in text.split(f"\n{before}{prefix}")[1:]:
        group, _, rest = part.partition(after)
        entries = rest.partition("\n[")[0].replace('"', "")
        found |= parsed(f"[{prefix}{group}]\n{entries}")
    return found


def parsed(text: str, prefix: str = "") -> dict[str, list[EntryPoint]]:
    """Return what ``entry_points.txt`` says, by group: of those groups that begin with ``prefix``."""
    groups: dict[str, list[EntryPoint]] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif "=" in line and not line.startswith(("#", ";")) and group.startswith(prefix):
            name, _, value = line.partition("=")
            groups.setdefault(group, []).append(EntryPoint(name.strip(), value.strip()))
    return groups


def _packages(place: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(place or ".") if name.endswith(INSTALLED))
    except OSError:  # Python's path names what is not there, and archives
        return []


def _read(path: str) -> bytes:
    if not os.access(path, os.R_OK):  # most packages have no list; an exception for each would take as long
        return b""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
