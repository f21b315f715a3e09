"""Choices: whose objects of a data set are learnt, and under which names; the same options for every format.

Inputs: a reader and the texts of ``?rename=…&merge=…&ignore=…&classes=…&crowds=…``, used in this order. Outputs: a
reader of the same images with other class ids.

- ``rename=old:new,old:new``: other names, one for one
- ``merge=new:old|old,new:old|old``: several classes become one
- ``ignore=name,name``: objects of these classes become ignored regions, neither learnt nor counted as mistakes
- ``classes=name,name``: these alone, in this order; the others are left out
- ``crowds=objects``: what is marked as a crowd (iscrowd) is an object like all others
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...files.suggestions import repeated, unknown
from .classes import BACKGROUND, is_background
from .reader import Finding, Reader
from .sample import IGNORED, Sample
from .wrapped import Wrapped

OPTIONS = ("rename", "merge", "ignore", "classes", "crowds")
CROWDS = ("regions", "objects")


class Chosen(Wrapped):
    """Another reader's samples with classes renamed, merged, ignored and chosen.

    Raises: ValueError for a class that there is not, with the nearest, and for names that would not be different.
    """

    def __init__(
        self,
        reader: Reader,
        rename: str = "",
        merge: str = "",
        ignore: str = "",
        classes: str = "",
        crowds: str = "",
    ) -> None:
        super().__init__(reader)
        self.asked = (rename, merge, ignore, classes, crowds)
        if (crowds or CROWDS[0]) not in CROWDS:
            raise ValueError(f"wanted crowds {' or '.join(CROWDS)}, received {crowds!r}")
        self._crowds_are_objects = crowds == "objects"
        names = _renamed(list(reader.class_names[1:]), rename)
        names = _merged(names, merge)
        ignored = set(_known(_list(ignore), names))
        kept = _known(_list(classes), names) or [name for name in dict.fromkeys(names) if name not in ignored]
        _require_different(kept)
        self.class_names = (BACKGROUND, *kept)
        self._left_out = sorted(set(names) - set(kept) - ignored)
        ids = {name: index for index, name in enumerate(kept, start=1)} | dict.fromkeys(ignored, IGNORED)
        self._new = np.array([0, *(ids.get(name, 0) for name in names), IGNORED], np.int32)  # [-1] is IGNORED
        own = getattr(reader, "category_ids", None)
        if own is not None:  # of classes that became one, the first
            first = {name: key for name, key in reversed(list(zip(names, own, strict=True)))}
            self.category_ids = tuple(first[name] for name in kept)

    @property
    def findings(self) -> list[Finding]:
        """Return the whole set's, and which classes are left out."""
        found = self.reader.findings
        if self._left_out:
            detail = f"objects of {', '.join(map(repr, self._left_out))} are left out: not asked for"
            found = [*found, Finding("other-class", "info", ".", detail)]
        return found

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode an image by the whole set's reader and give its objects their new classes."""
        sample, found = self.reader.read(index)
        last = len(self._new) - 1
        known = (sample.class_ids >= IGNORED) & (sample.class_ids < last)
        class_ids = np.where(known, self._new[np.where(known, sample.class_ids, 0)], sample.class_ids)
        kept = class_ids != 0
        crowds = sample.is_crowd & (not self._crowds_are_objects) | (class_ids == IGNORED)
        chosen = replace(
            sample,
            class_ids=class_ids[kept].astype(np.int32),
            masks=sample.masks[kept],
            is_crowd=crowds[kept],
            boxes=sample.boxes[kept],
        )
        return chosen, found


def _list(text: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _pairs(text: str, option: str) -> list[tuple[str, str]]:
    """Return the two sides of each ``a:b`` of an option."""
    pairs = []
    for part in _list(text):
        left, colon, right = (side.strip() for side in part.rpartition(":"))
        if not (left and colon and right):
            form = "old:new,old:new" if option == "rename" else "new:old|old,new:old|old"
            raise ValueError(f"wanted {option}={form}, received {part!r}")
        pairs.append((left, right))
    return pairs


def _renamed(names: list[str], text: str) -> list[str]:
    """Return ``names`` with those of ``rename`` replaced; two of one name have to be merged by name."""
    new = dict(_pairs(text, "rename"))
    _known(list(new), names)
    result = [new.get(name, name) for name in names]
    for name in repeated(result):
        if name in new.values():
            raise ValueError(
                f"wanted different names from rename, received {name!r} twice; to join them use merge"
            )
    return result


def _merged(names: list[str], text: str) -> list[str]:
    """Return ``names`` with those of each group of ``merge`` replaced by the group's."""
    for group, members in _pairs(text, "merge"):
        old = set(_known(_list(members, "|"), names))
        names = [group if name in old else name for name in names]
    return names


def _known(wanted: list[str], names: list[str]) -> list[str]:
    """Return ``wanted``, each of which is a class."""
    for name in wanted:
        if name not in names:
            raise ValueError(unknown(f"class {name!r}", dict.fromkeys(names), name))
    return wanted


def _require_different(names: list[str]) -> None:
    if repeated(names) or any(map(is_background, names)):
        raise ValueError(f"wanted different class names without the background, received {', '.join(names)}")
