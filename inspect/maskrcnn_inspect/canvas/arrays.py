"""Arrays on their way to the browser: held against what was promised, then packed as bytes.

Inputs: whatever a view has in hand. Outputs: float32, int32 or uint8 in C order. An error names the layer, what was
wanted and what was received, because it is read far from the line that made the array.
"""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

Where = str  # the words an error starts with: layer "detections", scores

_LARGEST_INDEX = 2**31 - 1  # int32, which is what the browser gets
MOST_ENCODED = 8  # images kept as they were encoded
_ENCODED: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()


def numbers(values: ArrayLike, shape: tuple[int | str, ...], where: Where) -> np.ndarray:
    """Return ``values`` as float32 of ``shape``, whose named axes may have any length. NaN and infinity stay."""
    return _shaped(_array(values, where, "numbers", "fiub"), shape, where).astype(np.float32)


def indices(values: ArrayLike, count: int, where: Where) -> np.ndarray:
    """Return ``values`` as (count,) int32; one integer stands for all rows."""
    array = _array(values, where, "integers", "iu")
    if array.ndim == 0:
        array = np.full(count, array)
    array = _shaped(array, (count,), where)
    if array.size and np.abs(array.astype(np.int64)).max() > _LARGEST_INDEX:
        raise ValueError(f"{where}: wanted integers up to {_LARGEST_INDEX}, received {array.max()}")
    return array.astype(np.int32)


def rows(values: ArrayLike, count: int, where: Where) -> np.ndarray:
    """Return ``values`` as int32 row numbers below ``count``."""
    array = np.asarray(values)
    array = indices(array.astype(np.int32) if array.size == 0 else array, array.size, where)
    if array.size and not (array.min() >= 0 and array.max() < count):
        raise ValueError(f"{where}: wanted rows 0 to {count - 1}, received {array.min()} to {array.max()}")
    return array


def probabilities(values: ArrayLike, shape: tuple[int | str, ...], where: Where) -> np.ndarray:
    """Return ``values``, uint8 or float in 0 to 1, as uint8: p becomes floor(255 p + 1/2), NaN becomes 0."""
    array = _shaped(_array(values, where, "probabilities", "fub"), shape, where)
    if array.dtype == np.uint8:
        return array
    known = np.nan_to_num(array.astype(np.float32), nan=0.0)
    if known.size and not (known.min() >= 0 and known.max() <= 1):
        raise ValueError(f"{where}: wanted probabilities 0 to 1, received {known.min():g} to {known.max():g}")
    return np.floor(known * 255 + 0.5).astype(np.uint8)


def texts(values: Sequence[str], count: int | None, where: Where) -> list[str]:
    """Return ``values`` as a list of ``count`` strings; None = any number."""
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{where}: wanted a sequence of strings, received {values!r:.80}")
    if count is not None and len(values) != count:
        raise ValueError(f"{where}: wanted {count} strings, received {len(values)}")
    return list(values)


def packed_image(values: ArrayLike, encoding: str) -> dict[str, Any]:
    """Return a uint8 image (y, x), (y, x, rgb) or (y, x, rgba) as the state the browser decodes.

    encoding: png, lossless and small; or rgba, raw bytes, larger and sooner there.
    """
    array = np.asarray(values)
    grey = array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 1)
    if array.dtype != np.uint8 or not (grey or (array.ndim == 3 and array.shape[-1] in (3, 4))):
        raise ValueError(
            f"image: wanted uint8 (y, x, rgb), received {array.dtype} {array.shape}. "
            "Round and cast a float image; show a map of any other numbers as Heat."
        )
    if 0 in array.shape:
        raise ValueError(f"image: wanted at least one pixel, received {array.shape}")
    pillow = Image.fromarray(array.reshape(array.shape[:2]) if grey else array)
    height, width = array.shape[:2]
    return {
        "height": height,
        "width": width,
        "encoding": encoding,
        "bytes": _encoded_once(array, pillow, encoding),
    }


def _encoded_once(array: np.ndarray, image: Image.Image, encoding: str) -> bytes:
    """Return the encoded image; of one that was encoded just before, as views share them, what it was then."""
    digest = hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=16).digest()
    key = digest, array.shape, encoding
    data = _ENCODED.pop(key, None) or _encoded(image, encoding)
    _ENCODED[key] = data
    while len(_ENCODED) > MOST_ENCODED:
        _ENCODED.popitem(last=False)
    return data


def _encoded(image: Image.Image, encoding: str) -> bytes:
    if encoding == "rgba":
        return image.convert("RGBA").tobytes()
    if encoding != "png":
        raise ValueError(f"encoding: wanted png or rgba, received {encoding!r}")
    return _png(image.mode, image.size, image.tobytes())


@lru_cache(maxsize=8)
def _png(mode: str, size: tuple[int, int], pixels: bytes) -> bytes:
    """Return pixels as PNG; kept, because the views of a page show one image a hundred times."""
    image, file = Image.frombytes(mode, size, pixels), io.BytesIO()
    image.save(file, "PNG", compress_level=4)
    return file.getvalue()


def _array(values: ArrayLike, where: Where, wanted: str, kinds: str) -> np.ndarray:
    array = np.asarray(values)
    if array.size == 0 and array.dtype == np.float64:  # np.asarray([]): no value, so no type either
        array = array.astype(kinds[0] + {"f": "4", "i": "4"}[kinds[0]])
    if array.dtype.kind not in kinds:
        raise TypeError(f"{where}: wanted {wanted}, received {array.dtype} {array.shape}")
    return array


def _shaped(array: np.ndarray, shape: tuple[int | str, ...], where: Where) -> np.ndarray:
    if array.size == 0 and len(shape) > array.ndim:  # [] stands for no rows of any shape
        array = array.reshape([axis if isinstance(axis, int) else 0 for axis in shape])
    fits = array.ndim == len(shape) and all(
        isinstance(axis, str) or axis == length for axis, length in zip(shape, array.shape, strict=True)
    )
    if not fits:
        named = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        raise ValueError(f"{where}: wanted shape ({named}), received {array.shape}")
    return array
