"""The two lists of a folder run, written while they come: ``detections.json`` and ``areas.csv``.

Inputs: COCO results and areas, an image at a time. Outputs: both files, whole or not at all; memory holds one image's.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from ..files.atomic import replacing

COLUMNS = ("image", "class", "instances", "pixels", "share")


class Lists:
    """Both files of ``folder``, open for as long as the block runs; they are there when it ends well."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.objects = folder, 0
        self._files = ExitStack()

    def __enter__(self) -> Lists:
        results = self._files.enter_context(replacing(self.folder / "detections.json"))
        areas = self._files.enter_context(replacing(self.folder / "areas.csv"))
        self._results = self._files.enter_context(results.open("w", encoding="utf-8"))
        # a name that is no UTF-8 is written as the bytes that it is
        table = areas.open("w", newline="", encoding="utf-8", errors="surrogateescape")
        self._areas = csv.writer(self._files.enter_context(table))
        self._areas.writerow(COLUMNS)
        self._results.write("[")
        return self

    def add(self, results: Sequence[dict[str, Any]], areas: Sequence[Sequence[Any]]) -> None:
        """Add the objects and the areas of one image."""
        for result in results:
            self._results.write((", " if self.objects else "") + json.dumps(result))
            self.objects += 1
        self._areas.writerows(areas)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both, and put them in their places if nothing went wrong."""
        if error is None:
            self._results.write("]\n")
        self._files.__exit__(kind, error, trace)
