"""Looking inside Mask R-CNN: views of recorded tensors that a person can move.

1. ``canvas``    the one widget that draws, in notebooks and on pages without a kernel
2. ``analysis``  numbers from a trace
3. ``views``     one file a stage
4. ``explorer``  the whole network on one screen

Names below are loaded when they are first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Canvas": "canvas",
    "explore": "explorer",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
