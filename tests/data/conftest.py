"""What tests of the readers share: small images, and a way to read a whole data set."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.beside import FILES

from .written import write_coco, write_fruits, write_leaves, write_odd_images, write_orientations


@pytest.fixture
def paint():
    """Give a function that writes an image of random pixels; the seed decides them."""

    def write(
        path: Path, size: tuple[int, int] = (20, 30), seed: int = 0, orientation: int = 1
    ) -> np.ndarray:
        pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
        image = Image.fromarray(pixels)
        exif = image.getexif()
        if orientation != 1:
            exif[0x0112] = orientation
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, exif=exif)
        return pixels

    return write


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    """Give a folder as VIA writes it."""
    return write_leaves(tmp_path)


@pytest.fixture
def fruits(tmp_path: Path) -> Path:
    """Give a folder as LabelMe writes it."""
    return write_fruits(tmp_path)


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    """Give a folder in COCO's layout."""
    return write_coco(tmp_path)


@pytest.fixture
def odd_images(tmp_path: Path) -> Path:
    """Give a folder of images of every kind, and of files that are none."""
    return write_odd_images(tmp_path / "odd")


@pytest.fixture
def orientations(tmp_path: Path) -> Path:
    """Give a folder with one photo in nine JPEG files, each stored in another orientation."""
    return write_orientations(tmp_path / "turned", next((FILES / "nuclei" / "images").glob("0*.png")))


@pytest.fixture
def write_mask():
    """Give a function that writes a mask as PNG, white on black."""

    def write(path: Path, mask: np.ndarray) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((np.asarray(mask) * 255).astype(np.uint8)).save(path)

    return write


@pytest.fixture
def findings_of():
    """Give a function that reads everything and returns (kind, severity) of each finding, in order."""

    def read(reader) -> list[tuple[str, str]]:
        found = list(reader.findings)
        for index in range(len(reader)):
            found += reader.read(index)[1]
        return [(finding.kind, finding.severity) for finding in found]

    return read


@pytest.fixture
def far_from_outline():
    """Give a function that tells how far, px, the middle of the farthest pixel of a mask is from a ring's sides."""

    def farthest(mask: np.ndarray, ring: np.ndarray) -> float:
        rows, columns = np.nonzero(mask)
        side = np.roll(ring, -1, axis=0) - ring
        offset = np.stack([columns + 0.5, rows + 0.5], axis=-1)[:, None] - ring
        share = np.clip((offset * side).sum(-1) / np.maximum((side**2).sum(-1), 1e-9), 0, 1)
        return np.linalg.norm(offset - share[..., None] * side, axis=-1).min(axis=1).max(initial=0.0)

    return farthest


HOSTILE = [
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    10**400,
    "",
    "x",
    "../../etc/passwd",
    "\0",
    "é" * 5000,
    [],
    {},
    [[]],
    [{}],
]


@pytest.fixture
def mutations():
    """Give a function that yields a document with each of its parts replaced by each hostile value, or left out."""

    def everywhere(document):
        yield from HOSTILE
        if isinstance(document, dict):
            for key, value in document.items():
                yield {other: kept for other, kept in document.items() if other != key}
                for changed in everywhere(value):
                    yield {**document, key: changed}
        elif isinstance(document, list):
            for index, value in enumerate(document):
                for changed in everywhere(value):
                    yield [*document[:index], changed, *document[index + 1 :]]

    return everywhere


@pytest.fixture
def survives():
    """Give a function that opens and reads a data set and lets nothing but ValueError pass; returns what came out."""

    def attempt(open_reader) -> str:
        try:
            reader = open_reader()
        except ValueError as error:
            assert str(error)
            return "refused"
        for index in range(len(reader)):
            try:
                reader.read(index)
            except ValueError as error:
                assert str(error)
        return "read"

    return attempt
