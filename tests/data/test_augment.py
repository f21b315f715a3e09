"""Augmentation: image, boxes and masks move alike."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, Molding
from maskrcnn_core.data.input.augment import (
    TRANSFORMS,
    augment,
    crop,
    negative,
    recolour,
    stain,
    turn,
    turn_hue,
    zoom,
)
from maskrcnn_core.data.input.molding import Molded, mold_scene
from maskrcnn_core.data.input.packed_masks import look, show, unpack
from maskrcnn_core.data.input.record import decode_record, encode_sample
from maskrcnn_core.data.input.scene import Scene, flip_left_right, flip_up_down, transpose
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.geometry import boxes as box_algebra

SIZE = (30, 44)  # (y, x) px
AS_IT_IS = Config(molding=Molding("none", mean=(0.0, 0.0, 0.0)))
MOVES = {
    "flip left right": flip_left_right,
    "flip up down": flip_up_down,
    "transpose": transpose,
    "turn": lambda scene: turn(scene, tf.constant(1)),
    "crop": lambda scene: crop(scene, tf.constant(0.5), tf.constant([0.2, 0.7])),
    "zoom in": lambda scene: zoom(scene, tf.constant(1.6), tf.constant([0.5, 0.1])),
    "zoom out": lambda scene: zoom(scene, tf.constant(0.7), tf.constant([0.5, 0.1])),
}


@pytest.fixture
def sample() -> Sample:
    """A disc, a crowd along the left edge, a bar at the bottom right."""
    y, x = np.ogrid[: SIZE[0], : SIZE[1]]
    disc, edge, bar = (y - 12) ** 2 + (x - 20) ** 2 <= 49, (x < 5) & (y > 3), (y >= 26) & (x >= 30) & (x < 42)
    masks = np.stack([disc, edge, bar & (y < 29)])
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    return Sample(image, np.array([1, 2, 3], np.int32), masks, np.array([False, True, False]))


@pytest.fixture
def scene(sample: Sample) -> Scene:
    return decode_record(tf.constant(encode_sample(sample)))


@pytest.fixture
def bare() -> Scene:
    """An image without objects."""
    image, none = np.full((*SIZE, 3), 9, np.uint8), np.zeros((0, *SIZE), bool)
    return decode_record(tf.constant(encode_sample(Sample(image, np.zeros(0, np.int32), none))))


def assert_same(a: Scene, b: Scene) -> None:
    np.testing.assert_array_equal(a.image, b.image)
    np.testing.assert_allclose(a.boxes, b.boxes)
    np.testing.assert_array_equal(unpack(a.masks), unpack(b.masks))
    for name in ("class_ids", "is_crowd", "is_whole"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def seen(scene: Scene) -> Molded:
    return mold_scene(scene, AS_IT_IS, None)


# --- laws ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flip", [flip_left_right, flip_up_down, transpose])
def test_a_flip_twice_is_the_identity(flip, scene: Scene):
    assert_same(flip(flip(scene)), scene)
    assert not np.array_equal(flip(scene).image, scene.image)


def test_a_negative_twice_is_the_identity(scene: Scene):
    assert_same(negative(negative(scene)), scene)
    assert negative(scene).image.numpy()[0, 0].tolist() == (255 - scene.image.numpy()[0, 0]).tolist()


def test_a_tint_scales_each_colour_by_its_own_factor(scene: Scene):
    assert_same(stain(scene, tf.constant([1.0, 1.0, 1.0])), scene)
    tinted = stain(scene, tf.constant([0.5, 0.0, 1.0])).image.numpy()
    np.testing.assert_array_equal(tinted[..., 0], np.rint(scene.image.numpy()[..., 0] / 2))
    assert not tinted[..., 1].any()
    np.testing.assert_array_equal(tinted[..., 2], scene.image.numpy()[..., 2])


def test_a_third_of_the_circle_of_colours_turns_red_into_green(scene: Scene, bare: Scene):
    assert_same(turn_hue(scene, tf.constant(0.0)), scene)
    red = scene._replace(image=tf.constant(np.full((*SIZE, 3), (200, 0, 0), np.uint8)))
    assert turn_hue(red, tf.constant(1 / 3)).image.numpy()[0, 0].tolist() == [0, 200, 0]
    assert_same(turn_hue(bare, tf.constant(0.3)), bare)  # grey stays grey


def test_four_quarter_turns_are_the_identity(scene: Scene):
    turned = scene
    for _ in range(4):
        turned = turn(turned, tf.constant(1))
    assert_same(turned, scene)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turns_add_up_and_are_those_of_numpy(quarters: int, scene: Scene, sample: Sample):
    turned = turn(scene, tf.constant(quarters))
    np.testing.assert_array_equal(turned.image, np.rot90(sample.image, quarters))
    np.testing.assert_array_equal(unpack(turned.masks), np.rot90(sample.masks, quarters, axes=(1, 2)))
    assert_same(turn(turned, tf.constant((4 - quarters) % 4)), scene)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("name", MOVES)
def test_boxes_are_those_of_the_masks_after_every_move(name: str, quarters: int, scene: Scene):
    moved = seen(MOVES[name](turn(scene, tf.constant(quarters))))
    slack = 1.0 if "zoom" in name else 0.0  # px: a box keeps the fraction that a mask cannot show
    np.testing.assert_allclose(moved.boxes, box_algebra.from_masks(moved.masks.numpy()), atol=slack)


@pytest.mark.parametrize("name", MOVES)
def test_masks_move_with_the_pixels_they_cover(name: str, sample: Sample):
    painted = np.zeros_like(sample.image)
    for number, mask in enumerate(sample.masks):
        painted[mask, number] = 250  # each object in a colour channel of its own
    scene = decode_record(tf.constant(encode_sample(Sample(painted, sample.class_ids, sample.masks))))
    moved = MOVES[name](scene)
    drawn = np.moveaxis(moved.image.numpy() > 125, 2, 0)
    masks = unpack(moved.masks).numpy()
    assert (drawn != masks).sum() <= (0.12 * masks.sum() if "zoom" in name else 0)


def test_a_crop_leaves_what_stood_there_and_drops_what_vanished(scene: Scene, sample: Sample):
    cut = crop(scene, tf.constant(0.5), tf.constant([0.0, 0.0]))  # the upper left quarter
    np.testing.assert_array_equal(cut.image, sample.image[:15, :22])
    molded = seen(cut)
    np.testing.assert_array_equal(molded.masks, sample.masks[:2, :15, :22])  # the bar is gone
    assert molded.class_ids.numpy().tolist() == [1, 2]
    assert molded.is_crowd.numpy().tolist() == [False, True]
    assert cut.is_whole.numpy().tolist() == [False, False, False]


def test_a_truth_that_was_cut_gets_the_box_of_what_is_left_even_after_zooming_out_again(scene: Scene):
    cut = crop(scene, tf.constant(0.5), tf.constant([0.0, 0.0]))
    small = seen(zoom(cut, tf.constant(0.5), tf.constant([1.0, 1.0])))
    np.testing.assert_array_equal(small.boxes, box_algebra.from_masks(small.masks.numpy()))


def test_zooming_by_one_is_the_identity_and_by_two_makes_objects_twice_as_large(scene: Scene):
    assert_same(zoom(scene, tf.constant(1.0), tf.constant([0.3, 0.9])), scene)
    larger = zoom(scene, tf.constant(2.0), tf.constant([0.5, 0.5]))
    assert larger.image.shape == scene.image.shape
    np.testing.assert_allclose(
        larger.boxes[0, 2:] - larger.boxes[0, :2], [30.0, 30.0]
    )  # the disc was 15 x 15 px


def test_zooming_out_leaves_black_around(scene: Scene):
    smaller = zoom(scene, tf.constant(0.5), tf.constant([1.0, 1.0])).image.numpy()
    assert not smaller[:15].any() and not smaller[:, :22].any() and smaller[15:, 22:].all(axis=2).any()


def test_colour_leaves_boxes_and_masks(scene: Scene):
    changed = recolour(scene, tf.constant(20.0), tf.constant(0.7), tf.constant(1.4))
    assert not np.array_equal(changed.image, scene.image)
    assert_same(changed._replace(image=scene.image), scene)
    assert_same(recolour(scene, tf.constant(0.0), tf.constant(1.0), tf.constant(1.0)), scene)


def test_brightness_adds_grey_levels_and_stops_at_white(scene: Scene):
    brighter = recolour(scene, tf.constant(40.0), tf.constant(1.0), tf.constant(1.0)).image
    np.testing.assert_array_equal(brighter, np.minimum(scene.image.numpy().astype(int) + 40, 255))


def test_saturation_zero_is_grey(scene: Scene):
    grey = recolour(scene, tf.constant(0.0), tf.constant(1.0), tf.constant(0.0)).image.numpy().astype(int)
    assert abs(grey - grey[..., :1]).max() <= 1


@pytest.mark.parametrize(("channel", "share"), [(0, 0.299), (1, 0.587), (2, 0.114)])
def test_grey_is_that_of_bt_601(channel: int, share: float, scene: Scene):
    # one pixel of a full colour beside a black one: their mean is 127.5 * share, and 100 times that 12,750 * share.
    # All but 100 of it is taken away, so that a share of 0.001 more would be 13 grey levels more.
    image = np.zeros((1, 2, 3), np.uint8)
    image[0, 0, channel] = 255
    darker = tf.constant(100 - 12_750 * share, tf.float32)
    grey = recolour(
        scene._replace(image=tf.constant(image)), darker, tf.constant(99.0), tf.constant(0.0)
    ).image
    np.testing.assert_array_equal(grey[0, 0], [100, 100, 100])


# --- names and seeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_follows_from_its_seed_in_the_graph_too(name: str, scene: Scene):
    in_graph = tf.function(lambda scene, seed: augment(scene, (name,), seed))
    eager = [augment(scene, (name,), tf.constant([5, i])) for i in range(8)]
    for number, one in enumerate(eager):
        assert_same(in_graph(scene, tf.constant([5, number])), one)
    assert any(
        one.image.shape != eager[0].image.shape or (one.image != eager[0].image).numpy().any()
        for one in eager
    )


@pytest.mark.parametrize("name", TRANSFORMS)
def test_an_image_without_objects_is_a_normal_case(name: str, bare: Scene):
    molded = seen(augment(bare, (name,), tf.constant([0, 3])))
    assert molded.boxes.shape == (0, 4) and molded.masks.shape[0] == 0


def test_all_transforms_in_a_row_keep_truths_in_step(scene: Scene):
    for number in range(20):
        molded = seen(augment(scene, tuple(TRANSFORMS), tf.constant([1, number])))
        assert molded.masks.numpy().any(axis=(1, 2)).all()
        np.testing.assert_array_equal(molded.is_crowd, molded.class_ids == 2)
        np.testing.assert_allclose(molded.boxes, box_algebra.from_masks(molded.masks.numpy()), atol=1.01)


def test_an_unknown_name_is_refused_with_the_nearest(scene: Scene):
    with pytest.raises(ValueError, match=r"'flip_rl'.*did you mean flip_lr"):
        augment(scene, ("flip_rl",), tf.constant([0, 0]))


def test_no_graph_transposes_whole_numbers(scene):
    """For each such operation TensorFlow prints an error, which is none, on processors without AVX-512."""
    graph = tf.function(lambda scene, seed: show(look(augment(scene, tuple(TRANSFORMS), seed).masks), seed))
    made = graph.get_concrete_function(scene, tf.constant([0, 1])).graph.as_graph_def()
    nodes = [*made.node, *(node for function in made.library.function for node in function.node_def)]
    assert "GatherV2" in {node.op for node in nodes}  # so that the search looks where pixels move
    turned = [tf.dtypes.as_dtype(node.attr["T"].type) for node in nodes if node.op == "Transpose"]
    assert [dtype for dtype in turned if not dtype.is_floating] == []
