"""Images on which an export is certified: drawn shapes, a photograph that scikit-image brings, and a grey card.

The drawn ones have grain, as from a camera: where all is flat, anchors tie exactly, and each engine, summing in its own
order, breaks such ties its own way. That would say nothing about an export.

Inputs: a configuration. Outputs: images of several sizes, with many objects and with none.

Shapes: y, x image px.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..config import Config
from ..data.formats.shapes import Shapes
from ..data.reading.images import load_image

SEED = 30_000  # of drawn images that no shipped model was trained on
GRAIN = 3.0  # grey levels, standard deviation


def sample_images(
    config: Config, given: Sequence[str | Path] = (), size: tuple[int, int] | None = None
) -> list[np.ndarray]:
    """Return images (y, x, channel) uint8: those ``given``, else ours.

    size: (y, x) px that an export is made for; others are cut and repeated to it.
    """
    channels = config.molding.channels
    found = [load_image(path, channels).pixels for path in given] or _ours(channels)
    return found if size is None else [_of_size(image, size) for image in found]


def _ours(channels: int) -> list[np.ndarray]:
    from skimage.data import astronaut

    drawn = [Shapes(count=1, seed=SEED + side, size=side)[0].image for side in (128, 200)]
    photograph = astronaut()[:384]
    card = np.full((96, 160, 3), 128, np.uint8)
    images = [*map(_grained, drawn), np.ascontiguousarray(photograph), _grained(card)]
    return [load_image(image, channels).pixels for image in images]


def _grained(image: np.ndarray) -> np.ndarray:
    grain = np.random.default_rng(SEED).normal(0.0, GRAIN, image.shape)
    return np.clip(np.rint(image + grain), 0, 255).astype(np.uint8)


def _of_size(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return ``image`` cut, or continued by itself, to ``size`` (y, x)."""
    rows, columns = (np.arange(length) % side for length, side in zip(size, image.shape, strict=False))
    return np.ascontiguousarray(image[rows][:, columns])
