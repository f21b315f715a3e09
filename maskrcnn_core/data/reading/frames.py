"""Frames: the image as it is seen, and the one in which somebody drew on it.

Inputs: an image file and the size that its annotation records. Outputs: the decoded image, and for each such size a
``Fit`` that moves masks into the image. Why: a camera stores a portrait lying down and writes a turn beside it
(EXIF orientation). Some tools draw on the stored image, some on the turned one, and none says which: only the size
tells. Masks in the wrong frame train without an error and never fit.

Shapes: y, x rows and columns; stored = as the file holds it, displayed = after the EXIF turn, which is what
``load_image`` returns and what every ``Sample`` is in.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from .files import UnusableError
from .images import load_image, open_image
from .reader import Finding

Size = tuple[int, int]  # (y, x) px
MAX_MASK_PIXELS = 1 << 27  # px of a mask that is not of its image's size; larger ones are refused undecoded

# What shows a stored image as it was taken, by EXIF orientation (TIFF 6.0, page 36): transposed first, then flipped
# upside down, then left to right.
_TURNS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


@dataclass(frozen=True)
class Fit:
    """How a mask drawn in a frame of ``size`` gets into the image: turned by ``orientation``, then resized."""

    size: Size
    orientation: int
    displayed: Size

    def place(self, mask: np.ndarray) -> np.ndarray:
        """Return ``mask`` (size) in the image (displayed)."""
        return resize_nearest(turn(mask, self.orientation), self.displayed)


@dataclass(frozen=True)
class Canvas:
    """A decoded image, (y, x, rgb) uint8 as displayed, and how its file stores it."""

    image: np.ndarray
    stored: Size
    orientation: int
    file: str

    @property
    def displayed(self) -> Size:
        """Return the image's size as it is seen."""
        return self.image.shape[0], self.image.shape[1]

    def fit(self, size: Size | None, what: str = "the annotation") -> tuple[Fit, list[Finding]]:
        """Return how ground truth drawn in a frame of ``size`` fits the image; None = no size is recorded.

        Raises: UnusableError if it does not fit.
        """
        shown = Fit(self.displayed, 1, self.displayed)
        if size is None or size == self.displayed:
            unclear = self.orientation != 1 and (size is None or self.stored == self.displayed)
            detail = (
                f"is stored turned (EXIF orientation {self.orientation}), and from {what} it cannot be told whether "
                "the objects are; they are taken to be drawn on the upright image"
            )
            return shown, [Finding("exif-ambiguous", "warning", self.file, detail)] if unclear else []
        if size == self.stored:
            detail = f"{what} has the size of the stored image; the objects are turned upright with it"
            return Fit(size, self.orientation, self.displayed), [self._warning("exif-turned", detail)]
        if max(size) > 0 and size[0] * size[1] <= MAX_MASK_PIXELS:
            for frame, orientation in ((self.displayed, 1), (self.stored, self.orientation)):
                if proportional(size, frame):
                    detail = (
                        f"{what} is of {_px(size)}, the image of {_px(self.displayed)}; the masks are resized"
                    )
                    return Fit(size, orientation, self.displayed), [self._warning("size-mismatch", detail)]
        raise UnusableError(
            "size-mismatch",
            self.file,
            f"{what} is of {_px(size)}, the image of {_px(self.displayed)}: do they belong together?",
        )

    def fit_recorded(self, size: Size | None) -> tuple[Fit, list[Finding]]:
        """Return how coordinates of an annotation that records ``size`` fit the image.

        Coordinates, unlike masks, also tell what they mean where height and width were written in each other's place.
        """
        if size is not None and size == self.displayed[::-1] != self.displayed and self.orientation == 1:
            detail = f"the annotation says {_px(size)}, the image is of {_px(self.displayed)}: sides taken as swapped"
            return Fit(self.displayed, 1, self.displayed), [self._warning("size-swapped", detail)]
        return self.fit(size)

    def _warning(self, kind: str, detail: str) -> Finding:
        return Finding(kind, "warning", self.file, detail)


def open_canvas(source: Path | bytes, file: str) -> tuple[Canvas, list[Finding]]:
    """Decode an image, from a file or from bytes; raise UnusableError if that cannot be done."""
    try:
        loaded = open_image(source, file) if isinstance(source, bytes) else load_image(source, 3)
    except Exception as error:  # Pillow's decoders raise whatever broken bytes lead them to
        reason = str(error).removeprefix(f"{file if isinstance(source, bytes) else source}: ")
        raise UnusableError("unreadable-image", file, reason or type(error).__name__) from None
    image = loaded.pixels
    size = (image.shape[0], image.shape[1])
    said = [Finding("image-in-part", "warning", file, loaded.remark)] if loaded.remark else []
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as header,
        ):
            stored = header.height, header.width
            orientation = header.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception as error:  # the pixels are there; Pillow raises nearly anything for broken EXIF blocks
        detail = f"has EXIF data that cannot be read ({type(error).__name__}); the image is taken as stored"
        return Canvas(image, size, 1, file), [*said, Finding("exif-broken", "warning", file, detail)]
    if orientation in _TURNS:
        return Canvas(image, stored, int(orientation), file), said
    detail = f"says EXIF orientation {orientation!r}, wanted 1 to 8; the image is taken as stored"
    return Canvas(image, stored, 1, file), [*said, Finding("exif-broken", "warning", file, detail)]


def turn(mask: np.ndarray, orientation: int) -> np.ndarray:
    """Return ``mask`` (y, x) as displayed, from as stored, by its EXIF orientation 1 to 8."""
    transposed, upside_down, mirrored = _TURNS[orientation]
    mask = mask.T if transposed else mask
    mask = mask[::-1] if upside_down else mask
    return mask[:, ::-1] if mirrored else mask


def resize_nearest(mask: np.ndarray, size: Size) -> np.ndarray:
    """Return ``mask`` (y, x) at ``size``: the pixel under each new pixel's centre."""
    if mask.shape == tuple(size):
        return mask
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.intp)
        for old, new in zip(mask.shape, size, strict=True)
    )
    return mask[rows][:, columns]


def proportional(a: Size, b: Size) -> bool:
    """Tell whether one size is the other, scaled and rounded or cut to whole pixels."""
    return abs(a[0] * b[1] - a[1] * b[0]) <= max(*a, *b)  # less than a px of a side, multiplied out


def _px(size: Size) -> str:
    return f"{size[1]} x {size[0]} px"
