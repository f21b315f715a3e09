"""The gallery as one page beside its sheets of crops: it opens from a disk, and nothing comes from a network.

Inputs: the verdict table, what follows from it, and the atlas. Outputs: HTML. Everything that comes from data is in one
block of JSON, compressed, which the script reads as text: names are inert, whatever they hold.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maskrcnn_core.evaluation.report.walks import Walk
from maskrcnn_core.files.made import page_mark

from ..analysis.candidates.verdicts import VERDICTS
from ..analysis.verdict_table.atlas import Atlas
from ..analysis.verdict_table.rows import COLUMNS, FALSE, VerdictTable
from ..canvas.page_parts import json_text, whole_page
from . import crops
from .assets import script, style

OUTCOME = "outcome"  # a column of the page: the verdict, that of a false detection told from an object's
DICTIONARY = (
    "image",
    "kind",
    "class",
    "size",
    "verdict",
    OUTCOME,
    "stage",
    "setting_change",
)  # texts that repeat
NUMBERS = {int: "<i4", float: "<f4"}


@dataclass(frozen=True)
class Entry:
    """One line of a list beside the gallery, and the rows that it is about.

    title, words: what is said. rows: of the table; images: in place of rows, all rows of these. facts: name and value,
    as text.
    """

    title: str
    words: str
    rows: Sequence[int] = ()
    images: Sequence[int] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What the page shows beside the table.

    title: of the page. heading: name and value, as text. lists: entries by the name of their tab; notes: what is said
    above each. walks: by image, how it can be seen stage by stage.
    """

    title: str
    heading: Mapping[str, str]
    lists: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    walks: Mapping[int, Walk] = field(default_factory=dict)


def gallery_page(page: Page, table: VerdictTable, atlas: Atlas | None) -> str:
    """Return the page."""
    content = {
        "title": page.title,
        "heading": dict(page.heading),
        "rows": len(table),
        "images": len(table.images),
        "verdicts": list(VERDICTS),
        "columns": {name: _column(table[name], name, kind) for name, kind in COLUMNS.items()}
        | {OUTCOME: _column(_outcomes(table), OUTCOME, str)},
        "sheet": {
            "tile": crops.TILE,
            "across": crops.ACROSS,
            "tiles": crops.PER_SHEET,
            "name": crops.PATTERN,
        },
        "lists": {name: [_entry(one) for one in entries] for name, entries in page.lists.items()},
        "notes": dict(page.notes),
        "walks": {str(index): walk._asdict() for index, walk in page.walks.items()},
        "atlas": _atlas(atlas) if atlas is not None and len(atlas.rows) else None,
    }
    text = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    packed = json_text(base64.b64encode(gzip.compress(text, 6, mtime=0)).decode())
    body = (
        '<main id="gallery"><p>The gallery needs a browser that runs scripts.</p></main>\n'
        f'<script type="application/json" id="gallery-data">{packed}</script>'
    )
    whole = whole_page(page.title, style(), body, script(), kind="mg-page", images_beside=True)
    return whole + page_mark("explain")


def _outcomes(table: VerdictTable) -> list[str]:
    """Return the verdict of each row in words that say of what it is: "background" loses objects, and is detected."""
    kinds = zip(table["kind"], table["verdict"], strict=True)
    return [f"false: {verdict}" if kind == FALSE else verdict for kind, verdict in kinds]


def _column(values: list[Any], name: str, kind: type) -> dict[str, Any]:
    """Return a column: numbers as bytes, texts that repeat as numbers of a list, others as they are."""
    if name in DICTIONARY:
        words = list(dict.fromkeys(values))
        code = {word: place for place, word in enumerate(words)}
        return {"words": words, "codes": _bytes([code[value] for value in values], "<i4")}
    if kind is str:
        return {"texts": values}
    return {"type": "int" if kind is int else "float", "values": _bytes(values, NUMBERS[kind])}


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "title": one.title,
        "words": one.words,
        "rows": [int(row) for row in one.rows],
        "images": [int(index) for index in one.images],
        "facts": dict(one.facts),
    }


def _atlas(atlas: Atlas) -> dict[str, Any]:
    """Return the atlas: the short form as bytes from -127 to 127, enough to order rows by how alike they are."""
    return {
        "method": atlas.method,
        "shares": [round(float(share), 4) for share in atlas.shares[:2]],
        "rows": _bytes(atlas.rows, "<i4"),
        "places": _bytes(atlas.coordinates, "<f4"),
        "components": int(atlas.short.shape[1]),
        "short": _bytes(np.rint(127 * atlas.short), "<i1"),
    }


def _bytes(values: Any, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()
