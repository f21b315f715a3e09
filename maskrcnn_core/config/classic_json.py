"""The classic configuration (keys BACKBONE, IMAGE_MIN_DIM, …) in the terms of this project.

A user of the matterport code brings a JSON dump of the ``Config`` class along. Each key is taken over, or means nothing
here and is known to, or is refused with the reason.
Source: matterport/Mask_RCNN, ``mrcnn/config.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..files.suggestions import unknown
from .checks import check, shown, typed, with_setting
from .settings import Config, classic

# classic key -> setting of the same meaning and unit
SAME: dict[str, str] = {
    "BACKBONE": "backbone.architecture",
    "BACKBONE_STRIDES": "anchors.strides",
    "BATCH_SIZE": "training.batch_size",
    "BBOX_STD_DEV": "box_head.delta_std",
    "DETECTION_MAX_INSTANCES": "detections.max_count",
    "DETECTION_MIN_CONFIDENCE": "detections.min_score",
    "DETECTION_NMS_THRESHOLD": "detections.nms_threshold",
    "FPN_CLASSIF_FC_LAYERS_SIZE": "box_head.channels",
    "GRADIENT_CLIP_NORM": "training.clip_norm",
    "IMAGE_MAX_DIM": "molding.max_dim",
    "IMAGE_MIN_DIM": "molding.min_dim",
    "IMAGE_MIN_SCALE": "molding.min_scale",
    "IMAGE_RESIZE_MODE": "molding.mode",
    "LEARNING_MOMENTUM": "training.momentum",
    "LEARNING_RATE": "training.learning_rate",
    "MASK_POOL_SIZE": "mask_roi.size",
    "MAX_GT_INSTANCES": "training.max_truths",
    "POOL_SIZE": "box_roi.size",
    "POST_NMS_ROIS_INFERENCE": "proposals.count",
    "POST_NMS_ROIS_TRAINING": "proposals.training_count",
    "PRE_NMS_LIMIT": "proposals.top_k",
    "ROI_POSITIVE_RATIO": "training.roi_positive_share",
    "RPN_ANCHOR_RATIOS": "anchors.ratios",
    "RPN_ANCHOR_SCALES": "anchors.scales",
    "RPN_ANCHOR_STRIDE": "anchors.spacing",
    "RPN_BBOX_STD_DEV": "rpn.delta_std",
    "RPN_NMS_THRESHOLD": "proposals.nms_threshold",
    "RPN_TRAIN_ANCHORS_PER_IMAGE": "training.rpn_samples",
    "STEPS_PER_EPOCH": "training.steps_per_epoch",
    "TOP_DOWN_PYRAMID_SIZE": "fpn.channels",
    "TRAIN_ROIS_PER_IMAGE": "training.roi_samples",
    "VALIDATION_STEPS": "training.validation_steps",
    "WEIGHT_DECAY": "training.weight_decay",
}
# Python's None switches these off in the classic code; here 0 does
NONE_IS_ZERO = ("DETECTION_MIN_CONFIDENCE", "IMAGE_MIN_DIM", "IMAGE_MIN_SCALE")
# follow from other keys or are about the machine
WITHOUT_MEANING = ("GPU_COUNT", "IMAGE_META_SIZE", "IMAGE_SHAPE", "NAME")
# order of training.loss_weights
LOSS_KEYS = ("rpn_class_loss", "rpn_bbox_loss", "mrcnn_class_loss", "mrcnn_bbox_loss", "mrcnn_mask_loss")
MINI_MASK = (56, 56)  # px, the classic MINI_MASK_SHAPE
BACKGROUND = ("background", "BG", "__background__")


def is_classic(settings: Mapping[str, Any]) -> bool:
    """Return whether ``settings`` are classic: upper-case keys, notes (``_…``) aside."""
    return any(str(key).isupper() for key in settings if not str(key).startswith("_"))


def from_classic(settings: Mapping[str, Any], base: Config | None = None) -> Config:
    """Return ``base`` (the classic configuration by default) with classic ``settings`` taken over.

    Raises: ValueError for unknown keys, with the nearest ones; for wrong types and ranges; for what cannot be honoured.
    """
    given = {str(key): value for key, value in settings.items() if not str(key).startswith("_")}
    config = base or classic()
    for key, value in given.items():
        if key in SAME:
            value = 0 if value is None and key in NONE_IS_ZERO else value
            config = with_setting(config, SAME[key], value, f"{key} ({SAME[key]})")
        elif key not in WITHOUT_MEANING and key not in SPECIAL:
            known = (*SAME, *SPECIAL, *WITHOUT_MEANING)
            raise ValueError(unknown(f"classic setting {key}", known, key))
    for key, take_over in SPECIAL.items():  # after the plain ones, which some of them are held against
        if key in given:
            config = take_over(given, config)
    return check(config)


def _class_names(given: Mapping[str, Any], config: Config) -> Config:
    """Take CLASS_NAMES, with or without the background; else NUM_CLASSES and the base's names or class_1, class_2."""
    names = given.get("CLASS_NAMES")
    if names is not None:
        names = typed(names, tuple[str, ...], "CLASS_NAMES")
        names = names if names and names[0] in BACKGROUND else ("background", *names)
    count = typed(given.get("NUM_CLASSES", len(names or ())), int, "NUM_CLASSES")
    if not 2 <= count <= 100_000:
        raise ValueError(f"NUM_CLASSES: wanted at least 2, the background and a class, received {count}")
    if names is None:
        known = config.num_classes == count
        names = config.class_names if known else numbered_classes(count)
    if len(names) != count:
        raise ValueError(
            f"CLASS_NAMES: wanted {count - 1} names for NUM_CLASSES = {count}, received {len(names) - 1}"
        )
    return with_setting(config, "class_names", names, "CLASS_NAMES")


def numbered_classes(count: int) -> tuple[str, ...]:
    """Return names for ``count`` classes, background counted, of which only the number is known."""
    return ("background", *(f"class_{number}" for number in range(1, count)))


def _mean(given: Mapping[str, Any], config: Config) -> Config:
    """Take MEAN_PIXEL, one entry an input channel; classic grey configurations give a single number."""
    mean = given.get("MEAN_PIXEL", config.molding.mean)
    mean = [mean] if isinstance(mean, int | float) else mean
    config = with_setting(config, "molding.mean", mean, "MEAN_PIXEL (molding.mean)")
    channels = typed(given.get("IMAGE_CHANNEL_COUNT", config.molding.channels), int, "IMAGE_CHANNEL_COUNT")
    if channels != config.molding.channels:
        wanted = f"as many entries as IMAGE_CHANNEL_COUNT = {channels}"
        raise ValueError(f"MEAN_PIXEL: wanted {wanted}, received {shown(list(config.molding.mean))}")
    return config


def _loss_weights(given: Mapping[str, Any], config: Config) -> Config:
    """Take LOSS_WEIGHTS: a weight a loss by its classic name; those not named keep their weight."""
    weights = given["LOSS_WEIGHTS"]
    if not isinstance(weights, Mapping):
        raise ValueError(f"LOSS_WEIGHTS: wanted {{name: weight}}, received {shown(weights)}")
    for name in weights:
        if name not in LOSS_KEYS:
            raise ValueError(unknown(f"loss {name!r} in LOSS_WEIGHTS", LOSS_KEYS, str(name)))
    own = zip(LOSS_KEYS, config.training.loss_weights, strict=True)
    values = [weights.get(name, weight) for name, weight in own]
    return with_setting(config, "training.loss_weights", values, "LOSS_WEIGHTS (training.loss_weights)")


def _mini_mask(given: Mapping[str, Any], config: Config) -> Config:
    """Take MINI_MASK_SHAPE unless USE_MINI_MASK is false."""
    used = typed(given.get("USE_MINI_MASK", True), bool, "USE_MINI_MASK")
    shape = given.get("MINI_MASK_SHAPE", MINI_MASK)
    checked = with_setting(config, "training.mini_mask", shape, "MINI_MASK_SHAPE (training.mini_mask)")
    return checked if used else checked.replace(**{"training.mini_mask": None})


def _mask_shape(given: Mapping[str, Any], config: Config) -> Config:
    """Hold MASK_SHAPE against the mask head, which doubles its pooled region once."""
    side = 2 * config.mask_roi.size
    if typed(given["MASK_SHAPE"], tuple[int, int], "MASK_SHAPE") != (side, side):
        wanted = f"[{side}, {side}], twice MASK_POOL_SIZE"
        raise ValueError(f"MASK_SHAPE: wanted {wanted}, received {shown(given['MASK_SHAPE'])}")
    return config


def _train_bn(given: Mapping[str, Any], config: Config) -> Config:
    """Take TRAIN_BN: false freezes the statistics, null trains them. True would use batch statistics when detecting."""
    value = given["TRAIN_BN"]
    if value is not None and value is not False:
        reason = "true takes the statistics of the batch even when detecting, which is not supported"
        raise ValueError(
            f"TRAIN_BN: wanted false (frozen) or null (learns in training), received {shown(value)}; {reason}"
        )
    return config.replace(**{"backbone.norm_trainable": value is None})


def _batch_size(given: Mapping[str, Any], config: Config) -> Config:
    """Take IMAGES_PER_GPU times GPU_COUNT, unless BATCH_SIZE, which is that product, was given."""
    if "BATCH_SIZE" in given:
        return config
    each = typed(given["IMAGES_PER_GPU"], int, "IMAGES_PER_GPU")
    gpus = typed(given.get("GPU_COUNT", 1), int, "GPU_COUNT")
    return with_setting(
        config, "training.batch_size", each * gpus, "IMAGES_PER_GPU x GPU_COUNT (training.batch_size)"
    )


def _rpn_rois(given: Mapping[str, Any], config: Config) -> Config:
    if given["USE_RPN_ROIS"] is not True:
        received = shown(given["USE_RPN_ROIS"])
        raise ValueError(
            f"USE_RPN_ROIS: wanted true, received {received}; proposals given by hand are not supported"
        )
    return config


def _backbone_shape(given: Mapping[str, Any], config: Config) -> Config:
    if given["COMPUTE_BACKBONE_SHAPE"] is not None:
        received = shown(given["COMPUTE_BACKBONE_SHAPE"])
        raise ValueError(
            f"COMPUTE_BACKBONE_SHAPE: wanted null, received {received}; a backbone of your own is not supported"
        )
    return config


# keys that need more than a new name
SPECIAL: dict[str, Callable[[Mapping[str, Any], Config], Config]] = {
    "CLASS_NAMES": _class_names,
    "COMPUTE_BACKBONE_SHAPE": _backbone_shape,
    "IMAGES_PER_GPU": _batch_size,
    "IMAGE_CHANNEL_COUNT": _mean,
    "LOSS_WEIGHTS": _loss_weights,
    "MASK_SHAPE": _mask_shape,
    "MEAN_PIXEL": _mean,
    "MINI_MASK_SHAPE": _mini_mask,
    "NUM_CLASSES": _class_names,
    "TRAIN_BN": _train_bn,
    "USE_MINI_MASK": _mini_mask,
    "USE_RPN_ROIS": _rpn_rois,
}
