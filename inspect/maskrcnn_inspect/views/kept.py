"""Charts that are drawn once: a selection moves on while the histogram of all anchors stays what it is.

A chart takes a tenth of a second to draw and to write as a picture, more than a click may cost in all views together.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from matplotlib.figure import Figure

from .scene import Chart

MOST = 16  # charts kept
_kept: OrderedDict[tuple[str, tuple[int, ...]], tuple[list[weakref.ref[np.ndarray]], Chart]] = OrderedDict()


class KeptChart(Chart):
    """A chart that is written as a picture once."""

    @cached_property
    def _markup(self) -> str:
        return super().html()

    def html(self) -> str:
        """Return the picture as markup that needs no file."""
        return self._markup


def kept_chart(title: str, arrays: Sequence[np.ndarray], draw: Callable[[], Figure]) -> Chart:
    """Return the chart ``title`` of these very ``arrays``: the one drawn before, or else what ``draw`` makes.

    A replay passes on the tensors before its first stage as they are, so that their charts stay as well.
    """
    key = title, tuple(map(id, arrays))
    given, chart = _kept.pop(key, ([], None))
    if chart is None or any(one() is not array for one, array in zip(given, arrays, strict=True)):
        chart = KeptChart(title, draw())
    _kept[key] = [weakref.ref(array) for array in arrays], chart
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return chart
