"""Composing: what a person is shown, and what a program is given.

Inputs: the image and its pasted detections. Outputs: the image with every instance in a colour of its own, and the
``Result``. Colours are Okabe and Ito's, safe for the colour-blind, and repeat after eight; numbers are the rank of the
detection, so that the same instance has the same colour and number in every view.

Shapes: d instances; y, x image px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Composing
from ..geometry.boxed_masks import BoxedMasks, Masks, inside
from ..recording.trace import Tap, passthrough
from .pasting import blank_masks
from .spec import StageSpec

SPECS = (
    StageSpec(
        "composing",
        reads=("image.original", "pasting.*", "detections.class_ids", "detections.scores"),
        settings=("composing.*",),
        in_graph=False,
    ),
)

# Okabe and Ito 2008, "Color Universal Design", without black and yellow's neighbour to white
PALETTE = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (153, 153, 153),
)


@dataclass(frozen=True)
class Result:
    """The instances of one image, best first; instances without a single pixel of box are left out.

    boxes: (d, yxyx) int32, image px, lower-right corner exclusive; float32 where ``pasting.rule`` is not "box".
    class_ids: (d,) int32. scores: (d,) float32. masks: (d, y, x) bool, an
    array; ``BoxedMasks`` where these were asked for.
    class_names: all K names, background first.
    ranks: d numbers, the row of each among the detections of a trace, which its colour and number follow; 0, 1, 2 …
    where nothing was left out.
    """

    boxes: np.ndarray
    class_ids: np.ndarray
    scores: np.ndarray
    masks: Masks
    class_names: tuple[str, ...]
    ranks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Number the instances where nobody did."""
        if len(self.ranks) != len(self.class_ids):
            object.__setattr__(self, "ranks", tuple(range(len(self.class_ids))))

    def __len__(self) -> int:
        """Return the number of instances."""
        return len(self.class_ids)

    @property
    def labels(self) -> list[str]:
        """The name of each instance's class."""
        return [self.class_names[i] for i in self.class_ids]


def colour_of(rank: int) -> tuple[int, int, int]:
    """Return the RGB colour of the instance of this rank, 0 for the best."""
    return PALETTE[rank % len(PALETTE)]


def compose(
    image: np.ndarray,
    masks: Masks,
    config: Composing,
    ranks: Sequence[int] | None = None,
    tap: Tap = passthrough,
) -> np.ndarray:
    """Return ``image`` (y, x, rgb) uint8 with ``masks`` (d, y, x) blended over it, the best on top.

    ranks: whose colours they get, as in ``Result``; 0, 1, 2 … by default.
    """
    composed = image.astype(np.float32)
    for row in reversed(range(len(masks))):
        colour = np.asarray(colour_of(row if ranks is None else ranks[row]), np.float32)
        part, mask = inside(masks, row)
        under = composed[part]
        under[mask] = (1 - config.alpha) * under[mask] + config.alpha * colour
    return tap("composing.picture", np.rint(composed).astype(np.uint8))


def take(masks: Masks, rows: Sequence[int]) -> Masks:
    """Return ``masks[rows]``, (d, y, x) bool, in memory for the pixels of objects alone: the rest is never touched."""
    if len(rows) == len(masks):
        return masks
    if isinstance(masks, BoxedMasks):
        return masks.rows(rows)
    taken = blank_masks(len(rows), masks.shape[1:])
    for target, row in zip(taken, rows, strict=True):
        part, mask = inside(masks, row)
        target[part] = mask
    return taken


def covered(masks: Masks) -> np.ndarray:
    """Return (y, x) bool: where any of ``masks`` (d, y, x) is."""
    union = np.zeros(masks.shape[1:], bool)
    for row in range(len(masks)):
        part, mask = inside(masks, row)
        union[part] |= mask
    return union
