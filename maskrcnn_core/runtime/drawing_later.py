"""Keras without matplotlib, until somebody draws with Keras.

Keras imports matplotlib for two functions of ``keras.visualization``, which no command uses, and that takes 0.25 s of
every start. It is written to do without where matplotlib is absent; so that it draws all the same where it is there,
what it found absent is loaded when it is first used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_ROOM = "keras.src.visualization"
# what Keras calls it, and where: (module of Keras, its name there, module of matplotlib)
_TAKEN = (
    (f"{_ROOM}.plot_image_gallery", "plt", "matplotlib.pyplot"),
    (f"{_ROOM}.plot_bounding_box_gallery", "patches", "matplotlib.patches"),
)


class _Later(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def drawing_later() -> Iterator[None]:
    """Have what the block imports do without matplotlib, unless it is imported already."""
    if "matplotlib" in sys.modules or find_spec("matplotlib") is None:
        yield
        return
    sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        yield
    finally:
        del sys.modules["matplotlib"]
        for home, name, module in _TAKEN:
            if getattr(sys.modules.get(home), name, module) is None:
                setattr(sys.modules[home], name, _Later(module))
