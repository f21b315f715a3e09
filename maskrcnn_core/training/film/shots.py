"""Shots: the images that a film is of, found by what a person calls them.

Inputs: numbers in the data set, or files. Outputs: images, with their ground truth where the data set that is validated
on, or the one that is trained on, holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data.reading.images import load_image
from ...data.reading.reader import Reader
from ...data.reading.sample import Sample


@dataclass(frozen=True)
class Shot:
    """An image of a film. asked: a number or an absolute path. image: (y, x, channel) uint8. truth: None = unknown."""

    asked: str
    source: str
    image: np.ndarray
    truth: Sample | None


def find_shots(asked: Sequence[str], readers: Sequence[Reader], channels: int) -> list[Shot]:
    """Return the images that are ``asked`` for, once each.

    readers: data sets with ground truth of the model's classes; a number is an image of the first of them.
    Raises: ValueError for a number beyond the data set, or what is neither a number nor an image that can be read.
    """
    return [_find(name, readers, channels) for name in canonical(asked)]


def canonical(asked: Sequence[str]) -> list[str]:
    """Return numbers as they are and files as absolute paths, each once: a run may go on from another folder."""
    names = [name if name.isdecimal() else str(Path(name).absolute()) for name in asked]
    return list(dict.fromkeys(names))


def _find(name: str, readers: Sequence[Reader], channels: int) -> Shot:
    if name.isdecimal():
        if int(name) >= len(readers[0]):
            raise ValueError(
                f"--film {name}: wanted a number of 0 to {len(readers[0]) - 1} in the data set, or an image's file"
            )
        sample = readers[0][int(name)]
        return Shot(name, sample.source or readers[0].source(int(name)), sample.image, sample)
    path = Path(name)
    image = load_image(path, channels)
    return Shot(name, name, image.pixels, _truth_of(path, readers))


def _truth_of(path: Path, readers: Sequence[Reader]) -> Sample | None:
    """Return the sample of the file ``path``, from the first data set that has it."""
    for reader in readers:
        for index in range(len(reader)):
            source = Path(reader.source(index))
            if source.name == path.name and source.exists() and source.samefile(path):
                return reader[index]
    return None
