"""Familiarity: does an image look like those that the model learned from?

Inputs: a model and an image. Outputs: how far the image is from the training images, and a sentence where that is too
far for its detections to mean much. An image is described by the mean of each channel of C2 over its window; the
distance from the training images is Mahalanobis', and what is far is what held-out images never were, with a margin.
Source: Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples and adversarial attacks",
section 2.1, with one Gaussian for all images in place of one a class, since an image holds many classes.

Shapes: channel, those of C2; y, x cells of C2; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..data.reading.images import SourceImage
from ..data.reading.reader import Reader
from ..recording.trace import Trace
from ..stages.molding import mold
from ..weights.image_statistics import ImageStatistics

STRIDE = 4  # network-input px a cell of C2
MARGIN = 1.25  # times the largest distance of a held-out image
RIDGE = 1e-3  # share of the mean variance that stands in the covariance for what few images cannot tell
LEAST_IMAGES = 20  # fewer say nothing of how images vary
MOST_IMAGES = 500  # with half of them 20 of 128 photographs passed as micrographs, with these none
READS = ("backbone.c2", "molding.window")  # of a trace


def pooled(level: Any, window: np.ndarray) -> np.ndarray:
    """Return the mean (channel,) of a map (y, x, channel) of C2 over the cells in the ``window`` (yxyx)."""
    top, left = (int(edge // STRIDE) for edge in window[:2])
    bottom, right = (
        max(int(edge // STRIDE), start + 1) for edge, start in zip(window[2:], (top, left), strict=True)
    )
    return np.asarray(level)[top:bottom, left:right].mean(axis=(0, 1), dtype=np.float64)


def distances(statistics: ImageStatistics, features: np.ndarray) -> np.ndarray:
    """Return Mahalanobis' distance (n,) of each of ``features`` (n, channel) from the training images."""
    covariance = np.asarray(statistics.covariance, np.float64)
    channels = len(covariance)
    ridge = RIDGE * np.trace(covariance) / channels + np.finfo(float).tiny
    precision = np.linalg.inv((1 - RIDGE) * covariance + ridge * np.eye(channels))
    away = np.atleast_2d(features) - np.asarray(statistics.mean, np.float64)
    return np.sqrt(np.einsum("nc,cd,nd->n", away, precision, away))


def statistics_from(learned: np.ndarray, held_out: np.ndarray) -> ImageStatistics:
    """Return the statistics of training images by their features (n, channel); held-out ones set the threshold."""
    learned = np.asarray(learned, np.float64)
    covariance = np.cov(learned, rowvar=False).reshape(learned.shape[1], -1)
    found = ImageStatistics(
        learned.mean(axis=0).astype(np.float32), covariance.astype(np.float32), np.zeros((), np.float32)
    )
    threshold = MARGIN * distances(found, held_out).max()
    return ImageStatistics(found.mean, found.covariance, np.asarray(threshold, np.float32))


class Familiarity:
    """Judges images by the statistics that a model's checkpoint carries; of one without it says nothing."""

    def __init__(self, model: Any) -> None:
        import tensorflow as tf  # is there already with the model

        self.model = model
        shape = tf.TensorSpec([1, None, None, model.config.molding.channels], tf.float32)
        self._c2 = tf.function(model.backbone.c2, [shape], autograph=False)

    @property
    def statistics(self) -> ImageStatistics | None:
        """Those of the model."""
        return getattr(self.model, "image_statistics", None)

    def features(self, image: np.ndarray) -> np.ndarray:
        """Return what describes an ``image`` (y, x, channel) uint8: (channel,)."""
        import tensorflow as tf

        from ..runtime.compiling import as_written

        molded = mold(image, self.model.config.molding)
        with as_written():
            level = self._c2(tf.constant(molded.image[None]))
        return pooled(level[0], molded.window)

    def remark(self, image: SourceImage) -> str:
        """Return a sentence on an image that is far from those that the model learned from, "" on any other."""
        if self.statistics is None:
            return ""
        return _said(image.source, self.statistics, self.features(image.pixels))

    def learn(self, images: Iterable[np.ndarray], held_out: Iterable[np.ndarray]) -> ImageStatistics | None:
        """Return the statistics of ``images`` (y, x, channel) uint8; None where there are too few of either."""
        learned, apart = ([self.features(image) for image in part] for part in (images, held_out))
        if len(learned) < LEAST_IMAGES or not apart:
            return None
        return statistics_from(np.array(learned), np.array(apart))


def remark_on(model: Any, image: SourceImage) -> str:
    """Return what ``Familiarity.remark`` says of ``image``, of a model in any engine."""
    if getattr(model, "image_statistics", None) is None:
        return ""
    if hasattr(model, "backbone"):
        return Familiarity(model).remark(image)
    return remark_on_trace(model.image_statistics, model.trace(image, keep=READS))


def remark_on_trace(statistics: ImageStatistics | None, trace: Trace) -> str:
    """Return what ``Familiarity.remark`` says of the image of ``trace``, from the recorded C2."""
    if statistics is None:
        return ""
    features = pooled(*(trace[name] for name in READS))
    return _said(str(trace.attributes.get("image", "")), statistics, features)


def learned_from(model: Any, reader: Reader, validation: Reader | None) -> ImageStatistics | None:
    """Return the statistics of a data set that ``model`` was trained on, at most ``MOST_IMAGES`` of it.

    validation: images that it was not trained on; without any every fifth of ``reader`` sets the threshold instead.
    """
    rows = np.unique(np.linspace(0, len(reader) - 1, min(len(reader), MOST_IMAGES)).astype(int))
    if validation is None:
        learned, apart = np.delete(rows, np.s_[::5]), (reader[int(row)].image for row in rows[::5])
    else:
        count = min(len(validation), MOST_IMAGES // 2)
        learned, apart = rows, (validation[row].image for row in range(count))
    return Familiarity(model).learn((reader[int(row)].image for row in learned), apart)


def _said(source: str, statistics: ImageStatistics, features: np.ndarray) -> str:
    distance, threshold = float(distances(statistics, features)[0]), float(statistics.threshold)
    if distance <= threshold:
        return ""
    return (
        f"{source or 'the image'} looks unlike what this model learned from (distance {distance:.0f}, its own kind "
        f"stays below {threshold:.0f}): its detections may mean nothing; choose other --weights, see `maskrcnn models`"
    )
