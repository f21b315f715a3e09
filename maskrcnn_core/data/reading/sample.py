"""One image with its ground truth: what every reader returns and every stage of training starts from.

Shapes: g ground-truth objects; y, x the image's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...geometry import boxes as box_algebra

_NOT_GIVEN = np.empty(0)
IGNORED = (
    -1
)  # class_id of a region of which nothing is known: no example of nothing, and no false alarm where it is


@dataclass(frozen=True)
class Sample:
    """An image and the objects in it.

    image: (y, x, channel) uint8.
    class_ids: (g,) int32, 1 to K - 1; ``IGNORED`` for regions of no class, which are crowds of every class.
    masks: (g, y, x) bool, image px.
    is_crowd: (g,) bool: a region of many objects, which is neither to be found nor a mistake (COCO iscrowd).
    boxes: (g, yxyx) float32, image px, lower-right corner exclusive; those of the masks unless given.
    source: where it comes from: a file, or a generator with its seed. Text only.
    """

    image: np.ndarray
    class_ids: np.ndarray
    masks: np.ndarray
    is_crowd: np.ndarray = field(default_factory=lambda: _NOT_GIVEN)
    boxes: np.ndarray = field(default_factory=lambda: _NOT_GIVEN)
    source: str = ""

    def __post_init__(self) -> None:
        """Fill in what follows from the masks and hold the shapes against each other."""
        if self.is_crowd is _NOT_GIVEN or self.is_crowd is None:
            object.__setattr__(self, "is_crowd", np.asarray(self.class_ids) == IGNORED)
        if self.boxes is _NOT_GIVEN or self.boxes is None:
            object.__setattr__(self, "boxes", box_algebra.from_masks(self.masks).astype(np.float32))
        count, size = len(self.class_ids), self.image.shape[:2]
        for name, wanted in (("masks", (count, *size)), ("boxes", (count, 4)), ("is_crowd", (count,))):
            received = getattr(self, name).shape
            if received != wanted:
                raise ValueError(
                    f"{self.source or 'sample'}: wanted {name} of shape {wanted}, received {received}"
                )

    def __len__(self) -> int:
        """Return the number of ground-truth objects."""
        return len(self.class_ids)


def name_of_class(class_names: Sequence[str], class_id: int) -> str:
    """Return the name of an object's class, in words for a region of none."""
    return "ignored region" if class_id == IGNORED else class_names[class_id]


def with_ignored(class_names: Sequence[str]) -> tuple[str, ...]:
    """Return class names with one more, so that ``IGNORED``, the last from behind, has words as well."""
    return (*class_names, name_of_class(class_names, IGNORED))
