import numpy as np
import pytest

from maskrcnn_core.config import Anchors, Molding, classic, tiny
from maskrcnn_core.data.quality.reach import REACHED_IOU, Reach, best_iou, make_variants
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.stages.anchors import make_anchors


@pytest.mark.parametrize("spacing", [1, 2])
def test_best_iou_is_that_of_all_anchors(spacing):
    anchors = Anchors(scales=(16.0, 32.0, 64.0, 128.0, 256.0), spacing=spacing)
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 180, (300, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(1, 150, (300, 2))], axis=1).astype(np.float32)
    shape = (256, 320)
    theirs = box_algebra.iou(
        boxes.astype(np.float64), make_anchors(shape, anchors).boxes.astype(np.float64)
    ).max(axis=1)
    assert np.allclose(best_iou(boxes, shape, anchors), theirs, atol=1e-6)


def test_anchor_itself_is_reached_wholly():
    config = classic()
    box = make_anchors((1024, 1024), config.anchors).boxes[[200_000]]
    assert best_iou(box, (1024, 1024), config.anchors) == pytest.approx([1.0])


def test_no_boxes_reach_nothing():
    reach = Reach(classic())
    assert reach.add(np.zeros((0, 4), np.float32), (10, 10)).shape == (0,)
    assert (reach.objects, reach.reached, reach.advice) == (0, 0, "")


def squares(side: float, count: int = 9) -> np.ndarray:
    start = np.linspace(5, 100, count)
    return np.stack([start, start, start + side, start + side], axis=-1)


def test_small_objects_get_smaller_scales():
    reach = Reach(tiny())  # 128 px, scales 12 to 128
    best = reach.add(squares(6.0), (128, 128))
    assert (best < REACHED_IOU).all()
    assert reach.reached == 0
    assert "anchors.scales = [6, 12, 24, 48, 64]" in reach.advice
    assert "of 9 objects, not 0" in reach.advice


def test_advice_holds():
    config = tiny()
    before, boxes = Reach(config), squares(6.0)
    before.add(boxes, (128, 128))
    after = Reach(config.replace(**{"anchors.scales": (6.0, 12.0, 24.0, 48.0, 64.0)}))
    after.add(boxes, (128, 128))
    assert f"would reach {after.reached} of" in before.advice


def test_long_objects_get_longer_ratios():
    reach = Reach(tiny())
    reach.add(np.array([[10, 10, 20, 70], [40, 10, 50, 70], [70, 10, 80, 70]], np.float32), (128, 128))
    assert "anchors.ratios = [0.25, 0.5, 1, 2, 4]" in reach.advice


def test_objects_smaller_than_a_stride_get_a_larger_image():
    reach = Reach(tiny())
    start = np.random.default_rng(0).uniform(0, 120, (200, 2))
    reach.add(np.concatenate([start, start + 3.0], axis=1), (128, 128))
    assert "molding.min_dim = 256 and max_dim = 256" in reach.advice


@pytest.mark.parametrize(
    ("word", "worth"), [("anchors.ratios = ", 11), ("molding.min_dim = ", 51), ("anchors.scales = ", 1)]
)
def test_a_change_has_to_gain_more_than_it_costs(word: str, worth: int):
    # of 1,000 objects: one in a hundred for longer ratios, one in twenty for a larger image, none for other scales
    reach = Reach(tiny(), objects=1000)
    alone = next(k for k, one in enumerate(reach.variants) if one.changes[0].startswith(word))
    reach.reached_by[alone] = worth - 1
    assert reach.advice == ""
    reach.reached_by[alone] = worth
    assert reach.advice.startswith(word)


def test_reached_objects_need_no_advice():
    reach = Reach(tiny())
    best = reach.add(squares(24.0), (128, 128))
    assert (best >= REACHED_IOU).all()
    assert reach.advice == ""


def test_objects_are_judged_at_the_molded_scale():
    large, small = Reach(tiny()), Reach(tiny())
    a = large.add(squares(96.0), (512, 512))  # 4 px of the image are one of the network input
    b = small.add(squares(96.0) / 4, (128, 128))
    assert np.allclose(a, b)


@pytest.mark.parametrize("mode", ["square", "pad64", "none", "crop"])
def test_every_mode_of_molding_is_judged(mode):
    config = classic().replace(molding=Molding(mode=mode, min_dim=128, max_dim=128))
    assert Reach(config).add(squares(24.0), (128, 128)).shape == (9,)


def test_variants_change_something_each():
    variants = make_variants(classic())
    assert all(variant.changes for variant in variants)
    assert len({variant.changes for variant in variants}) == len(variants)
    assert all(len(variant.anchors.scales) == 5 for variant in variants)
