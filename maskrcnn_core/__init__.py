"""Mask R-CNN whose every intermediate tensor has a name.

Read the package in this order, which is the order in which data flows:

1. ``config``      what can be set, one frozen dataclass a stage
2. ``geometry``    the algebra of boxes, for arrays and tensors alike; outlines and run-length masks
3. ``recording``   every tensor that a trace can hold; tap and trace: reading and editing those tensors
4. ``stages``      molding (preprocessing), backbone, fpn, anchors, rpn, proposals, roi_align, box_head, detections,
                   mask_head, pasting, composing
5. ``model``       the pipeline on one page: detect, trace, replay
6. ``weights``, ``data``, ``training``, ``evaluation``, ``inference``, ``commands``

Names below are loaded when they are first used: importing this package imports no TensorFlow, reads no cache and sets
nothing. What suits the processor is set where a model is made (``runtime.quiet.import_tensorflow``).
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"  # the only place: the wheel and the command line take it from here

_HOME = {
    "Config": "config",
    "classic": "config",
    "tiny": "config",
    "load_config": "config.files",
    "TENSORS": "recording.tensors",
    "Trace": "recording.trace",
    "passthrough": "recording.trace",
    "Sample": "data.reading.sample",
    "MaskRCNN": "model",
    "Result": "stages.composing",
    "load_model": "weights",
    "load_weights": "weights",
    "save_weights": "weights",
    "train": "training.api",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
