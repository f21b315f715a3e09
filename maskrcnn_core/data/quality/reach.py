"""Reach: which objects no anchor of a configuration comes near, and which scales would.

Inputs: boxes of one image after another. Outputs: counts. Why: the RPN learns from anchors that overlap an object;
an object that none overlaps by half is matched by its best anchor alone, far from it, and is mostly never found (the
RPN itself wants more: ``training.rpn_positive_iou``). The usual cause is objects much smaller or larger than the
scales.

The best anchor is found without making all of them: of one level and ratio, the anchor whose centre is nearest in each
axis overlaps a box most, because an overlap only shrinks with the distance.

Shapes: g boxes; v variants; l levels; r ratios; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ...config import Anchors, Config, Molding
from ...stages.anchors import grid_sizes
from ...stages.molding import layout, mold_boxes

REACHED_IOU = 0.5  # IoU of the best anchor from which an object counts as reached
FACTORS = (
    1.0,
    2**-0.5,
    2**0.5,
    0.5,
    2.0,
    0.25,
    4.0,
    0.125,
)  # of all scales, tried in turn, the nearest first
LONG_RATIOS = (0.25, 4.0)  # width / height: tried as well, for objects that are long and thin
RATIOS_COST = 0.01  # share of all objects that they have to gain: two thirds more anchors
ZOOM_COST = 0.05  # the same for images preprocessed at twice the size: four times the work


def best_iou(boxes: np.ndarray, shape: tuple[int, int], anchors: Anchors) -> np.ndarray:
    """Return (g,) float64: each preprocessed box's IoU (g, yxyx) with the best anchor of a network input of ``shape``
    px.
    """
    boxes = np.asarray(boxes, np.float64)
    centre, side = 0.5 * (boxes[:, :2] + boxes[:, 2:]), boxes[:, 2:] - boxes[:, :2]  # (g, yx)
    root = np.sqrt(np.asarray(anchors.ratios, np.float64))
    best = np.zeros(len(boxes))
    for scale, stride, grid in zip(anchors.scales, anchors.strides, grid_sizes(shape, anchors), strict=True):
        step = stride * anchors.spacing
        nearest = np.clip(np.rint(centre / step), 0, np.array(grid) - 1) * step  # (g, yx)
        sides = np.stack([scale / root, scale * root], axis=-1)  # (r, yx)
        start = np.maximum(boxes[:, None, :2], nearest[:, None] - 0.5 * sides)
        end = np.minimum(boxes[:, None, 2:], nearest[:, None] + 0.5 * sides)
        shared = np.maximum(end - start, 0.0).prod(axis=-1)  # (g, r)
        union = side.prod(axis=-1)[:, None] + sides.prod(axis=-1) - shared
        best = np.maximum(best, (shared / union).max(axis=1, initial=0.0))
    return best


@dataclass(frozen=True)
class Variant:
    """A change of the configuration that might reach more; ``cost`` is the share of objects that it has to gain."""

    anchors: Anchors
    molding: Molding
    changes: tuple[str, ...]
    cost: float = 0.0


@dataclass
class Reach:
    """Counts objects that anchors reach, for a configuration and for variants of it."""

    config: Config
    objects: int = 0
    reached: int = 0
    variants: list[Variant] = field(default_factory=list)
    reached_by: list[int] = field(default_factory=list)  # (v)

    def __post_init__(self) -> None:
        """Make the variants."""
        self.variants = list(make_variants(self.config))
        self.reached_by = [0] * len(self.variants)

    def add(self, boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Count the boxes (g, yxyx), px, of an image of ``size`` (y, x); return each one's best IoU (g,)."""
        best = _best_molded(boxes, size, self.config.molding, self.config.anchors)
        self.objects += len(boxes)
        self.reached += int((best >= REACHED_IOU).sum())
        for index, one in enumerate(self.variants):
            self.reached_by[index] += int(
                (_best_molded(boxes, size, one.molding, one.anchors) >= REACHED_IOU).sum()
            )
        return best

    @property
    def advice(self) -> str:
        """Say what would reach more objects; "" if nothing that was tried is worth its cost."""
        gains = [
            count - self.reached - one.cost * self.objects
            for count, one in zip(self.reached_by, self.variants, strict=True)
        ]
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            return ""
        changes = " with ".join(self.variants[best].changes)
        return f"{changes} would reach {self.reached_by[best]} of {self.objects} objects, not {self.reached}"


def make_variants(config: Config) -> list[Variant]:
    """Return the changes that are tried: other scales, longer ratios, a larger network input, and these together."""
    anchors, molding, variants = config.anchors, config.molding, []
    longer = tuple(sorted({*anchors.ratios, *LONG_RATIOS}))
    larger = replace(molding, min_dim=2 * molding.min_dim, max_dim=2 * molding.max_dim)
    for zoomed in (False, True) if molding.mode != "none" and molding.min_dim else (False,):
        for ratios in (anchors.ratios, longer):
            for factor in FACTORS:
                scales = tuple(round(scale * factor, 1) for scale in anchors.scales)
                changes = (
                    [f"molding.min_dim = {larger.min_dim} and max_dim = {larger.max_dim}"] if zoomed else []
                )
                changes += [f"anchors.scales = {_list(scales)}"] if factor != 1.0 else []
                changes += [f"anchors.ratios = {_list(ratios)}"] if ratios != anchors.ratios else []
                cost = ZOOM_COST * zoomed + RATIOS_COST * (ratios != anchors.ratios)
                tried = replace(anchors, scales=scales, ratios=ratios)
                variants.append(Variant(tried, larger if zoomed else molding, tuple(changes), cost))
    return variants[1:]  # the first changes nothing


def _best_molded(boxes: np.ndarray, size: tuple[int, int], molding: Molding, anchors: Anchors) -> np.ndarray:
    """Return (g,) best IoU of image boxes with the anchors of the network input."""
    if molding.mode == "crop":
        molding = replace(molding, mode="pad64")  # a crop has the scale of the whole image
    place = layout(size, molding)
    return best_iou(mold_boxes(boxes, place), place.shape, anchors)


def _list(values: tuple[float, ...]) -> str:
    return f"[{', '.join(f'{value:g}' for value in values)}]"
