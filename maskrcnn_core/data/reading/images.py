"""Pictures from outside: whatever a user has becomes (y, x, channel) uint8, or a ValueError that helps.

Shapes: y, x rows and columns.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = (
    2**28
)  # 268 megapixels, 0.8 GB of RGB: more is a mistake or an attack, and is refused from the header
SUFFIXES = (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm")
DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes of whole numbers beyond 8 bits


class PictureError(ValueError):
    """What was given is no picture: what was wanted, what was received, what to do."""


@dataclass(frozen=True)
class Picture:
    """A picture as the network wants it: ``pixels`` (y, x, channel) uint8, and where it came from."""

    pixels: np.ndarray
    source: str = ""

    def for_display(self) -> np.ndarray:
        """Return (y, x, rgb) uint8: grey repeated, of more channels the first three."""
        channels = self.pixels.shape[2]
        return self.pixels[..., :3] if channels >= 3 else np.repeat(self.pixels[..., :1], 3, axis=2)


def load_picture(source: Any, channels: int = 3) -> Picture:
    """Return a picture with ``channels`` channels.

    source: a path, a PIL image, or an array: uint8 (y, x), (y, x, 1), (y, x, 3) or (y, x, 4), or the same in
    floats of [0, 1], which are multiplied by 255. Grey becomes RGB and the other way round as ``channels``
    wants; transparent pixels are laid on white. With other numbers of channels an array must have exactly that
    many. Files and PIL images are turned upright by their EXIF orientation; of animations the first frame
    counts; 16 bits are scaled to 8. Raises: ``PictureError`` that says what was wanted, what was received and
    what to do.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return Picture(_with_channels(_read(path), channels, str(path)), str(path))
    if isinstance(source, Image.Image):
        return Picture(_with_channels(_pixels(source), channels, "PIL image"), "PIL image")
    if isinstance(source, np.ndarray):
        return Picture(_with_channels(_from_array(source), channels, "array"), "array")
    raise PictureError(
        f"wanted a picture: a path, a PIL image or a NumPy array, received {type(source).__name__}; "
        "turn it into an array with numpy.asarray(...)"
    )


def open_picture(content: bytes, name: str, channels: int = 3) -> Picture:
    """Return the picture in ``content``, the bytes of a file called ``name``. Raises: ``PictureError`` by that name."""
    return Picture(_with_channels(_decode(BytesIO(content), name), channels, name), name)


def list_pictures(paths: Iterable[str | Path]) -> list[Path]:
    """Return the pictures that ``paths`` name: files as they are, folders searched through, sorted.

    Hidden files and folders are left out.

    Raises: ValueError for a path that is not there, or a folder without pictures.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(
                entry
                for entry in path.rglob("*")
                if entry.suffix.lower() in SUFFIXES
                and entry.is_file()
                and not any(part.startswith(".") for part in entry.relative_to(path).parts)
            )
            if not inside:
                raise PictureError(f"{path}: this folder holds no picture ({', '.join(SUFFIXES)})")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise PictureError(f"{path}: there is no such file or folder")
    return found


def _read(path: Path) -> np.ndarray:
    """Decode a file. Raises: ValueError for what is missing, no picture, cut short, or too large by its header."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a name without a file"
        raise PictureError(f"{path}: wanted a picture file, received {what}")
    return _decode(path, str(path))


def _decode(file: Path | BytesIO, name: str) -> np.ndarray:
    """Decode what stands in ``file``. Raises: ValueError by ``name`` for what cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged remarks beside a sound picture
            with Image.open(file) as image:
                _check_size(image.size[::-1])
                return _pixels(image)
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from error
    except Exception as error:  # Pillow's decoders raise whatever a broken file leads them to
        unknown = isinstance(error, UnidentifiedImageError)  # whose own words show the object, not the name
        text = "of no known kind" if unknown else " ".join(str(error).split()) or type(error).__name__
        raise PictureError(
            f"{name}: wanted a picture that can be read, received one that cannot ({text}); "
            "save it anew as PNG or JPEG, smaller if it is huge"
        ) from error


def _pixels(image: Image.Image) -> np.ndarray:
    """Return a PIL image as (y, x) or (y, x, channel) uint8, upright, transparent pixels on white."""
    _check_size(image.size[::-1])
    image.load()  # now: a file cut short must fail here
    with contextlib.suppress(
        SyntaxError, ValueError, TypeError, KeyError, OSError
    ):  # an EXIF block that says nothing
        image = ImageOps.exif_transpose(image)
    if image.mode in DEEP:
        return _scaled(np.asarray(image))
    if image.mode == "F":
        return _from_array(np.asarray(image))
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.asarray(image.convert("L"))
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return np.asarray(Image.alpha_composite(ground, layered).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _scaled(deep: np.ndarray) -> np.ndarray:
    """Return whole numbers of 16 bits as uint8: 65535 becomes 255; 12 bits in 16 count as 12."""
    if deep.min(initial=0) < 0 or deep.max(initial=0) > 65535:
        raise PictureError(
            f"wanted grey levels of 0 to 65535, received {deep.min()} to {deep.max()}; scale them to 8 bits yourself"
        )
    return np.rint(deep.astype(np.float64) / 257.0).astype(np.uint8)


def _from_array(array: np.ndarray) -> np.ndarray:
    """Return an array as (y, x) or (y, x, channel) uint8. Raises: ValueError for what is no picture."""
    if array.ndim not in (2, 3):
        raise PictureError(
            f"wanted an array (y, x) or (y, x, channel), received shape {array.shape}; "
            "give one picture at a time, or a list"
        )
    _check_size(array.shape[:2])
    if array.dtype == np.uint8:
        pixels = array
    elif array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise PictureError(
                "wanted finite grey levels, received NaN or infinity; look where the picture was made"
            )
        low, high = float(array.min()), float(array.max())
        if low < 0 or high > 1:
            raise PictureError(
                f"wanted floats of 0 to 1, received {low:g} to {high:g}; divide by 255 or pass uint8"
            )
        pixels = np.rint(array * 255.0).astype(np.uint8)
    else:
        raise PictureError(
            f"wanted uint8, or floats of 0 to 1, received {array.dtype}; "
            "scale the grey levels to 0..255 and use astype('uint8')"
        )
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return np.asarray(_pixels(Image.fromarray(pixels, "RGBA")))
    return pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels


def _with_channels(pixels: np.ndarray, channels: int, source: str) -> np.ndarray:
    """Return ``pixels`` as (y, x, ``channels``)."""
    grey = pixels.ndim == 2
    given = 1 if grey else pixels.shape[2]
    if given == channels:
        return pixels[..., None] if grey else pixels
    if grey and channels == 3:
        return np.repeat(pixels[..., None], 3, axis=2)
    if given == 3 and channels == 1:
        return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]
    raise PictureError(
        f"{source}: wanted {channels} channels, received {given}; the model's molding.mean says how many it takes"
    )


def _check_size(size: tuple[int, ...]) -> None:
    """Raise ValueError for a picture without pixels or with too many."""
    height, width = size
    if height < 1 or width < 1:
        raise PictureError(f"wanted at least one pixel, received {height} x {width}")
    if height * width > MAX_PIXELS:
        raise PictureError(
            f"wanted at most {MAX_PIXELS} pixels, received {height} x {width}; cut it into tiles or scale it down"
        )
