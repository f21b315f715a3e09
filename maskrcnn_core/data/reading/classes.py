"""Classes: names that annotators typed become class ids.

Inputs: the names that a data set uses, and those that were asked for. Outputs: class names with the background first
and an id for each. Why: ids have to be the same for a training and a validation part that do not hold the same classes,
and stable from run to run: sorted by name, or in the order asked for.
"""

from __future__ import annotations

from collections import Counter

from ...files.suggestions import repeated, unknown
from ...files.values import shorten
from .reader import Finding
from .sample import IGNORED

BACKGROUND = "background"
NO_OBJECT = frozenset(
    {BACKGROUND, "_background_", "__background__"}
)  # LabelMe's and other programs' words for it
VOID = frozenset({"__ignore__"})  # LabelMe's word for what is neither an object nor an example of none


class Classes:
    """Names to ids: the one rule for names, whatever format they come from.

    What is called background is no object. What is called ``__ignore__`` is an ignored region. All else is a class, and
    what is called the same is the same class.

    counts: objects by class name, as found; wanted: the names to use, in this order; all that were found if empty.
    order: the names that were found in the order in which they get their ids, as often as the data set defines them;
    sorted unless given.
    Raises: ValueError if none of the wanted names occurs, with the nearest that do.
    """

    def __init__(
        self, counts: Counter[str], wanted: tuple[str, ...] = (), order: tuple[str, ...] | None = None
    ) -> None:
        found = [name for name in order or sorted(counts) if not (is_background(name) or is_void(name))]
        if wanted and found and not set(wanted) & set(found):
            raise ValueError(unknown(f"class {wanted[0]!r}", found, wanted[0]))
        if len(set(wanted)) < len(wanted) or any(map(is_background, wanted)):
            raise ValueError(
                f"wanted different class names without the background, received {', '.join(wanted)}"
            )
        self.names = (BACKGROUND, *(wanted or dict.fromkeys(found)))
        self._ids = {name: index for index, name in enumerate(self.names) if index}
        self._repeated = repeated(order or ())
        self._left_out = [(name, counts[name]) for name in sorted(counts) if self.id(name) is None]
        self._void = [(name, counts[name]) for name in sorted(counts) if self.id(name) == IGNORED]

    def id(self, name: str) -> int | None:
        """Return a class's id, 1 to K - 1, or ``IGNORED``; None if objects of it are left out."""
        return self._ids.get(name, IGNORED if is_void(name) else None)

    def findings(self, file: str) -> list[Finding]:
        """Say which classes are left out, by the user's choice or because they name no object."""
        found = []
        for name in self._repeated:
            detail = f"more than one class is called {shorten(name)}; they are taken as one"
            found.append(Finding("duplicate-name", "warning", file, detail))
        for name, count in self._left_out:
            why = "it names no object" if is_background(name) else "not asked for"
            detail = f"{count} objects of {shorten(name)} are left out: {why}"
            found.append(Finding("other-class", "info", file, detail))
        for name, count in self._void:
            detail = f"{count} objects of {shorten(name)} are ignored regions, neither learnt nor counted as mistakes"
            found.append(Finding("ignored", "info", file, detail))
        return found


def is_background(name: str) -> bool:
    """Tell whether a name is that of what is no object."""
    return name.casefold() in NO_OBJECT


def is_void(name: str) -> bool:
    """Tell whether a name is that of what is to be ignored."""
    return name.casefold() in VOID


def class_name_of(value: object) -> str | None:
    """Return a class name from what an annotation holds: text that is not blank; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = shorten(value)
    return value.strip() if isinstance(value, str) and value.strip() else None
