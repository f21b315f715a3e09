"""MMDetection's layout: ``mask-rcnn_r50_fpn`` and its other depths, of version 3, as they lie under ``state_dict``.

Inputs: names and shapes of a state dict, and the values beside it (``meta``). Outputs: the same in our words
(``pytorch.Foreign``). Shapes do not tell the style of the backbone; the configuration's text in ``meta`` does, which is
searched for its word and never run.

Source: MMDetection 3.3.0, its configurations and models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...config import Config, mmdetection
from .pytorch import Foreign, Shape, foreign

TABLE = (
    (r"backbone\.conv1", "backbone.conv1"),
    (r"backbone\.bn1", "backbone.bn_conv1"),
    *(
        (rf"backbone\.layer(\d)\.(\d+)\.{theirs}", f"backbone.{kind}{{1+1}}{{2a}}_branch{branch}")
        for theirs, kind, branch in (
            *((f"conv{number}", "res", f"2{letter}") for number, letter in zip("123", "abc", strict=True)),
            *((f"bn{number}", "bn", f"2{letter}") for number, letter in zip("123", "abc", strict=True)),
            (r"downsample\.0", "res", "1"),
            (r"downsample\.1", "bn", "1"),
        )
    ),
    (r"neck\.lateral_convs\.(\d)\.conv", "fpn.c{1+2}p{1+2}"),
    (r"neck\.lateral_convs\.(\d)\.bn", "fpn.bn_c{1+2}p{1+2}"),
    (r"neck\.fpn_convs\.(\d)\.conv", "fpn.p{1+2}"),
    (r"neck\.fpn_convs\.(\d)\.bn", "fpn.bn_p{1+2}"),
    (r"rpn_head\.rpn_conv", "rpn.conv_shared"),
    (r"rpn_head\.rpn_cls", "rpn.class_raw"),
    (r"rpn_head\.rpn_reg", "rpn.bbox_pred"),
    (r"roi_head\.bbox_head\.shared_convs\.(\d)\.conv", "box_head.box_conv{1+1}"),
    (r"roi_head\.bbox_head\.shared_convs\.(\d)\.bn", "box_head.box_bn{1+1}"),
    (r"roi_head\.bbox_head\.shared_fcs\.(\d)", "box_head.class_conv{1+1}"),
    (r"roi_head\.bbox_head\.fc_cls", "box_head.class_logits"),
    (r"roi_head\.bbox_head\.fc_reg", "box_head.bbox_fc"),
    (r"roi_head\.mask_head\.convs\.(\d)\.conv", "mask_head.mask_conv{1+1}"),
    (r"roi_head\.mask_head\.convs\.(\d)\.bn", "mask_head.mask_bn{1+1}"),
    (r"roi_head\.mask_head\.upsample", "mask_head.mask_deconv"),
    (r"roi_head\.mask_head\.conv_logits", "mask_head.mask"),
)
CAFFE = re.compile(r"""\bstyle\s*=\s*['"]caffe['"]|['"]style['"]\s*:\s*['"]caffe['"]""")


def is_mmdetection(names: Mapping[str, object]) -> bool:
    """Return whether these are the names of a Mask R-CNN of MMDetection."""
    return "backbone.layer1.0.conv1.weight" in names and "roi_head.mask_head.conv_logits.weight" in names


def read_mmdetection(shapes: Mapping[str, Shape], metadata: Mapping[str, Any] | None = None) -> Foreign:
    """Return a state dict of ``shapes`` by name in our words.

    metadata: what lies beside it, with ``meta``: class names and the configuration's text, where there are any.
    Raises: ValueError for what this model cannot be.
    """
    found = foreign("mmdetection", shapes, TABLE, mmdetection, background_last=True)
    meta = (metadata or {}).get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    config = _named(found.config, meta)
    text = meta.get("cfg", meta.get("config"))
    return replace(found, config=_caffe(config) if isinstance(text, str) and CAFFE.search(text) else config)


def _caffe(config: Config) -> Config:
    """Return ``config`` for a backbone of style caffe: BGR of whole grey levels, stride on the 1x1."""
    return config.replace(
        **{
            "molding.channel_order": "bgr",
            "molding.mean": (103.53, 116.28, 123.675),
            "molding.std": (1.0, 1.0, 1.0),
            "backbone.stride_on": "1x1",
        }
    )


def _named(config: Config, meta: Mapping[str, Any]) -> Config:
    """Return ``config`` with the class names that the file carries, if there are as many as it has classes."""
    described = meta.get("dataset_meta")
    described = described if isinstance(described, Mapping) else {}
    names = next(
        (n for n in (described.get("classes"), described.get("CLASSES"), meta.get("CLASSES")) if n), ()
    )
    if not isinstance(names, Sequence) or isinstance(names, str):
        return config
    own = ("background", *map(str, names))
    return config.replace(class_names=own) if len(own) == config.num_classes == len(set(own)) else config
