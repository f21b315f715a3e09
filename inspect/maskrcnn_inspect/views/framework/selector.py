"""A choice of one among several: never blank, and neither its name nor its options are cut.

ipywidgets takes an option whose value is None for no choice at all and shows an empty field. So an option that means
"decide by yourself" stands for itself here, and reaches ``view.draw`` as None through ``values_of``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import ipywidgets


class Unset(Enum):
    """The value, in a selector, of an option that leaves the choice to the view."""

    UNSET = "left to the view"


UNSET = Unset.UNSET


def selector(
    description: str, options: Mapping[str, Any] | Iterable[Any], **traits: Any
) -> ipywidgets.Dropdown:
    """Return a selector of ``options``: values, (label, value) pairs or a mapping of labels to values.

    An option of the value None becomes one of ``UNSET``. traits: further ones of ``ipywidgets.Dropdown``.
    Raises: ValueError where there is nothing to choose from.
    """
    pairs = [_pair(one) for one in (options.items() if isinstance(options, Mapping) else options)]
    if not pairs:
        raise ValueError(f"selector {description!r}: wanted at least one option, received none")
    return ipywidgets.Dropdown(
        options=pairs,
        description=description,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="max-content", max_width="100%"),
        **traits,
    )


def values_of(controls: Mapping[str, ipywidgets.Widget]) -> dict[str, Any]:
    """Return what each control says, by the same names; None for what is left to the view."""
    values = {name: control.value for name, control in controls.items()}
    return {name: None if value is UNSET else value for name, value in values.items()}


def _pair(option: Any) -> tuple[str, Any]:
    label, value = option if isinstance(option, tuple) else (str(option), option)
    return label, UNSET if value is None else value
