"""TensorFlow and Keras without matplotlib and SciPy, which take a third of a second of every start.

Keras imports matplotlib for two functions of ``keras.visualization``, and TensorFlow SciPy for training loops of the
former Keras that nobody can reach. Both are written to do without where the library is absent. So that Keras draws all
the same, what it found absent is loaded when it is first used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

LIBRARIES = ("matplotlib", "scipy")
_ROOM = "keras.src.visualization"
# what Keras draws with: (module of Keras, its name there, module of matplotlib)
_DRAWS = (
    (f"{_ROOM}.plot_image_gallery", "plt", "matplotlib.pyplot"),
    (f"{_ROOM}.plot_bounding_box_gallery", "patches", "matplotlib.patches"),
)


class _Later(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def left_out() -> Iterator[None]:
    """Have what the block imports do without ``LIBRARIES``, but for those that are imported already."""
    absent = [name for name in LIBRARIES if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
        if "matplotlib" in absent and find_spec("matplotlib"):
            _draw_later()


def _draw_later() -> None:
    for home, name, module in _DRAWS:
        if getattr(sys.modules.get(home), name, module) is None:
            setattr(sys.modules[home], name, _Later(module))
