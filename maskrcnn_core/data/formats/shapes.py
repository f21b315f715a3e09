"""Shapes: squares, circles and triangles, drawn on demand, so that a model can be trained without a download.

The classic training example (train_shapes), with images of 128 px, plain or noisy backgrounds and occlusion.
Every image follows from the seed and its index alone.
"""

from __future__ import annotations

import numpy as np

from ..reading.images import MAX_PIXELS
from ..reading.reader import Finding, Reader
from ..reading.sample import Sample
from .clutter import clutter

CLASS_NAMES = ("background", "square", "circle", "triangle")
MAX_SHAPES = 4
MIN_RADIUS = 8  # px, half a side
MAX_COUNT = 10**7  # to read as many takes hours; more is a slip of the keyboard
MIN_VISIBLE = 0.5  # share of a shape that others may not cover


class Shapes(Reader):
    """``count`` images of ``size`` px with 1 to 4 shapes each; a later shape covers an earlier one."""

    class_names = CLASS_NAMES
    may_lack_classes = True

    def __init__(self, count: int = 1000, seed: int = 0, size: int = 128, empty: float = 0.0) -> None:
        """Draw images by ``seed``; a share ``empty`` of them, 0 to 1, holds no shape but clutter."""
        if count < 1 or size < 4 * MIN_RADIUS:
            raise ValueError(
                f"wanted count >= 1 and size >= {4 * MIN_RADIUS} px, received {count} and {size}"
            )
        if count > MAX_COUNT or size**2 > MAX_PIXELS:
            raise ValueError(
                f"wanted count <= {MAX_COUNT} and at most {MAX_PIXELS} pixels, received {count} and size {size}"
            )
        if not 0.0 <= empty <= 1.0:
            raise ValueError(f"wanted a share of empty images of 0 to 1, received {empty}")
        self.count, self.seed, self.size, self.empty = count, seed, size, empty

    def __len__(self) -> int:
        return self.count

    def source(self, index: int) -> str:
        """Return seed and index, which are all that an image depends on."""
        return f"shapes-{self.seed}-{index}"

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Draw image ``index``."""
        rng = np.random.default_rng([self.seed, index])
        if self.empty and np.random.default_rng([self.seed, index, 1]).random() < self.empty:
            nothing = np.zeros((0, self.size, self.size), bool)
            image = clutter(rng, self.size)
            return Sample(image, np.zeros(0, np.int32), nothing, source=self.source(index)), []
        image = _background(rng, self.size)
        shapes: list[tuple[int, np.ndarray]] = []
        for _ in range(rng.integers(1, MAX_SHAPES + 1)):
            class_id = int(rng.integers(1, len(CLASS_NAMES)))
            mask, colour = _draw(CLASS_NAMES[class_id], rng, self.size), rng.integers(0, 256, 3)
            if all(_visible(whole, [*later, mask]) for whole, later in _with_later(shapes)):
                shapes.append((class_id, mask))
                image[mask] = colour
        masks = np.stack([whole & ~_union(later, whole.shape) for whole, later in _with_later(shapes)])
        image = _with_noise(image, rng)
        return Sample(image, np.array([c for c, _ in shapes], np.int32), masks, source=self.source(index)), []


def _background(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a plain image (y, x, rgb) uint8."""
    return np.tile(rng.integers(0, 256, 3).astype(np.uint8), (size, size, 1))


def _with_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the image as it is, or every second time with Gaussian noise of up to 20 grey levels."""
    if rng.random() < 0.5:
        return image
    noise = rng.normal(0.0, rng.uniform(2.0, 20.0), image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def _draw(name: str, rng: np.random.Generator, size: int) -> np.ndarray:
    """Return the mask (y, x) bool of a shape that lies wholly inside: a pixel belongs to it if its middle does."""
    radius = int(rng.integers(MIN_RADIUS, size // 4 + 1))
    centre_y, centre_x = rng.integers(radius, size - radius + 1, 2)
    y, x = np.ogrid[:size, :size]
    y, x = y + 0.5 - centre_y, x + 0.5 - centre_x
    if name == "square":
        return (abs(y) <= radius) & (abs(x) <= radius)
    if name == "circle":
        return y**2 + x**2 <= radius**2
    height = radius * np.sqrt(3.0)  # equilateral with sides of 2 * radius, its base below
    down = (y + height / 2) / height  # 0 at the tip, 1 at the base
    return (down >= 0) & (down <= 1) & (abs(x) <= radius * down)


def _with_later(shapes: list[tuple[int, np.ndarray]]) -> list[tuple[np.ndarray, list[np.ndarray]]]:
    """Return each shape's whole mask with the masks drawn after it, which cover it."""
    masks = [mask for _, mask in shapes]
    return [(mask, masks[i + 1 :]) for i, mask in enumerate(masks)]


def _visible(whole: np.ndarray, later: list[np.ndarray]) -> bool:
    """Return whether enough of a shape is left under those drawn after it."""
    return bool((whole & ~_union(later, whole.shape)).sum() >= MIN_VISIBLE * whole.sum())


def _union(masks: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    return np.logical_or.reduce(masks) if masks else np.zeros(shape, bool)
