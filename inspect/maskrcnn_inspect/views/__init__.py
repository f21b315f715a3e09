"""Views: what a person looks at. Each is listed here once, under the name by which notebooks ask for it.

``framework`` (what all are made of) ← ``stages``, ``why``, ``training`` (views of a session), ``data`` (of a data set),
``weights`` (of a checkpoint). A name below is loaded when it is first used::

    from maskrcnn_inspect.views import proposals

    proposals.widget(session)
"""

from importlib import import_module
from typing import Any

# name -> module, in the order in which a walk shows them
MODULES = {
    "molding": "stages.molding.view",
    "activations": "stages.feature_maps.view",
    "anchors": "stages.anchors.view",
    "rpn": "stages.rpn",
    "proposals": "stages.proposals.view",
    "roi_align": "stages.roi_align.view",
    "box_head": "stages.box_head.view",
    "detections": "stages.detections.view",
    "masks": "stages.masks.view",
    "composing": "stages.composing.view",
    "tensors": "stages.tensors",
    "funnel": "why.funnel",
    "lineage": "why.lineage",
    "nms_lab": "why.nms_lab",
    "what_if": "why.what_if",
    "attribution": "why.attribution",
    "oracles": "why.oracles",
    "comparison": "why.comparison",
    "training_targets": "training.targets",
    "training_batch": "training.batch",
    "losses": "training.losses",
    "dataset": "data.dataset",
    "augmentation": "data.augmentation",
    "resizing": "data.resizing",
    "anchor_fit": "data.anchor_fit",
    "mask_detail": "data.mask_detail",
    "pictures": "framework.gallery",
    "weights": "weights.report",
    "weight_overview": "weights.overview",
    "weight_layer": "weights.layer",
    "weight_depth": "weights.depth",
}

__all__ = sorted(MODULES)


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return import_module(f"{__name__}.{MODULES[name]}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
