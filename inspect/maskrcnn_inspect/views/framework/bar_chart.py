"""Bars with their numbers, drawn as markup: a hundred times quicker than a figure, so that a slider can redraw them.

Inputs: names and numbers. Outputs: an SVG without script or style; names from data are text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

ROW, TOP = 22, 24  # px, height of a bar with its gap, and of the title
LETTER = 7.2  # px, width of a letter at the size of the names
LONGEST = 34  # letters of a name; longer ones are cut
BLUE, GREY = "#0072b2", "#9aa3ad"


@dataclass(frozen=True, eq=False)
class Bars:
    """Horizontal bars, the first on top.

    title: above the bars. names, values: one a bar. colours: #rrggbb, one a bar or one for all. texts: the numbers
    as they are written; default the values with three digits. logarithmic: lengths go by log(1 + value).
    greatest: value of a full bar; default the greatest.
    """

    title: str
    names: Sequence[str]
    values: Sequence[float]
    colours: str | Sequence[str] = BLUE
    texts: Sequence[str] = ()
    logarithmic: bool = False
    greatest: float | None = None
    width: int = 560

    def html(self) -> str:
        """Return the markup."""
        names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in self.names]
        texts = list(self.texts) or [_number(value) for value in self.values]
        left = LETTER * max((len(name) for name in names), default=0) + 8
        room = self.width - left - LETTER * max((len(text) for text in texts), default=0) - 12
        shares = self._shares()
        parts = [_text(0, 14, self.title, weight="600")]
        for place, (name, text, share) in enumerate(zip(names, texts, shares, strict=True)):
            y, length = TOP + place * ROW, max(share * room, 1.0)
            colour = self.colours if isinstance(self.colours, str) else self.colours[place]
            parts += [
                _text(left - 6, y + 14, name, anchor="end"),
                f'<rect x="{left:.1f}" y="{y}" width="{length:.1f}" height="{ROW - 5}" rx="2" fill="{colour}"/>',
                _text(left + length + 5, y + 14, text),
            ]
        height = TOP + ROW * len(names) + 4
        words = "; ".join(f"{name} {text}" for name, text in zip(self.names, texts, strict=True))
        return (
            f'<svg class="mi-bars" xmlns="http://www.w3.org/2000/svg" role="img" width="{self.width}" height="{height}"'
            f' viewBox="0 0 {self.width} {height}" font-family="system-ui, sans-serif" font-size="12"'
            f' aria-label="{escape(f"{self.title}: {words}")}">{"".join(parts)}</svg>'
        )

    def _shares(self) -> list[float]:
        """Return the length of each bar, 0 to 1; nothing for what is no number."""
        values = np.clip(np.nan_to_num(np.asarray(self.values, np.float64), posinf=0.0), 0.0, None)
        full = float(values.max(initial=0.0)) if self.greatest is None else self.greatest
        if self.logarithmic:
            values, full = np.log1p(values), float(np.log1p(full))
        return [min(float(value) / full, 1.0) if full > 0 else 0.0 for value in values]


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _text(x: float, y: float, text: str, anchor: str = "start", weight: str = "400") -> str:
    # the colour of the words around it, so that it can be read on a light page and on a dark one
    looks = f'fill="currentColor" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y}" {looks}>{escape(text)}</text>'
