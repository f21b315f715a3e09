"""What is shown of augmentation is what training gets, and boxes are those of the masks."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, Molding, tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.augment import Ranges
from maskrcnn_core.data.input.pipeline import load_sample
from maskrcnn_core.data.input.records import open_records
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_inspect.analysis.data.augmented import augmented, image_of, ranges_of, transform_names

CONFIG = tiny(Shapes.class_names)
NAMES = transform_names()


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Shapes(count=10, seed=20_000)[3]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strength", [1.0, 2.5])
def test_boxes_are_those_of_their_masks(sample, name, strength):
    for seed in range(4):
        seen = augmented(sample, [name], seed, CONFIG, strength)
        assert seen.box_error < 1.0
        assert seen.sample.masks.any(axis=(1, 2)).all()  # what is not seen is no ground truth


def test_an_object_keeps_its_number_when_others_leave_the_frame():
    masks = np.zeros((3, 64, 64), bool)
    masks[0, :8, :8], masks[1, 28:36, 28:36], masks[2, 56:, 56:] = True, True, True
    image = np.zeros((64, 64, 3), np.uint8)
    image[masks[0]], image[masks[1]], image[masks[2]] = 50, 100, 200
    corners = Sample(image, np.array([1, 2, 3], np.int32), masks)
    gone = set()
    for seed in range(12):
        seen = augmented(corners, ["crop"], seed, CONFIG.replace(**{"molding.mode": "none"}))
        gone |= {0, 1, 2} - set(seen.rows.tolist())
        for row, mask, class_id in zip(seen.rows, seen.sample.masks, seen.sample.class_ids, strict=True):
            assert class_id == row + 1
            assert np.median(seen.sample.image[mask]) == (50, 100, 200)[row]
    assert {0, 2} <= gone  # the test has seen objects leave


def test_a_draw_follows_from_its_seed(sample):
    one, same, other = (augmented(sample, ["scale", "color"], seed, CONFIG) for seed in (1, 1, 2))
    assert np.array_equal(one.sample.image, same.sample.image)
    assert not np.array_equal(one.sample.image, other.sample.image)


def test_without_strength_nothing_random_is_left(sample):
    still = [name for name in NAMES if name not in ("flip_lr", "flip_ud", "rot90", "invert")]
    assert len(still) >= 4
    seen = augmented(sample, still, 7, CONFIG, strength=0.0)
    assert np.array_equal(seen.sample.image, augmented(sample, [], 7, CONFIG).sample.image)
    assert seen.sample.boxes == pytest.approx(sample.boxes)


def test_strength_one_is_that_of_training():
    assert ranges_of(1.0) == Ranges()
    assert ranges_of(2.0).brightness == (-64.0, 64.0)
    assert ranges_of(2.0).scale == pytest.approx((0.64, 1.5625))
    assert min(ranges_of(9.0).contrast) > 0  # colours never turn round


def test_what_is_shown_is_what_training_gets(sample, tmp_path):
    reader = Shapes(count=2, seed=20_000)
    config = CONFIG.replace(**{"training.augment": ("flip_lr", "scale", "color")})
    seed = tf.constant([5, 0], tf.int32)
    trained = load_sample(
        open_records(reader, tmp_path), config, tf.constant(1, tf.int64), seed, training=True
    )
    shown = augmented(reader[1], config.training.augment, 5, config).sample
    assert np.array_equal(shown.image, image_of(np.asarray(trained.images), config))
    assert np.array_equal(shown.boxes, trained.boxes)
    assert np.array_equal(shown.masks, trained.masks)
    assert np.array_equal(shown.class_ids, trained.class_ids)


def test_an_image_without_objects_and_one_of_a_pixel(sample):
    none = Sample(sample.image, np.zeros(0, np.int32), np.zeros((0, 128, 128), bool))
    assert augmented(none, NAMES, 1, CONFIG).box_error == 0.0
    dot = Sample(np.full((1, 1, 3), 9, np.uint8), np.array([1], np.int32), np.ones((1, 1, 1), bool))
    seen = augmented(dot, ["flip_lr", "rot90", "color"], 1, CONFIG)
    assert seen.sample.image.shape == (128, 128, 3)
    assert seen.rows.tolist() == [0]


def test_random_crops_of_large_images(sample):
    config = Config(molding=Molding("crop", min_dim=64))
    places = [augmented(sample, [], seed, config) for seed in range(5)]
    assert {seen.sample.image.shape for seen in places} == {(64, 64, 3)}
    assert len({seen.sample.image.tobytes() for seen in places}) > 1
    for seen in places:
        assert np.array_equal(seen.sample.boxes, box_algebra.from_masks(seen.sample.masks).astype(np.float32))


def test_strength_below_nothing_is_refused():
    with pytest.raises(ValueError, match="wanted a strength of at least 0, received -1"):
        ranges_of(-1.0)


def test_an_unknown_transform_names_the_nearest(sample):
    with pytest.raises(ValueError, match="flip_lr"):
        augmented(sample, ["flip_l"], 0, CONFIG)
