"""Looks of objects: what each object of an image looks like inside its mask, in 199 bytes, by which copies are known.

Inputs: a sample. Outputs: an array of ``OBJECT_LOOK``, a row an object that can be known by its look. Nothing around
the mask counts, so that an object that was cut out and pasted elsewhere keeps its look.

Objects of a kind look alike by nature: nuclei are round and brighter in the middle. So what a smooth surface (of second
degree, fitted inside the mask) explains is taken away, and what is left, the texture, is what an object is known by:
the lowest frequencies of its cosine transform, up to a factor. An object of few pixels or of one colour has too little
of it, and no look: it could be anybody's.

Shapes: g objects of an image; k those with a look; p pixels of the shrunk box; f, f frequencies down and across;
a coefficients of the surface.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from ..reading.sample import Sample
from .looks import FREQUENCIES, LARGEST, waves

SIDE = 16  # px to which the box of an object is resized
LEAST_AREA = 100  # px² of a mask from which an object has enough pixels to be known by
LEAST_CONTRAST = 1.0  # standard deviation of the texture, in grey values, from which there is one
INSIDE = 0.5  # share of a pixel of the shrunk box that the mask covers, from which the pixel counts

OBJECT_LOOK = np.dtype(
    [
        ("numbers", "i1", (FREQUENCIES, FREQUENCIES, 1)),  # of the texture, up to a factor
        ("mask", "u1", (SIDE * SIDE // 8,)),  # of the shrunk box, a bit a pixel
        ("number", "<i4"),  # of the object in its image
        ("centre", "<f4", (2,)),  # y, x of the box, image px
        ("area", "<f4"),  # px² of the mask
        ("contrast", "<f4"),  # standard deviation of the texture, grey values
        ("colour", "u1", (3,)),  # mean inside the mask
    ]
)


def object_looks(sample: Sample) -> np.ndarray:
    """Return the looks (k,) of the objects of ``sample`` that have one; crowds have none."""
    areas = np.count_nonzero(sample.masks, axis=(1, 2))
    numbers = np.flatnonzero((areas >= LEAST_AREA) & ~sample.is_crowd)
    looks = np.zeros(len(numbers), OBJECT_LOOK)
    if not len(numbers):
        return looks
    shrunk = [_shrunk(sample.image, sample.masks[number]) for number in numbers]
    grey, inside = (np.stack([one[part] for one in shrunk]) for part in (0, 1))
    texture = _texture(grey, inside)
    looks["numbers"] = _numbers(texture)
    looks["mask"] = np.packbits(inside, axis=1)
    looks["number"], looks["area"] = numbers, areas[numbers]
    looks["centre"] = (sample.boxes[numbers, :2] + sample.boxes[numbers, 2:]) / 2
    looks["contrast"] = np.sqrt(np.square(texture).sum(axis=1) / np.maximum(inside.sum(axis=1), 1))
    looks["colour"] = [one[2] for one in shrunk]
    return looks[looks["contrast"] >= LEAST_CONTRAST]


def looks_of_bytes(content: bytes, objects: int) -> np.ndarray:
    """Return the looks (k,) that ``content`` holds, of an image with so many objects.

    Raises: ValueError unless they are such looks.
    """
    looks = np.frombuffer(content, OBJECT_LOOK)
    known = (looks["number"] >= 0) & (looks["number"] < objects)
    finite = np.isfinite(looks["centre"]).all(axis=1)
    for name in ("area", "contrast"):
        finite &= (looks[name] > 0) & np.isfinite(looks[name])
    if not (known & finite).all():
        raise ValueError(f"wanted looks of {objects} objects, received numbers {looks['number'].tolist()}")
    return looks


def masks_of(looks: np.ndarray) -> np.ndarray:
    """Return the masks of the shrunk boxes of looks (k,): (k, SIDE, SIDE) bool."""
    return np.unpackbits(looks["mask"], axis=1).astype(bool).reshape(-1, SIDE, SIDE)


def _shrunk(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (p,) grey values of the object's box, resized, and whether they are inside; its mean colour (3,).

    Pixels outside the mask do not weigh in the resizing: else what is around an object would shine in.
    """
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    part, inside = image[box], mask[box]
    colours = part.reshape(*inside.shape, -1)[inside].mean(axis=0)
    grey = part.astype(np.float32).mean(axis=-1) if part.ndim == 3 else part.astype(np.float32)
    weight = _resized(inside.astype(np.float32))
    values = _resized(grey * inside) / np.maximum(weight, 1e-3)
    colour = np.rint(colours[np.minimum(np.arange(3), len(colours) - 1)]).astype(np.uint8)
    return values.ravel(), weight.ravel() >= INSIDE, colour


def _resized(values: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(values).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _texture(grey: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return ``grey`` (k, p) without the surface of second degree that fits it best inside; 0 outside."""
    y, x = (axis.ravel() / SIDE * 2 - 1 for axis in np.mgrid[:SIDE, :SIDE] + 0.5)
    surface = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)  # (p, a)
    products = (surface[:, :, None] * surface[:, None]).reshape(SIDE * SIDE, -1)
    weight = inside.astype(np.float64)
    matrices = (weight @ products).reshape(-1, surface.shape[1], surface.shape[1])
    wanted = (weight * grey) @ surface
    few = 1e-6 * np.eye(surface.shape[1])  # a mask of a line alone leaves more than one surface
    coefficients = np.linalg.solve(matrices + few, wanted[..., None])[..., 0]
    return (grey - coefficients @ surface.T) * weight


def _numbers(texture: np.ndarray) -> np.ndarray:
    """Return (k, f, f, 1) int8 of textures (k, p): the lowest frequencies, up to a factor."""
    wave = waves(SIDE)
    found = np.einsum("fy,kyx,gx->kfg", wave, texture.reshape(-1, SIDE, SIDE), wave, optimize=True)
    largest = np.abs(found).max(axis=(1, 2), keepdims=True)
    return np.rint(LARGEST * found / np.maximum(largest, 1e-6)).astype(np.int8)[..., None]
