"""The tensors of a stage as a table: name, axes, shape, unit, and what is in them.

Look for: a range far from its neighbours', a mean that is not finite, a tensor of nothing but zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from maskrcnn_core.recording.tensors import TensorSpec, matching, spec_of
from maskrcnn_core.recording.trace import Trace

COLUMNS = ("tensor", "axes", "shape", "unit", "min", "mean", "max", "not finite")


@dataclass(frozen=True)
class Table:
    """Rows of text, shown as HTML by a notebook and aligned by a terminal. Text is text: nothing in it is markup."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_html_(self) -> str:
        head = "".join(f"<th style='text-align:left'>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        return "\n".join(
            "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
        )


def table(trace: Trace, patterns: str | list[str] = "**") -> Table:
    """Return the recorded tensors that ``patterns`` match, in the order of the pipeline."""
    chosen = matching(patterns, trace.config)
    rows = (_row(spec_of(name, trace.config), np.asarray(trace[name])) for name in trace if name in chosen)
    return Table(COLUMNS, tuple(rows))


def _row(spec: TensorSpec, values: np.ndarray) -> tuple[str, ...]:
    shape = "x".join(map(str, values.shape)) or "-"
    head = (spec.name, " ".join(spec.axes) or "-", shape, spec.unit)
    if not values.size:
        return (*head, "-", "-", "-", "0")
    finite = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, bool)
    real = values[finite] if not finite.all() else values
    numbers = (real.min(), real.mean(dtype=np.float64), real.max()) if real.size else (np.nan,) * 3
    return (*head, *(f"{float(v):.4g}" for v in numbers), str(int((~finite).sum())))
