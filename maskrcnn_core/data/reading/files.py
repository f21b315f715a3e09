"""Files from outside: json, csv and names of pictures that nobody has checked.

Enters: a path and what somebody else's tool wrote there. Leaves: plain Python values, or a ValueError that names the
file. Why: annotations travel as archives; a name like ``../../etc/passwd``, a number of 5000 digits or a json nested
10000 deep has to end as a sentence about the data set, not as a traceback or as a file read somewhere else.
"""

from __future__ import annotations

import base64
import binascii
import csv
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...files.suggestions import repeated
from ...files.values import shorten
from .reader import Finding

PICTURE_SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


class UnusableError(ValueError):
    """A sample or object that cannot be used; ``finding`` says why."""

    def __init__(self, kind: str, file: str, detail: str) -> None:
        super().__init__(f"{file}: {detail}")
        self.finding = Finding(kind, "error", file, detail)


def read_json(
    path: Path, compact: Callable[[dict[str, Any]], Any] | None = None
) -> tuple[Any, list[Finding]]:
    """Return the value in a json file, and a finding for each kind of key that an object holds twice.

    compact: applied to every object as it is parsed, so that a large file never stands in memory as lists of numbers.
    Raises: ValueError for what is no json.
    """
    twice: dict[str, int] = {}

    def build(pairs: list[tuple[str, Any]]) -> Any:
        result = dict(pairs)
        if len(result) < len(pairs):
            for name in repeated(name for name, _ in pairs):
                twice[name] = twice.get(name, 0) + 1
        return compact(result) if compact else result

    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=build)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from None
    except RecursionError:
        raise ValueError(f"{path}: wanted annotations in json, received brackets nested too deep") from None
    except ValueError as error:  # no json, no UTF-8, or an integer of thousands of digits
        raise ValueError(f"{path}: wanted json in UTF-8, received something else ({error})") from None
    detail = "the key {!r} stands more than once in an object ({} times in the file); the last was used"
    return value, [
        Finding("duplicate-key", "warning", path.name, detail.format(shorten(name), count))
        for name, count in sorted(twice.items())
    ]


def read_csv(path: Path, columns: tuple[str, ...] | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) of a csv file with a header; without one, name the ``columns``.

    A row that is too short has empty values. Raises: ValueError for what is no csv.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, fieldnames=columns, restval="")
            for row in reader:
                yield (
                    reader.line_num,
                    {name: value.strip() for name, value in row.items() if name is not None},
                )
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: wanted csv in UTF-8, received something else ({error})") from None


def inside(root: Path, name: object, base: Path | None = None) -> Path:
    """Return the path of ``name`` relative to ``base``, which has to lie within ``root``.

    base: a folder within ``root``; ``root`` itself unless given. Links on the way are the user's own and are followed.
    Raises: ValueError if ``name`` is no file name or leads out of ``root``.
    """
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise ValueError(f"wanted a file name, received {shorten(name)}")
    slashed = name.replace("\\", "/")  # written on Windows, read here
    if slashed.startswith("/") or slashed[1:3] == ":/":
        raise ValueError(f"wanted a file name within the data set, received the absolute {shorten(name)}")
    path = Path(os.path.normpath((base or root) / slashed))
    if not path.is_relative_to(os.path.normpath(root)):
        raise ValueError(
            f"wanted a file name within the data set, received {shorten(name)}, which leads out of it"
        )
    return path


def locate(
    root: Path, name: object, file: str, base: Path | None = None
) -> tuple[Path | None, list[Finding]]:
    """Find the picture that an annotation names; say what stands in the way.

    A name that leads out of the data set is followed by its last part only: exports often carry the absolute path of
    the annotator's machine.
    """
    try:
        path = inside(root, name, base)
        found: list[Finding] = []
    except ValueError as error:
        last = str(name).replace("\\", "/").rsplit("/", 1)[-1]
        if not isinstance(name, str) or last in ("", ".", "..") or "\0" in last or not is_file(root / last):
            return None, [Finding("outside-folder", "error", file, f"{error}; the picture is left out")]
        path = root / last
        found = [
            Finding("outside-folder", "warning", file, f"{error}; {last} in the data set is used instead")
        ]
    if not is_file(path):
        detail = f"there is no picture {relative(path, root)}; its objects are left out"
        return None, [*found, Finding("missing-picture", "error", file, detail)]
    return path, found


def is_file(path: Path) -> bool:
    """Tell whether ``path`` is a file; a name too long for the file system is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures in a folder by name, those in folders below it not included."""
    return sorted(
        entry for entry in folder.iterdir() if entry.suffix.lower() in PICTURE_SUFFIXES and not hidden(entry)
    )


def hidden(path: Path) -> bool:
    """Tell whether a file belongs to the system, like the ``._*`` that macOS leaves in archives."""
    return path.name.startswith(".")


def by_stem(paths: list[Path], root: Path) -> tuple[dict[str, Path], list[Finding]]:
    """Return files by stem, and a finding for each that shares its stem with an earlier one."""
    result: dict[str, Path] = {}
    found = []
    for path in paths:
        first = result.setdefault(path.stem, path)
        if first != path:
            detail = (
                f"has the same stem as {first.name}, so that its truth cannot be told apart; it is left out"
            )
            found.append(Finding("duplicate-name", "error", relative(path, root), detail))
    return result, found


def require_folder(path: Path, what: str) -> Path:
    """Return ``path`` if it is a folder; raise ValueError otherwise."""
    if not path.is_dir():
        raise ValueError(
            f"wanted {what}, received {path}, which is " + ("a file" if path.exists() else "not there")
        )
    return path


def relative(path: Path, root: Path) -> str:
    """Return ``path`` as seen from ``root``, with forward slashes; in full where it lies elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def embedded(text: object) -> bytes:
    """Return the bytes of a picture that stands in an annotation as base64, with or without ``data:…,`` before it.

    Raises: ValueError.
    """
    if not isinstance(text, str):
        raise ValueError(f"wanted a picture in base64, received {shorten(text)}")
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text)
    except (binascii.Error, ValueError):
        raise ValueError(f"wanted a picture in base64, received {shorten(text)}") from None
