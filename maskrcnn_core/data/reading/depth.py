"""Depth: how many of the bits that a file has for a pixel hold an image.

Inputs: an opened file, and what the user says. Outputs: bits. Why: microscopes and scanners store 10, 12 or 14 bits in
16; scaled as 16 they are black. The file's own tags are believed first, then the user (``?depth=12``, ``--depth``).
Nothing is guessed from one image, whose brightest pixel depends on what is in it: all images of a set have one scale,
and ``Levels`` collects what was seen, so that a set whose largest value fits fewer bits can be told so.

Shapes: none, numbers alone.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, TiffImagePlugin

from .reader import Finding, Reader
from .sample import Sample
from .wrapped import Wrapped

WHOLE = 16  # bits of a deep image of which nobody says anything else
USUAL = (8, 10, 12, 14)  # depths that sensors have, in files of 16 bits
MOST = 32
BITS_PER_SAMPLE, PHOTOMETRIC, IMAGE_DESCRIPTION, SAMPLES = 258, 262, 270, 277  # tags of TIFF 6.0
MAX_SAMPLE_VALUE, SAMPLE_FORMAT = 281, 339
SIGNED, FLOAT = 2, 3  # of SAMPLE_FORMAT
WHITE_IS_ZERO = 0  # of PHOTOMETRIC
OME = re.compile(r'SignificantBits="(\d{1,2})"')


@dataclass
class Levels:
    """What was seen of deep images: how many whose depth nobody said, and their largest value."""

    images: int = 0
    brightest: int = 0

    def add(self, brightest: int) -> None:
        """Note an image's largest value."""
        self.images += 1
        self.brightest = max(self.brightest, brightest)

    def advice(self, option: str) -> str:
        """Say that fewer bits are in use, and the option that says so; "" if all are, or nothing was seen."""
        fitting = next((bits for bits in USUAL if self.brightest < 1 << bits), None)
        if not self.brightest or fitting is None:
            return ""
        images = f"{self.images} image{'s'[self.images == 1 :]} of 16 bits"
        return (
            f"the largest value of {images} is {self.brightest}, which fits {fitting} bits; "
            f"scaled as 16 bits they come out dark: say {option.format(fitting)} if {(1 << fitting) - 1} is white"
        )


_asked: ContextVar[int | None] = ContextVar("depth", default=None)
_seen: ContextVar[Levels | None] = ContextVar("levels", default=None)


def depth_asked() -> int | None:
    """Return the depth that holds for images read now, where one was asked for."""
    return _asked.get()


def note(brightest: int) -> None:
    """Note the largest value of a deep image whose depth nobody said, where somebody watches."""
    seen = _seen.get()
    if seen is not None:
        seen.add(brightest)


@contextlib.contextmanager
def scaled_to(depth: int | None) -> Iterator[None]:
    """Have deep images read within the block scaled from ``depth`` bits, whatever their tags say."""
    token = _asked.set(depth)
    try:
        yield
    finally:
        _asked.reset(token)


def asked(depth: int | None) -> contextlib.AbstractContextManager[None]:
    """Return ``scaled_to`` where a person said a depth; where not, what holds already goes on."""
    return contextlib.nullcontext() if depth is None else scaled_to(require_depth(depth))


@contextlib.contextmanager
def watching() -> Iterator[Levels]:
    """Collect what is seen of deep images within the block."""
    seen = Levels()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def require_depth(depth: int) -> int:
    """Return ``depth`` if it can be one; raise ValueError otherwise."""
    if not 1 <= depth <= MOST:
        raise ValueError(f"wanted a depth of 1 to {MOST} bits, received {depth}")
    return depth


def depth_in_tags(image: Image.Image) -> int | None:
    """Return the bits that the file itself says are in use; None if it says nothing, or no more than 16."""
    if image.format == "PNG":
        return _significant_bits(image)
    tags: Any = getattr(image, "tag_v2", None)
    if tags is None:
        return None
    described = OME.search(str(tags.get(IMAGE_DESCRIPTION, ""))[:100_000])
    largest = tags.get(MAX_SAMPLE_VALUE)
    bits = tags.get(BITS_PER_SAMPLE, (WHOLE,))[0]
    if described:
        bits = int(described[1])
    elif isinstance(largest, tuple) and largest and isinstance(largest[0], int) and largest[0] > 0:
        bits = largest[0].bit_length()
    elif bits == WHOLE and SIGNED in (tags.get(SAMPLE_FORMAT) or ()):
        bits = WHOLE - 1
    return int(bits) if 1 < bits < WHOLE else None


def deep_values(image: Image.Image, values: np.ndarray) -> np.ndarray:
    """Return the whole numbers of a decoded deep image as its file means them: unsigned, with 0 as black."""
    tags: Any = getattr(image, "tag_v2", None) or {}
    bits, signed = tags.get(BITS_PER_SAMPLE, (0,))[0], SIGNED in (tags.get(SAMPLE_FORMAT) or ())
    if bits == MOST and not signed and values.dtype == np.int32:
        values = values.view(np.uint32)  # Pillow knows no unsigned ones
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO and bits and not signed:
        return ((1 << bits) - 1) - values.astype(np.int64)  # Pillow turns those of 8 bits alone
    return values


def kind_in_tags(stream: BinaryIO) -> str:
    """Say what a TIFF holds that cannot be decoded: its samples, bits and kind of numbers; "" for what is no TIFF."""
    try:
        stream.seek(0)
        tags = TiffImagePlugin.ImageFileDirectory_v2(stream.read(8))
        stream.seek(tags.next)
        with warnings.catch_warnings(action="ignore"):
            tags.load(stream)
        bits, samples = tags.get(BITS_PER_SAMPLE, (1,))[0], tags.get(SAMPLES, 1)
        kind = {SIGNED: "signed numbers", FLOAT: "floats", 5: "complex numbers", 6: "complex floats"}.get(
            (tags.get(SAMPLE_FORMAT) or (1,))[0], "whole numbers"
        )
    except Exception:  # whatever a broken file leads Pillow to
        return ""
    return f"a TIFF of {samples} channel{'s'[samples == 1 :]} of {bits}-bit {kind}"


def _significant_bits(image: Image.Image) -> int | None:
    """Return what the chunk sBIT of a PNG says, which Pillow passes over."""
    stream: Any = getattr(image, "fp", None)
    if stream is None:
        return None
    place = stream.tell()
    try:
        stream.seek(8)
        for _ in range(64):
            length, kind = int.from_bytes(stream.read(4), "big"), stream.read(4)
            if kind == b"sBIT" and length:
                bits = stream.read(1)[0]
                return bits if 1 < bits < WHOLE else None
            if kind in (b"IDAT", b"IEND", b"") or length > 1 << 20:
                return None
            stream.seek(length + 4, 1)
        return None
    finally:
        stream.seek(place)


class Deep(Wrapped):
    """Another reader's samples, their deep images scaled from ``depth`` bits."""

    def __init__(self, reader: Reader, depth: int) -> None:
        super().__init__(reader)
        self.depth = require_depth(depth)

    def read(self, index: int) -> tuple[Sample, list[Finding]]:
        """Decode an image by the whole set's reader, at the depth asked for."""
        with scaled_to(self.depth):
            return self.reader.read(index)
