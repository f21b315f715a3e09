"""Fingerprint: a text that changes when a data set does, made without decoding an image.

Inputs: a reader. Outputs: 32 hexadecimal digits. They cover the reader's class and its code, its settings, the class
names, and name, size and time of change of the files that it reads: those it names as a sample's source, and all data
files in the folders that are among its settings. Why the code too: whoever changes how a mask is made wants to train
on the new masks.
"""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..reading.files import IMAGE_SUFFIXES
from ..reading.reader import Reader

TABLES = frozenset(
    (".json", ".csv", ".xml", ".txt", ".yaml", ".yml", ".npy", ".npz")
)  # what ground truth is written in
PLAIN = (str, int, float, bool, type(None), Path)
CORE = Path(__file__).resolve().parents[2]
OWN_CODE = ("data/reading", "data/formats", "geometry")  # rooms that the package's own readers are made of
STORING = ("packed_masks", "record", "records", "fingerprint")  # how a decoded sample is stored


def fingerprint(reader: Reader) -> str:
    """Return what the samples of ``reader`` depend on, as 32 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in _parts(reader):
        digest.update(os.fsencode(part) + b"\0")
    return digest.hexdigest()[:32]


def _parts(reader: Reader, seen: set[str] | None = None) -> Iterator[str]:
    seen = set() if seen is None else seen
    yield repr((type(reader).__qualname__, tuple(reader.class_names), len(reader)))
    for own in type(reader).__mro__[: type(reader).__mro__.index(Reader)]:
        yield _code(own)
    modules = [module for room in OWN_CODE for module in sorted((CORE / room).glob("*.py"))]
    for module in [*modules, *(CORE / "data" / "input" / f"{stem}.py" for stem in STORING)]:
        yield module.read_text(encoding="utf-8")
    settings = {name: value for name, value in sorted(vars(reader).items()) if _is_plain(value)}
    yield repr({name: str(value) for name, value in settings.items()})
    for inner in (value for _, value in sorted(vars(reader).items()) if isinstance(value, Reader)):
        yield from _parts(inner, seen)  # a part of a data set depends on all that the whole does
    for path in filter(None, map(_path_in, settings.values())):
        yield from _files(path, seen)
    for index in range(len(reader)):
        source = reader.source(index)
        yield source
        if os.sep in source and os.path.isfile(source):
            yield from _files(Path(source), seen)


def _code(own: type) -> str:
    """Return a class's source; where there is none (typed into a plain console) the code of its methods."""
    try:
        return inspect.getsource(own)
    except (OSError, TypeError):
        methods = (value.__code__ for value in vars(own).values() if hasattr(value, "__code__"))
        return repr([(code.co_code, [c for c in code.co_consts if isinstance(c, PLAIN)]) for code in methods])


def _is_plain(value: Any) -> bool:
    """Tell whether a setting is text, a number, a path or a short list of them; the rest is what a reader remembers."""
    if isinstance(value, tuple | list):
        return len(value) <= 1000 and all(isinstance(entry, PLAIN) for entry in value)
    return isinstance(value, PLAIN)


def _path_in(value: Any) -> Path | None:
    """Return the file or folder that a setting names."""
    if isinstance(value, str) and os.sep in value:
        value = Path(value)
    return value if isinstance(value, Path) and value.exists() else None


def _files(path: Path, seen: set[str]) -> Iterator[str]:
    """Yield name, size and time of change of a file, or of the data files in a folder and those below it."""
    names = [str(path)]
    if path.is_dir():
        found = ((folder, name) for folder, _, files in os.walk(path) for name in files)
        names = sorted(
            os.path.join(folder, name)
            for folder, name in found
            if os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES | TABLES
        )
    for name in names:
        if name not in seen:
            seen.add(name)
            status = os.stat(name)
            yield f"{name} {status.st_size} {status.st_mtime_ns}"
