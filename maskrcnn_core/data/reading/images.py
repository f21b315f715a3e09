"""Images from outside: whatever a user has becomes (y, x, channel) uint8, or a ValueError that helps.

Shapes: y, x rows and columns.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ...terminal.standard_error import overheard
from .decoders import pass_on, said
from .depth import (
    BITS_PER_SAMPLE,
    SAMPLE_FORMAT,
    SIGNED,
    WHOLE,
    Levels,
    asked,
    deep_values,
    depth_asked,
    depth_in_tags,
    kind_in_tags,
    note,
)
from .video_names import is_video, said_of_videos

# 268 megapixels, 0.8 GB of RGB: more is a mistake or an attack, and is refused from the header
MAX_PIXELS = 2**28
NO_IMAGES = frozenset(
    {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}
)  # stubs, and what only other programs can draw
DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes of whole numbers beyond 8 bits


def _readable() -> tuple[str, ...]:
    """Return the endings of all that Pillow can read, in small letters."""
    known = Image.registered_extensions().items()
    return tuple(sorted(suffix for suffix, kind in known if kind in Image.OPEN and kind not in NO_IMAGES))


SUFFIXES = _readable()


class ImageError(ValueError):
    """What was given is no image: what was wanted, what was received, what to do."""


@dataclass(frozen=True)
class SourceImage:
    """An image as the network wants it: ``pixels`` (y, x, channel) uint8, and where it came from.

    brightest: the largest value of a deep image whose depth nobody said, else 0. remark: what of the file is not read.
    """

    pixels: np.ndarray
    source: str = ""
    brightest: int = 0
    remark: str = ""

    def doubts(self, option: str) -> list[str]:
        """Return what a person should know of how the file was read; ``option``: how a depth is said."""
        advice = Levels(1, self.brightest).advice(option)
        return [words for words in (self.remark, advice) if words]

    def for_display(self) -> np.ndarray:
        """Return (y, x, rgb) uint8: grey repeated, of more channels the first three."""
        channels = self.pixels.shape[2]
        return self.pixels[..., :3] if channels >= 3 else np.repeat(self.pixels[..., :1], 3, axis=2)


def load_image(source: Any, channels: int = 3, depth: int | None = None) -> SourceImage:
    """Return an image with ``channels`` channels.

    source: a path, a PIL image, or an array: uint8 (y, x), (y, x, 1), (y, x, 3) or (y, x, 4), or the same in
    floats of [0, 1], which are multiplied by 255. Grey becomes RGB and the other way round as ``channels``
    wants; transparent pixels are laid on white. With other numbers of channels an array must have exactly that
    many. Files and PIL images are turned upright by their EXIF orientation; of animations and pages the first
    counts; 16 bits are scaled to 8, from as many as are in use by the file's tags or by ``depth``, and so are floats
    where a depth is given: 2**depth - 1 is white. Raises: ``ImageError`` that says what was wanted, what was
    received and what to do.
    """
    if isinstance(source, SourceImage):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        with asked(depth):
            return _named(_read(path), channels, str(path))
    if isinstance(source, Image.Image):
        with asked(depth):
            return _named(_pixels(source), channels, "PIL image")
    if isinstance(source, np.ndarray):
        return SourceImage(_with_channels(_from_array(source), channels, "array"), "array")
    raise ImageError(
        f"wanted an image: a path, a PIL image or a NumPy array, received {type(source).__name__}; "
        "turn it into an array with numpy.asarray(...)"
    )


def open_image(content: bytes, name: str, channels: int = 3) -> SourceImage:
    """Return the image in ``content``, the bytes of a file called ``name``. Raises: ``ImageError`` by that name."""
    return _named(_decode(BytesIO(content), name), channels, name)


def _named(decoded: SourceImage, channels: int, name: str) -> SourceImage:
    """Return ``decoded`` with ``channels`` channels, under its name."""
    return replace(decoded, pixels=_with_channels(decoded.pixels, channels, name), source=name)


def list_images(paths: Iterable[str | Path]) -> list[Path]:
    """Return the images that ``paths`` name: files as they are, folders searched through, sorted.

    Hidden files and folders are left out.

    Raises: ValueError for a path that is not there, or a folder without images.
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
                others = count_of_others(path)
                held = f", but {others}" if others else ""
                videos = said_of_videos(path)
                raise ImageError(
                    f"{path}: this folder holds no image{held}; {videos or 'images end in .jpg, .png, .tif, …'}"
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise ImageError(f"{path}: there is no such file or folder")
    return found


def count_of_others(folder: Path, deep: bool = True, besides: tuple[str, ...] = ()) -> str:
    """Return how many files in a folder are passed over, by ending: ``3 other files (.txt 2, .md 1)``; "" if none.

    deep: also those in folders below it. besides: endings that do not count, as hidden files do not.
    """
    counts = Counter(
        entry.suffix.lower() or "without ending"
        for entry in (folder.rglob("*") if deep else folder.iterdir())
        if entry.suffix.lower() not in (*SUFFIXES, *besides)
        and not any(part.startswith(".") for part in entry.relative_to(folder).parts)
        and entry.is_file()
    )
    if not counts:
        return ""
    number = counts.total()
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    kinds = ", ".join(f"{suffix} {count}" for suffix, count in most)
    return f"{number} other file{'s'[number == 1 :]} ({kinds}{', …' if len(counts) > 5 else ''})"


def _read(path: Path) -> SourceImage:
    """Decode a file. Raises: ValueError for what is missing, no image, cut short, or too large by its header."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a name without a file"
        raise ImageError(f"{path}: wanted an image file, received {what}")
    if is_video(path):
        raise ImageError(
            f"{path}: wanted an image, received a video by its name; `maskrcnn detect` finds the objects in it, and "
            "`maskrcnn walk --frame N` opens a frame"
        )
    return _decode(path, str(path))


def _decode(file: Path | BytesIO, name: str) -> SourceImage:
    """Decode what stands in ``file``. Raises: ValueError by ``name`` for what cannot be read."""
    heard: list[str] = []
    try:
        with overheard() as heard, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged remarks beside a sound image
            with Image.open(file) as image:
                _check_size(image.size[::-1])
                decoded = _pixels(image)
        pass_on(heard, name)
        return decoded
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from error
    except Exception as error:  # Pillow's decoders raise whatever a broken file leads them to
        text = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, UnidentifiedImageError):  # whose own words show the object, not the name
            text = _kind_of(file) or "of no known kind"
        text = "; ".join([text, *map(said, heard[:1])])
        raise ImageError(
            f"{name}: wanted an image that can be read, received one that cannot ({text}); "
            "save it anew as PNG or JPEG, smaller if it is huge"
        ) from error


def _kind_of(file: Path | BytesIO) -> str:
    """Say what a file is that Pillow does not know; "" where nobody knows."""
    if isinstance(file, BytesIO):
        return kind_in_tags(file)
    try:
        with file.open("rb") as stream:
            return kind_in_tags(stream)
    except OSError:
        return ""


def _pixels(image: Image.Image) -> SourceImage:
    """Return a PIL image as (y, x) or (y, x, channel) uint8, upright, transparent pixels on white."""
    _check_size(image.size[::-1])
    depth, remarks = depth_asked() or depth_in_tags(image), _remarks(image)
    opened = image
    image.load()  # now: a file cut short must fail here
    with contextlib.suppress(
        SyntaxError, ValueError, TypeError, KeyError, OSError
    ):  # an EXIF block that says nothing
        image = ImageOps.exif_transpose(image)
    brightest = 0
    if image.mode in DEEP:
        deep = deep_values(opened, np.asarray(image))
        pixels = _scaled(deep, depth)
        if depth is None:
            brightest = int(deep.max(initial=0))
            note(brightest)
    elif image.mode == "F":
        pixels = _from_floats(np.asarray(image), depth_asked())
    else:
        pixels = _shallow(image)
    return SourceImage(pixels, brightest=brightest, remark="; ".join(remarks))


def _shallow(image: Image.Image) -> np.ndarray:
    """Return an image of 8 bits a channel as (y, x) or (y, x, rgb)."""
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.asarray(image.convert("L"))
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return np.asarray(Image.alpha_composite(ground, layered).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _remarks(image: Image.Image) -> list[str]:
    """Say what of a file is not read: further pages, the lower bits of deep colours."""
    found = []
    pages = getattr(image, "n_frames", 1)
    if image.format == "TIFF" and pages > 1:
        found.append(f"has {pages} pages, as a stack or a channel each, of which the first alone is read")
    arguments = [tile[3] for tile in getattr(image, "tile", ())]
    modes = [str(part) for one in arguments for part in (one if isinstance(one, tuple) else (one,))]
    tags: Any = getattr(image, "tag_v2", None) or {}
    bits = tags.get(BITS_PER_SAMPLE, (8,))[0]
    if bits == 8 and SIGNED in (tags.get(SAMPLE_FORMAT) or ()):
        raise ImageError(
            "wanted grey levels of 0 to 255, received signed values of 8 bits; save it as unsigned"
        )
    if image.mode in ("RGB", "RGBA") and (bits == 16 or any(";16" in mode for mode in modes)):
        if depth_asked() not in (None, 16):
            raise ImageError(
                f"wanted grey levels for a depth of {depth_asked()} bits, received colours of 16 bits, of which only "
                "the upper 8 can be read; save it as 8 bits a channel"
            )
        found.append(
            "has colours of 16 bits, of which the upper 8 are read; where fewer are in use it is dark"
        )
    return found


def _scaled(deep: np.ndarray, depth: int | None) -> np.ndarray:
    """Return whole numbers of ``depth`` bits, 16 unless known, as uint8: the largest becomes 255."""
    white = (1 << (depth or WHOLE)) - 1
    if deep.min(initial=0) < 0 or deep.max(initial=0) > white:
        signed = "signed values, " if deep.min(initial=0) < 0 else ""
        raise ImageError(
            f"wanted grey levels of 0 to {white}, received {signed}{deep.min()} to {deep.max()}; say how many bits are "
            "in use (--depth N, ?depth=N), or scale them to 8 bits yourself"
        )
    return np.rint(deep.astype(np.float64) * (255.0 / white)).astype(np.uint8)


def _from_floats(array: np.ndarray, depth: int | None = None) -> np.ndarray:
    """Return floats of 0 to 1, or to 2**depth - 1 where a depth is given, as uint8."""
    if not np.isfinite(array).all():
        raise ImageError("wanted finite grey levels, received NaN or infinity; look where the image was made")
    white = 1.0 if depth is None else float((1 << depth) - 1)
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > white:
        raise ImageError(
            f"wanted floats of 0 to {white:g}, received {low:g} to {high:g}; divide by what is white, pass uint8, or "
            "say how many bits the white is (--depth 8 and ?depth=8 for 255)"
        )
    return np.asarray(np.rint(array * (255.0 / white)).astype(np.uint8))


def _from_array(array: np.ndarray) -> np.ndarray:
    """Return an array as (y, x) or (y, x, channel) uint8. Raises: ValueError for what is no image."""
    if array.ndim not in (2, 3):
        raise ImageError(
            f"wanted an array (y, x) or (y, x, channel), received shape {array.shape}; "
            "give one image at a time, or a list"
        )
    _check_size(array.shape[:2])
    if array.dtype == np.uint8:
        pixels = array
    elif array.dtype.kind == "f":
        pixels = _from_floats(array)
    else:
        raise ImageError(
            f"wanted uint8, or floats of 0 to 1, received {array.dtype}; "
            "scale the grey levels to 0..255 and use astype('uint8')"
        )
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return _pixels(Image.fromarray(pixels, "RGBA")).pixels
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
    raise ImageError(
        f"{source}: wanted {channels} channels, received {given}; the model's molding.mean says how many it takes"
    )


def _check_size(size: tuple[int, ...]) -> None:
    """Raise ValueError for an image without pixels or with too many."""
    height, width = size
    if height < 1 or width < 1:
        raise ImageError(f"wanted at least one pixel, received {height} x {width}")
    if height * width > MAX_PIXELS:
        raise ImageError(
            f"wanted at most {MAX_PIXELS} pixels, received {height} x {width}; cut it into tiles or scale it down"
        )
