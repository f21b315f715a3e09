"""Files that are too large to ship: where they come from, where they are kept, and that they are the right ones.

A file is fetched once into the cache folder; its SHA-256 is noted beside
it and held against it from then on, and against the same address should it be fetched again. Another address or a file
of one's own can stand in for it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from urllib.request import url2pathname

import pooch

from .atomic import replacing
from .cache import cache_folder
from .hashes import sha256_of
from .registry import Download
from .transfer import DownloadError, OfflineError, forget, transfer


class Record(NamedTuple):
    """What is known of a file in the cache; kept beside it as JSON."""

    url: str
    sha256: str


def fetch(
    download: Download,
    url: str | None = None,
    path: str | Path | None = None,
    progress: bool = True,
    patience: float = 1.0,
) -> Path:
    """Return a file of the registry from the cache, fetched or copied there first.

    url: another address; else the download's variable, an address or a file; else its own address.
    path: a file that was fetched elsewhere, copied into the cache. progress: a bar, if the output is a terminal.
    patience: s before a second attempt.
    Raises: DownloadError, a ValueError, when offline and for wrong content, which is deleted.
    """
    target = cache_folder() / download.name
    url = url or os.environ.get(download.variable) or None
    source = Path(path) if path is not None else _local(url)
    record = _read_record(target)
    wanted = source.resolve().as_uri() if source else url
    if path is None and target.is_file() and _is_intact(download, target, record, wanted):
        return target
    with _alone(target):
        if source is not None:
            _copy(download, source, target)
        else:
            earlier = record.url if record and record.url.startswith("http") else None
            _fetch(download, url or earlier or download.url, target, record, progress, patience)
    return target


def _is_intact(download: Download, target: Path, record: Record | None, wanted: str | None) -> bool:
    """Return whether the file in the cache is the one wanted and as it was when it came.

    A file without a record was put there by hand: it is taken as it is, if its content is right.
    """
    if record is None:
        if wanted is not None:
            return False
        _checked(download, target, str(target))
        _write_record(target, Record("", sha256_of(target)))
        return True
    return wanted in (None, record.url) and sha256_of(target) == record.sha256


def _fetch(
    download: Download, url: str, target: Path, record: Record | None, progress: bool, patience: float
) -> None:
    """Fetch ``url``, hold it against what is known of it, put it in the place of ``target`` and note its hash."""
    first_use = f"sha256:{record.sha256}" if record and record.url == url else None
    is_pinned = url == download.url and download.pinned is not None
    known = (download.pinned if is_pinned else None) or first_use
    part = target.with_name(f"{target.name}.part")
    try:
        transfer(url, part, download.size if url == download.url else None, progress, patience)
    except OfflineError as error:
        advice = f"or fetch {url} elsewhere and give that file, or set {download.variable} to its path"
        raise OfflineError(f"{error}, {advice}") from error
    try:
        _checked(download, part, url)
        if known is not None and not _has_hash(part, known):
            raise DownloadError(_another_file(url, known, None if is_pinned else target))
        os.replace(part, target)
    finally:
        forget(part)
    _write_record(target, Record(url, sha256_of(target)))


def _has_hash(path: Path, known: str) -> bool:
    """Return whether a file has a ``known`` hash, as "md5:…" or "sha256:…"."""
    algorithm, _, wanted = known.partition(":")
    return str(pooch.file_hash(str(path), alg=algorithm)) == wanted


def _another_file(url: str, known: str, target: Path | None) -> str:
    """Say that a file has another hash than the published one or, with ``target``, than the first time."""
    if target is None:
        return (
            f"{url}: the file is not the published one (wanted {known}); it was deleted; fetch it again later"
        )
    return (
        f"{url}: the file is not the one of the first time ({known} then); it was deleted. "
        f"If the change is meant, delete {_record_file(target)} and fetch again"
    )


def _copy(download: Download, source: Path, target: Path) -> None:
    """Copy a file of the user's into the cache and note its hash."""
    if not source.is_file():
        raise DownloadError(f"{source}: wanted a file, there is none")
    _checked(download, source, str(source), delete=False)
    if source.resolve() != target.resolve():
        with replacing(target) as part:
            shutil.copyfile(source, part)
    _write_record(target, Record(source.resolve().as_uri(), sha256_of(target)))


def _checked(download: Download, path: Path, origin: str, delete: bool = True) -> None:
    """Hold the content of ``path`` against what is wanted; delete what is wrong, unless it is the user's own."""
    try:
        download.check(path)
    except ValueError as error:
        if delete:
            path.unlink(missing_ok=True)
        deleted = "; it was deleted, fetch it again" if delete else ""
        reason = str(error).removeprefix(f"{path}: ")
        raise DownloadError(f"{origin}: this is not {download.name}: {reason}{deleted}") from error


def _local(url: str | None) -> Path | None:
    """Return the path of an address that is a file's."""
    if not url or ("://" in url and not url.startswith("file://")):
        return None
    if url.startswith("file://"):
        return Path(url2pathname(url.removeprefix("file://")))
    return Path(url).expanduser()


def _record_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _read_record(target: Path) -> Record | None:
    """Return what was noted of a file in the cache, None where nothing sound is."""
    try:
        return Record(**json.loads(_record_file(target).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_record(target: Path, record: Record) -> None:
    with replacing(_record_file(target)) as part:
        part.write_text(json.dumps(record._asdict(), indent=1), encoding="utf-8")


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep a second program from writing the same file. Raises: DownloadError while another one does."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as file:
        if not _locked(file):
            raise DownloadError(f"{target}: another program is fetching this file; wait for it and try again")
        yield


def _locked(file: IO[str]) -> bool:
    """Take the lock of an open file, which ends with it; True where the system has none."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
