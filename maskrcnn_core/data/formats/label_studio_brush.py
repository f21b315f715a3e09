"""Label Studio's brush masks: runs of bytes in a stream of bits.

Inputs: a list of bytes. Outputs: a mask. The stream: the number of values (32 bits), the bits of a value less 1 (5),
four sizes of run lengths less 1 (4 bits each); then runs: 1 bit, whether one value repeats or each follows; 2 bits,
which size; the length less 1 in as many bits; the value or values. The values are RGBA of the image's pixels, row by
row, of which the last says how much the brush covers.
Source: rle-pack of thi.ng/umbrella, https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...files.values import shorten
from ..reading.frames import MAX_MASK_PIXELS

CHANNELS = 4


class _Bits:
    """Whole numbers out of a stream of bits, highest first."""

    def __init__(self, content: bytes) -> None:
        self.content, self.place = content, 0

    def take(self, count: int) -> int:
        first, last = self.place >> 3, (self.place + count + 7) >> 3
        if last > len(self.content):
            raise ValueError("wanted runs that fill the image, received a stream that ends before")
        whole = int.from_bytes(self.content[first:last], "big")
        self.place += count
        return whole >> ((last << 3) - self.place) & ((1 << count) - 1)


def decode_brush(rle: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the mask (y, x) bool of a brush, of ``size`` (y, x) px; raise ValueError for what is none of this size."""
    if not isinstance(rle, bytes):
        raise ValueError(f"wanted rle as a list of bytes, received {shorten(rle)}")
    pixels = size[0] * size[1]
    bits = _Bits(rle)
    count, width = bits.take(32), bits.take(5) + 1
    sizes = [bits.take(4) + 1 for _ in range(4)]
    if count != pixels * CHANNELS or pixels > MAX_MASK_PIXELS or width > 8:
        raise ValueError(
            f"wanted a mask of {size[1]} x {size[0]} px with {CHANNELS} values each, received {count} values"
        )
    values = np.zeros(count, np.uint8)
    done = 0
    while done < count:
        repeats = bits.take(1)
        length = bits.take(sizes[bits.take(2)]) + 1
        if done + length > count:
            raise ValueError(f"wanted runs of {count} values in all, received more")
        if repeats:
            values[done : done + length] = bits.take(width)
        else:
            values[done : done + length] = [bits.take(width) for _ in range(length)]
        done += length
    return np.asarray(values.reshape(*size, CHANNELS)[..., CHANNELS - 1] > 0)
