"""Dataset statistics: what a data set holds, counted in one pass that lets every image go.

Inputs: a reader. Outputs: numbers an image and an object. Why: most that goes wrong in training was in the data, and
shows in a histogram: a class of three objects, objects of four pixels, images without any.

Shapes: p images read; o objects, crowds not included; yx; yxyx image px.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.data.quality.lint import SIZE_LIMITS, SIZES
from maskrcnn_core.data.quality.reach import Reach, best_iou
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.stages.molding import layout, mold_boxes


@dataclass(frozen=True)
class DatasetStatistics:
    """Numbers of a data set, or of the images of it that were looked at.

    indices: (p,) what the reader calls each image. unreadable: index and words of those that could not be read.
    sizes: (p, yx) px. mean: (channel,) mean grey levels over all pixels. objects: (p,) an image. crowds: of all.
    image: (o,) -> p. class_ids, areas (px² of mask), boxes: (o,). molded_sides: (o, yx) network-input px of each box,
    without a configuration those of the image.
    """

    class_names: tuple[str, ...]
    images: int  # of the whole data set
    indices: np.ndarray
    unreadable: tuple[tuple[int, str], ...]
    sizes: np.ndarray
    mean: np.ndarray
    objects: np.ndarray
    crowds: int
    image: np.ndarray
    class_ids: np.ndarray
    areas: np.ndarray
    boxes: np.ndarray
    molded_sides: np.ndarray
    reach: Reach | None

    def by_class(self) -> dict[str, tuple[int, int]]:
        """Return, a class, the number of objects and of images with one; objects of unknown classes are left out."""
        own = {name: self.class_ids == row for row, name in enumerate(self.class_names) if row}
        return {name: (int(mine.sum()), len(np.unique(self.image[mine]))) for name, mine in own.items()}

    def by_size(self) -> dict[str, int]:
        """Return the number of objects by COCO's sizes. Law: they sum to the number of objects."""
        sizes = np.searchsorted(SIZE_LIMITS, self.areas, side="right")
        return dict(zip(SIZES, np.bincount(sizes, minlength=len(SIZES)).tolist(), strict=True))

    @property
    def empty(self) -> int:
        """Return the number of images without objects."""
        return int((self.objects == 0).sum())

    @property
    def fill(self) -> np.ndarray:
        """Return (o,) the share of each box that is mask."""
        sides = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], 1e-9)
        return np.asarray(self.areas / sides.prod(axis=1))


def evenly(count: int, most: int | None) -> list[int]:
    """Return ``most`` indices below ``count``, evenly spaced and in order; all of them if there are no more."""
    if most is None or most >= count:
        return list(range(count))
    return np.unique(np.linspace(0, count - 1, max(most, 1)).round().astype(int)).tolist()


def measure(
    reader: Reader,
    config: Config | None = None,
    indices: Sequence[int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> DatasetStatistics:
    """Read the images ``indices`` of ``reader``, all by default, one at a time, and count.

    config: preprocesses objects and holds them against its anchors. What cannot be read is named and left out.
    """
    chosen = list(range(len(reader))) if indices is None else list(indices)
    reach, crowds = Reach(config) if config else None, 0
    read: list[int] = []
    unreadable: list[tuple[int, str]] = []
    sizes: list[tuple[int, int]] = []
    means: list[np.ndarray] = []
    objects: list[int] = []
    image: list[int] = []
    class_ids, areas, boxes, sides = [_none()], [_none()], [_none(4)], [_none(2)]
    for done, index in enumerate(chosen, start=1):
        try:
            sample = reader[index]
        except (ValueError, OSError) as error:
            unreadable.append((index, str(error)))
            continue
        finally:
            progress(done)
        single, size = ~sample.is_crowd, (sample.image.shape[0], sample.image.shape[1])
        image += [len(read)] * int(single.sum())
        read.append(index)
        sizes.append(size)
        means.append(sample.image.reshape(-1, sample.image.shape[2]).mean(axis=0))
        objects.append(int(single.sum()))
        crowds += int(sample.is_crowd.sum())
        class_ids.append(sample.class_ids[single])
        areas.append(np.count_nonzero(sample.masks[single], axis=(1, 2)))
        boxes.append(sample.boxes[single])
        sides.append((boxes[-1][:, 2:] - boxes[-1][:, :2]) * _stretch(size, config))
        if reach is not None:
            reach.add(boxes[-1], size)
    return DatasetStatistics(
        tuple(reader.class_names),
        len(reader),
        np.array(read, np.int64),
        tuple(unreadable),
        np.array(sizes, np.int64).reshape(-1, 2),
        _mean(means, sizes),
        np.array(objects, np.int64),
        crowds,
        np.array(image, np.int64),
        np.concatenate(class_ids).astype(np.int64),
        np.concatenate(areas).astype(np.int64),
        np.concatenate(boxes),
        np.concatenate(sides),
        reach,
    )


def advice(statistics: DatasetStatistics) -> str:
    """Say what would let anchors reach more objects, in the words of ``data.reach``."""
    reach = statistics.reach
    if reach is None or not reach.objects:
        return "no object to hold the anchors against"
    share = f"anchors reach {reach.reached} of {reach.objects} objects"
    return f"{share}; {reach.advice or 'no change that was tried is worth its cost'}"


def best_ious(statistics: DatasetStatistics, config: Config) -> np.ndarray:
    """Return (o,) each object's IoU with the best anchor of ``config``, by ``data.reach``; no image is read again."""
    best, molding = np.zeros(len(statistics.boxes)), uncropped(config).molding
    sizes = statistics.sizes[statistics.image]
    for size in np.unique(sizes, axis=0):
        own, place = (sizes == size).all(axis=1), layout(size, molding)
        best[own] = best_iou(mold_boxes(statistics.boxes[own], place), place.shape, config.anchors)
    return best


def _stretch(size: tuple[int, int], config: Config | None) -> np.ndarray:
    """Return (yx) network-input px an image px."""
    if config is None:
        return np.ones(2)
    return np.divide(layout(size, uncropped(config).molding).content, size)


def uncropped(config: Config) -> Config:
    """Return ``config`` with whole images: a crop has the scale of the whole, which detection has no mode for."""
    return config.replace(**{"molding.mode": "pad64"}) if config.molding.mode == "crop" else config


def _mean(means: list[np.ndarray], sizes: list[tuple[int, int]]) -> np.ndarray:
    """Return the mean grey levels of all pixels, of images with as many channels as the first."""
    alike = [(mean, y * x) for mean, (y, x) in zip(means, sizes, strict=True) if len(mean) == len(means[0])]
    if not alike:
        return np.zeros(0)
    return np.average([mean for mean, _ in alike], axis=0, weights=[pixels for _, pixels in alike])


def _none(columns: int = 0) -> np.ndarray:
    return np.zeros((0, columns) if columns else 0)
