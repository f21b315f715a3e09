"""Classes: names that annotators typed become class ids.

Enters: the names that a data set uses, and those that were asked for. Leaves: class names with the background first and
an id for each. Why: ids have to be the same for a training and a validation part that do not hold the same classes, and
stable from run to run: sorted by name, or in the order asked for.
"""

from __future__ import annotations

from collections import Counter

from ...files.suggestions import unknown
from ...files.values import shorten
from .reader import Finding

BACKGROUND = "background"
NO_OBJECT = frozenset({BACKGROUND, "_background_", "__ignore__"})  # LabelMe's words for what is no object


class Classes:
    """Names to ids.

    counts: objects by class name, as found; wanted: the names to use, in this order; all that were found if empty.
    Raises: ValueError if none of the wanted names occurs, with the nearest that do.
    """

    def __init__(self, counts: Counter[str], wanted: tuple[str, ...] = ()) -> None:
        found = sorted(set(counts) - NO_OBJECT)
        if wanted and found and not set(wanted) & set(found):
            raise ValueError(unknown(f"class {wanted[0]!r}", found, wanted[0]))
        if len(set(wanted)) < len(wanted) or set(wanted) & NO_OBJECT:
            raise ValueError(
                f"wanted different class names without the background, received {', '.join(wanted)}"
            )
        self.names = (BACKGROUND, *(wanted or found))
        self._ids = {name: index for index, name in enumerate(self.names) if index}
        self._left_out = [(name, counts[name]) for name in sorted(counts) if name not in self._ids]

    def id(self, name: str) -> int | None:
        """Return a class's id, 1 to K - 1; None if objects of it are left out."""
        return self._ids.get(name)

    def findings(self, file: str) -> list[Finding]:
        """Say which classes are left out, by the user's choice or because they name no object."""
        return [
            Finding(
                "other-class", "info", file, f"{count} objects of {shorten(name)} are left out: not asked for"
            )
            for name, count in self._left_out
        ]


def class_name_of(value: object) -> str | None:
    """Return a class name from what an annotation holds: text that is not blank; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = shorten(value)
    return value.strip() if isinstance(value, str) and value.strip() else None
