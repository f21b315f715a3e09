"""Words for mistakes: what is unknown, and which known names are near it.

Every command imports this; what only a mistake needs is imported then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any


def require_field(section: Any, name: str, prefix: str = "") -> str:
    """Return ``name`` if ``section`` has such a field; raise ValueError with the nearest names otherwise."""
    import dataclasses

    names = [f.name for f in dataclasses.fields(section)]
    if name not in names:
        raise ValueError(unknown(f"setting {prefix}{name}", names, name, prefix))
    return name


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that stand more than once, each once, in the order in which they came first."""
    return [name for name, count in Counter(names).items() if count > 1]


def unknown(what: str, names: Iterable[str], wanted: str, prefix: str = "") -> str:
    """Say that a name is unknown and which ones are near it."""
    import difflib

    names = list(names)
    if not names:
        return f"unknown {what}: there is none"
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4) or names[:8]
    return f"unknown {what}: did you mean {', '.join(prefix + n for n in near)}?"


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that is written most like ``wanted``, None where none is."""
    import difflib

    return next(iter(difflib.get_close_matches(wanted, list(names), n=1, cutoff=0.6)), None)
