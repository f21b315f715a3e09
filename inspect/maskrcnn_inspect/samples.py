"""Sample pictures for weights that ship: one that the model has never seen and does well on."""

from __future__ import annotations

import numpy as np

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.sample import Sample

UNSEEN_SEED = 20_000  # neither trained nor validated on


def sample_truth(weights: str) -> Sample | None:
    """Return the sample picture with its truth, or None where nobody has marked its objects."""
    return Shapes(count=10, seed=UNSEEN_SEED)[3] if weights == "shapes" else None


def sample_picture(weights: str) -> np.ndarray:
    """Return a picture (y, x, rgb) uint8 for the shipped ``weights``, or a photograph for any other."""
    if weights == "shapes":
        return Shapes(count=10, seed=UNSEEN_SEED)[3].image
    from skimage import data  # ships its pictures; slow to import, so only where it is needed

    if weights == "nuclei":
        return micrograph(data.immunohistochemistry())
    return np.asarray(data.astronaut())


def micrograph(slide: np.ndarray) -> np.ndarray:
    """Return connective tissue from scikit-image's stained ``slide`` (y, x, rgb) uint8, twice as large.

    The model learned from nuclei of some 20 px; on the slide they have 10. (Blue: haematoxylin, which stains nuclei.)
    """
    from skimage.transform import resize

    part = slide[322:408, 168:252]
    size = (2 * part.shape[0], 2 * part.shape[1])
    return resize(part, size, order=1, preserve_range=True, anti_aliasing=False).round().astype(np.uint8)
