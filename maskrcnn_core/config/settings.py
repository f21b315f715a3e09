"""What can be set, one frozen dataclass a stage, in the order of the pipeline.

Every number a stage uses is a field here, with its unit and its source, so that a slider can reach it. Presets:
``classic()``, under which the published COCO weights were trained; ``tiny()``, which trains on a CPU. Those of other
implementations stand in ``presets``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..files.suggestions import require_field
from .resnets import BASIC_RESNETS, RESNET_BLOCKS, SMALL_BLOCKS

LEVELS = (2, 3, 4, 5, 6)  # pyramid levels that anchors live on: level l has a stride of 2**l network-input px
ROI_LEVELS = (2, 3, 4, 5)  # pyramid levels that ROIs are pooled from (FPN, section 4.2)


@dataclass(frozen=True)
class Molding:
    """Image to network input."""

    mode: str = "square"  # square | pad64 | crop | none | corner: scaled up or down, padded below and right
    min_dim: int = 800  # px, length the short side is scaled up to; 0 = no scaling
    max_dim: int = 1024  # px, length the long side may not exceed; side of the preprocessed square
    min_scale: float = 0.0  # least scale factor; 0 = none; not in mode corner
    mean: tuple[float, ...] = (123.7, 116.8, 103.9)  # subtracted, after full_scale (classic MEAN_PIXEL)
    channel_order: str = "rgb"  # rgb | bgr: of the network input, mean and std
    full_scale: float = 1.0  # grey levels that count as 1; 255 = values from 0 to 1 (torchvision)
    std: tuple[float, ...] = (1.0,)  # divided by after that; one, or one a channel
    resizer: str = (
        "skimage"  # whose rounding: skimage (classic) | torch | pillow (detectron2) | opencv (mmdet)
    )
    multiple: int = 32  # px, of which the sides are whole multiples in mode corner

    @property
    def channels(self) -> int:
        """Number of input channels: one a mean."""
        return len(self.mean)


@dataclass(frozen=True)
class Backbone:
    """Bottom-up feature maps C2 to C5 (He et al. 2016)."""

    architecture: str = "resnet101"  # resnet18 | resnet34 | resnet50 | resnet101 | resnet152 | small
    width: int = 64  # channels of the stem; small: C2..C5 have 2, 4, 8, 8 times as many
    norm_trainable: bool = False  # batch norm learns and uses batch statistics while training
    norm_frozen: bool = (
        False  # its gamma and beta never learn (FrozenBatchNorm of torchvision v1, detectron2)
    )
    norm_epsilon: float = 1e-3  # of all norms: Keras' default, under which the classic weights were trained
    bias: bool = True  # of the convolutions; classic has them, all others leave that to the norm
    stride_on: str = "1x1"  # 1x1 (classic, MSRA) | 3x3 (torchvision): what halves the map in a bottleneck
    symmetric: bool = False  # windows that move by 2 are padded on both sides, not as SAME does at the end

    @property
    def blocks(self) -> tuple[int, ...]:
        """How many blocks C2 to C5 have."""
        return RESNET_BLOCKS.get(self.architecture, SMALL_BLOCKS)

    @property
    def bottlenecks(self) -> bool:
        """Whether these have three convolutions, 1x1, 3x3, 1x1, not two of 3x3."""
        return self.architecture in RESNET_BLOCKS and self.architecture not in BASIC_RESNETS


@dataclass(frozen=True)
class Fpn:
    """Top-down pyramid P2 to P6 (FPN, section 3)."""

    channels: int = 256  # of every level
    norm: bool = False  # batch norm after every convolution, which then has no bias (torchvision v2)


@dataclass(frozen=True)
class Anchors:
    """Reference boxes of the RPN (Faster R-CNN, section 3.1.1; one scale a level as in FPN, section 4.1)."""

    scales: tuple[float, ...] = (32.0, 64.0, 128.0, 256.0, 512.0)  # input px, sqrt of the area, P2 to P6
    ratios: tuple[float, ...] = (0.5, 1.0, 2.0)  # width / height
    strides: tuple[int, ...] = (4, 8, 16, 32, 64)  # network-input px a cell, P2 to P6
    spacing: int = 1  # cells from one anchor centre to the next (classic RPN_ANCHOR_STRIDE)
    offset: float = (
        0.0  # cells, from the upper-left corner of a cell to its anchors' centre (detectron2 OFFSET)
    )
    rounded: bool = False  # corners about the centre in whole px, half to even (torchvision)
    stride_of_grid: bool = False  # px a cell = side of the network input // cells (torchvision), not strides


@dataclass(frozen=True)
class Rpn:
    """Objectness and first refinement (Faster R-CNN, section 3.1)."""

    channels: int = 512  # of the shared 3x3 convolution
    delta_std: tuple[float, float, float, float] = (0.1, 0.1, 0.2, 0.2)  # dy, dx, log dh, log dw
    convolutions: int = 1  # 3x3, one after the other (torchvision v2: 2)
    objectness: str = "softmax"  # softmax: two logits an anchor (classic) | sigmoid: one
    most_growth: float = 0.0  # factor by which a delta may lengthen a side, at most; 0 = any (classic)
    most_shrink: float = 0.0  # factor by which it may shorten one, at most; 0 = any


@dataclass(frozen=True)
class Proposals:
    """Anchors to regions of interest."""

    top_k: int = 6000  # anchors that go into NMS, by score (classic PRE_NMS_LIMIT)
    nms_threshold: float = 0.7  # IoU above which the lower score is suppressed
    count: int = 1000  # proposals kept when detecting (POST_NMS_ROIS_INFERENCE)
    training_count: int = 2000  # when training (POST_NMS_ROIS_TRAINING)
    by_level: bool = (
        False  # top_k and NMS within each pyramid level (FPN's authors), not over all together (classic)
    )
    top_k_by: str = "score"  # score | logit: many of the highest logits share the score 1
    clip_to_window: bool = False  # cut boxes at the image (torchvision), not at the network input (classic)
    min_size: float = -1.0  # network-input px that both sides must exceed; below 0 = no test
    nms_by: str = "score"  # score | logit: what NMS and the best count go by


@dataclass(frozen=True)
class RoiAlign:
    """Fixed-size features of a region (Mask R-CNN, section 3)."""

    size: int = 7  # bins a side
    sampling: str = "corners"  # classic: one sample a bin, on corners | cells: samples x samples, averaged
    samples: int = 2  # a side and bin, for "cells"; 0 = as many as the bin has cells (detectron2)
    canonical_size: float = 224.0  # px of a box that is pooled from P4 (FPN, eq. 1)
    aligned: bool = (
        True  # "cells": a value sits in its cell's middle; False: on its corner, ROIs a cell at least
    )
    level_epsilon: float = 1e-6  # "cells": keeps a box of just that size from the level below
    level_epsilon_to: str = (
        "octave"  # octave (torchvision) | ratio (detectron2, MMDetection): what it is added to
    )


@dataclass(frozen=True)
class BoxHead:
    """Class and second refinement of a proposal."""

    channels: int = 1024  # of each layer
    norm: bool = True  # batch norm after the layers, always with stored statistics
    delta_std: tuple[float, float, float, float] = (0.1, 0.1, 0.2, 0.2)  # dy, dx, log dh, log dw
    convolutions: int = 0  # 3x3, before the layers (torchvision v2: 4)
    convolution_channels: int = 256  # of each
    convolution_norm: bool = False  # batch norm after each, which then has no bias
    layers: int = 2  # fully connected, one or two (torchvision v2: 1)
    boxes: str = (
        "class"  # a box for every class (classic) | object: but not for background | shared: one for all
    )
    most_growth: float = 0.0  # factor by which a delta may lengthen a side, at most; 0 = any (classic)
    most_shrink: float = 0.0  # factor by which it may shorten one, at most; 0 = any


@dataclass(frozen=True)
class Detections:
    """Proposals to detections."""

    min_score: float = 0.7  # probability below which a candidate is dropped ("every": from); 0 = no test
    nms_threshold: float = 0.3  # IoU, within a class
    max_count: int = 100  # detections of an image, by score
    candidates: str = (
        "best"  # a proposal stands for its best class (classic) | every: for each class but background
    )
    min_size: float = -1.0  # network-input px that both sides must exceed; below 0 = no test


@dataclass(frozen=True)
class MaskHead:
    """A mask a class for each detection (Mask R-CNN, figure 4)."""

    channels: int = 256  # of every convolution but the last
    convolutions: int = 4  # before the transposed one
    norm: bool = True  # batch norm after each, always with stored statistics
    bias: bool = True  # of these convolutions, beside a norm (torchvision v2 has none)
    masks: str = (
        "class"  # a mask for every class (classic) | object: but not for background | shared: one for all
    )


@dataclass(frozen=True)
class Pasting:
    """Small masks to image size."""

    threshold: float = 0.5  # probability from which a pixel belongs to the object
    rule: str = (
        "box"  # box: boxes in whole px (classic) | padded (torchvision) | grid (detectron2, MMDetection)
    )


@dataclass(frozen=True)
class Composing:
    """Overlay of the result."""

    alpha: float = 0.5  # share of the instance's colour inside its mask


@dataclass(frozen=True)
class Training:
    """Targets, losses and schedule. Defaults are the classic ones."""

    rpn_positive_iou: float = 0.7  # IoU with a ground-truth object from which an anchor is one
    rpn_negative_iou: float = 0.3  # below which it is background
    rpn_samples: int = 256  # anchors an image in the RPN losses, half of them positive at most
    crowd_iou: float = 0.001  # a box that overlaps a crowd more than this is never a negative example
    rpn_least_best_iou: float = 0.0  # IoU that an object's best anchor must have to be one (MMDetection 0.3)
    roi_positive_iou: float = 0.5  # IoU with a ground-truth object from which a proposal is one
    roi_samples: int = 200  # ROIs an image in the head losses
    roi_positive_share: float = 0.33  # of them that are objects, at most
    fill_with_negatives: bool = False  # up to roi_samples; the classic code keeps the share instead
    add_truth_to_proposals: bool = False  # torchvision does, classic does not
    mini_mask: tuple[int, int] | None = None  # px (y, x) of masks stored within their box; None = full size
    crop: int = 0  # px, side of the random square to train on; 0 = whole images, as for detection
    augment: tuple[str, ...] = ()  # names of data/augment.py, applied in this order
    max_truths: int = 100  # objects an image used in a step; more are sampled
    smooth_l1_beta: float = 1.0  # error from which the delta losses are linear; 0 = everywhere (L1)
    deltas_over: str = (
        "positive"  # what delta losses are divided by: coordinates of positives (classic) | sampled: all
    )
    mask_targets: str = "whole"  # whole: cells are 0 or 1 | half: 1 from one half on | shares (torchvision)
    mask_target_samples: int = -1  # a side and cell, of ground-truth masks; 0 = one a pixel; -1 = as mask_roi
    head_norms: str = "stored"  # statistics of FPN's and heads' norms | batch: they learn (torchvision v2)
    loss_weights: tuple[float, float, float, float, float] = (1.0, 1.0, 1.0, 1.0, 1.0)  # order of LOSSES
    optimizer: str = "sgd"  # sgd | adamw
    learning_rate: float = 0.001  # at its highest
    schedule: str = "constant"  # constant (classic) | step | cosine
    warm_up_steps: int = 0  # steps over which the rate climbs from nothing
    decay_at: tuple[float, ...] = (0.6, 0.85)  # shares of the run at which "step" goes down to a tenth
    momentum: float = 0.9  # of sgd
    weight_decay: float = 1e-4  # sgd: L2 divided by the tensor's size, not on gamma and beta (classic)
    clip_norm: float = 5.0  # each gradient's norm (classic GRADIENT_CLIP_NORM); 0 = off
    batch_size: int = 2  # images in memory at once, over all replicas
    accumulate: int = 1  # batches whose gradients one step sums up, for which memory is too small at once
    precision: str = (
        "float32"  # float32 | bfloat16: of layers while training; bfloat16 is slower on CPUs without AMX
    )
    steps_per_epoch: int = 1000  # updates from one validation and checkpoint to the next
    validation_steps: int = 50  # classic VALIDATION_STEPS, read and not used: see --validation-images

    @property
    def images_per_step(self) -> int:
        """Number of images that go into one update of the weights."""
        return self.batch_size * self.accumulate


@dataclass(frozen=True)
class Config:
    """The whole model. ``class_names[0]`` is the background; K = ``num_classes`` counts it."""

    name: str = "classic"  # of the model
    class_names: tuple[str, ...] = ("background", "object")  # when training: those of the data
    box_corner: float = 1.0  # px: 1 = the lower-right corner is the last pixel inside (classic), 0 = the edge
    molding: Molding = field(default_factory=Molding)
    backbone: Backbone = field(default_factory=Backbone)
    fpn: Fpn = field(default_factory=Fpn)
    anchors: Anchors = field(default_factory=Anchors)
    rpn: Rpn = field(default_factory=Rpn)
    proposals: Proposals = field(default_factory=Proposals)
    box_roi: RoiAlign = field(default_factory=RoiAlign)
    box_head: BoxHead = field(default_factory=BoxHead)
    detections: Detections = field(default_factory=Detections)
    mask_roi: RoiAlign = field(default_factory=lambda: RoiAlign(size=14))
    mask_head: MaskHead = field(default_factory=MaskHead)
    pasting: Pasting = field(default_factory=Pasting)
    composing: Composing = field(default_factory=Composing)
    training: Training = field(default_factory=Training)

    @property
    def num_classes(self) -> int:
        """K, with the background."""
        return len(self.class_names)

    def replace(self, **settings: Any) -> Config:
        """Return a copy with dotted settings changed: ``replace(**{"proposals.top_k": 3000})``.

        Raises: ValueError for an unknown name, with the nearest ones.
        """
        config: Any = self
        for name, value in settings.items():
            section_name, _, field_name = name.rpartition(".")
            section = getattr(config, require_field(config, section_name)) if section_name else config
            require_field(section, field_name, prefix=f"{section_name}." if section_name else "")
            changed = dataclasses.replace(section, **{field_name: value})
            config = dataclasses.replace(config, **{section_name: changed}) if section_name else changed
        return config


def classic(class_names: Iterable[str] = ("background", "object"), architecture: str = "resnet101") -> Config:
    """Return the configuration of the matterport implementation."""
    return Config(class_names=tuple(class_names), backbone=Backbone(architecture=architecture))


def tiny(class_names: Iterable[str] = ("background", "object"), size: int = 128, width: int = 16) -> Config:
    """Return a small model for images of ``size`` px; boxes end at edges and ROIAlign averages 2x2 samples."""
    return Config(
        name="tiny",
        class_names=tuple(class_names),
        box_corner=0.0,
        molding=Molding(min_dim=size, max_dim=size),
        backbone=Backbone(architecture="small", width=width, norm_trainable=True),
        fpn=Fpn(channels=4 * width),
        anchors=Anchors(scales=(12.0, 24.0, 48.0, 96.0, 128.0)),
        rpn=Rpn(channels=4 * width),
        proposals=Proposals(top_k=1000, count=200, training_count=400),
        box_roi=RoiAlign(size=7, sampling="cells", canonical_size=96.0),
        box_head=BoxHead(channels=16 * width, norm=False),
        detections=Detections(min_score=0.5, nms_threshold=0.3, max_count=50),
        mask_roi=RoiAlign(size=14, sampling="cells", canonical_size=96.0),
        mask_head=MaskHead(channels=2 * width, norm=False),
        training=Training(
            rpn_samples=64,
            roi_samples=48,
            roi_positive_share=0.33,
            fill_with_negatives=True,
            add_truth_to_proposals=True,
            optimizer="adamw",
            learning_rate=1e-3,
            schedule="cosine",
            warm_up_steps=200,
            batch_size=8,
            steps_per_epoch=500,
        ),
    )
