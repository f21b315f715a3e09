"""The network input as a person sees it.

Inputs: a trace. Outputs: an image. Normalising is undone with the stage's own function, ``molding.grey_levels``.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.molding import grey_levels


def network_input(trace: Trace) -> np.ndarray:
    """Return the network input as an image (y, x, rgb) uint8: normalising undone, NaN black."""
    grey = grey_levels(trace["molding.image"], config_of(trace).molding)
    image = np.nan_to_num(np.clip(np.rint(grey), 0, 255)).astype(np.uint8)
    rgb = image[..., :3] if image.shape[2] >= 3 else np.repeat(image[..., :1], 3, axis=2)
    rgb.setflags(write=False)  # views share it
    return rgb
