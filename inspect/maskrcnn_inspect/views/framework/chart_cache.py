"""The chart cache: a chart that does not depend on the selection, such as the histogram of all anchors, is drawn once.

A chart takes a tenth of a second to draw and to write as an image, more than a click may cost in all views together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from matplotlib.figure import Figure

from .keeping import kept
from .scene import Chart


class KeptChart(Chart):
    """A chart that is written as an image once."""

    @cached_property
    def _markup(self) -> str:
        return super().html()

    def html(self) -> str:
        """Return the image as markup that needs no file."""
        return self._markup


def kept_chart(
    title: str, draw: Callable[[], Figure], same: Sequence[np.ndarray], alike: Sequence[np.ndarray] = ()
) -> Chart:
    """Return the chart ``title``: the one drawn before from the same tensors, or else what ``draw`` makes."""
    return kept(title, lambda: KeptChart(title, draw()), same, alike)
