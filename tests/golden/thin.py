"""Make ``tests/golden/data`` from the full numbers of the other implementations.

    python -m tests.golden.thin FULL_FOLDER tests/golden/data

Nothing is rounded: every number kept is the number computed. What is left out, so that a clone stays small:

- classic model (``matterport_r50_256``): of a large tensor K, the entries between strides. Kept are ``K__sub`` =
  K[::s0, ::s1, ...], and over all entries ``K__stats`` (sum, mean, std, min, max), ``K__chan_mean`` (over all but the
  last axis) and ``K__pos_mean`` (over the last axis) or, of many ROIs, ``K__row_mean`` (over the last two axes): an
  error anywhere in K still shows. Of the masks of all classes also each detection's own, ``mrcnn_mask_of_class``,
  whole: pasting starts from it. The RPN's outputs of single levels are slices of the whole ones, and the photograph is
  ``image.png``: `reading.py` puts both back.
- classic functions (``matterport_utils``): images that are there twice, which `reading.py` puts back, and nine in
  ten rows of the largest one.
- everything else is copied as it is.
"""

import shutil
import sys
from pathlib import Path

import numpy as np

from tests.golden.reading import FUNCTIONS, LEVELS, MODEL, RPN_OUTPUTS, TWICE, Arrays, levels_of, load

COPIED = (
    "README_matterport.md",
    "make_matterport_weights.py",
    f"{MODEL}/config.json",
    f"{MODEL}/image.png",
    f"{MODEL}/weights_manifest.json",
    f"{FUNCTIONS}/README.md",
    "roi_align.npz",
    "nms.npz",
    "paste_masks.npz",
    "peer_cases.json",
)

# large tensor of the classic model -> the stride of each axis
STRIDES = {
    "C1": (1, 4, 4, 2),
    "C4": (1, 2, 2, 8),
    "C5": (1, 2, 2, 8),
    "fpn_p3add": (1, 4, 4, 4),
    "fpn_p4add": (1, 2, 2, 4),
    "P3": (1, 4, 4, 4),
    "P4": (1, 2, 2, 4),
    "mrcnn_mask_logits": (5, 3, 3, 1),
    "mrcnn_mask": (1, 5, 3, 3, 1),
}
# large tensor of many ROIs: a mean at each position of each ROI would be large too
OF_ROIS = (
    "roi_align_classifier",
    "roi_align_mask",
    "mrcnn_mask_conv1",
    "mrcnn_mask_bn4",
    "mrcnn_mask_deconv",
    "mrcnn_mask_logits",
    "mrcnn_mask",
)
ROWS = ("resize/pad64_minscale2/image", 10)  # the largest image, and how many rows on the next one kept is


def thinned(tensor: np.ndarray, stride: tuple[int, ...]) -> Arrays:
    """Give what is kept of a tensor, by the ending of its key."""
    wide = tensor.astype(np.float64)
    return {
        "shape": np.array(tensor.shape),
        "stats": np.array([wide.sum(), wide.mean(), wide.std(), wide.min(), wide.max()]),
        "stride": np.array(stride),
        "sub": tensor[tuple(slice(None, None, step) for step in stride)],
        "chan_mean": wide.mean(axis=tuple(range(wide.ndim - 1))),
        "pos_mean": wide.mean(axis=-1).astype(np.float32),
    }


def thin_model(full: Arrays) -> Arrays:
    """Give what is kept of every tensor of the classic model."""
    parts = {f"{name}_P{level}" for name in RPN_OUTPUTS for level in LEVELS}
    for name in RPN_OUTPUTS:
        for level, part in levels_of(full[name]).items():
            assert (part == full[f"{name}_P{level}"]).all(), f"{name} is not its levels in a row"
    kept = {key: array for key, array in full.items() if key not in parts | STRIDES.keys() | {"image"}}
    for key, stride in STRIDES.items():
        kept |= {f"{key}__{ending}": array for ending, array in thinned(full[key], stride).items()}
    for key in OF_ROIS:
        means = kept.pop(f"{key}__pos_mean").astype(np.float64)
        kept[f"{key}__row_mean"] = means.mean(axis=-1).astype(np.float32)
    class_ids = full["detections"][0, :, 4].astype(int)
    kept["mrcnn_mask_of_class"] = full["mrcnn_mask"][0][np.arange(len(class_ids)), :, :, class_ids]
    return kept


def thin_functions(full: Arrays) -> Arrays:
    """Give what is kept of the small functions' numbers."""
    for copy, original in TWICE.items():
        assert (full[copy] == full[original]).all(), f"{copy} is not {original}"
    kept = {key: array for key, array in full.items() if key not in TWICE}
    key, step = ROWS
    return kept | {key: full[key][::step]}


def main(full: Path, out: Path) -> None:
    """Write the thinned folder ``out`` from the folder ``full``."""
    for name in COPIED:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(full / name, out / name)
    np.savez_compressed(out / MODEL / "golden.npz", **thin_model(load(full / MODEL / "golden.npz")))
    functions = thin_functions(load(full / FUNCTIONS / "golden_utils.npz"))
    np.savez_compressed(out / FUNCTIONS / "golden_utils.npz", **functions)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
