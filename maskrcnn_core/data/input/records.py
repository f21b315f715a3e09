"""Records: every sample of a reader, decoded once and stored so that the graph reads it without Python.

Inputs: a reader. Outputs: a folder with one record a sample and a journal, ``journal.jsonl``, with one line a sample:
its size, its number of ground-truth objects, what was found wrong with it. The folder's name holds the data set's
fingerprint: a second run finds all done, a changed data set gets a folder of its own, and a run that was killed goes on
behind the last line. A folder that nothing trains from may be deleted.

Shapes: n samples that can be used.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ...files.cache import cache_folder
from ...terminal.progress import progress_bar
from ..reading.files import UnusableError
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from .fingerprint import fingerprint
from .record import decode_record, encode_sample
from .scene import Scene

JOURNAL = "journal.jsonl"
FILES_A_FOLDER = 1000

Line = dict[
    str, Any
]  # of the journal: index, size (y, x, channel; absent if unusable), ground-truth objects, bytes, findings


@dataclass(frozen=True)
class Records:
    """The stored samples of a reader.

    indices: (n,) int64, what the reader calls each sample. sizes: (n, 3) y, x, channel of the images.
    num_truths: (n,). findings: what was wrong with samples, those left out included.
    """

    folder: Path
    indices: np.ndarray
    sizes: np.ndarray
    num_truths: np.ndarray
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.indices)

    def load(self, index: tf.Tensor) -> Scene:
        """Return in the graph what the reader calls sample ``index`` () int64."""
        folder = tf.strings.as_string(index // FILES_A_FOLDER, width=6, fill="0")
        name = tf.strings.as_string(index, width=9, fill="0")
        return decode_record(
            tf.io.read_file(tf.strings.join([os.fsencode(self.folder), folder, name], os.sep))
        )


def open_records(reader: Reader, cache: str | Path | None = None) -> Records:
    """Store the samples of ``reader`` that are not stored yet, and return all that can be used.

    cache: the folder of such folders; unless given, a place among the system's caches.
    Raises: ValueError if no sample can be used; OSError if the folder cannot be written.
    """
    if cache is None:
        cache = cache_folder() / "records"
    folder = Path(cache).resolve() / f"{type(reader).__name__.lower()}-{fingerprint(reader)}"
    folder.mkdir(parents=True, exist_ok=True)
    known = _read_journal(folder)
    if _is_stale(known, reader, folder):
        known = {}
    missing = [index for index in range(len(reader)) if "size" not in known.get(index, ())]
    with progress_bar("Storing samples", len(missing)) as advance:
        for done, index in enumerate(missing, start=1):
            line = _store(reader, index, folder)
            if line != known.get(index):
                _append(line, folder)
                known[index] = line
            advance(done)
    return _summary([known[index] for index in range(len(reader))], folder)


def record_path(folder: Path, index: int) -> Path:
    """Return the file of the record of sample ``index``; ``Records.load`` makes the same name in the graph."""
    return folder / f"{index // FILES_A_FOLDER:06d}" / f"{index:09d}"


def _store(reader: Reader, index: int, folder: Path) -> Line:
    """Write the record of one sample and return its line of the journal; one that cannot be read has no size."""
    try:
        sample, found = reader.read(index)
    except UnusableError as error:
        return {"index": index, "findings": [asdict(error.finding)]}
    except Exception as error:  # whatever else a broken file makes a reader raise: it is one image of many
        detail = f"{type(error).__name__}: {error}; left out"
        finding = Finding("unreadable", "error", reader.source(index), detail)
        return {"index": index, "findings": [asdict(finding)]}
    record = encode_sample(sample)
    path = record_path(folder, index)
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")  # another process may be storing the same
    try:
        part.write_bytes(record)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return {
        "index": index,
        "size": list(sample.image.shape),
        "truths": len(sample),
        "bytes": len(record),
        "findings": [asdict(finding) for finding in found],
    }


def _append(line: Line, folder: Path) -> None:
    """Add a line to the journal. One write, so that lines of two processes do not mix."""
    with (folder / JOURNAL).open("a", encoding="utf-8") as stream:
        stream.write(
            "\n" + json.dumps(line)
        )  # the line break goes first: a line cut short by a kill then ends there


def _read_journal(folder: Path) -> dict[int, Line]:
    """Return the last line of each sample whose record is there in full."""
    path = folder / JOURNAL
    lines = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
            lines[int(line["index"])] = line
        except (ValueError, KeyError, TypeError):
            continue  # cut short by a kill
    return {index: line for index, line in lines.items() if "size" not in line or _is_there(line, folder)}


def _is_there(line: Line, folder: Path) -> bool:
    """Tell whether a record has the length that the journal says; after a power cut it may not."""
    try:
        return record_path(folder, line["index"]).stat().st_size == line["bytes"]
    except OSError:
        return False


def _is_stale(known: dict[int, Line], reader: Reader, folder: Path) -> bool:
    """Tell whether the reader gives another first sample today: it then depends on more than the fingerprint covers."""
    first = next((index for index, line in sorted(known.items()) if "size" in line), None)
    if first is None:
        return False
    try:
        sample: Sample = reader.read(first)[0]
    except Exception:  # judged by _store, which says why
        return True
    return encode_sample(sample) != record_path(folder, first).read_bytes()


def _summary(lines: list[Line], folder: Path) -> Records:
    """Return what the journal says of all samples."""
    findings = tuple(Finding(**finding) for line in lines for finding in line["findings"])
    usable = [line for line in lines if "size" in line]
    if not usable:
        why = f"; the first: {findings[0].file}: {findings[0].detail}" if findings else ": it has none"
        raise ValueError(f"wanted a data set with an image that can be read, none of {len(lines)} can{why}")
    return Records(
        folder,
        np.array([line["index"] for line in usable], np.int64),
        np.array([line["size"] for line in usable], np.int64),
        np.array([line["truths"] for line in usable], np.int64),
        findings,
    )
