"""Weights: files into models and back.

Read in this order: ``names`` (what a weight is called), ``stored`` (what a file holds), ``formats`` (one module a
layout), ``opening``, ``report`` (what fits and what does not), ``loading``, ``download``.

Names below are loaded when they are first used; only a model needs TensorFlow.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "LoadReport": "report",
    "WeightsMismatch": "report",
    "fetch_coco": "download",
    "load_model": "loading",
    "load_weights": "loading",
    "open_weights": "opening",
    "read_config": "loading",
    "save_weights": "formats.native",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
