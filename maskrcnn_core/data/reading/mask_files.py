"""Mask files: one object a file, or one number an object.

Enters: an image file that is no photograph. Leaves: a bool mask or a label map. Why not ``load_picture``: that one
gives grey levels for a network; here a palette index, a bit or a 16-bit number is the truth itself and must not be
converted.

Shapes: y, x rows and columns of the file as stored.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from ...files.values import shorten
from .files import PICTURE_SUFFIXES
from .frames import MAX_MASK_PIXELS

LOSSY = frozenset({"JPEG", "WEBP", "MPO"})  # formats that leave noise around an edge
NUMBERED_MODES = frozenset({"1", "L", "P", "I", "I;16", "I;16B", "I;16L"})  # modes whose pixel is one number


def read_mask(path: Path | BinaryIO) -> tuple[np.ndarray, str]:
    """Return the mask (y, x) bool of one object, and a doubt about it ("" = none).

    A pixel belongs to the object from half of the brightest value on, in files with losses from half of white. Of
    colour files the brightest channel counts; alpha alone where it is used, as in LabelMe's masks.
    Raises: ValueError for a file that cannot be decoded.
    """
    levels, file_format, mode = _decode(path)
    if levels.ndim == 3:
        has_alpha = mode in ("RGBA", "LA")
        transparent = has_alpha and levels[..., -1].min(initial=255) < 255
        levels = levels[..., -1] if transparent else levels[..., : -1 if has_alpha else None].max(axis=-1)
    brightest = int(levels.max(initial=0))
    lossy = file_format in LOSSY
    mask = levels > (127 if lossy else brightest / 2)
    if lossy:
        return mask, f"is a {file_format}, which blurs edges; pixels from half of white on count"
    if ((levels > 0) & (levels < brightest)).any():
        return mask, f"has values between 0 and {brightest}; pixels from half of that on count"
    return mask, ""


def read_labels(path: Path) -> np.ndarray:
    """Return a label map (y, x) int64: 0 = background, k = object k.

    Raises: ValueError for a file that cannot be decoded, with colours, or with losses.
    """
    labels, file_format, mode = _decode(path)
    if mode not in NUMBERED_MODES or file_format in LOSSY:
        raise ValueError(
            f"wanted a label map of 8 or 16 bit (PNG or TIFF, one channel), received {file_format} {mode}"
        )
    if labels.min(initial=0) < 0:
        raise ValueError(f"wanted labels of at least 0, received {labels.min()}")
    return labels.astype(np.int64)


def mask_files(folder: Path) -> list[Path]:
    """Return the image files in a folder and the folders below it, by name."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")
    )


def _decode(path: Path | BinaryIO) -> tuple[np.ndarray, str, str]:
    """Return a file's values as they are stored, its format and its mode."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            if image.width * image.height > MAX_MASK_PIXELS:
                raise ValueError(
                    f"wanted a mask of at most {MAX_MASK_PIXELS} px, received {image.width} x {image.height}"
                )
            return np.asarray(image), image.format or "", image.mode
    except ValueError:
        raise
    except (
        Exception
    ) as error:  # Pillow raises nearly anything for broken files: SyntaxError, struct.error, OSError …
        raise ValueError(f"cannot be decoded ({type(error).__name__}: {shorten(str(error))})") from None
