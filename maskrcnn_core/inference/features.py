"""Feature vectors of detections as a file: what the box head knew of each, for searching, clustering and counting.

Inputs: results and vectors, an image at a time. Outputs: a NumPy archive, written whole or not at all. A row is a
detection: ``features`` (d, channel) float32, ``image`` (d,) its image's name, ``rank`` (d,) its number in the overlay,
``boxes`` (d, yxyx) image px, ``class_ids``, ``class_names``, ``scores`` (d,). ``images`` and ``files`` name all images
that were read, those without a detection too; ``tensor`` names what the vectors are.

Shapes: d detections of all images.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from ..files.atomic import replacing
from ..stages.composing import Result

KEYS = (
    *("features", "image", "rank", "boxes", "class_ids", "class_names", "scores"),
    *("images", "files", "tensor"),
)


def rows_of(result: Result, vectors: np.ndarray, tensor: str) -> dict[str, Any]:
    """Return what a file needs of one image, in values as JSON has them: workers send it.

    vectors: (d, channel) float32, each row of the instance of ``result``. tensor: their name.
    """
    return {
        "tensor": tensor,
        "features": base64.b64encode(np.ascontiguousarray(vectors, "<f4").tobytes()).decode("ascii"),
        "channels": int(vectors.shape[1]),
        "rank": list(result.ranks),
        "boxes": np.asarray(result.boxes, np.float64).tolist(),
        "class_ids": result.class_ids.tolist(),
        "class_names": result.labels,
        "scores": np.asarray(result.scores, np.float64).tolist(),
    }


def write_features(path: str | Path, images: Sequence[tuple[str, Path, dict[str, Any]]]) -> None:
    """Write the rows of ``images``, each a name, a file and its ``rows_of``, to ``path``."""
    rows = [row for _, _, row in images]
    vectors = [_vectors(row) for row in rows] or [np.zeros((0, 0), np.float32)]

    def all_of(key: str) -> list[Any]:
        return [value for row in rows for value in row[key]]

    arrays = {
        "features": np.concatenate(vectors),
        "image": _texts([name for name, _, row in images for _ in row["rank"]]),
        "rank": np.array(all_of("rank"), np.int32),
        "boxes": np.array(all_of("boxes"), np.float32).reshape(-1, 4),
        "class_ids": np.array(all_of("class_ids"), np.int32),
        "class_names": _texts(all_of("class_names")),
        "scores": np.array(all_of("scores"), np.float32),
        "images": _texts([name for name, _, _ in images]),
        "files": _texts([str(file) for _, file, _ in images]),
        "tensor": np.array(rows[0]["tensor"] if rows else ""),
    }
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _vectors(row: dict[str, Any]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(row["features"]), "<f4")
    return values.reshape(len(row["rank"]), row["channels"]).astype(np.float32)


def _texts(texts: Sequence[str]) -> np.ndarray:
    """Return an array of text, also where there is none."""
    return np.array(list(texts), dtype=np.str_)


def is_features(path: Path) -> bool:
    """Tell whether a file is one that ``write_features`` wrote."""
    try:
        with ZipFile(path) as archive:
            return set(archive.namelist()) == {f"{key}.npy" for key in KEYS}
    except (OSError, ValueError, BadZipFile):
        return False
