"""detectron2's ``config.yaml`` in our settings.

Inputs: its plain values, nested as in the file. Outputs: our configuration with each of them that has a meaning here.
What this pipeline cannot be (cascades, deformable convolutions, group norm, rotated boxes …) is refused by its name: to
detect with other rules than the weights were trained under would look right and be wrong.

Source: detectron2 02b5c4e2, ``config/defaults.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...config import Config
from ...config.checks import check, with_setting

# key -> our setting of the same meaning and unit
SAME: dict[str, str] = {
    "INPUT.MIN_SIZE_TEST": "molding.min_dim",
    "INPUT.MAX_SIZE_TEST": "molding.max_dim",
    "MODEL.PIXEL_MEAN": "molding.mean",
    "MODEL.PIXEL_STD": "molding.std",
    "MODEL.ANCHOR_GENERATOR.OFFSET": "anchors.offset",
    "MODEL.PROPOSAL_GENERATOR.MIN_SIZE": "proposals.min_size",
    "MODEL.RPN.PRE_NMS_TOPK_TEST": "proposals.top_k",
    "MODEL.RPN.POST_NMS_TOPK_TEST": "proposals.count",
    "MODEL.RPN.POST_NMS_TOPK_TRAIN": "proposals.training_count",
    "MODEL.RPN.NMS_THRESH": "proposals.nms_threshold",
    "MODEL.RPN.BATCH_SIZE_PER_IMAGE": "training.rpn_samples",
    "MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION": "box_roi.size",
    "MODEL.ROI_BOX_HEAD.POOLER_SAMPLING_RATIO": "box_roi.samples",
    "MODEL.ROI_MASK_HEAD.POOLER_RESOLUTION": "mask_roi.size",
    "MODEL.ROI_MASK_HEAD.POOLER_SAMPLING_RATIO": "mask_roi.samples",
    "MODEL.ROI_HEADS.SCORE_THRESH_TEST": "detections.min_score",
    "MODEL.ROI_HEADS.NMS_THRESH_TEST": "detections.nms_threshold",
    "MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE": "training.roi_samples",
    "MODEL.ROI_HEADS.POSITIVE_FRACTION": "training.roi_positive_share",
    "TEST.DETECTIONS_PER_IMAGE": "detections.max_count",
}
# key -> the values that this pipeline is
ONLY: dict[str, tuple[Any, ...]] = {
    "MODEL.META_ARCHITECTURE": ("GeneralizedRCNN",),
    "MODEL.MASK_ON": (True,),
    "MODEL.KEYPOINT_ON": (False,),
    "MODEL.BACKBONE.NAME": ("build_resnet_fpn_backbone",),
    "MODEL.FPN.FUSE_TYPE": ("sum",),
    "MODEL.FPN.NORM": ("", "BN", "SyncBN", "FrozenBN"),
    "MODEL.RESNETS.NORM": ("FrozenBN", "BN", "SyncBN"),
    "MODEL.RESNETS.NUM_GROUPS": (1,),
    "MODEL.RESNETS.RES5_DILATION": (1,),
    "MODEL.PROPOSAL_GENERATOR.NAME": ("RPN",),
    "MODEL.ANCHOR_GENERATOR.NAME": ("DefaultAnchorGenerator",),
    "MODEL.ROI_HEADS.NAME": ("StandardROIHeads",),
    "MODEL.ROI_BOX_HEAD.NAME": ("FastRCNNConvFCHead",),
    "MODEL.ROI_BOX_HEAD.NORM": ("", "BN", "SyncBN", "FrozenBN"),
    "MODEL.ROI_BOX_HEAD.USE_SIGMOID_CE": (False,),
    "MODEL.ROI_MASK_HEAD.NAME": ("MaskRCNNConvUpsampleHead",),
    "MODEL.ROI_MASK_HEAD.NORM": ("", "BN", "SyncBN", "FrozenBN"),
    "MODEL.LOAD_PROPOSALS": (False,),
}
ALIGNED = {"ROIAlignV2": True, "ROIAlign": False}


def configured(config: Config, settings: Mapping[str, Any]) -> Config:
    """Return ``config`` with the ``settings`` of a ``config.yaml``, nested as in the file, taken over.

    Raises: ValueError naming the key, what was wanted and what was received.
    """
    _require(settings)
    for key, name in SAME.items():
        value = _at(settings, key)
        if value is not None:
            config = with_setting(config, name, value, f"{key} ({name})")
    for key, names in _DERIVED.items():
        value = _at(settings, key)
        if value is not None:
            for name, taken in names(value, key).items():
                config = with_setting(config, name, taken, f"{key} ({name})")
    return check(config)


def _require(settings: Mapping[str, Any]) -> None:
    """Raise ValueError for a setting under which this pipeline would compute something else."""
    for key, allowed in ONLY.items():
        value = _at(settings, key)
        if value is not None and value not in allowed:
            wanted = " or ".join(map(repr, allowed))
            raise ValueError(f"{key}: wanted {wanted}, received {value!r}, which is not supported")
    deformed = _at(settings, "MODEL.RESNETS.DEFORM_ON_PER_STAGE")
    if isinstance(deformed, list) and any(deformed):
        raise ValueError(
            f"MODEL.RESNETS.DEFORM_ON_PER_STAGE: wanted no deformable convolution, received {deformed}"
        )


def _at(settings: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted ``key``, None where it is not there."""
    value: Any = settings
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _order(value: Any, key: str) -> dict[str, Any]:
    return {"molding.channel_order": str(value).lower()}


def _stride(value: Any, key: str) -> dict[str, Any]:
    return {"backbone.stride_on": "1x1" if value else "3x3"}


def _sizes(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, list) or any(not isinstance(sizes, list) or len(sizes) != 1 for sizes in value):
        raise ValueError(f"{key}: wanted one size a level, [[32], [64], …], received {value!r}")
    scales = [sizes[0] for sizes in value]
    return {"anchors.scales": scales * 5 if len(scales) == 1 else scales}


def _ratios(value: Any, key: str) -> dict[str, Any]:
    """Take height / width; the same for all levels."""
    if not isinstance(value, list) or not value or any(ratios != value[0] for ratios in value):
        raise ValueError(f"{key}: wanted the same ratios for all levels, received {value!r}")
    return {"anchors.ratios": [1 / ratio for ratio in value[0]]}


def _pooler(section: str) -> Any:
    def take(value: Any, key: str) -> dict[str, Any]:
        if value not in ALIGNED:
            raise ValueError(f"{key}: wanted {' or '.join(ALIGNED)}, received {value!r}")
        return {f"{section}.aligned": ALIGNED[value]}

    return take


def _std(section: str) -> Any:
    """Take BBOX_REG_WEIGHTS (dx, dy, dw, dh), which deltas are divided by; ours are multiplied, (dy, dx, dh, dw)."""

    def take(value: Any, key: str) -> dict[str, Any]:
        x, y, width, height = value
        return {f"{section}.delta_std": [1 / y, 1 / x, 1 / height, 1 / width]}

    return take


def _thresholds(section: str) -> Any:
    """Take IOU_THRESHOLDS: one for ROIs, or the highest of background and the least of an object for anchors."""

    def take(value: Any, key: str) -> dict[str, Any]:
        if len(value) == 1:
            return {f"training.{section}_positive_iou": value[0]}
        return {f"training.{section}_negative_iou": value[0], f"training.{section}_positive_iou": value[1]}

    return take


_DERIVED = {
    "INPUT.FORMAT": _order,
    "MODEL.RESNETS.STRIDE_IN_1X1": _stride,
    "MODEL.ANCHOR_GENERATOR.SIZES": _sizes,
    "MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS": _ratios,
    "MODEL.RPN.BBOX_REG_WEIGHTS": _std("rpn"),
    "MODEL.RPN.IOU_THRESHOLDS": _thresholds("rpn"),
    "MODEL.ROI_BOX_HEAD.BBOX_REG_WEIGHTS": _std("box_head"),
    "MODEL.ROI_BOX_HEAD.POOLER_TYPE": _pooler("box_roi"),
    "MODEL.ROI_MASK_HEAD.POOLER_TYPE": _pooler("mask_roi"),
    "MODEL.ROI_HEADS.IOU_THRESHOLDS": _thresholds("roi"),
}
