"""Presets: the settings under which other implementations train and detect, so that their weights mean the same here.

What a file of weights says about itself (depth, classes, norm, place of the stride) is read from it by
``weights.formats``; what it cannot say stands here.
Source: torchvision 0.28, detectron2 02b5c4e2 and MMDetection 3.3.0, their sources and their default configurations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .settings import (
    Anchors,
    Backbone,
    BoxHead,
    Config,
    Detections,
    Fpn,
    MaskHead,
    Molding,
    Pasting,
    Proposals,
    RoiAlign,
    Rpn,
    Training,
)

GROWTH = 1000 / 16  # factor by which one step may lengthen a side; the clamp of all three at log(1000 / 16)
UNIT = (1.0, 1.0, 1.0, 1.0)  # std of the first refinement's deltas
TALL_LAST = (2.0, 1.0, 0.5)  # width / height of their anchors, which they give as height / width 0.5, 1, 2
Names = Iterable[str]
BACKGROUND_AND_OBJECT = ("background", "object")


def torchvision_v1(class_names: Names = BACKGROUND_AND_OBJECT, architecture: str = "resnet50") -> Config:
    """Return the configuration of torchvision's ``maskrcnn_resnet50_fpn``, as its COCO weights were trained.

    Their norms are frozen and have no epsilon; those of a model that was trained without them have 1e-5.
    """
    roi: dict[str, Any] = {"sampling": "cells", "samples": 2, "aligned": False}
    return Config(
        name="torchvision_v1",
        class_names=tuple(class_names),
        box_corner=0.0,
        molding=Molding(
            mode="corner",
            min_dim=800,
            max_dim=1333,
            full_scale=255.0,
            mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225),
            resizer="torch",
        ),
        backbone=_backbone(architecture, norm_epsilon=0.0, norm_frozen=True, stride_on="3x3"),
        anchors=Anchors(ratios=TALL_LAST, rounded=True, stride_of_grid=True),
        rpn=Rpn(channels=256, objectness="sigmoid", delta_std=UNIT, most_growth=GROWTH),
        proposals=_proposals(top_k_by="logit", min_size=1e-3, training_count=2000),
        box_roi=RoiAlign(size=7, **roi),
        box_head=BoxHead(norm=False, most_growth=GROWTH),
        detections=_detections(min_size=1e-2),
        mask_roi=RoiAlign(size=14, **roi),
        mask_head=MaskHead(norm=False),
        pasting=Pasting(rule="padded"),
        training=_training(smooth_l1_beta=1 / 9, mask_targets="shares", mask_target_samples=0),
    )


def torchvision_v2(class_names: Names = BACKGROUND_AND_OBJECT, architecture: str = "resnet50") -> Config:
    """Return the configuration of torchvision's ``maskrcnn_resnet50_fpn_v2``: v1 with norms and deeper heads."""
    return torchvision_v1(class_names, architecture).replace(
        name="torchvision_v2",
        fpn=Fpn(norm=True),
        box_head=BoxHead(convolutions=4, convolution_norm=True, layers=1, norm=False, most_growth=GROWTH),
        mask_head=MaskHead(norm=True, bias=False),
        **{
            "backbone.norm_epsilon": 1e-5,
            "backbone.norm_frozen": False,
            "backbone.norm_trainable": True,
            "rpn.convolutions": 2,
            "training.head_norms": "batch",
        },
    )


def detectron2(class_names: Names = BACKGROUND_AND_OBJECT, architecture: str = "resnet50") -> Config:
    """Return the configuration of detectron2's ``mask_rcnn_R_50_FPN_3x`` (or R_101), begun from MSRA's weights."""
    return Config(
        name="detectron2",
        class_names=tuple(class_names),
        box_corner=0.0,
        molding=Molding(
            mode="corner",
            min_dim=800,
            max_dim=1333,
            channel_order="bgr",
            mean=(103.53, 116.28, 123.675),
            std=(1.0, 1.0, 1.0),
            resizer="pillow",
        ),
        backbone=_backbone(architecture, norm_epsilon=1e-5, norm_frozen=True, stride_on="1x1"),
        anchors=Anchors(ratios=TALL_LAST),
        rpn=Rpn(channels=256, objectness="sigmoid", delta_std=UNIT, most_growth=GROWTH),
        proposals=_proposals(top_k_by="logit", nms_by="logit", min_size=0.0),
        box_roi=RoiAlign(size=7, **_ADAPTIVE, level_epsilon=1e-8),
        box_head=BoxHead(norm=False, boxes="object", most_growth=GROWTH),
        detections=_detections(),
        mask_roi=RoiAlign(size=14, **_ADAPTIVE, level_epsilon=1e-8),
        mask_head=MaskHead(norm=False, masks="object"),
        pasting=Pasting(rule="grid"),
        training=_training(mask_targets="half"),
    )


def mmdetection(class_names: Names = BACKGROUND_AND_OBJECT, architecture: str = "resnet50") -> Config:
    """Return the configuration of MMDetection's ``mask-rcnn_r50_fpn`` (or r101), style ``pytorch``.

    Style ``caffe`` has detectron2's channels, mean and std, and the stride on the 1x1.
    """
    epsilon = 1e-6 / 4  # they add it to side / 56
    return Config(
        name="mmdetection",
        class_names=tuple(class_names),
        box_corner=0.0,
        molding=Molding(
            mode="corner",
            min_dim=800,
            max_dim=1333,
            mean=(123.675, 116.28, 103.53),
            std=(58.395, 57.12, 57.375),
            resizer="opencv",
        ),
        backbone=_backbone(architecture, norm_epsilon=1e-5, stride_on="3x3"),
        anchors=Anchors(ratios=TALL_LAST),
        rpn=Rpn(channels=256, objectness="sigmoid", delta_std=UNIT, most_growth=GROWTH, most_shrink=GROWTH),
        # they rank by score, and leave it to chance which of many equal ones is first; logits are as good an order
        proposals=_proposals(top_k_by="logit", nms_by="logit", min_size=0.0),
        box_roi=RoiAlign(size=7, **_ADAPTIVE, level_epsilon=epsilon),
        box_head=BoxHead(norm=False, boxes="object", most_growth=GROWTH, most_shrink=GROWTH),
        detections=_detections(),
        mask_roi=RoiAlign(size=14, **_ADAPTIVE, level_epsilon=epsilon),
        mask_head=MaskHead(norm=False, masks="object"),
        pasting=Pasting(rule="grid"),
        training=_training(rpn_least_best_iou=0.3, mask_targets="half"),
    )


_ADAPTIVE: dict[str, Any] = {"sampling": "cells", "samples": 0, "level_epsilon_to": "ratio"}


def _backbone(architecture: str, **settings: Any) -> Backbone:
    return Backbone(architecture, bias=False, symmetric=True, **settings)


def _proposals(**settings: Any) -> Proposals:
    """Return the best 1,000 of each level, and of all levels after NMS."""
    own = {"top_k": 1000, "training_count": 1000, "by_level": True, "clip_to_window": True}
    return Proposals(**(own | settings))


def _detections(**settings: Any) -> Detections:
    """Return the best 100 of all pairs of a proposal and a class, from a probability of 0.05 on."""
    return Detections(min_score=0.05, nms_threshold=0.5, max_count=100, candidates="every", **settings)


def _training(**settings: Any) -> Training:
    """Return what all three train with, as far as it has a setting here; L1 where nothing else is said."""
    own: dict[str, Any] = {
        "roi_samples": 512,
        "roi_positive_share": 0.25,
        "fill_with_negatives": True,
        "add_truth_to_proposals": True,
        "smooth_l1_beta": 0.0,
        "deltas_over": "sampled",
    }
    return Training(**(own | settings))
