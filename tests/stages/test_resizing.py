"""The classic resizing is that of scikit-image, to the last bit."""

import numpy as np
import pytest
from skimage.transform import resize as skimage_resize

from maskrcnn_core.stages.resizing import resize

SIZES = [(1, 1), (1, 90), (7, 5), (64, 48), (65, 129), (199, 3)]


def by_skimage(image, size):
    options = {"order": 1, "mode": "constant", "cval": 0, "preserve_range": True, "anti_aliasing": False}
    return skimage_resize(image, (*size, image.shape[2]), **options).astype(image.dtype)


@pytest.mark.parametrize(
    ("dtype", "least"),
    [(np.uint8, 0), (np.uint8, 90), (np.uint16, 3000)]
    + [(dtype, least) for dtype in (np.int32, np.float32, np.float64) for least in (0, 90, -60, -200)],
)
@pytest.mark.parametrize("source", SIZES)
def test_every_level_is_that_of_scikit_image(source, least, dtype):
    rng = np.random.default_rng(source[0])
    levels = rng.integers(least, least + 100, (*source, 3))
    image = (levels + (rng.random(levels.shape) if np.issubdtype(dtype, np.floating) else 0)).astype(dtype)
    for size in SIZES:
        resized = resize(image, size)
        assert resized.dtype == image.dtype
        np.testing.assert_array_equal(resized, by_skimage(image, size))


def test_levels_worked_out_by_hand():
    # Two pixels to four: places -0.25, 0.25, 0.75, 1.25. The first has a share of 0.25 outside, where 0 is: 75, below
    # the least level that the image has, which is 100. The last one: 0.75 of 200.
    image = np.array([100, 200], np.uint8).reshape(1, 2, 1)
    assert resize(image, (1, 4)).ravel().tolist() == [100, 125, 175, 150]
