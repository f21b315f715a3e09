"""Views: what a person looks at. Each is listed once, as an entry point ``maskrcnn.views`` in ``pyproject.toml``, under
the name by which notebooks ask for it; another package adds its own the same way.

``framework`` (what all are made of) ← ``stages``, ``why``, ``training`` (views of a session), ``data`` (of a data set),
``weights`` (of a checkpoint). A name below is loaded when it is first used::

    from maskrcnn_inspect.views import proposals

    proposals.widget(session)
"""

from types import ModuleType
from typing import Any

from maskrcnn_core.runtime.plugins import find, offered

GROUP = "maskrcnn.views"


def view(name: str) -> ModuleType:
    """Return the view ``name``, of this project or of another package. Raises: ValueError with the nearest names."""
    return find(GROUP, name, "view").load()


def __getattr__(name: str) -> Any:
    if name.startswith("_") or name not in offered(GROUP):
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(offered(GROUP))}"
        )
    return view(name)


def __dir__() -> list[str]:
    return [*globals(), *offered(GROUP)]
