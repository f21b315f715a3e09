"""torchvision's operators and pasting over many cases: unaligned and adaptive ROIAlign, masks with a cell around."""

import json

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.stages.pasting import paste_padded
from maskrcnn_core.stages.roi_align import Regions, roi_align
from maskrcnn_core.stages.roi_sampling import lines, operator_boxes, points_a_side
from tests.golden.peers import goldens, relative_error


def arrays_of(name: str) -> dict[str, np.ndarray]:
    with np.load(goldens() / name) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def pooled() -> dict[str, np.ndarray]:
    return arrays_of("roi_align.npz")


def regions_of(case: dict, arrays: dict[str, np.ndarray]) -> Regions:
    rois = arrays[case["rois"]]
    boxes, image = rois[:, [2, 1, 4, 3]], rois[:, 0].astype(np.int32)
    return Regions(tf.constant(boxes), tf.constant(image), tf.constant([64, 64]), 0.0)


def cases(arrays: dict[str, np.ndarray], adaptive: bool) -> list[dict]:
    found = [case for case in json.loads(arrays["meta"].tobytes()) if case.get("out", "").startswith("out/")]
    square = [case for case in found if case["output_size"][0] == case["output_size"][1]]
    return [case for case in square if (case["sampling_ratio"] <= 0) == adaptive]


def pool(case: dict, arrays: dict[str, np.ndarray]) -> np.ndarray:
    config = RoiAlign(
        case["output_size"][0], "cells", max(case["sampling_ratio"], 0), aligned=case["aligned"]
    )
    features = tf.constant(arrays[case["feat"]].transpose(0, 2, 3, 1))
    found = roi_align(features, regions_of(case, arrays), config, 1 / case["spatial_scale"])
    return found.numpy().transpose(0, 3, 1, 2)


@pytest.mark.parametrize("adaptive", [False, True], ids=["fixed", "adaptive"])
def test_roi_align_is_torchvisions_with_and_without_alignment(adaptive: bool, pooled: dict[str, np.ndarray]):
    chosen = cases(pooled, adaptive)
    errors = [relative_error(pool(case, pooled), pooled[case["out"]]) for case in chosen]
    print(f"{len(chosen)} cases of 25 ROIs, relative error {max(errors):.1e}")
    assert {case["aligned"] for case in chosen} == {False, True}
    assert max(errors) < 1e-5


@pytest.mark.parametrize("aligned", [False, True])
def test_lines_read_what_adaptive_sampling_pools(aligned: bool):
    features = np.random.default_rng(0).normal(size=(16, 24, 3)).astype(np.float32)
    boxes = np.float32([[3, 5, 20, 90], [0, 0, 64, 96], [-9, 40, 30, 120], [60, 90, 63, 95]])
    config = RoiAlign(3, "cells", 0, aligned=aligned)
    shape = np.float32([64, 96])
    inside = Regions(tf.constant(boxes), tf.zeros(4, tf.int32), tf.constant(shape), 0.0)
    wanted = roi_align(tf.constant(features)[None], inside, config, 4).numpy()
    regions = Regions(boxes, None, shape, 0.0)
    points = points_a_side(regions, config, 4)
    for row, box in enumerate(operator_boxes(regions, np.float32([16, 24]), config, 4)):
        each = tuple(int(count) for count in points[row])
        weights = []
        for line, size in zip(lines(box, (16, 24), config, each), (16, 24), strict=True):
            matrix = np.zeros((len(line.place), size))
            np.add.at(matrix, (np.arange(len(line.place)), line.low), (1 - line.share) * line.inside)
            np.add.at(matrix, (np.arange(len(line.place)), line.high), line.share * line.inside)
            weights.append(matrix.reshape(3, -1, size).mean(axis=1))
        np.testing.assert_allclose(np.einsum("iy,jx,yxc->ijc", *weights, features), wanted[row], atol=2e-5)
    assert points.max() > 3


def test_adaptive_sampling_of_no_box_gives_none_and_of_an_empty_box_zero():
    features, config = tf.ones([1, 8, 8, 2]), RoiAlign(7, "cells", 0)
    nothing = Regions(tf.zeros([0, 4]), tf.zeros(0, tf.int32), tf.constant([32, 32]), 0.0)
    assert roi_align(features, nothing, config, 4).shape == (0, 7, 7, 2)
    point = Regions(tf.constant([[8.0, 8.0, 8.0, 8.0]]), tf.zeros(1, tf.int32), tf.constant([32, 32]), 0.0)
    assert not roi_align(features, point, config, 4).numpy().any()


@pytest.mark.parametrize("group", ["a", "b"])
def test_masks_are_pasted_as_torchvision_pastes_them(group: str):
    arrays = arrays_of("paste_masks.npz")
    height, width = arrays[f"{group}/image_size"]
    wanted = np.unpackbits(arrays[f"{group}/pasted_bits_half"], axis=-1, count=width).astype(bool)
    differing = 0
    for mask, box, bits in zip(arrays[f"{group}/masks"], arrays[f"{group}/boxes"], wanted, strict=True):
        target = np.zeros((height, width), bool)
        paste_padded(target, mask, box[[1, 0, 3, 2]], 0.5)
        differing += int((target != bits).sum())
    print(f"{differing} of {wanted.size} pixels differ")
    assert differing == 0
