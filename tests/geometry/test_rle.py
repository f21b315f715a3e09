import numpy as np
import pytest
from pycocotools import mask as coco_mask

from maskrcnn_core.geometry.rle import decode_rle


def test_runs_by_hand():
    mask = decode_rle({"size": [2, 3], "counts": [1, 2, 2, 1]}, (2, 3))
    assert mask.tolist() == [[False, True, False], [True, False, True]]


def test_counts_and_text_agree_with_pycocotools():
    rng = np.random.default_rng(0)
    for _ in range(40):
        height, width = rng.integers(1, 90, 2).tolist()
        mask = rng.random((height, width)) < rng.choice([0.0, 0.02, 0.5, 0.98, 1.0])
        text = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert (decode_rle(text, (height, width)) == mask).all()
        assert (decode_rle({**text, "counts": text["counts"].decode()}, (height, width)) == mask).all()
        flat = mask.T.ravel()
        edges = np.flatnonzero(np.diff(np.concatenate([[False], flat]))).tolist()
        counts = np.diff([0, *edges, flat.size]).tolist()
        assert (decode_rle({"size": [height, width], "counts": counts}, (height, width)) == mask).all()


def test_sizes_written_as_text_are_read():
    assert decode_rle({"size": ["2", "3"], "counts": [0, 6]}, (2, 3)).all()


def test_large_runs_agree_with_pycocotools():
    mask = np.zeros((3000, 2000), np.uint8, order="F")
    mask[100:2900, 500:1500] = 1
    assert (decode_rle(coco_mask.encode(mask), (3000, 2000)) == mask).all()


@pytest.mark.parametrize(
    "rle",
    [
        None,
        [],
        {},
        {"size": [2, 3]},
        {"counts": [6]},
        {"size": [2], "counts": [6]},
        {"size": ["2", "three"], "counts": [6]},
        {"size": [3, 2], "counts": [6]},  # not the image's
        {"size": [10**6, 10**6], "counts": [10**12]},  # a terabyte
        {"size": [2, 3], "counts": [5]},
        {"size": [2, 3], "counts": [7]},
        {"size": [2, 3], "counts": [-1, 7]},
        {"size": [2, 3], "counts": [6.0]},
        {"size": [2, 3], "counts": [True, 5]},
        {"size": [2, 3], "counts": [10**400]},
        {"size": [2, 3], "counts": [2**63, 6]},
        {"size": [2, 3], "counts": "6"[:0]},
        {"size": [2, 3], "counts": "P"},  # ends within a number: pycocotools reads past the end
        {"size": [2, 3], "counts": "ooooooooooooo"},
        {"size": [2, 3], "counts": "é6"},
        {"size": [2, 3], "counts": "\x00"},
        {"size": [2, 3], "counts": "O"},  # -1
        {"size": [2, 3], "counts": 6},
    ],
)
def test_what_cannot_be_is_refused(rle):
    with pytest.raises(ValueError, match="wanted"):
        decode_rle(rle, (2, 3))
