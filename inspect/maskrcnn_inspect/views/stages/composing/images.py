"""Images of the result: overlay, grey splash, background removed, cut-outs side by side, and their PNG files.

Inputs: a trace and the rows of its detections. Outputs: arrays and bytes; drawn by
``maskrcnn_core.inference.outputs``, which draws for ``maskrcnn detect`` as well.

Shapes: d detections; y, x image px.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from maskrcnn_core.inference.outputs import cutout, overlay, splash
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.composing import Result, covered, take

from ...framework.instances import image_of
from ...framework.rows import classes_of

LOOKS = ("image", "composed, as recorded", "grey splash", "background removed")
TILE = 128  # px, side of a cut-out's place at least
MOST = 40  # cut-outs side by side
EDGE = 8  # px around each
WHITE = 255


def result_of(trace: Trace, rows: np.ndarray) -> Result:
    """Return detections ``rows`` of ``trace`` as ``maskrcnn detect`` has them, with their ranks."""
    class_ids = trace["detections.class_ids"]
    names = classes_of(trace, class_ids)["class_names"]
    return Result(
        trace["pasting.boxes"][rows],
        class_ids[rows],
        trace["detections.scores"][rows],
        take(trace["pasting.masks"], rows.tolist()),
        tuple(names),
        tuple(int(row) for row in rows),
    )


def look_of(trace: Trace, rows: np.ndarray, look: str) -> np.ndarray:
    """Return the image (y, x, rgb or rgba) uint8 of a look of ``LOOKS``; transparent where background is removed.

    Raises: ValueError for another look.
    """
    if look == "composed, as recorded":
        return np.asarray(trace["composing.picture"])
    image = image_of(trace)
    if look == "image":
        return image
    masks = take(trace["pasting.masks"], rows.tolist())
    if look == "grey splash":
        return splash(image, masks)
    if look == "background removed":
        return cutout(image, covered(masks), np.array([0, 0, *image.shape[:2]]))
    raise ValueError(f"wanted a look of {', '.join(LOOKS)}, received {look!r}")


def on_white(image: np.ndarray) -> np.ndarray:
    """Return (y, x, rgb) uint8 with white where ``image`` (y, x, rgb or rgba) is transparent."""
    if image.shape[2] == 3:
        return image
    return np.where(image[..., 3:] > 0, image[..., :3], np.uint8(WHITE))


def sheet(trace: Trace, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cut-outs of ``rows`` side by side on white, (y, x, rgb) uint8, and the place (d, yxyx) of each.

    Small ones are enlarged by a whole factor, large ones made smaller, so that each fills its tile.
    """
    rows = rows[:MOST]
    image = image_of(trace)
    parts = [cutout(image, trace["pasting.masks"][row], trace["pasting.boxes"][row]) for row in rows]
    fitted = [_fitted(on_white(part)) if part.size else np.zeros((0, 0, 3), np.uint8) for part in parts]
    columns = max(1, int(np.ceil(np.sqrt(len(rows) * 2))))
    lines = -(-len(rows) // columns)
    step = TILE + 2 * EDGE
    drawn = np.full((max(1, lines) * step, columns * step, 3), WHITE, np.uint8)
    places = np.zeros((len(rows), 4), np.float32)
    for place, part in enumerate(fitted):
        top, left = (one * step + EDGE for one in divmod(place, columns))
        height, width = part.shape[:2]
        drawn[top : top + height, left : left + width] = part
        places[place] = top, left, top + max(height, 1), left + max(width, 1)
    return drawn, places


def _fitted(part: np.ndarray) -> np.ndarray:
    """Return ``part`` (y, x, rgb) such that its longer side fills a tile as well as whole factors allow."""
    longest = max(part.shape[:2])
    if longest <= TILE:
        factor = TILE // longest
        return part.repeat(factor, axis=0).repeat(factor, axis=1)
    small = Image.fromarray(part)
    small.thumbnail((TILE, TILE))
    return np.asarray(small)


def png_of(trace: Trace, rows: np.ndarray, look: str) -> bytes:
    """Return the PNG file of a look; of the image itself with masks, boxes and labels on it."""
    shown = look_of(trace, rows, look)
    if look == "image":
        shown = overlay(shown, result_of(trace, rows), config_of(trace).composing)
    file = BytesIO()
    Image.fromarray(shown).save(file, "PNG")
    return file.getvalue()
