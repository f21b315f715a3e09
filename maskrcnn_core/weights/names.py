"""Names of weights: ``stage.layer.variable``, the same for every file layout.

``backbone.res2a_branch2a.kernel``, ``fpn.c5p5.kernel``, ``rpn.class_raw.bias``, ``box_head.class_bn1.moving_mean``,
``mask_head.mask_deconv.kernel``. The classic implementation names layers without a stage (``mrcnn_class_conv1``,
``rpn_class_raw`` inside ``rpn_model``); its kernels have the same axes, the transposed one (y, x, out, in) included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..config.resnets import RESNET_BLOCKS, block_index, resnet_of

STAGES = ("backbone", "fpn", "rpn", "box_head", "mask_head")

# classic layer -> stage, and what is left of its name there
_CLASSIC = (
    (re.compile(r"((?:bn_)?conv1|(?:res|bn)[2-5][a-z]{1,2}_branch(?:1|2[abc]))"), "backbone"),
    (re.compile(r"fpn_(c[2-5]p[2-5]|p[2-5])"), "fpn"),
    (re.compile(r"rpn_(conv_shared|class_raw|bbox_pred)"), "rpn"),
    (re.compile(r"mrcnn_(class_conv\d|class_bn\d|class_logits|bbox_fc)"), "box_head"),
    (re.compile(r"mrcnn_(mask|mask_conv\d+|mask_bn\d+|mask_deconv)"), "mask_head"),
)
_CONVOLUTION = re.compile(r"backbone\.res(?P<stage>\d)(?P<block>[a-z]{1,2})_branch2(?P<letter>[abc])\.")


def named_variables(model: Any) -> dict[str, Any]:
    """Return the variables of a ``MaskRCNN`` by flat name, in the order of the network.

    Raises: ValueError where two variables share a name, which a file could not tell apart.
    """
    named: dict[str, Any] = {}
    for stage in STAGES:
        for variable in getattr(model, stage).variables:
            parts = variable.path.split("/")
            name = ".".join((stage, parts[-2], parts[-1]))
            if name in named:
                raise ValueError(f"two variables are named {name}: {named[name].path} and {variable.path}")
            named[name] = variable
    return named


def flat_name(parts: list[str]) -> str:
    """Return the flat name of a classic weight from the ``parts`` of its path in the file.

    The last part is the variable (``kernel:0``), the layer is the last part before it that the classic code has:
    wrappers, nested models and repeated names stand around it. An unknown layer keeps its name, without a stage.
    """
    variable = parts[-1].split(":")[0]
    for part in reversed(parts[:-1]):
        for pattern, stage in _CLASSIC:
            match = pattern.fullmatch(part)
            if match:
                return f"{stage}.{match[1]}.{variable}"
    return ".".join((*parts[-2:-1], variable))


def layer_of(name: str) -> str:
    """Return a flat name without its variable: ``fpn.p2`` of ``fpn.p2.kernel``."""
    return name.rpartition(".")[0]


def architecture_of(names: Iterable[str]) -> str | None:
    """Return which ResNet has weights of these flat ``names``, None where none has."""
    return resnet_of(*_stage_4(names))


def require_architecture(names: Iterable[str]) -> str:
    """Return which ResNet has weights of these flat ``names``. Raises: ValueError where none has."""
    blocks, basic = _stage_4(names)
    found = resnet_of(blocks, basic)
    if found is None:
        depths = _listed(name.removeprefix("resnet") for name in RESNET_BLOCKS)
        counts = _listed(str(each[2]) for each in RESNET_BLOCKS.values())
        kind = "basic blocks" if basic else "bottlenecks"
        raise ValueError(
            f"wanted a backbone ResNet-{depths}, whose stage 4 has {counts} blocks, received "
            f"{f'{blocks} {kind}' if blocks else 'no such stage'}"
        )
    return found


def said_architecture(names: Iterable[str]) -> str:
    """Say which ResNet it is, or how many blocks stage 4 has where it is none."""
    names = list(names)
    return architecture_of(names) or f"a backbone whose stage 4 has {_stage_4(names)[0]} blocks"


def _stage_4(names: Iterable[str]) -> tuple[int, bool]:
    """Return how many blocks ResNet stage 4 has, and whether blocks are basic, which end with their second convolution:
    together they tell ResNets apart.
    """
    found = [match for match in map(_CONVOLUTION.match, names) if match]
    blocks = [block_index(match["block"]) + 1 for match in found if match["stage"] == "4"]
    return max(blocks, default=0), max((match["letter"] for match in found), default="") == "b"


def _listed(words: Iterable[str]) -> str:
    """Return ``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}"
