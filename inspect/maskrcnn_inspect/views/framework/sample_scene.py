"""A sample as a scene: the image with its masks blended in, and its boxes with class and number.

The number and colour of an object are those of its row in the data set's own sample, in every view.

Shapes: g objects; y, x px of the sample's own frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskrcnn_core.config import Composing
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.sample import IGNORED, Sample
from maskrcnn_core.stages.composing import compose

from ...canvas import NEUTRAL, Boxes, Layer
from .scene import Scene


def sample_scene(
    sample: Sample,
    class_names: Sequence[str],
    title: str,
    note: str = "",
    rows: np.ndarray | None = None,
    masks: bool = True,
    layers: Sequence[Layer] = (),
) -> Scene:
    """Return ``sample`` with its boxes, its ``masks`` and further ``layers`` below the boxes.

    rows: (g,) the number of each object in the data set's sample; 0, 1, 2 … by default. Crowds are dotted and grey.
    """
    numbers = np.arange(len(sample)) if rows is None else np.asarray(rows)
    boxes = Boxes(
        sample.boxes, "objects", of="truths", index=numbers,
        colours=np.where(sample.is_crowd, NEUTRAL, numbers),
        style=["dotted" if crowd else "solid" for crowd in sample.is_crowd],
        filtered=False, **classes_of(class_names, sample.class_ids),
    )  # fmt: skip
    return Scene(title, image_of_sample(sample, numbers, masks), [*layers, boxes], note)


def image_of_sample(sample: Sample, rows: Sequence[int] | np.ndarray, masks: bool = True) -> np.ndarray:
    """Return the image (y, x, rgb) uint8, with the masks of all but crowds blended in."""
    image = SourceImage(sample.image).for_display()
    single = ~sample.is_crowd
    if not masks or not single.any():
        return image
    ranks = [int(row) for row in np.asarray(rows)[single]]
    return compose(image, sample.masks[single], Composing(), ranks)


def classes_of(class_names: Sequence[str], class_ids: np.ndarray) -> dict[str, Any]:
    """Return the two arguments of a layer that name the classes of its rows, also of ids without a name."""
    names = [
        *class_names,
        *(f"class {k}" for k in range(len(class_names), int(class_ids.max(initial=0)) + 1)),
    ]
    if IGNORED in class_ids:
        class_ids, names = np.where(class_ids == IGNORED, len(names), class_ids), [*names, "ignored region"]
    return {"class_ids": class_ids, "class_names": names}


def frame_of(sample: Sample) -> str:
    """Return the size of a sample in words."""
    return f"{sample.image.shape[1]} x {sample.image.shape[0]} px"
