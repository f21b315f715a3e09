"""The verdict table as files: CSV for people and spreadsheets, Parquet for pandas, DuckDB and Polars.

Both are written whole or not at all, and hold the columns of ``rows.COLUMNS`` in their order.
"""

from __future__ import annotations

import csv
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from maskrcnn_core.files.atomic import replacing

from .rows import COLUMNS, VerdictTable

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


def write_csv(table: VerdictTable, path: Path) -> None:
    """Write the table as CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    texts = [kind is str for kind in COLUMNS.values()]
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for values in zip(*(table[name] for name in COLUMNS), strict=True):
            writer.writerow(_cell(value, text) for value, text in zip(values, texts, strict=True))


def can_write_parquet() -> bool:
    """Return whether what writes Parquet is installed (extra views)."""
    return find_spec("pyarrow") is not None


def write_parquet(table: VerdictTable, path: Path) -> None:
    """Write the table as Parquet; text that repeats is stored once, and NaN is null."""
    import pyarrow as arrow
    from pyarrow import parquet

    kinds = {int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
    columns = {
        name: arrow.array(table[name], kinds[kind], from_pandas=True) for name, kind in COLUMNS.items()
    }
    with replacing(path) as part:
        parquet.write_table(arrow.table(columns), part, compression="zstd")


def _cell(value: Any, is_text: bool) -> Any:
    if is_text:
        return f"'{value}" if value.startswith(FORMULA) else value
    return "" if isinstance(value, float) and math.isnan(value) else value
