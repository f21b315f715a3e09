"""One run of ``maskrcnn explain DATASET``: what it is about, and the files of its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from maskrcnn_core.config import Config
    from maskrcnn_core.data.reading.reader import Reader

JOURNAL, VECTORS = "images.jsonl", "vectors.f16"  # which grow an image at a time
SUMS, PAGE, TABLE, GALLERY = "explain.json", "explain.html", "objects", "gallery.html"
PROJECTOR, FIFTYONE = "projector", "fiftyone"  # folders
MAKES = (
    JOURNAL,
    VECTORS,
    SUMS,
    PAGE,
    f"{TABLE}.csv",
    f"{TABLE}.parquet",
    GALLERY,
    f"{PROJECTOR}/*",
    f"{FIFTYONE}/*",
)  # and crops


class Run(NamedTuple):
    """One run: the data set by its name and opened, the model's settings, where to, what it depends on, its options."""

    dataset: str
    reader: Reader
    config: Config
    folder: Path
    heading: dict[str, str]
    options: dict[str, Any]

    @property
    def journal(self) -> Path:
        """Return the file of the records."""
        return self.folder / JOURNAL

    @property
    def num_images(self) -> int:
        """Return how many images are to be explained."""
        return min(self.options["limit"] or len(self.reader), len(self.reader))


def require_run(folder: Path | None) -> None:
    """Raise ValueError, before any work, where ``folder`` is named and holds no run to compare with."""
    if folder is not None and not (folder / JOURNAL).is_file():
        raise ValueError(
            f"--against wanted the folder of another run of `maskrcnn explain`, but {folder / JOURNAL} is not there"
        )
