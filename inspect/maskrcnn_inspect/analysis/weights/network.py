"""What the rules know of a weight from its name and shape alone: kind, place in the network, initial scale.

Inputs: flat names ``stage.layer.variable``, which classic and own files share (``maskrcnn_core.weights.names``).
Outputs: order, roles and the standard deviations that initialisers give. Unknown names are judged by their shape alone
and come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import prod, sqrt

from maskrcnn_core.config.resnets import block_index
from maskrcnn_core.weights.names import STAGES, layer_of

NORM_VARIABLES = ("gamma", "beta", "moving_mean", "moving_variance")
VARIABLES = ("kernel", "bias", *NORM_VARIABLES)  # the order within a layer

# Layers whose initialiser is smaller than He's, so that training starts with even scores and still boxes.
OUTPUT_STD = {
    "rpn.class_raw": 0.01,  # Faster R-CNN, section 3.1.3
    "rpn.bbox_pred": 0.01,
    "box_head.class_logits": 0.01,  # Fast R-CNN, section 2.3
    "box_head.bbox_fc": 0.001,
    "mask_head.mask": 0.001,  # detectron
}
STEM = ("backbone.conv1", "backbone.bn_conv1")  # takes grey levels, not activations of unit scale
CLASSIFIER = "box_head.class_logits"

MOST_LAYERS = 64  # as many of a kind as a configuration may ask for
_NUMBERS = range(1, MOST_LAYERS + 1)
_LEVELS = ["c5p5", "c4p4", "c3p3", "c2p2", "p5", "p4", "p3", "p2"]  # from the top down, as the data flows
_WITHIN = {
    "fpn": [name for layer in _LEVELS for name in (layer, f"bn_{layer}")],
    "rpn": ["conv_shared", *(f"conv_shared{n}" for n in _NUMBERS), "class_raw", "bbox_pred"],
    "box_head": [
        *(f"box_{kind}{n}" for n in _NUMBERS for kind in ("conv", "bn")),
        *("class_conv1", "class_bn1", "class_conv2", "class_bn2", "class_logits", "bbox_fc"),
    ],
}
_BLOCK = re.compile(r"(?P<norm>bn_?)?(?:res)?(?P<stage>\d)(?P<block>[a-z]{1,2})_branch(?P<branch>\d[a-z]?)")
_BRANCHES = ("2a", "2b", "2c", "1")
_LAST = 10**6


def variable_of(name: str) -> str:
    """Return the last part of a flat name: ``kernel`` of ``fpn.p2.kernel``."""
    return name.rpartition(".")[2]


def stage_of(name: str) -> str:
    """Return the stage of a flat name; "" for a layer that no stage has."""
    stage = name.split(".")[0]
    return stage if stage in STAGES else ""


def is_kernel(name: str, shape: tuple[int, ...]) -> bool:
    """Return whether the rules for kernels hold: two axes or more, whatever it is called."""
    return len(shape) >= 2 and prod(shape) > 0 and variable_of(name) not in NORM_VARIABLES


def unit_axis(name: str) -> int:
    """Return the axis of the filters: the last, but in a transposed convolution (y, x, out, in) the third."""
    return 2 if layer_of(name).endswith("deconv") else -1


def fans(name: str, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the inputs of a filter and the outputs that an input reaches, in Keras' counting for kernels."""
    units = shape[unit_axis(name)] if len(shape) > 2 else shape[-1]
    receptive = prod(shape[:-2])
    fan_in = prod(shape) // max(units, 1)
    return max(fan_in, 1), max(receptive * units, 1)


def he_std(name: str, shape: tuple[int, ...]) -> float:
    """Return sqrt(2 / fan_in) (He et al. 2015, eq. 10)."""
    return sqrt(2.0 / fans(name, shape)[0])


def initial_stds(name: str, shape: tuple[int, ...], input_std: float) -> tuple[float, ...]:
    """Return the standard deviations that usual initialisers give this kernel, He's first.

    He, Glorot (Glorot & Bengio 2010, eq. 12), the small values of output layers, and He divided by ``input_std``
    for the stem, whose input has the scale of grey levels.
    """
    he = he_std(name, shape)
    stds = [he, sqrt(2.0 / sum(fans(name, shape)))]
    layer = layer_of(name)
    if layer in OUTPUT_STD:
        stds.append(OUTPUT_STD[layer])
    if layer in STEM:
        stds.append(he / input_std)
    return tuple(stds)


def in_network_order(names: Iterable[str]) -> list[str]:
    """Return flat names in the order in which data meets them; unknown ones last, as they came."""
    return sorted(names, key=_position)


def _position(name: str) -> tuple[int, ...]:
    layer, variable = layer_of(name), variable_of(name)
    stage, _, within = layer.partition(".")
    at = VARIABLES.index(variable) if variable in VARIABLES else len(VARIABLES)
    if stage not in STAGES:
        return (len(STAGES),)
    return (STAGES.index(stage), *_place_in_stage(stage, within), at)


def _place_in_stage(stage: str, layer: str) -> tuple[int, ...]:
    """Return the place of a layer within its stage, always five numbers."""
    if stage == "mask_head":
        number = re.search(r"\d+$", layer)
        rank = {"mask_deconv": _LAST, "mask": _LAST + 1}.get(layer, int(number[0]) if number else _LAST + 2)
        return (rank, int("bn" in layer), 0, 0, 0)
    if stage in _WITHIN:
        known = _WITHIN[stage]
        return (known.index(layer) if layer in known else len(known), 0, 0, 0, 0)
    match = _BLOCK.fullmatch(layer)
    if not match:
        stem = {"conv1": 0, "bn_conv1": 1}
        return (0 if layer in stem else _LAST, stem.get(layer, 2), 0, 0, 0)
    branch = _BRANCHES.index(match["branch"]) if match["branch"] in _BRANCHES else len(_BRANCHES)
    return (int(match["stage"]), block_index(match["block"]), branch, int(bool(match["norm"])), 0)
