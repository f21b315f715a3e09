"""detectron2's layout: Mask R-CNN with a ResNet and FPN, from its model zoo or from a user's own run.

Inputs: names, shapes and, where there are any, the pixel statistics of a state dict; the ``config.yaml`` beside it, as
plain values. Outputs: the same in our words (``pytorch.Foreign``). Shapes do not tell where the stride of a block is.
``config.yaml`` does; else a ``pixel_std`` that is not 1 means weights that began at torchvision's, with the stride on
the 3x3 and RGB; without either the file is taken for one that began at MSRA's, as nearly all of the zoo.

Source: detectron2 02b5c4e2, ``modeling`` and ``config/defaults.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...config import Config, detectron2
from .detectron2_yaml import configured
from .pytorch import Foreign, Shape, foreign

_BLOCK = r"backbone\.bottom_up\.res(\d)\.(\d+)"
TABLE = (
    (r"backbone\.bottom_up\.stem\.conv1", "backbone.conv1"),
    (r"backbone\.bottom_up\.stem\.conv1\.norm", "backbone.bn_conv1"),
    *(
        (rf"{_BLOCK}\.{theirs}{norm}", f"backbone.{kind}{{1}}{{2a}}_branch{branch}")
        for theirs, branch in (("conv1", "2a"), ("conv2", "2b"), ("conv3", "2c"), ("shortcut", "1"))
        for norm, kind in (("", "res"), (r"\.norm", "bn"))
    ),
    (r"backbone\.fpn_lateral(\d)", "fpn.c{1}p{1}"),
    (r"backbone\.fpn_lateral(\d)\.norm", "fpn.bn_c{1}p{1}"),
    (r"backbone\.fpn_output(\d)", "fpn.p{1}"),
    (r"backbone\.fpn_output(\d)\.norm", "fpn.bn_p{1}"),
    (r"proposal_generator\.rpn_head\.conv(?:\.conv0)?", "rpn.conv_shared"),
    (r"proposal_generator\.rpn_head\.conv\.conv([1-9])", "rpn.conv_shared{1+1}"),
    (r"proposal_generator\.rpn_head\.objectness_logits", "rpn.class_raw"),
    (r"proposal_generator\.rpn_head\.anchor_deltas", "rpn.bbox_pred"),
    (r"roi_heads\.box_head\.conv(\d)", "box_head.box_conv{1}"),
    (r"roi_heads\.box_head\.conv(\d)\.norm", "box_head.box_bn{1}"),
    (r"roi_heads\.box_head\.fc(\d)", "box_head.class_conv{1}"),
    (r"roi_heads\.box_predictor\.cls_score", "box_head.class_logits"),
    (r"roi_heads\.box_predictor\.bbox_pred", "box_head.bbox_fc"),
    (r"roi_heads\.mask_head\.mask_fcn(\d)", "mask_head.mask_conv{1}"),
    (r"roi_heads\.mask_head\.mask_fcn(\d)\.norm", "mask_head.mask_bn{1}"),
    (r"roi_heads\.mask_head\.deconv", "mask_head.mask_deconv"),
    (r"roi_heads\.mask_head\.predictor", "mask_head.mask"),
)
STATISTICS = ("pixel_mean", "pixel_std")  # no weights
# no weights either: made again from the settings
ANCHORS = "proposal_generator.anchor_generator.cell_anchors."


def is_detectron2(names: Mapping[str, object]) -> bool:
    """Return whether these are the names of a Mask R-CNN of detectron2."""
    return "backbone.bottom_up.stem.conv1.weight" in names and "roi_heads.mask_head.deconv.weight" in names


def read_detectron2(
    shapes: Mapping[str, Shape],
    read: Callable[[str], np.ndarray],
    settings: Mapping[str, Any] | None = None,
) -> Foreign:
    """Return a state dict of ``shapes`` by name in our words.

    read: gives an array by its name, for the pixel statistics. settings: the ``config.yaml`` of the run.
    Raises: ValueError for what this model cannot be.
    """
    weights = {n: shape for n, shape in shapes.items() if n not in STATISTICS and not n.startswith(ANCHORS)}
    found = foreign("detectron2", weights, TABLE, detectron2, background_last=True)
    statistics = [np.asarray(read(name), np.float64).ravel() for name in STATISTICS if name in shapes]
    config = found.config if len(statistics) < 2 else _with_statistics(found.config, *statistics)
    return replace(found, config=configured(config, settings) if settings else config)


def _with_statistics(config: Config, mean: np.ndarray, std: np.ndarray) -> Config:
    """Return ``config`` with the pixel statistics of the file and what they tell about where its weights began."""
    config = config.replace(
        **{"molding.mean": tuple(_short(v) for v in mean), "molding.std": tuple(_short(v) for v in std)}
    )
    if np.allclose(std, 1.0):
        return config
    rgb = bool(mean[0] > mean[-1])  # ImageNet's red is the brightest
    return config.replace(**{"backbone.stride_on": "3x3", "molding.channel_order": "rgb" if rgb else "bgr"})


def _short(value: float) -> float:
    """Return a float32 as its author wrote it: 103.53, not 103.52999877929688."""
    return float(str(np.float32(value)))
