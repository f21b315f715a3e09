"""Augmented: one sample as training sees it, by the functions of the training pipeline.

Inputs: a sample, the names of transforms, a seed and a strength. Outputs: the preprocessed sample that this draw gives.
Why: a transform that moves the image and forgets the masks spoils every epoch, and no loss says so.

Shapes: g objects that are left; y, x network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.stages.molding import grey_levels

if TYPE_CHECKING:
    from maskrcnn_core.data.input.augment import Ranges

ADDED = ("brightness", "hue")  # of the ranges, those whose 0 changes nothing; of the others, factors, it is 1


@dataclass(frozen=True)
class Augmented:
    """A sample as one draw of the transforms makes it.

    sample: preprocessed, with its mean added again. rows: (g,) the object of the original that each of its objects is.
    """

    sample: Sample
    rows: np.ndarray

    @property
    def box_error(self) -> float:
        """Return by how many px any side of any box is off the box of its own mask.

        Law: below 1 for every draw of every transform: a box keeps fractions of a pixel, which a mask cannot.
        """
        own = box_algebra.from_masks(self.sample.masks)
        return float(np.abs(self.sample.boxes - own).max(initial=0.0))


def transform_names() -> tuple[str, ...]:
    """Return the names of all transforms."""
    from maskrcnn_core.data.input.augment import TRANSFORMS

    return tuple(TRANSFORMS)


def ranges_of(strength: float) -> Ranges:
    """Return how far transforms go at ``strength``: 1 = as in training, 0 = nowhere, 2 = twice as far.

    What is added is multiplied by it; for factors it is an exponent, so that none turns negative. Flips and quarter
    turns have no strength. Raises: ValueError below 0.
    """
    from maskrcnn_core.data.input.augment import Ranges  # needs TensorFlow

    if not strength >= 0.0:
        raise ValueError(f"wanted a strength of at least 0, received {strength}")
    full = Ranges()
    chosen = {}
    for one in fields(full):
        ends = getattr(full, one.name)
        chosen[one.name] = tuple(end * strength if one.name in ADDED else end**strength for end in ends)
    return Ranges(**chosen)


def augmented(
    sample: Sample, names: Sequence[str], seed: int, config: Config, strength: float = 1.0
) -> Augmented:
    """Return ``sample`` after the transforms ``names`` and preprocessing, as a batch of training would hold it.

    Masks are whole, whatever ``training.mini_mask`` says. Objects of which nothing is left are gone.
    """
    import tensorflow as tf  # slow to import, so only where it is needed

    from maskrcnn_core.data.input.augment import augment
    from maskrcnn_core.data.input.molding import mold_scene
    from maskrcnn_core.data.input.pipeline import with_channels
    from maskrcnn_core.data.input.record import decode_record, encode_sample

    # each object carries its row in place of its class, so that those that are left are known
    numbered = replace(sample, class_ids=np.arange(len(sample), dtype=np.int32))
    scene = decode_record(tf.constant(encode_sample(numbered)))
    scene = scene._replace(image=with_channels(scene.image, config.molding.channels))
    draws = tf.constant([seed, 0], tf.int32)
    scene = augment(scene, names, tf.random.fold_in(draws, 0), ranges_of(strength))
    molded = mold_scene(scene, config.replace(**{"training.mini_mask": None}), tf.random.fold_in(draws, 1))
    rows, boxes, masks = (np.asarray(part) for part in (molded.class_ids, molded.boxes, molded.masks))
    image = image_of(np.asarray(molded.image), config)
    crowds = np.asarray(molded.is_crowd)
    return Augmented(Sample(image, sample.class_ids[rows], masks, crowds, boxes, sample.source), rows)


def image_of(image: np.ndarray, config: Config) -> np.ndarray:
    """Return a network input (y, x, channel) as an image uint8: the mean added again."""
    return np.clip(np.rint(grey_levels(image, config.molding)), 0, 255).astype(np.uint8)
