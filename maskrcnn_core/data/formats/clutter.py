"""Clutter: images without any shape, so that a model of shapes learns to say that there is nothing.

A model that has only seen squares on plain ground finds squares everywhere. Clutter is cut from photographs
that ship with scikit-image, or drawn as fractal noise; all of it follows from a random generator.

Shapes: y, x image px.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

# of scikit-image's own files, those without circles; the astronaut is left out, to be looked at by the trained model
PHOTOS = ("brick", "camera", "cat", "coffee", "grass", "gravel", "moon", "page", "rocket", "text")


def clutter(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return an image (y, x, rgb) uint8 of ``size`` px: two of three times a piece of a photograph."""
    photo = rng.random() < 2 / 3
    return _piece(rng, size) if photo else _noise(rng, size)


@lru_cache(maxsize=len(PHOTOS))
def _photo(name: str) -> np.ndarray:
    """Return a photograph (y, x, rgb) uint8."""
    from skimage import data  # slow to import, so only where it is needed

    image = np.asarray(getattr(data, name)())
    return np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image[..., :3]


def _piece(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a square of a photograph, from a third of its shorter side up, at ``size`` px, mirrored at random."""
    image = _photo(str(rng.choice(PHOTOS)))
    shorter = min(image.shape[:2])
    side = int(rng.integers(min(size, shorter) // 2, shorter + 1))
    top, left = (int(rng.integers(0, length - side + 1)) for length in image.shape[:2])
    piece = Image.fromarray(image[top : top + side, left : left + side]).resize((size, size))
    pixels = np.asarray(piece)[:, :: rng.choice([-1, 1])]
    return pixels[..., rng.permutation(3)]  # colours of other things


def _noise(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a sum of random grids, each twice as fine and half as strong as the last, in random colours."""
    total, strength = np.zeros((size, size, 3)), 1.0
    cells = int(rng.integers(2, 6))
    while cells < size:
        grid = rng.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        layers = [
            Image.fromarray(grid[..., c]).resize((size, size), Image.Resampling.BICUBIC) for c in range(3)
        ]
        total += strength * np.stack([np.asarray(layer) for layer in layers], axis=-1)
        cells, strength = 2 * cells, strength * rng.uniform(0.4, 0.9)
    contrast = rng.uniform(20, 60)
    return np.clip(np.rint(rng.uniform(60, 200, 3) + contrast * total), 0, 255).astype(np.uint8)
