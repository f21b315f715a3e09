"""torchvision's layout: ``maskrcnn_resnet50_fpn``, its old names too, ``_v2``, and ``MaskRCNN`` on other ResNets.

Inputs: names and shapes of a state dict. Outputs: the same in our words (``pytorch.Foreign``). Which of the two it is,
the file says by its norms and heads. What it says by half is the epsilon of its norms: with counters of training they
are batch norms, 1e-5; frozen ones, without counters, have 1e-5 as well, but for models that began at torchvision's own
COCO weights, of ResNet-50, which have none: a ResNet-50 with frozen norms is taken for one of these.

Source: torchvision 0.28, ``models/detection``; the old names by its ``_load_from_state_dict``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...config import Config, torchvision_v1, torchvision_v2
from ...data.formats.coco_names import COCO_CLASSES
from .pytorch import COUNTER, Foreign, Shape, foreign

LEARNED_EPSILON = 1e-5  # of torch.nn.BatchNorm2d
COCO_IDS = 91  # the background and COCO's category ids, of which ten mean nothing

TABLE = (
    (r"backbone\.body\.conv1", "backbone.conv1"),
    (r"backbone\.body\.bn1", "backbone.bn_conv1"),
    *(
        (rf"backbone\.body\.layer(\d)\.(\d+)\.{theirs}", f"backbone.{kind}{{1+1}}{{2a}}_branch{branch}")
        for theirs, kind, branch in (
            *((f"conv{number}", "res", f"2{letter}") for number, letter in zip("123", "abc", strict=True)),
            *((f"bn{number}", "bn", f"2{letter}") for number, letter in zip("123", "abc", strict=True)),
            (r"downsample\.0", "res", "1"),
            (r"downsample\.1", "bn", "1"),
        )
    ),
    (r"backbone\.fpn\.inner_blocks\.(\d)(?:\.0)?", "fpn.c{1+2}p{1+2}"),
    (r"backbone\.fpn\.inner_blocks\.(\d)\.1", "fpn.bn_c{1+2}p{1+2}"),
    (r"backbone\.fpn\.layer_blocks\.(\d)(?:\.0)?", "fpn.p{1+2}"),
    (r"backbone\.fpn\.layer_blocks\.(\d)\.1", "fpn.bn_p{1+2}"),
    (r"rpn\.head\.conv(?:\.0\.0)?", "rpn.conv_shared"),
    (r"rpn\.head\.conv\.([1-9])\.0", "rpn.conv_shared{1+1}"),
    (r"rpn\.head\.cls_logits", "rpn.class_raw"),
    (r"rpn\.head\.bbox_pred", "rpn.bbox_pred"),
    (r"roi_heads\.box_head\.fc6", "box_head.class_conv1"),
    (r"roi_heads\.box_head\.fc7", "box_head.class_conv2"),
    (r"roi_heads\.box_head\.(\d)\.0", "box_head.box_conv{1+1}"),
    (r"roi_heads\.box_head\.(\d)\.1", "box_head.box_bn{1+1}"),
    (r"roi_heads\.box_predictor\.cls_score", "box_head.class_logits"),
    (r"roi_heads\.box_predictor\.bbox_pred", "box_head.bbox_fc"),
    (r"roi_heads\.mask_head\.mask_fcn(\d)", "mask_head.mask_conv{1}"),
    (r"roi_heads\.mask_head\.(\d)\.0", "mask_head.mask_conv{1+1}"),
    (r"roi_heads\.mask_head\.(\d)\.1", "mask_head.mask_bn{1+1}"),
    (r"roi_heads\.mask_predictor\.conv5_mask", "mask_head.mask_deconv"),
    (r"roi_heads\.mask_predictor\.mask_fcn_logits", "mask_head.mask"),
)
# the fully connected layers of v2 stand after its convolutions, wherever these end
_DENSE = re.compile(r"roi_heads\.box_head\.(\d+)\.weight")


def is_torchvision(names: Mapping[str, object]) -> bool:
    """Return whether these are the names of a Mask R-CNN of torchvision."""
    return "backbone.body.conv1.weight" in names and "roi_heads.mask_predictor.conv5_mask.weight" in names


def read_torchvision(shapes: Mapping[str, Shape]) -> Foreign:
    """Return a state dict of ``shapes`` by name in our words. Raises: ValueError for what this model cannot be."""
    dense = sorted(int(match[1]) for name in shapes if (match := _DENSE.fullmatch(name)))
    table = (
        *((rf"roi_heads\.box_head\.{at}", f"box_head.class_conv{n}") for n, at in enumerate(dense, start=1)),
        *TABLE,
    )
    preset = torchvision_v2 if "backbone.fpn.layer_blocks.0.1.weight" in shapes else torchvision_v1
    found = foreign("torchvision", shapes, table, preset, background_last=False)
    config = _named(found.config)
    published = (
        config.backbone.architecture == "resnet50"
    )  # or begun from those weights; no others go without
    if not published or any(name.endswith(f".{COUNTER}") for name in shapes):
        config = config.replace(**{"backbone.norm_epsilon": LEARNED_EPSILON})
    return Foreign(found.layout, config, found.sources, found.unknown, found.background_last)


def _named(config: Config) -> Config:
    """Return ``config`` with COCO's names by category id, where there are as many classes as ids."""
    if config.num_classes != COCO_IDS:
        return config
    names = dict(COCO_CLASSES)
    own = ("background", *(names.get(number, f"unused_{number}") for number in range(1, COCO_IDS)))
    return config.replace(class_names=own)
