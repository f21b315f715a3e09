"""Files from outside: json, csv and names of images that nobody has checked.

Inputs: a path and what somebody else's tool wrote there. Outputs: plain Python values, or a ValueError that names the
file. Why: annotations travel as archives; a name like ``../../etc/passwd``, a number of 5000 digits or a json nested
10000 deep has to end as a sentence about the data set, not as a traceback or as a file read somewhere else.
"""

from __future__ import annotations

import base64
import binascii
import csv
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from ...files.suggestions import repeated
from ...files.values import shorten
from .images import SUFFIXES, count_of_others
from .reader import Finding

UPLOADED = re.compile(
    r"(?<=/)[0-9a-f]{8}-(?=[^/]+$)|^[0-9a-f]{8}-(?=[^/]+$)"
)  # what Label Studio puts before names
IMAGE_SUFFIXES = frozenset(SUFFIXES)


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


def image_folder(images: str) -> tuple[Path, str]:
    """Return the folder of images that ``images=FOLDER`` or ``images=PREFIX=FOLDER`` names, and the prefix.

    PREFIX is what names in the annotations begin with and FOLDER stands for: ``C:/data=photos`` makes
    ``C:/data/a/1.png`` the file ``photos/a/1.png``. Raises: ValueError where there is no such folder.
    """
    prefix, mark, folder = images.rpartition("=")
    if not mark or os.path.isdir(images):
        return require_folder(Path(images), "a folder of images"), ""
    return require_folder(Path(folder), "a folder of images"), prefix


def locate(
    root: Path, name: object, file: str, base: Path | None = None, prefix: str = ""
) -> tuple[Path | None, list[Finding]]:
    """Find the image that an annotation names; say what stands in the way.

    Exports carry absolute paths of the annotator's machine, URLs, and names quoted as in URLs. The name as it stands
    goes first; one that leads out of the data set is followed by as many of its last parts as lead to a file.
    prefix: what names begin with and ``root`` stands for.
    """
    if isinstance(name, str) and prefix:
        slashed, start = name.replace("\\", "/"), prefix.replace("\\", "/").rstrip("/") + "/"
        name = slashed[len(start) :] if slashed.startswith(start) else name
    try:
        path = inside(root, name, base)
        outside = ""
    except ValueError as error:
        path, outside = root, str(error)
    if not outside and is_file(path):
        return path, []
    text = name if isinstance(name, str) else ""
    for spelled in _spellings(text):
        other = _follow(root, spelled, base, any_suffix=bool(outside) or "://" in text or "?" in text)
        if other is not None:
            said = (
                f"{outside or f'there is no image {shorten(name)}'}; {relative(other, root)} is used instead"
            )
            return other, [Finding("outside-folder", "warning", file, said)]
    if outside:
        return None, [Finding("outside-folder", "error", file, f"{outside}; the image is left out")]
    detail = f"there is no image {relative(path, root)}; its objects are left out"
    return None, [Finding("missing-image", "error", file, detail)]


def _spellings(name: str) -> list[str]:
    """Return what a name may mean: itself, unquoted, the path of a URL, Label Studio's ``?d=path`` and uploads."""
    address, mark, query = name.partition("?")
    found = [value for key, value in parse_qsl(query) if key == "d"]
    if not found and (mark or "://" in name):
        found = [unquote(address.partition("://")[2] or address)]
    found = found or [name, unquote(name)]
    found += [UPLOADED.sub("", part) for part in found if UPLOADED.search(part)]
    found += [unicodedata.normalize(form, part).strip() for part in found for form in ("NFC", "NFD")]
    return list(dict.fromkeys(part for part in found if part.strip() and "\0" not in part))


def _follow(root: Path, name: str, base: Path | None, any_suffix: bool) -> Path | None:
    """Return the file that ``name`` leads to within ``root``, or with ``any_suffix`` the most of its last parts."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if not any_suffix and (base or root) != root:
        return _within(root, name, base)
    starts = range(len(parts)) if any_suffix else range(min(1, len(parts)))
    for start in starts:
        path = _within(root, "/".join(parts[start:]), None) if ".." not in parts[start:] else None
        if path is not None:
            return path
    return None


def _within(root: Path, name: str, base: Path | None) -> Path | None:
    try:
        path = inside(root, name, base)
    except ValueError:
        return None
    return path if is_file(path) else _in_other_case(path)


def _in_other_case(path: Path) -> Path | None:
    """Return the one file beside ``path`` whose name differs in capitals alone, as on systems that see none."""
    try:
        alike = [one for one in path.parent.iterdir() if one.name.casefold() == path.name.casefold()]
    except OSError:
        return None
    return alike[0] if len(alike) == 1 and is_file(alike[0]) else None


def is_file(path: Path) -> bool:
    """Tell whether ``path`` is a file; a name too long for the file system is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def images_in(folder: Path) -> list[Path]:
    """Return the images in a folder by name, those in folders below it not included."""
    return sorted(
        entry for entry in folder.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES and not hidden(entry)
    )


def passed_over(folder: Path, root: Path, deep: bool = False, besides: tuple[str, ...] = ()) -> list[Finding]:
    """Say how many files among the images of a folder are none.

    deep: also in folders below it. besides: endings of what the format itself has there.
    """
    others = count_of_others(folder, deep, besides)
    return (
        [Finding("passed-over", "info", relative(folder, root), f"{others} are no images")] if others else []
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
            detail = f"has the same stem as {first.name}, so that its ground truth cannot be told apart; it is left out"
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
    """Return the bytes of an image that stands in an annotation as base64, with or without ``data:…,`` before it.

    Raises: ValueError.
    """
    if not isinstance(text, str):
        raise ValueError(f"wanted an image in base64, received {shorten(text)}")
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text)
    except (binascii.Error, ValueError):
        raise ValueError(f"wanted an image in base64, received {shorten(text)}") from None
