"""What a view is made of, and the check that nothing of it is missing.

Inputs: a module that an entry point ``maskrcnn.views`` names. Outputs: a sentence for each thing that it lacks. The
name of a view is that of its entry point; all else is in its module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from maskrcnn_core.recording.tensors import STAGES, TENSORS

from .scene import SECTIONS, View

FUNCTIONS = {
    "figure": "returns a matplotlib figure",
    "widget": "returns the live view for a notebook",
    "snapshot": "returns the parts of a page without a kernel",
}


class ViewModule(Protocol):
    """A view, as a module: how it looks (``VIEW``) and the three places where it can be seen.

    The arguments of the three are the view's subject: a trace or a session, a reader, a report on weights.
    """

    VIEW: View
    figure: Callable[..., Any]
    widget: Callable[..., Any]
    snapshot: Callable[..., Any]


def missing(module: Any) -> list[str]:
    """Return what ``module`` lacks to be a view, a phrase each; nothing where it is one."""
    lacking = [
        f"{name}, a function that {what}"
        for name, what in FUNCTIONS.items()
        if not callable(getattr(module, name, None))
    ]
    view = getattr(module, "VIEW", None)
    if not isinstance(view, View):
        return ["VIEW, a View with title, look_for, draw and explain", *lacking]
    return [*_missing_in(view), *lacking]


def _missing_in(view: View) -> list[str]:
    lacking = [f"a VIEW.{name} in words" for name in ("title", "look_for") if not getattr(view, name).strip()]
    lacking += [f"a VIEW.{name} to call" for name in ("draw", "explain") if not callable(getattr(view, name))]
    if view.stage and view.stage not in STAGES:
        lacking.append(f"a VIEW.stage among {', '.join(STAGES)} (received {view.stage!r})")
    if view.section and view.section not in SECTIONS:
        lacking.append(f"a VIEW.section among {', '.join(SECTIONS)} (received {view.section!r})")
    unknown = [name for name in view.needs if name not in TENSORS]
    if unknown:
        lacking.append(f"names of tensors in VIEW.needs (received {', '.join(unknown)})")
    return lacking
