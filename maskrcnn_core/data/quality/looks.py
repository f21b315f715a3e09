"""Looks: what an image looks like, in 448 bytes, by which copies of it are known.

Inputs: an image. Outputs: bytes: a digest of its pixels, and its coarse structure: the lowest frequencies of the cosine
transform of its colours, shrunk to 64 x 64 px, without the mean and up to a factor. So a look hardly changes where the
image is stored anew, resized, made brighter or cropped by a little; and mirroring or turning the image only swaps and
negates numbers of it, so that the look of a mirrored image follows from that of the image.

A perceptual hash (Zauner 2010) keeps one bit of each of these numbers. Here their bytes are kept: half of the bits of
an image with one small object are noise.

Shapes: y, x the image's size; n looks; f, f frequencies down and across; c colours; v ways to turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

SIDE = 64  # px to which images are shrunk
FREQUENCIES = 12  # kept, down and across
COLOURS = 3
NUMBERS = FREQUENCIES * FREQUENCIES * COLOURS
DIGEST = 16  # bytes
LENGTH = DIGEST + NUMBERS
LARGEST = 127
FLAT = (
    1.0  # length of the numbers, in grey values, up to which an image is of one colour and looks like nothing
)

# the eight ways to turn an image, clockwise, in the order of ``turned``
TURNS = (
    "",
    "mirrored",
    "mirrored top to bottom",
    "turned by 180°",
    "mirrored and turned by 270°",
    "turned by 270°",
    "turned by 90°",
    "mirrored and turned by 90°",
)


def look_of(image: np.ndarray) -> bytes:
    """Return the look of an image (y, x, channel) uint8; ``LENGTH`` bytes."""
    numbers = _structure(image)
    if np.linalg.norm(numbers) <= FLAT:
        numbers = np.zeros_like(numbers)
    largest = np.abs(numbers).max() or 1.0
    return digest_of(image) + np.rint(LARGEST * numbers / largest).astype(np.int8).tobytes()


def digest_of(image: np.ndarray) -> bytes:
    """Return a digest of an image's pixels and shape."""
    digest = hashlib.blake2b(repr(image.shape).encode(), digest_size=DIGEST)
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()


def numbers_of(looks: Sequence[bytes]) -> np.ndarray:
    """Return the numbers of looks, (n, f, f, c) int8."""
    joined = b"".join(look[DIGEST:] for look in looks)
    return np.frombuffer(joined, np.int8).reshape(-1, FREQUENCIES, FREQUENCIES, COLOURS)


def structures_of(numbers: np.ndarray) -> np.ndarray:
    """Return the structures (n, f, f, c) float32 of length 1 of ``numbers``; 0 for what looks like nothing."""
    found = numbers.astype(np.float32)
    lengths = np.sqrt(np.square(found).sum(axis=(1, 2, 3), keepdims=True))
    return found / np.where(lengths == 0, 1, lengths)


def turned(structures: np.ndarray) -> np.ndarray:
    """Return the structures (v, n, f, f, c) of the images that become those of ``structures`` by each of ``TURNS``.

    Mirroring negates what is odd across, turning upside down what is odd down, and a transposition swaps the two.
    """
    sign = np.where(np.arange(FREQUENCIES) % 2, -1, 1).astype(np.float32)
    down, across = sign[:, None, None], sign[:, None]
    ways = []
    for one in (structures, structures.swapaxes(1, 2)):
        ways += [one, one * across, one * down, one * down * across]
    return np.stack(ways)


def _structure(image: np.ndarray) -> np.ndarray:
    """Return (f, f, c) float64: the cosine transform (type II) of the shrunk image, the mean left out.

    Numbers weigh as much as their frequency: photographs have little of the high ones, and differ there.
    """
    grey = image if image.ndim == 3 else image[..., None]
    colours = np.stack([grey[..., min(channel, grey.shape[-1] - 1)] for channel in range(COLOURS)], axis=-1)
    small = np.asarray(Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    wave, frequency = waves(SIDE), np.arange(FREQUENCIES)
    weight = np.hypot(frequency[:, None], frequency)  # 0 for the mean
    return np.einsum("fxc,gx->fgc", np.tensordot(wave, small, 1), wave) * weight[..., None]


def waves(side: int) -> np.ndarray:
    """Return the lowest waves of the cosine transform (type II) of ``side`` numbers: (f, side) float64."""
    found = np.cos(np.pi * np.outer(np.arange(FREQUENCIES), np.arange(side) + 0.5) / side) * np.sqrt(2) / side
    found[0] /= np.sqrt(2)
    return found
