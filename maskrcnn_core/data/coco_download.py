"""COCO itself: images and annotations of a split, fetched, checked and unpacked once.

Inputs: the name of a split. Outputs: a folder as ``coco:`` reads it, ``SPLIT/*.jpg`` beside
``annotations/instances_SPLIT.json``. The zips come into the cache by ``files.download.fetch``, which goes on with
broken downloads and knows sizes and hashes; that of images is deleted once it is unpacked. The annotations' zip holds
both splits and other tasks (keypoints, captions): it stays, and only the instances of the split are unpacked.

Laws: a folder of images is there whole or not at all; nothing is written outside it, whatever names a zip holds.
Source: https://cocodataset.org/#download
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from ..files.atomic import naming, replacing
from ..files.cache import cache_folder
from ..files.download import _alone, fetch
from ..files.registry import Download
from ..files.transfer import DownloadError, OfflineError

BASE = "http://images.cocodataset.org"  # the certificate of its https is another host's
VARIABLE = "MASKRCNN_COCO_DATA_URL"
ANNOTATIONS = "annotations/annotations_trainval2017.zip"
UNPACKED = ".unpacked.json"  # in a folder of images: how many there are
# zip -> bytes ("Length" in public logs of wget)
SIZES = {"zips/val2017.zip": 815_585_330, "zips/train2017.zip": 19_336_861_798, ANNOTATIONS: 252_907_541}
# zip -> MD5, as Paddle, fast.ai and others hold them against these files
HASHES = {
    "zips/val2017.zip": "md5:442b8da7639aecaf257c1dceb8ba8c80",
    "zips/train2017.zip": "md5:cced6f7f71b7629ddf16f17bbcfab6b2",
    ANNOTATIONS: "md5:f4bbac642086de4f52a3fdda2de5fa2c",
}
SPLITS = ("val2017", "train2017")
MAX_PACKING = 100  # bytes that one of a zip may stand for; COCO's json packs 10 to 1, JPEGs do not

Progress = Callable[[int, int], None]  # files unpacked, files in all
Names = Callable[[str], bool]  # whether a zip may hold a file of this name


@dataclass(frozen=True)
class Unpacked:
    """A split on the disk."""

    folder: Path  # of annotations and images
    split: str
    images: int

    @property
    def dataset(self) -> str:
        """Return what ``maskrcnn train`` calls it."""
        others = len(list(self.folder.glob("annotations/instances_*.json"))) > 1
        return f"coco:{self.folder}" + (f"?split={self.split}" if others else "")


def download_coco(
    split: str, folder: str | Path, progress: Progress | None = None, patience: float = 1.0
) -> Unpacked:
    """Return the split ``val2017`` or ``train2017`` in ``folder``, fetched and unpacked where it is not there yet.

    progress: called while files are unpacked; fetching shows a bar of its own on a terminal.
    Raises: DownloadError, a ValueError, when offline, for wrong content, which is deleted, for a full disk, and where
    ``folder`` holds part of the images from elsewhere.
    """
    folder = Path(folder)
    images, annotations = folder / split, folder / "annotations" / f"instances_{split}.json"
    folder.mkdir(parents=True, exist_ok=True)
    if not annotations.is_file():
        member = f"annotations/{annotations.name}"
        path = _fetched(ANNOTATIONS, partial(_is_below, "annotations", ".json"), patience)
        _from_zip(path, lambda archive: _unpack_file(archive, member, annotations))
    if not images.exists():
        path = _fetched(f"zips/{split}.zip", partial(_is_below, split, ".jpg"), patience)
        _from_zip(path, lambda archive: _unpack_folder(archive, images, progress))
        path.unlink()
    return Unpacked(folder, split, _count(images))


def _fetched(place: str, allowed: Names, patience: float) -> Path:
    """Return the zip at ``place`` below the base address, from the cache or the network."""
    base, name = os.environ.get(VARIABLE, "").rstrip("/"), place.rpartition("/")[2]
    check = partial(check_zip, allowed)
    zipped = Download(name, f"{BASE}/{place}", VARIABLE, check, SIZES[place], HASHES[place])
    try:
        return fetch(zipped, f"{base}/{place}" if base else None, patience=patience)
    except OfflineError as error:  # its own advice is to let the variable name the file
        raise OfflineError(
            f"{error.__cause__ or error}, or put {name} into {cache_folder()}, "
            f"or set {VARIABLE} to an address or a folder with {place}"
        ) from error


def check_zip(allowed: Names, path: Path) -> None:
    """Look through the table of contents of a zip. Raises: ValueError for other files than ``allowed``, or a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"wanted a zip, received something else or part of one ({error})") from error
    names = [member.filename for member in members if not member.is_dir()]
    if not names:
        raise ValueError("wanted a zip with files, received an empty one")
    for name in names:
        if not allowed(name):
            raise ValueError(f"it holds {name[:200]!r}, which does not belong there; nothing was unpacked")
    if len(set(names)) < len(names) or any(not _is_plain(member) for member in members):
        raise ValueError(
            "it holds a file twice, or one that is encrypted or packed oddly; nothing was unpacked"
        )
    total = sum(member.file_size for member in members)
    if total > MAX_PACKING * path.stat().st_size:
        raise ValueError(f"it claims to unpack to {total} bytes; nothing was unpacked")


def _is_below(folder: str, suffix: str, name: str) -> bool:
    """Return whether ``name`` is that of a plain file right in ``folder``: no way up, no root, no other folder."""
    parts = name.split("/")
    return (
        len(parts) == 2
        and parts[0] == folder
        and parts[1].endswith(suffix)
        and not parts[1].startswith(".")
        and PurePosixPath(name).as_posix() == name
        and not set(name) & set('\\:*?"<>|\0')
    )


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is stored or deflated, and not encrypted."""
    return member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not member.flag_bits & 1


def _from_zip(path: Path, unpack: Callable[[zipfile.ZipFile], None]) -> None:
    """Unpack the zip at ``path``. Raises: DownloadError for damage; then the zip is deleted."""
    try:
        with _alone(path), zipfile.ZipFile(path) as archive:
            unpack(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        path.unlink()
        reason = f"this zip is damaged ({error}); it was deleted, fetch it again"
        raise DownloadError(f"{path}: {reason}") from error


def _unpack_file(archive: zipfile.ZipFile, member: str, target: Path) -> None:
    """Unpack one ``member`` to ``target``, whole or not at all."""
    if member not in archive.namelist():
        raise zipfile.BadZipFile(f"wanted {member}, which it does not hold")
    _require_room(archive.getinfo(member).file_size, target.parent.parent)
    with replacing(target) as part, archive.open(member) as source, part.open("wb") as file:
        shutil.copyfileobj(source, file)


def _unpack_folder(archive: zipfile.ZipFile, target: Path, progress: Progress | None = None) -> None:
    """Unpack all images beside ``target`` and then give them its name."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    _require_room(sum(member.file_size for member in members), target.parent)
    try:
        with naming(target):
            part.mkdir()
            for number, member in enumerate(members, start=1):
                place = part / member.filename.rpartition("/")[2]
                with (
                    archive.open(member) as source,
                    place.open("xb") as file,
                ):  # compares the checksum at its end
                    shutil.copyfileobj(source, file)
                if progress:
                    progress(number, len(members))
            (part / UNPACKED).write_text(json.dumps({"images": len(members)}), encoding="utf-8")
            os.replace(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _count(images: Path) -> int:
    """Return the number of images of a folder. Raises: DownloadError where some of them are not there."""
    found = sum(entry.name.endswith(".jpg") for entry in os.scandir(images))
    try:
        wanted = int(json.loads((images / UNPACKED).read_text(encoding="utf-8"))["images"])
    except (OSError, ValueError, KeyError, TypeError):  # not unpacked by this program
        wanted = {"val2017": 5_000, "train2017": 118_287}[images.name]
    if found < wanted:
        raise DownloadError(
            f"{images}: wanted {wanted} images, found {found}; move the folder away, or choose another --output"
        )
    return found


def _require_room(needed: int, folder: Path) -> None:
    """Raise DownloadError where ``folder`` has less room than ``needed`` bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DownloadError(f"{folder}: {needed} bytes are needed to unpack, {free} are free; make room")
