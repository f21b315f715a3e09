"""The verdict table: one row for each ground-truth object and each false detection of a data set.

Inputs: the records of a journal (``explanation_sums.records``), an image after the other. Outputs: ``VerdictTable``,
columns of equal length. What pandas, DuckDB and the gallery read is this, and nothing else.

Shapes: r rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..candidates.explanation import KEPT, RIGHT, size_of
from ..candidates.explanation_sums import STAGES
from ..candidates.verdicts import VERDICTS

OBJECT, FALSE = "object", "false detection"
COLUMNS: dict[str, type] = {
    "index": int,  # of the image in the data set
    "image": str,
    "kind": str,  # OBJECT or FALSE
    "number": int,  # of the ground-truth object in its image, or of the detection
    "class": str,
    "size": str,  # COCO's word; of a false detection by its box
    "area": float,  # px² of the object's mask; of a false detection of its box
    "y1": float, "x1": float, "y2": float, "x2": float,  # image px
    "verdict": str,
    "stage": str,  # that lost it; "" for what is found or a crowd, "result" for a false detection
    "score": float,  # see TruthVerdict and DetectionVerdict; NaN where the network gave none
    "iou": float,
    "partner": int,  # an object's detection, a false detection's object; -1 = none
    "anchor": int,  # of an object's best candidate, the last to be lost; -1 = none
    "setting_change": str,  # the smallest that keeps a missed object, where it was asked for
    "sentence": str,
}  # fmt: skip
BOX = ("y1", "x1", "y2", "x2")
NONE = -1


@dataclass
class VerdictTable:
    """Columns of ``COLUMNS``, each a list of r values; what is beside the rows of images.

    images: names by index. unreadable: (index, image, reason) of those without rows.
    """

    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    images: dict[int, str] = field(default_factory=dict)
    unreadable: list[tuple[int, str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.columns["index"])

    def __getitem__(self, column: str) -> list[Any]:
        return self.columns[column]

    def box(self, row: int) -> tuple[float, float, float, float]:
        """Return the box of a row: yxyx, image px."""
        y1, x1, y2, x2 = (float(self.columns[name][row]) for name in BOX)
        return y1, x1, y2, x2

    def add(self, record: dict[str, Any]) -> None:
        """Add the rows of one image's record."""
        index, image = record["index"], record["image"]
        self.images[index] = image
        if "unreadable" in record:
            self.unreadable.append((index, image, record["unreadable"]))
            return
        for row in (*map(_of_object, record["truths"]), *map(_of_false, _false(record))):
            values = {"index": index, "image": image, **row}
            for name, column in self.columns.items():
                column.append(values[name])


def table_of(records: Iterable[dict[str, Any]]) -> VerdictTable:
    """Return the table of a journal's records."""
    table = VerdictTable()
    for record in records:
        table.add(record)
    return table


def _false(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in record["detections"] if one["verdict"] not in RIGHT]


def _of_object(one: dict[str, Any]) -> dict[str, Any]:
    assert one["verdict"] in VERDICTS, one["verdict"]
    settings = one.get("remedy", {}).get("settings", {})
    return {
        "kind": OBJECT,
        "number": one["truth"],
        "size": one["size"],
        "area": one["area"],
        "stage": "" if one["verdict"] in KEPT else STAGES[one["verdict"]],
        "partner": NONE if one["detection"] is None else one["detection"],
        "anchor": NONE if one["anchor"] is None else one["anchor"],
        "setting_change": ", ".join(f"{name} {value:g}" for name, value in settings.items()),
        **_shared(one),
    }


def _of_false(one: dict[str, Any]) -> dict[str, Any]:
    y1, x1, y2, x2 = one["box"]
    area = (y2 - y1) * (x2 - x1)
    return {
        "kind": FALSE,
        "number": one["detection"],
        "size": size_of(area),
        "area": area,
        "stage": "result",
        "partner": NONE if one["truth"] is None else one["truth"],
        "anchor": NONE,
        "setting_change": "",
        **_shared(one),
    }


def _shared(one: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: float("nan") if one[name] is None else one[name] for name in ("score", "iou")}
    box = dict(zip(BOX, one["box"], strict=True))
    return {"class": one["class"], "verdict": one["verdict"], "sentence": one["sentence"], **numbers, **box}
