"""Augmentation: the same object, seen otherwise. Named transforms that change image, boxes and masks alike.

Inputs: a scene and a seed. Outputs: a scene that could have been photographed as well. Why: a model should not learn
from which side the light came. ``config.training.augment`` names the transforms, which are applied in its order, each
with draws of its own; the same seed gives the same scene.

Shapes: y, x rows and columns of the image, px.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import tensorflow as tf

from ...files.suggestions import unknown
from .scene import Scene, flip_left_right, flip_up_down, frame, resize, transpose

LUMA = (0.299, 0.587, 0.114)  # share of red, green and blue in grey (ITU-R BT.601)


@dataclass(frozen=True)
class Ranges:
    """How far the random transforms go; each draw is uniform between the two ends."""

    scale: tuple[float, float] = (0.8, 1.25)  # objects get this many times as large; drawn as a logarithm
    crop: tuple[float, float] = (0.6, 1.0)  # share of either side that stays
    brightness: tuple[float, float] = (-32.0, 32.0)  # grey levels added
    contrast: tuple[float, float] = (0.75, 1.25)  # factor about the image's mean
    saturation: tuple[float, float] = (0.5, 1.5)  # factor about each pixel's grey; of rgb images
    hue: tuple[float, float] = (-0.5, 0.5)  # of the circle of colours; of rgb images
    tint: tuple[float, float] = (0.4, 1.0)  # factor on each colour by itself


def augment(scene: Scene, names: Sequence[str], seed: tf.Tensor, ranges: Ranges = Ranges()) -> Scene:
    """Apply the transforms ``names`` in turn, with draws that follow from ``seed`` (2,) int32.

    Raises: ValueError for an unknown name, with the nearest ones.
    """
    require_transforms(names)
    for number, name in enumerate(names):
        scene = TRANSFORMS[name](scene, tf.random.fold_in(seed, number), ranges)
    return scene


def require_transforms(names: Sequence[str]) -> None:
    """Raise ValueError for the first of ``names`` that is no transform."""
    for name in names:
        if name not in TRANSFORMS:
            raise ValueError(unknown(f"transform {name!r} in training.augment", TRANSFORMS, name))


# --- what a transform does ------------------------------------------------------------------------------------


def turn(scene: Scene, quarters: tf.Tensor) -> Scene:
    """Return the scene turned counter-clockwise by ``quarters`` () int32, 0 to 3, of a circle.

    Law: four turns of one quarter are the identity.
    """
    scene = _if((quarters == 1) | (quarters == 3), transpose, scene)
    scene = _if((quarters == 1) | (quarters == 2), flip_up_down, scene)
    return _if((quarters == 2) | (quarters == 3), flip_left_right, scene)


def zoom(scene: Scene, factor: tf.Tensor, place: tf.Tensor) -> Scene:
    """Return the scene with everything ``factor`` () times as large in a frame of the same size.

    place: (y, x) 0 to 1, where the frame lies in a larger new scene, or a smaller new scene in the frame: 0 = top left.
    What is lost is cut, what is missing is 0. Law: factor 1 is the identity.
    """
    size = scene.size
    scaled = tf.maximum(1, tf.cast(tf.round(tf.cast(size, tf.float32) * factor), tf.int32))
    corner = tf.cast(tf.round(tf.cast(scaled - size, tf.float32) * place), tf.int32)
    return frame(resize(scene, scaled), corner, size)


def crop(scene: Scene, share: tf.Tensor, place: tf.Tensor) -> Scene:
    """Return the part of the scene that has ``share`` () of either side; ``place`` (y, x) 0 to 1, 0 = top left.

    Law: what is left is what stood there, and ground-truth objects of which nothing is left are dropped by
    preprocessing.
    """
    size = tf.maximum(1, tf.cast(tf.round(tf.cast(scene.size, tf.float32) * share), tf.int32))
    corner = tf.cast(tf.round(tf.cast(scene.size - size, tf.float32) * place), tf.int32)
    return frame(scene, corner, size)


def recolour(scene: Scene, brightness: tf.Tensor, contrast: tf.Tensor, saturation: tf.Tensor) -> Scene:
    """Return the scene with other grey levels. Law: boxes and masks stay; 0, 1, 1 is the identity."""
    levels = tf.cast(scene.image, tf.float32)
    if levels.shape[-1] == len(LUMA):
        grey = tf.tensordot(levels, tf.constant(LUMA), 1)[..., None]
        levels = grey + (levels - grey) * saturation
    mean = tf.reduce_mean(levels, axis=[0, 1])
    levels = mean + (levels - mean) * contrast + brightness
    return scene._replace(image=tf.cast(tf.clip_by_value(tf.round(levels), 0.0, 255.0), tf.uint8))


def turn_hue(scene: Scene, turn: tf.Tensor) -> Scene:
    """Return the scene with its colours turned by ``turn`` () of the circle, -0.5 to 0.5; of rgb images.

    Law: 0 is the identity, grey stays grey.
    """
    if scene.image.shape[-1] != len(LUMA):
        return scene
    return scene._replace(image=tf.image.adjust_hue(scene.image, turn))


def stain(scene: Scene, factors: tf.Tensor) -> Scene:
    """Return the scene with each colour times its own of ``factors`` (channel,), 0 to 1. Law: 1 is the identity."""
    levels = tf.cast(scene.image, tf.float32) * factors
    return scene._replace(image=tf.cast(tf.round(levels), tf.uint8))


def negative(scene: Scene) -> Scene:
    """Return the scene with light and dark exchanged. Law: twice is the identity."""
    return scene._replace(image=255 - scene.image)


# --- how much of it -------------------------------------------------------------------------------------------


def _flip_lr(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return _if(_draws(seed, 1)[0] < 0.5, flip_left_right, scene)


def _flip_ud(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return _if(_draws(seed, 1)[0] < 0.5, flip_up_down, scene)


def _rot90(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return turn(scene, tf.cast(_draws(seed, 1)[0] * 4.0, tf.int32))


def _scale(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    draws = _draws(seed, 3)
    smallest, largest = (tf.math.log(end) for end in ranges.scale)
    return zoom(scene, tf.exp(smallest + draws[0] * (largest - smallest)), draws[1:])


def _crop(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    draws = _draws(seed, 3)
    return crop(scene, _between(ranges.crop, draws[0]), draws[1:])


def _color(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    ends = (ranges.brightness, ranges.contrast, ranges.saturation)
    return recolour(
        scene, *(_between(end, draw) for end, draw in zip(ends, tf.unstack(_draws(seed, 3)), strict=True))
    )


def _hue(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return turn_hue(scene, _between(ranges.hue, _draws(seed, 1)[0]))


def _tint(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return stain(scene, _between(ranges.tint, _draws(seed, scene.image.shape[-1])))


def _invert(scene: Scene, seed: tf.Tensor, ranges: Ranges) -> Scene:
    return _if(_draws(seed, 1)[0] < 0.5, negative, scene)


TRANSFORMS: dict[str, Callable[[Scene, tf.Tensor, Ranges], Scene]] = {
    "flip_lr": _flip_lr,
    "flip_ud": _flip_ud,
    "rot90": _rot90,
    "scale": _scale,
    "crop": _crop,
    "color": _color,
    "hue": _hue,
    "tint": _tint,
    "invert": _invert,
}


def _draws(seed: tf.Tensor, count: int) -> tf.Tensor:
    """Return (count,) numbers from 0 to 1, 1 not included, that follow from ``seed``."""
    return tf.random.stateless_uniform([count], seed, alg="philox")


def _between(ends: tuple[float, float], draw: tf.Tensor) -> tf.Tensor:
    return ends[0] + draw * (ends[1] - ends[0])


def _if(condition: tf.Tensor, change: Callable[[Scene], Scene], scene: Scene) -> Scene:
    return tf.cond(condition, lambda: change(scene), lambda: scene)
