"""A data set of two images with hostile names, and its table by hand."""

import numpy as np
import pytest

from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_inspect.analysis.verdict_table.rows import COLUMNS, VerdictTable

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\nline"


class Grey(Reader):
    """Two images of 60 x 80 px; the second cannot be read."""

    class_names = ("background", "cell")

    def __len__(self):
        return 2

    def read(self, index):
        if index:
            raise ValueError("broken")
        image = np.full((60, 80, 3), 200, np.uint8)
        image[10:30, 20:50] = (0, 128, 0)
        masks = np.zeros((1, 60, 80), bool)
        return Sample(image, np.array([1], np.int32), masks, source="grey"), []


@pytest.fixture(scope="session")
def reader():
    return Grey()


def table_of_rows(count, box=(10.0, 20.0, 30.0, 50.0)):
    """Return a table of ``count`` objects, each found but every third one, and a false detection at the end."""
    table = VerdictTable(images={0: HOSTILE, 1: "b.png"})
    for row in range(count):
        false = row == count - 1
        verdict = "background" if false else ("score" if row % 3 == 2 else "found")
        values = {
            "index": int(row > count // 2), "image": HOSTILE if row <= count // 2 else "b.png",
            "kind": "false detection" if false else "object", "number": row, "class": HOSTILE if row % 2 else "cell",
            "size": "small", "area": 100.0 + row, "y1": box[0], "x1": box[1], "y2": box[2], "x2": box[3],
            "verdict": verdict, "stage": {"found": "", "score": "detections", "background": "result"}[verdict],
            "score": float("nan") if row == 1 else 0.5, "iou": 0.7, "partner": -1, "anchor": row,
            "setting_change": "", "sentence": f"sentence {row} {HOSTILE}",
        }  # fmt: skip
        for name in COLUMNS:
            table.columns[name].append(values[name])
    return table


@pytest.fixture(scope="session")
def many():
    """Give the maker of tables."""
    return table_of_rows
