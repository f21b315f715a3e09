"""Views: what a person looks at. Each is listed once, as an entry point ``maskrcnn.views`` in ``pyproject.toml``, under
the name by which notebooks ask for it; another package adds its own the same way. What a view is made of is in
``framework.protocol``.

``framework`` (what all are made of) ← ``stages``, ``why``, ``training`` (views of a session), ``data`` (of a data set),
``weights`` (of a checkpoint). A name below is loaded when it is first used::

    from maskrcnn_inspect.views import proposals

    proposals.widget(session)
"""

import warnings
from importlib import import_module
from types import ModuleType
from typing import Any

from maskrcnn_core.runtime.plugins import find, offered

GROUP = "maskrcnn.views"
# Modules of figures, which were listed among the views: where they are now.
FORMER = {
    "tensors": "framework.tensor_table",
    "images": "framework.gallery",
    "weight_overview": "weights.overview",
    "weight_layer": "weights.layer",
    "weight_depth": "weights.depth",
}


def view(name: str) -> ModuleType:
    """Return the view ``name``, of this project or of another package.

    Raises: ValueError with the nearest names, or with what the module lacks to be a view.
    """
    from .framework.protocol import missing  # draws, so it is slow to import

    entry = find(GROUP, name, "view")
    module: ModuleType = entry.load()
    lacking = missing(module)
    if lacking:
        raise ValueError(f"view {name!r} ({entry.module}) lacks {'; '.join(lacking)}")
    return module


def all_views() -> dict[str, ModuleType]:
    """Return every view by name: ours in the order of their list, then those of other packages."""
    return {name: view(name) for name in offered(GROUP)}


def __getattr__(name: str) -> Any:
    if name in FORMER:
        place = f"{__name__}.{FORMER[name]}"
        text = f"{__name__}.{name} is now {place}; the former name will go"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return import_module(place)
    if name.startswith("_") or name not in offered(GROUP):
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(offered(GROUP))}"
        )
    return view(name)


def __dir__() -> list[str]:
    return [*globals(), *offered(GROUP)]
