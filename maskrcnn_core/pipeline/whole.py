"""The whole way of one image around a network: preprocessing, anchors, the network, pasting, composing.

Inputs: an image and something that runs the network. Outputs: its ``Result``. Needs no TensorFlow: the network may be
the compiled graph, or an export of it in another engine; what stands around it is the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..config import Config, Molding
from ..data.reading.images import SourceImage
from ..recording.trace import Tap, Trace
from ..runtime.memory import INPUT, NETWORK, WORKING, require_memory
from ..stages.anchors import make_anchors
from ..stages.composing import Result, compose, take
from ..stages.molding import layout, mold
from ..stages.pasting import paste, paste_boxed

# (image, window, anchors, tap, config, given) -> detections and masks, with the fields of their stages' outputs
Network = Callable[..., tuple[Any, Any]]


def run_image(
    network: Network,
    source: SourceImage,
    tap: Tap,
    config: Config,
    given: Mapping[str, Any],
    boxed: bool = False,
) -> Result:
    """Preprocess, run the network, paste and compose.

    given: outputs of stages that are not to run again, by stage.
    boxed: masks inside their boxes alone; ``tap`` does not see them.
    """
    _require_room_for_all(source.pixels.shape[:2], config.molding, given)
    image = source.pixels if given else tap("image.original", source.pixels)
    molded = given.get("molding") or mold(image, config.molding, tap=tap)
    if "mask_head" in given:
        detections, masks = given["detections"], given["mask_head"]
    else:
        anchors = given.get("anchors") or make_anchors(molded.image.shape[:2], config.anchors)
        detections, masks = network(molded.image, molded.window, anchors, tap, config, given)
    boxes, probs = np.asarray(detections.boxes), np.asarray(masks.probs)
    how = paste_boxed if boxed else paste
    pasted = given.get("pasting") or how(boxes, probs, molded.window, image.shape[:2], config, tap=tap)
    if isinstance(tap, Trace) and tap.wants("composing.picture"):
        compose(SourceImage(image).for_display(), pasted.masks, config.composing, tap=tap)
    placed = np.flatnonzero((pasted.boxes[:, 2:] > pasted.boxes[:, :2]).all(axis=1)).tolist()
    ids, scores = np.asarray(detections.class_ids)[placed], np.asarray(detections.scores)[placed]
    found = take(pasted.masks, placed)
    return Result(pasted.boxes[placed], ids, scores, found, config.class_names, tuple(placed))


def _require_room_for_all(size: tuple[int, ...], config: Molding, given: Mapping[str, Any]) -> None:
    """Raise MemoryError, before anything runs, where an image of ``size`` (y, x) px needs more than is free.

    To preprocess 108 megapixels and to place anchors on them takes half a minute, of which nothing would be left.
    """
    _require_room(size, WORKING, "")
    if "mask_head" in given:
        return
    if "molding" in given:
        _require_room(given["molding"].image.shape[:2], NETWORK, "the network on ")
    else:
        _require_room(layout(size, config).shape, INPUT + NETWORK, "the network on ")


def _require_room(size: tuple[int, ...], pixel: int, where: str) -> None:
    """Raise MemoryError where ``pixel`` bytes for each of an image of ``size`` (y, x) px are more than is free."""
    what = f"{where}an image of {size[0]} x {size[1]} px"
    require_memory(pixel * size[0] * size[1], what, "--tile (detect_tiled), or scale the image down")
