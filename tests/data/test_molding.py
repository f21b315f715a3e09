"""Preprocessing in the graph: the pixels of detection, and the ground-truth objects of the classic code."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, Molding, detectron2, mmdetection, torchvision_v1
from maskrcnn_core.data.input.molding import choose, layout, mini_masks, mold_scene
from maskrcnn_core.data.input.packed_masks import boxes_of, unpack
from maskrcnn_core.data.input.record import decode_record, encode_sample
from maskrcnn_core.data.input.scene import Scene, frame, resize_image
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.stages import molding as detection

MOLDINGS = {
    "square": Molding("square", 48, 64),
    "square, never scaled up": Molding("square", 0, 64),
    "pad64": Molding("pad64", 70, 0),
    "pad64, scaled": Molding("pad64", 20, 0, min_scale=1.7),
    "none": Molding("none"),
    "square, bgr": Molding("square", 48, 64, channel_order="bgr", full_scale=255.0, std=(0.2, 0.3, 0.4)),
    **{
        f"corner, {preset.name}": dataclasses.replace(preset.molding, min_dim=48, max_dim=80)
        for preset in (torchvision_v1(), detectron2(), mmdetection())
    },
}
RESIZERS = (
    "torch",
    "pillow",
    "opencv",
)  # of other implementations: their sizes, and the pixels of ours in training
SIZES = [(40, 60), (33, 57), (100, 31), (64, 64), (7, 90), (129, 150), (1, 1)]  # (y, x) px


def sample_of(size: tuple[int, int], seed: int = 0, channels: int = 3) -> Sample:
    """Make an image with a rectangle, one pixel, an ellipse that is a crowd, and a mask with holes."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((4, *size), bool)
    y, x = np.ogrid[: size[0], : size[1]]
    masks[0, size[0] // 3 : size[0] // 2 + 1, size[1] // 4 : size[1] // 2 + 1] = True
    masks[1, -1, 0] = True
    masks[2] = (y / size[0] - 0.5) ** 2 + (x / size[1] - 0.5) ** 2 <= 0.2
    masks[3] = rng.random(size) < 0.5
    masks[3, 0, 0] = True
    image = rng.integers(9, 250, (*size, channels)).astype(np.uint8)
    return Sample(image, np.array([1, 2, 1, 3], np.int32), masks, np.array([False, False, True, False]))


def scene_of(sample: Sample) -> Scene:
    return decode_record(tf.constant(encode_sample(sample)))


@pytest.fixture(scope="module")
def classic(utils: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return utils


@pytest.fixture(scope="module")
def photo(classic: dict[str, np.ndarray]) -> Sample:
    """Give the image that the classic functions were run on, (200, 300) px with five ground-truth objects."""
    masks = unpacked(classic["mask/masks_in_packed"], (5, 200, 300))
    return Sample(classic["resize/image_in"], np.array([1, 2, 3, 1, 2], np.int32), masks)


def unpacked(bits: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    return np.unpackbits(bits, axis=1)[:, : shape[1] * shape[2]].reshape(shape).astype(bool)


# --- as in detection ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MOLDINGS)
def test_layout_is_that_of_detection(name: str):
    in_graph = tf.function(lambda size: layout(size, MOLDINGS[name]))
    for height, width in np.random.default_rng(1).integers(1, 300, (60, 2)):
        wanted = detection.layout((int(height), int(width)), MOLDINGS[name])
        place = in_graph(tf.constant([height, width], tf.int32))
        assert [tuple(part.numpy()) for part in place] == [wanted.content, wanted.shape, wanted.offset]


@pytest.mark.parametrize("resizer", RESIZERS)
def test_sizes_of_other_implementations_are_those_of_detection(resizer: str):
    config = Molding("corner", 800, 1333, resizer=resizer)
    in_graph = tf.function(lambda size: layout(size, config))
    for height, width in np.random.default_rng(2).integers(1, 3000, (200, 2)):
        wanted = detection.layout((int(height), int(width)), config)
        assert tuple(in_graph(tf.constant([height, width], tf.int32)).content.numpy()) == wanted.content


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MOLDINGS)
def test_image_masks_and_boxes_are_molded_as_in_detection_to_the_bit(name: str, size: tuple[int, int]):
    config, sample = Config(molding=MOLDINGS[name]), sample_of(size)
    molded = mold_scene(scene_of(sample), config, None)
    place = detection.layout(size, config.molding)
    masks = detection.mold_masks(sample.masks, place)
    left = masks.any(axis=(1, 2))
    np.testing.assert_array_equal(molded.image, detection.mold(sample.image, config.molding).image)
    np.testing.assert_array_equal(molded.masks, masks[left])
    np.testing.assert_array_equal(molded.boxes, detection.mold_boxes(sample.boxes, place)[left])
    np.testing.assert_array_equal(molded.class_ids, sample.class_ids[left])
    np.testing.assert_array_equal(molded.is_crowd, sample.is_crowd[left])
    np.testing.assert_array_equal(molded.window, detection.mold(sample.image, config.molding).window)


@pytest.mark.parametrize("level", [1, 100, 255])
def test_a_plain_image_is_resized_with_the_same_rounding_as_in_detection(level: int):
    image = np.full((37, 53, 3), level, np.uint8)
    np.testing.assert_array_equal(
        resize_image(image, tf.constant([61, 88])), detection.resize(image, (61, 88))
    )


# --- as in the classic code ---------------------------------------------------------------------------------


def test_crop_gives_the_classic_image_and_masks(classic, photo: Sample):
    y, x, height, width = classic["resize/crop/crop"]
    cut = frame(scene_of(photo), tf.constant([y, x], tf.int32), tf.constant([height, width], tf.int32))
    np.testing.assert_array_equal(cut.image, classic["resize/crop/image"])
    rows, columns, count = classic["mask/resize_crop_shape"]
    wanted = unpacked(classic["mask/resize_crop_packed"], (count, rows, columns))
    np.testing.assert_array_equal(unpack(cut.masks), wanted)


@pytest.mark.parametrize("side", [28, 56])
def test_mini_masks_are_the_classic_ones(side: int, classic, photo: Sample):
    made = mini_masks(tf.constant(photo.masks), tf.constant(photo.boxes), (side, side))
    np.testing.assert_array_equal(made, classic[f"mask/minimize_{side}"].transpose(2, 0, 1))


def test_a_mask_that_fills_its_box_stays_full_when_it_is_made_small():
    masks = np.zeros((1, 20, 20), bool)
    masks[0, 4:7, 3:19] = True
    assert mini_masks(tf.constant(masks), boxes_of(tf.constant(masks)), (8, 8)).numpy().all()


@pytest.mark.parametrize("case", ["full", "mini"])
def test_molded_truths_are_the_classic_ones(case: str, classic, photo: Sample):
    settings = {"molding.min_dim": 256, "molding.max_dim": 256}
    settings |= {"training.mini_mask": (56, 56)} if case == "mini" else {}
    molded = mold_scene(scene_of(photo), Config().replace(**settings), None)
    wanted = {name: classic[f"load_image_gt/{case}/{name}"] for name in ("image", "bbox", "class_ids")}
    height, width, count = classic[f"load_image_gt/{case}/mask_shape"]
    masks = unpacked(classic[f"load_image_gt/{case}/mask_packed"], (count, height, width))
    grey_levels = np.rint(molded.image + np.float32(Config().molding.mean))
    np.testing.assert_array_equal(grey_levels, wanted["image"])
    np.testing.assert_array_equal(molded.class_ids, wanted["class_ids"])
    np.testing.assert_array_equal(molded.masks, masks)
    # the classic boxes are whole pixels; ours keep the fraction, unless masks are stored relative to their box
    np.testing.assert_allclose(molded.boxes, wanted["bbox"], atol=0.0 if case == "mini" else 1.0)


# --- beyond both --------------------------------------------------------------------------------------------


def crop_config(**settings: object) -> Config:
    return Config(molding=Molding("crop", min_dim=24)).replace(**settings)


def test_a_crop_shows_a_square_of_the_image_and_what_is_left_of_its_truths():
    sample = sample_of((60, 50))
    molded = mold_scene(scene_of(sample), crop_config(), tf.constant([1, 2]))
    image = molded.image.numpy() + np.float32(Config().molding.mean)
    corners = [
        (y, x)
        for y in range(37)
        for x in range(27)
        if np.allclose(image, sample.image[y : y + 24, x : x + 24], atol=1e-3)
    ]
    assert len(corners) == 1
    (y, x) = corners[0]
    masks = sample.masks[:, y : y + 24, x : x + 24]
    left = masks.any(axis=(1, 2))
    assert not left.all()  # the pixel in the corner of the image is gone
    np.testing.assert_array_equal(molded.masks, masks[left])
    np.testing.assert_array_equal(molded.boxes, boxes_of(tf.constant(masks[left])))
    np.testing.assert_array_equal(molded.is_crowd, sample.is_crowd[left])


def test_crops_follow_from_the_seed_and_reach_every_corner():
    in_graph = tf.function(
        lambda seed: layout(tf.constant([26, 24]), Molding("crop", min_dim=24), seed).offset
    )
    offsets = [tuple(in_graph(tf.constant([0, i])).numpy()) for i in range(40)]
    assert offsets == [tuple(in_graph(tf.constant([0, i])).numpy()) for i in range(40)]
    assert set(offsets) == {(0, 0), (-1, 0), (-2, 0)}


def test_an_image_smaller_than_the_crop_is_scaled_up_first():
    molded = mold_scene(scene_of(sample_of((12, 40))), crop_config(), tf.constant([0, 0]))
    assert molded.image.shape == (24, 24, 3)


def test_without_a_seed_the_crop_is_the_middle():
    assert layout(tf.constant([30, 40]), Molding("crop", min_dim=24)).offset.numpy().tolist() == [-3, -8]


def test_more_truths_than_allowed_are_drawn_by_seed_and_stay_in_order():
    seen = tf.constant([True, False] + [True] * 20)
    chosen = [choose(seen, 5, tf.constant([0, i])).numpy() for i in range(30)]
    assert all((np.diff(one) > 0).all() and len(one) == 5 and 1 not in one for one in chosen)
    assert set(np.concatenate(chosen).tolist()) == {0, *range(2, 22)}
    np.testing.assert_array_equal(choose(seen, 5, tf.constant([0, 7])), chosen[7])
    np.testing.assert_array_equal(choose(seen, 100, tf.constant([0, 7])), [0, *range(2, 22)])
    np.testing.assert_array_equal(choose(seen, 3, None), [0, 2, 3])


@pytest.mark.parametrize("make", [lambda size: Molding("crop", min_dim=0), lambda size: Molding("squared")])
def test_an_unknown_mode_is_refused(make: Callable[[int], Molding]):
    with pytest.raises(ValueError, match=r"wanted molding\.mode"):
        layout(tf.constant([10, 10]), make(0))
