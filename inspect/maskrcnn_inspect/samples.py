"""Samples: images that ship, held out of training, each with its ground truth and the weights that it is for.

Those of nuclei are of the 2018 Data Science Bowl, stage 1 (CC0): tissue is its image 673baf65ae5c, fluorescence
4d09672bcf5a, smear 0e4c2e2780de, hard 57bd029b19c1. All are listed among the images held out of training, in
``maskrcnn_core/assets/nuclei_validation.txt``; ``NAME.labels.png`` beside each holds k where its k-th nucleus is, 0
elsewhere. Those of shapes are drawn, from a seed that is neither trained nor validated on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import as_file, files

import numpy as np
from PIL import Image

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.files.suggestions import unknown

UNSEEN_SEED = 20_000  # neither trained nor validated on


@dataclass(frozen=True)
class NamedSample:
    """A sample by name. weights: the shipped ones that it is for. says: what there is to see, in a few words."""

    name: str
    weights: str
    says: str
    read: Callable[[], Sample]


def _micrograph(name: str) -> Sample:
    labels = _pixels(f"{name}.labels.png", "L")
    masks = labels[None] == np.arange(1, labels.max() + 1)[:, None, None]
    return Sample(_pixels(f"{name}.png", "RGB"), np.ones(len(masks), np.int32), masks, source=name)


def _drawn(name: str, index: int, empty: float = 0.0) -> Sample:
    return replace(Shapes(count=10, seed=UNSEEN_SEED, empty=empty)[index], source=name)


_KNOWN = (
    NamedSample("tissue", "nuclei", "purple stain", partial(_micrograph, "tissue")),
    NamedSample("fluorescence", "nuclei", "bright on black", partial(_micrograph, "fluorescence")),
    NamedSample("smear", "nuclei", "nuclei that touch", partial(_micrograph, "smear")),
    NamedSample("hard", "nuclei", "a rare stain, many false", partial(_micrograph, "hard")),
    NamedSample("shapes", "shapes", "drawn, 128 px", partial(_drawn, "shapes", 3)),
    NamedSample("empty", "shapes", "clutter without an object", partial(_drawn, "empty", 0, 1.0)),
)
SAMPLES = {one.name: one for one in _KNOWN}  # the first of each weights is the one that stands for them


def find_sample(name: str) -> NamedSample:
    """Return the sample of that name. Raises: ValueError, naming the nearest, for one that does not ship."""
    if name not in SAMPLES:
        raise ValueError(unknown("sample", SAMPLES, name))
    return SAMPLES[name]


def sample_truth(weights: str) -> Sample | None:
    """Return the sample that stands for ``weights``, with its ground truth; None for weights without one."""
    return next((one.read() for one in SAMPLES.values() if one.weights == weights), None)


def sample_image(weights: str) -> np.ndarray:
    """Return an image (y, x, rgb) uint8 for the shipped ``weights``, or a photograph for any other."""
    sample = sample_truth(weights)
    if sample is not None:
        return sample.image
    from skimage import data  # ships its images; slow to import, so only where it is needed

    return np.asarray(data.astronaut())


def _pixels(name: str, mode: str) -> np.ndarray:
    """Return an image that ships, (y, x, rgb), or (y, x) for labels."""
    with as_file(files(__package__) / "assets" / "samples" / name) as path, Image.open(path) as image:
        return np.asarray(image.convert(mode))
