"""Names of weights: ``stage.layer.variable``, the same for every file layout.

``backbone.res2a_branch2a.kernel``, ``fpn.c5p5.kernel``, ``rpn.class_raw.bias``, ``box_head.class_bn1.moving_mean``,
``mask_head.mask_deconv.kernel``. The classic implementation names layers without a stage (``mrcnn_class_conv1``,
``rpn_class_raw`` inside ``rpn_model``); its kernels have the same axes, the transposed one (y, x, out, in) included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

STAGES = ("backbone", "fpn", "rpn", "box_head", "mask_head")
RESNETS = {"f": "resnet50", "w": "resnet101"}  # last block of stage 4 -> architecture

# classic layer -> stage, and what is left of its name there
_CLASSIC = (
    (re.compile(r"((?:bn_)?conv1|(?:res|bn)[2-5][a-z]_branch(?:1|2[abc]))"), "backbone"),
    (re.compile(r"fpn_(c[2-5]p[2-5]|p[2-5])"), "fpn"),
    (re.compile(r"rpn_(conv_shared|class_raw|bbox_pred)"), "rpn"),
    (re.compile(r"mrcnn_(class_conv\d|class_bn\d|class_logits|bbox_fc)"), "box_head"),
    (re.compile(r"mrcnn_(mask|mask_conv\d+|mask_bn\d+|mask_deconv)"), "mask_head"),
)


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


def last_block(names: Iterable[str]) -> str:
    """Return the letter of the last block of ResNet stage 4, which tells ResNets apart; "" without any."""
    prefix = "backbone.res4"
    return max((name[len(prefix)] for name in names if name.startswith(prefix)), default="")
