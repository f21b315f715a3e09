"""The atlas: what the box head knows of every object and false detection, on one map.

Inputs: hidden vectors, one a row of the verdict table (the last before class and box are told, of the proposal that
its best candidate or its detection came from; none for an object that never became a proposal). Outputs: coordinates
by principal components (Pearson 1901), whose axes and shares are told, or by UMAP where it is installed and asked for;
a short form of each vector for comparing rows; files for TensorBoard's projector.

Vectors are read from a file, a part at a time: of 100,000 rows only the result is in memory.
Shapes: r rows; c channels; k kept components.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maskrcnn_core.files.atomic import naming, replacing

from .rows import VerdictTable

PART = 4096  # rows read at once
COMPONENTS = 16  # of the short form
PROJECTED = ("index", "image", "kind", "number", "class", "verdict", "stage", "score", "iou")


@dataclass(frozen=True)
class Atlas:
    """Places of rows. rows (r,): of the table, those with a vector. coordinates (r, xy). short (r, k) float32: of
    length 1, or 0 for a vector that does not differ from the mean. shares (k,): of the variance, by component.
    method: "PCA" or "UMAP".
    """

    rows: np.ndarray
    coordinates: np.ndarray
    short: np.ndarray
    shares: np.ndarray
    method: str = "PCA"


class VectorFile:
    """Vectors (r, c) float16 in a file without a header, appended to as images are done."""

    def __init__(self, path: Path, channels: int) -> None:
        self.path, self.channels = path, channels

    def __len__(self) -> int:
        size = self.path.stat().st_size if self.path.exists() else 0
        return size // (2 * self.channels) if self.channels else 0

    def cut(self, count: int) -> None:
        """Keep the first ``count`` vectors: what came after belongs to an image that was not done."""
        with naming(self.path), self.path.open("ab") as file:
            file.truncate(2 * count * self.channels)

    def append(self, vectors: np.ndarray) -> None:
        """Add vectors (n, c), written at once."""
        with naming(self.path), self.path.open("ab") as file:
            file.write(np.ascontiguousarray(vectors, "<f2").tobytes())

    def parts(self) -> Iterator[np.ndarray]:
        """Yield the vectors (n, c) float64 in order, ``PART`` at a time; one that is no number is NaN."""
        with self.path.open("rb") as file:
            while block := file.read(2 * self.channels * PART):
                yield np.frombuffer(block, "<f2").reshape(-1, self.channels).astype(np.float64)


def principal_components(vectors: VectorFile) -> Atlas:
    """Return the atlas by principal components; rows whose vector is no number are left out.

    The sign of a component is chosen so that its largest weight is positive: the same vectors give the same map.
    """
    kept, total, squares = 0, np.zeros(vectors.channels), np.zeros((vectors.channels, vectors.channels))
    for part in vectors.parts():
        known = part[np.isfinite(part).all(axis=1)]
        kept, total, squares = kept + len(known), total + known.sum(axis=0), squares + known.T @ known
    mean = total / max(kept, 1)
    values, axes = np.linalg.eigh(squares / max(kept, 1) - np.outer(mean, mean))
    axes = axes[:, ::-1][:, :COMPONENTS]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    rows, short, first = [], [], 0
    for part in vectors.parts():
        known = np.isfinite(part).all(axis=1)
        rows.append(first + np.flatnonzero(known))
        short.append((part[known] - mean) @ axes)
        first += len(part)
    places = np.concatenate([np.zeros((0, axes.shape[1])), *short])
    coordinates = np.zeros((len(places), 2), np.float32)
    coordinates[:, : min(2, places.shape[1])] = places[:, :2]
    variance = np.maximum(values[::-1], 0)
    return Atlas(
        np.concatenate([np.zeros(0, int), *rows]),
        coordinates,
        _of_length_1(places),
        variance[:COMPONENTS] / max(variance.sum(), np.finfo(float).tiny),
    )


def by_umap(atlas: Atlas) -> Atlas:
    """Return the atlas with the coordinates of UMAP (McInnes et al. 2018). Raises: ImportError without umap-learn."""
    import umap

    places = umap.UMAP(random_state=0).fit_transform(atlas.short)
    return Atlas(atlas.rows, np.asarray(places, np.float32), atlas.short, atlas.shares, "UMAP")


def write_projector(vectors: VectorFile, table: VerdictTable, atlas: Atlas, folder: Path) -> None:
    """Write what TensorBoard's projector reads: ``tensorboard --logdir FOLDER``, then Projector."""
    with replacing(folder / "vectors.bytes") as part, part.open("wb") as file:
        wanted, first = np.zeros(len(table), bool), 0
        wanted[atlas.rows] = True
        for block in vectors.parts():
            file.write(block[wanted[first : first + len(block)]].astype("<f4").tobytes())
            first += len(block)
    with replacing(folder / "rows.tsv") as part, part.open("w", encoding="utf-8") as file:
        file.write("\t".join(PROJECTED) + "\n")
        for row in atlas.rows:
            file.write("\t".join(_cell(table[name][row]) for name in PROJECTED) + "\n")
    with replacing(folder / "projector_config.pbtxt") as part:
        lines = (
            'tensor_name: "objects"',
            'tensor_path: "vectors.bytes"',
            f"tensor_shape: {len(atlas.rows)}",
            f"tensor_shape: {vectors.channels}",
            'metadata_path: "rows.tsv"',
        )
        text = "".join(f"  {line}\n" for line in lines)
        part.write_text(f"embeddings {{\n{text}}}\n", encoding="utf-8")


def _of_length_1(places: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    return (places / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def _cell(value: object) -> str:
    """Return a cell of a table whose cells are parted by tabs and its rows by line breaks."""
    return " ".join(str(value).split())
