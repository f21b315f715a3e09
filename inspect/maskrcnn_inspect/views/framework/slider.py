"""A slider with a name that screen readers hear, keys, and its value beside it.

The slider of ipywidgets has a handle without a name, which keeps people out who do not see it; this is the browser's
own. Moves reach Python one at a time: while the kernel is busy the browser keeps the latest alone.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

HERE = files(__package__)


class Slider(anywidget.AnyWidget):
    """A number between two ends.

    value: int if ``whole``, else float. words: what to show in the place of 0, 1, 2, … of a whole slider.
    """

    _esm = (HERE / "slider.js").read_text(encoding="utf-8")
    _css = (HERE / "slider.css").read_text(encoding="utf-8")
    value: Any = traitlets.Union([traitlets.Int(), traitlets.Float()], default_value=0).tag(sync=True)
    min: Any = traitlets.Union([traitlets.Int(), traitlets.Float()], default_value=0).tag(sync=True)
    max: Any = traitlets.Union([traitlets.Int(), traitlets.Float()], default_value=100).tag(sync=True)
    step: Any = traitlets.Union([traitlets.Int(), traitlets.Float()], default_value=1).tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    continuous = traitlets.Bool(True, help="whether Python hears of it while it moves, or when it rests").tag(
        sync=True
    )
    disabled = traitlets.Bool(False).tag(sync=True)
    words: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, value: float = 0, **traits: Any) -> None:
        """Raises: ValueError where the ends are the wrong way round."""
        low, high = traits.get("min", 0), traits.get("max", 100)
        if low > high:
            raise ValueError(
                f"slider {traits.get('description', '')!r}: wanted min <= max, received {low} > {high}"
            )
        self.whole = all(isinstance(number, int) for number in (value, low, traits.get("step", 1)))
        super().__init__(**traits)
        self.value = value

    @traitlets.validate("value")
    def _inside(self, proposal: Any) -> float:
        """Keep the value between the ends, and of its own kind: 1.0 arrives from the browser as 1."""
        value = min(max(proposal["value"], self.min), self.max)
        return round(value) if self.whole else float(value)
