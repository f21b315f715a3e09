"""Configurations: presets word by word, changes by dotted name, errors that help."""

import dataclasses

import pytest

from maskrcnn_core.config import LEVELS, Config, classic, tiny


def test_classic_is_the_published_configuration():
    config = classic(("background", "person"))
    assert config.class_names == ("background", "person")
    assert dataclasses.astuple(config.molding)[:5] == ("square", 800, 1024, 0.0, (123.7, 116.8, 103.9))
    assert config.backbone.architecture == "resnet101"
    assert config.backbone.norm_epsilon == 1e-3
    assert not config.backbone.norm_trainable
    assert config.box_corner == 1.0
    assert dataclasses.astuple(config.anchors)[:4] == (
        (32, 64, 128, 256, 512),
        (0.5, 1, 2),
        (4, 8, 16, 32, 64),
        1,
    )
    assert (config.fpn.channels, config.rpn.channels) == (256, 512)
    assert config.rpn.delta_std == config.box_head.delta_std == (0.1, 0.1, 0.2, 0.2)
    assert dataclasses.astuple(config.proposals)[:4] == (6000, 0.7, 1000, 2000)
    assert dataclasses.astuple(config.box_roi)[:4] == (7, "corners", 2, 224.0)
    assert dataclasses.astuple(config.mask_roi)[:4] == (14, "corners", 2, 224.0)
    assert (config.box_head.channels, config.box_head.norm) == (1024, True)
    assert dataclasses.astuple(config.detections)[:3] == (0.7, 0.3, 100)
    assert dataclasses.astuple(config.mask_head)[:3] == (256, 4, True)
    assert config.pasting.threshold == 0.5


def test_classic_trains_as_published():
    training = classic().training
    assert (training.rpn_positive_iou, training.rpn_negative_iou, training.rpn_samples) == (0.7, 0.3, 256)
    assert (training.roi_positive_iou, training.roi_samples, training.roi_positive_share) == (0.5, 200, 0.33)
    assert (training.optimizer, training.learning_rate, training.momentum) == ("sgd", 0.001, 0.9)
    assert (training.weight_decay, training.clip_norm, training.crowd_iou) == (1e-4, 5.0, 0.001)


def test_tiny_is_a_model_for_images_of_its_size():
    config = tiny(("background", "a"), size=96, width=8)
    assert (config.molding.min_dim, config.molding.max_dim) == (96, 96)
    assert (config.backbone.architecture, config.backbone.width) == ("small", 8)
    assert config.box_corner == 0.0
    assert config.box_roi.sampling == config.mask_roi.sampling == "cells"


@pytest.mark.parametrize("config", [classic(), tiny()], ids=["classic", "tiny"])
def test_every_level_has_a_scale_and_a_stride(config: Config):
    assert len(config.anchors.scales) == len(LEVELS)
    assert config.anchors.strides == tuple(2**level for level in LEVELS)


def test_replace_leaves_the_old_one_alone():
    old = classic()
    new = old.replace(**{"proposals.nms_threshold": 0.5, "detections.max_count": 7, "name": "mine"})
    assert (new.proposals.nms_threshold, new.detections.max_count, new.name) == (0.5, 7, "mine")
    assert new.proposals.top_k == old.proposals.top_k
    assert old == classic()
    assert old.replace() == old


def test_replace_takes_a_whole_section():
    proposals = dataclasses.replace(Config().proposals, count=3)
    assert Config().replace(proposals=proposals) == Config().replace(**{"proposals.count": 3})


@pytest.mark.parametrize(
    ("name", "near"),
    [
        (
            "proposals.nms_treshold",
            r"unknown setting proposals\.nms_treshold: did you mean proposals\.nms_threshold",
        ),
        ("proposal.count", r"unknown setting proposal: did you mean proposals"),
        ("class_name", r"unknown setting class_name: did you mean class_names"),
    ],
)
def test_unknown_setting_names_the_nearest(name: str, near: str):
    with pytest.raises(ValueError, match=near):
        Config().replace(**{name: 1})


def test_classes_count_the_background_and_channels_the_means():
    assert Config(class_names=("background", "a", "b")).num_classes == 3
    assert Config().replace(**{"molding.mean": (1.0, 2.0, 3.0, 4.0)}).molding.channels == 4


def test_configurations_are_values():
    assert hash(classic()) == hash(classic())
    with pytest.raises(dataclasses.FrozenInstanceError):
        classic().proposals.count = 3
