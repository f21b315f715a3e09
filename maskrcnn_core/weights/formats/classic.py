"""The classic layout: what Keras' ``save_weights`` made of the matterport model.

Inputs: an open file whose root, or whose group ``model_weights``, lists its layers. Outputs: its arrays by flat name.
The attributes are walked, no path is known beforehand: plain layers lie at ``conv1/conv1/kernel:0``, the nested RPN at
``rpn_model/rpn_conv_shared/kernel:0`` or with the name twice, time-distributed layers under the wrapper's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import h5py

from ...config import Config, classic
from ...config.classic_json import numbered_classes
from ...data.formats.coco_names import coco_class_names
from ...files.h5_checks import child, text_list
from ..names import flat_name, require_architecture
from ..stored import StoredArray, StoredWeights, WeightFormat

IGNORED = ("anchors",)  # TF 2 forks store their anchors, which are no weights
COCO_FILE = "mask_rcnn_coco"  # start of the published file's name


def has_layer_names(file: h5py.File) -> bool:
    """Return whether ``file`` lists layers as Keras does."""
    return _root(file) is not None


def read_classic(file: h5py.File, path: Path) -> StoredWeights:
    """Describe the arrays of a classic file, in the order of its layers.

    Raises: ValueError where lists and content disagree, or an array cannot be read safely.
    """
    root = _root(file)
    layers = text_list(root, "layer_names") if root is not None else None
    if root is None or not layers:
        raise ValueError("wanted layers, received an empty list layer_names")
    arrays: dict[str, StoredArray] = {}
    for layer in layers:
        if layer in IGNORED:
            continue
        group = child(root, layer)
        names = text_list(group, "weight_names") if isinstance(group, h5py.Group) else None
        if names is None:
            raise ValueError(f"layer {layer!r} is listed, but has no group with the attribute weight_names")
        for name in names:
            flat = flat_name([*layer.split("/"), *name.split("/")])
            if flat in arrays:
                raise ValueError(f"the weight {flat} is there twice, the second time as {layer}/{name}")
            arrays[flat] = StoredArray.checked(flat, child(group, name))
    return StoredWeights(path, "classic", arrays)


def derived_config(arrays: Mapping[str, StoredArray], path: Path) -> Config:
    """Return the classic configuration whose model has the shapes of ``arrays``.

    What no shape tells (sizes of images, scales of anchors, thresholds) has the classic defaults. Class names are
    COCO's for the published file, else class_1, class_2 …
    Raises: ValueError naming what is missing, or needs a configuration to be said.
    """
    classes = _shape(arrays, "box_head.class_logits.bias", 1)[0]
    ratios, fault = divmod(_shape(arrays, "rpn.class_raw.bias", 1)[0], 2)
    channels = _shape(arrays, "backbone.conv1.kernel", 4)[2]
    default = classic()
    if (ratios, fault, channels) != (len(default.anchors.ratios), 0, default.molding.channels):
        raise ValueError(
            f"the model has {channels} input channels and {ratios} anchors a cell; give a configuration that says "
            "their means (MEAN_PIXEL) and ratios (RPN_ANCHOR_RATIOS)"
        )
    coco = coco_class_names()
    named = path.name.startswith(COCO_FILE) and classes == len(coco)
    config = classic(coco if named else numbered_classes(classes), require_architecture(arrays))
    return config.replace(
        **{
            "fpn.channels": _shape(arrays, "fpn.p2.bias", 1)[0],
            "rpn.channels": _shape(arrays, "rpn.conv_shared.bias", 1)[0],
            "box_roi.size": _shape(arrays, "box_head.class_conv1.kernel", 4)[0],
            "box_head.channels": _shape(arrays, "box_head.class_conv1.bias", 1)[0],
            "mask_head.channels": _shape(arrays, "mask_head.mask_conv1.bias", 1)[0],
        }
    )


def assumed(config: Config) -> str:
    """Say what ``derived_config`` took of its own, since no shape tells it."""
    scales = ", ".join(f"{scale:g}" for scale in config.anchors.scales)
    names = config.class_names[1:]
    classes = ", ".join(names[:3]) + (f" … {names[-1]}" if len(names) > 3 else "")
    sides = f"{config.molding.min_dim} to {config.molding.max_dim} px ({config.molding.mode})"
    return (
        f"a classic file holds no configuration; assumed are anchors of {scales} px, images of {sides} and the class "
        f"names {classes}; others are said with --config C.json (RPN_ANCHOR_SCALES, IMAGE_MIN_DIM, IMAGE_MAX_DIM, "
        "CLASS_NAMES)"
    )


def _shape(arrays: Mapping[str, StoredArray], name: str, rank: int) -> tuple[int, ...]:
    """Return the shape of an array that every classic file has."""
    if name not in arrays:
        raise ValueError(f"wanted the weight {name}, which every Mask R-CNN has; it is not in the file")
    shape = arrays[name].shape
    if len(shape) != rank:
        raise ValueError(f"{name}: wanted {rank} axes, received shape {shape}")
    return shape


def _root(file: h5py.File) -> h5py.Group | None:
    """Return the group that lists the layers: the root, or ``model_weights`` where a whole model was saved."""
    nested = child(file, "model_weights") if "model_weights" in file else None
    for group in (file, nested):
        if isinstance(group, h5py.Group) and text_list(group, "layer_names") is not None:
            return group
    return None


FORMAT = WeightFormat("classic", has_layer_names, read_classic)
