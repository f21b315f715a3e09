"""Views of a checkpoint. This folder and its chief view share a name: what notebooks ask of either is in ``report``."""

from importlib import import_module
from typing import Any

__all__ = ["VIEW", "figure", "read_layer", "snapshot", "widget"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.report"), name)
