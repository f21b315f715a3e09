"""Reading the numbers of other implementations, which `thin.py` keeps in ``tests/golden/data``.

The same functions read the full numbers, so that a test can go through both.
"""

from pathlib import Path

import numpy as np
from PIL import Image

Arrays = dict[str, np.ndarray]

MODEL, FUNCTIONS = "matterport_r50_256", "matterport_utils"
LEVELS = {2: 12288, 3: 3072, 4: 768, 5: 192, 6: 48}  # pyramid level -> anchors of an image of 256 px
RPN_OUTPUTS = ("rpn_class_logits", "rpn_probs", "rpn_bbox")
TWICE = {  # array of the small functions -> the one that it equals
    "resize/none/image": "resize/image_in",
    "load_image_gt/mini/image": "resize/square_256_256/image",
    "load_image_gt/full/image": "resize/square_256_256/image",
}


def load(path: Path) -> Arrays:
    """Read all arrays of an npz file."""
    with np.load(path) as arrays:
        return dict(arrays)


def load_functions(goldens: Path) -> Arrays:
    """Read inputs and outputs of the classic implementation's small functions."""
    arrays = load(goldens / FUNCTIONS / "golden_utils.npz")
    return {copy: arrays[original] for copy, original in TWICE.items()} | arrays


def load_model_numbers(goldens: Path) -> Arrays:
    """Read every tensor of the classic model for one photograph; ``masks`` (n, y, x) are its unpacked result."""
    arrays = load(goldens / MODEL / "golden.npz")
    height, width, count = arrays["result/masks_shape"]
    masks = unpacked(arrays["result/masks_packed"], (count, height, width))
    parts = {
        f"{name}_P{level}": part for name in RPN_OUTPUTS for level, part in levels_of(arrays[name]).items()
    }
    with Image.open(goldens / MODEL / "image.png") as image:
        photo = np.asarray(image)
    return {"image": photo, "masks": masks} | parts | arrays


def levels_of(whole: np.ndarray) -> dict[int, np.ndarray]:
    """Give each pyramid level's part of an RPN output (1, anchor, ...) of all levels."""
    ends = np.cumsum(list(LEVELS.values()))
    return dict(zip(LEVELS, np.split(whole, ends[:-1], axis=1), strict=True))


def unpacked(bits: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Turn packed rows, one a mask, into masks of ``shape`` (n, y, x)."""
    return np.unpackbits(bits, axis=1)[:, : shape[1] * shape[2]].reshape(shape).astype(bool)
