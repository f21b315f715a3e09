"""Resizing: which size an image gets, and which grey levels, in the words of four libraries.

Inputs: an image and the size that is wanted. Outputs: its size as the network sees it, and its grey levels there. Why:
all four mean "bilinear, to fit", and each rounds sides and levels in its own way; weights have learned from one of
them, and a side of one pixel more moves every box.

- ``skimage``: the classic code. Half-pixel centres, 0 outside, cut off to whole levels.
- ``torch``: torchvision. Of real numbers, after the mean was subtracted; sides are cut off.
- ``pillow``: detectron2. A downscaled pixel is the mean of all that lie under it; sides are rounded half up.
- ``opencv``: MMDetection. Weights in steps of 1/2048, as OpenCV has them for bytes; sides are rounded half up.

Shapes: y, x rows and columns of the image or of its resized copy.
"""

from __future__ import annotations

import math

import numpy as np

from ..config import Molding

STEPS = 2048  # OpenCV's INTER_RESIZE_COEF_SCALE: weights of bytes are whole multiples of 1 / 2048


def fitted(size: tuple[int, int], config: Molding) -> tuple[float, tuple[int, int]]:
    """Return scale and (y, x) px of an image of ``size`` whose short side gets min_dim, its long one at most max_dim.

    min_dim 0 leaves the image as it is.
    """
    short, long = min(size), max(size)
    if not config.min_dim:
        return 1.0, size
    if config.resizer == "pillow":  # two steps, whose rounding differs from one
        scale = config.min_dim / short
        sides = [float(config.min_dim) if side == short else scale * side for side in size]
        if max(sides) > config.max_dim:
            smaller = config.max_dim / max(sides)
            scale, sides = scale * smaller, [side * smaller for side in sides]
    else:
        scale = min(config.max_dim / long, config.min_dim / short)
        sides = [side * scale for side in size]
    half = 0.0 if config.resizer == "torch" else 0.5
    height, width = (max(1, math.floor(side + half)) for side in sides)
    return scale, (height, width)


def resize(image: np.ndarray, size: tuple[int, int], resizer: str = "skimage") -> np.ndarray:
    """Return ``image`` (y, x, channel) at ``size`` (y, x) px by the rule of ``resizer``, in the input's dtype."""
    if image.shape[:2] == tuple(size):
        return image
    return {"skimage": _by_skimage, "torch": _by_torch, "pillow": _by_pillow, "opencv": _by_opencv}[resizer](
        image, size
    )


def _by_skimage(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear, half-pixel centres, 0 outside, truncated: the function that the classic weights were trained with.

    That of scikit-image (``transform.resize``, order 1, without anti-aliasing) to the last bit, which a test holds:
    doubles, each of the four pixels times its weights along y and then x, summed in this order, and cut off to the
    levels that the image has.
    """
    kind = np.float32 if image.dtype == np.float32 else np.float64  # as scikit-image has it
    (up, down), (left, right) = (_between(n, m) for n, m in zip(image.shape[:2], size, strict=True))
    resized = np.zeros((*size, image.shape[2]))
    for row, height in (up, down):
        scaled = image[row] * height[:, None, None]
        for column, width in (left, right):
            resized += scaled[:, column] * width[:, None]
    least, most = (kind(level) for level in (image.min(), image.max()))
    return np.clip(resized.astype(kind, copy=False), least, most).astype(image.dtype)


def _between(source: int, target: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return for each of ``target`` pixels the two of ``source`` it lies between, each with its weight.

    What lies outside weighs nothing, whichever pixel stands for it.
    """
    place = (np.arange(target) + 0.5) * (source / target) - 0.5
    low = np.floor(place)
    share, index = place - low, low.astype(np.intp)
    pair = ((index, 1.0 - share), (index + 1, share))
    return tuple(
        (np.clip(cell, 0, source - 1), np.where((cell >= 0) & (cell < source), weight, 0.0))
        for cell, weight in pair
    )


def _by_torch(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear, half-pixel centres, the border's value outside: ``interpolate(mode="bilinear")``, float32."""
    rows, columns = (line(n, m) for n, m in zip(image.shape[:2], size, strict=True))
    values = image.astype(np.float32, copy=False)
    low, high, share = columns
    wide = values[:, low] * (1 - share)[:, None] + values[:, high] * share[:, None]
    low, high, share = rows
    resized = wide[low] * (1 - share)[:, None, None] + wide[high] * share[:, None, None]
    return resized.astype(image.dtype, copy=False)


def line(source: int, target: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each of ``target`` pixels the two of ``source`` it lies between and the share of the second one.

    In float32, as PyTorch counts: the rounding of a place decides the last digits of a level.
    """
    step = np.float32(source) / np.float32(target)
    place = np.maximum(step * (np.arange(target, dtype=np.float32) + np.float32(0.5)) - np.float32(0.5), 0)
    low = np.minimum(place.astype(np.int32), source - 1)
    return low, np.minimum(low + 1, source - 1), place - low


def _by_pillow(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear with Pillow, each channel by itself, as many as there are; columns first, then rows.

    In two calls, since Pillow 12 and later begin with the rows where that is less work: whole levels lie between, and
    weights learned from the older order.
    """
    from PIL import Image

    height, width = size
    channels = []
    for i in range(image.shape[2]):
        wide = Image.fromarray(image[..., i]).resize((width, image.shape[0]), Image.Resampling.BILINEAR)
        channels.append(np.asarray(wide.resize((width, height), Image.Resampling.BILINEAR)))
    return np.stack(channels, axis=-1)


def _by_opencv(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear as ``cv2.resize`` has it for bytes: whole weights along x, then along y, rounded at the end.

    Half the size exactly is the mean of four pixels there. Beyond the outermost centres a column counts once, a row
    twice, with both weights: the two are cut off one by one.
    """
    if image.shape[0] == 2 * size[0] and image.shape[1] == 2 * size[1]:
        four = image.reshape(size[0], 2, size[1], 2, -1).astype(np.int32).sum(axis=(1, 3))
        return ((four + 2) >> 2).astype(image.dtype)
    levels = image.astype(np.int32)
    low, share = _places(image.shape[1], size[1])
    share = np.where((low < 0) | (low >= image.shape[1] - 1), np.float32(0), share)
    left, right = (np.clip(cell, 0, image.shape[1] - 1) for cell in (low, low + 1))
    first, second = _whole_weights(share)
    wide = (levels[:, left] * first[:, None] + levels[:, right] * second[:, None]) >> 4
    low, share = _places(image.shape[0], size[0])
    above, below = (np.clip(cell, 0, image.shape[0] - 1) for cell in (low, low + 1))
    first, second = (weight[:, None, None] for weight in _whole_weights(share))
    return (((wide[above] * first >> 16) + (wide[below] * second >> 16) + 2) >> 2).astype(image.dtype)


def _places(source: int, target: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of ``target`` pixels the one of ``source`` before it, and the share of the way to the next."""
    step = 1.0 / (target / source)
    place = ((np.arange(target) + 0.5) * step - 0.5).astype(np.float32)
    low = np.floor(place).astype(np.int32)
    return low, place - low.astype(np.float32)


def _whole_weights(share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of both pixels in 1/2048."""
    first, second = (np.rint(part * np.float32(STEPS)).astype(np.int32) for part in (1 - share, share))
    return first, second
