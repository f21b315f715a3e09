"""Mask files: one object a file, or one number an object.

Inputs: an image file that is no photograph. Outputs: a bool mask or a label map. Why not ``load_image``: that one
gives grey levels for a network; here a palette index, a bit or a 16-bit number is the ground truth itself and must not
be converted.

Shapes: y, x rows and columns of the file as stored.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from ...files.values import shorten
from ...terminal.standard_error import overheard
from .decoders import pass_on
from .files import IMAGE_SUFFIXES
from .frames import MAX_MASK_PIXELS

LOSSY = frozenset({"AVIF", "JPEG", "JPEG2000", "MPO", "WEBP"})  # formats that leave noise around an edge
NUMBERED_MODES = frozenset({"1", "L", "P", "I", "I;16", "I;16B", "I;16L"})  # modes whose pixel is one number

VOID_LABEL = 255  # of an 8-bit label map, by the habit of Pascal VOC and all that learnt from it
DEEP_VOID_LABEL = 65535  # the same of a 16-bit label map
VOC_VOID_COLOUR = [224, 224, 192]


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


def has_voc_palette(path: Path) -> bool:
    """Tell whether a file has the palette of Pascal VOC, whose last colour is that of void."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            return image.mode == "P" and (image.getpalette("RGB") or [])[3 * VOID_LABEL :] == VOC_VOID_COLOUR
    except Exception:  # Pillow raises nearly anything for broken files, which are refused when they are read
        return False


@cache
def voc_colours() -> dict[int, int]:
    """Return Pascal VOC's numbers by colour, red * 65536 + green * 256 + blue.

    Bit k of a number gives, by k mod 3, the next lower bit of red, green or blue (VOClabelcolormap).
    """
    colours = {}
    for number in range(256):
        channels = [
            sum((number >> (3 * bit + channel) & 1) << (7 - bit) for bit in range(3)) for channel in range(3)
        ]
        colours[channels[0] << 16 | channels[1] << 8 | channels[2]] = number
    return colours


def read_colours(path: Path) -> np.ndarray:
    """Return a map (y, x) int64 of numbers, or of colours, which become VOC's numbers.

    A colour that is none of VOC's becomes 256 + red * 65536 + green * 256 + blue. Raises: ValueError.
    """
    levels, file_format, mode = _decode(path)
    if mode not in ("RGB", "RGBA") or file_format in LOSSY:
        return read_labels(path)
    packed = levels[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    colours, place = np.unique(packed, return_inverse=True)
    known = voc_colours()
    numbers = np.array([known.get(colour, colour + 256) for colour in colours.tolist()], np.int64)
    return numbers[place].reshape(packed.shape)


def read_ids(path: Path) -> np.ndarray:
    """Return a map (y, x) int64 of COCO panoptic's ids: red + 256 * green + 65536 * blue. Raises: ValueError."""
    levels, file_format, mode = _decode(path)
    if mode not in ("RGB", "RGBA") or file_format in LOSSY:
        raise ValueError(f"wanted ids as colours (PNG, RGB), received {file_format} {mode}")
    return np.asarray(levels[..., :3].astype(np.int64) @ np.array([1, 1 << 8, 1 << 16]))


def mask_files(folder: Path) -> list[Path]:
    """Return the image files in a folder and the folders below it, by name."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
    )


def _decode(path: Path | BinaryIO) -> tuple[np.ndarray, str, str]:
    """Return a file's values as they are stored, its format and its mode."""
    heard: list[str] = []
    try:
        with overheard() as heard, warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            if image.width * image.height > MAX_MASK_PIXELS:
                raise ValueError(
                    f"wanted a mask of at most {MAX_MASK_PIXELS} px, received {image.width} x {image.height}"
                )
            decoded = np.asarray(image), image.format or "", image.mode
        pass_on(heard, str(path) if isinstance(path, Path) else "a mask within an annotation")
        return decoded
    except ValueError:
        raise
    except UnidentifiedImageError:
        raise ValueError("is no image of a kind that can be read") from None
    except (
        Exception
    ) as error:  # Pillow raises nearly anything for broken files: SyntaxError, struct.error, OSError …
        raise ValueError(f"cannot be decoded ({type(error).__name__}: {shorten(str(error))})") from None
