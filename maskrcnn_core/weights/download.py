"""The published COCO weights of the classic code: fetched once by ``files.download``."""

from __future__ import annotations

from pathlib import Path

from .catalog import COCO, check_weights, fetch_model

__all__ = ["COCO", "check_weights", "fetch_coco"]


def fetch_coco(url: str | None = None, path: str | Path | None = None, progress: bool = True) -> Path:
    """Return the file of the published COCO weights (ResNet-101, 81 classes), fetched where the cache lacks it.

    url: another address; else the variable MASKRCNN_COCO_URL, an address or a file; else the release's.
    path: a file that was fetched elsewhere, copied into the cache. progress: a bar, if the output is a terminal.
    Raises: DownloadError, a ValueError, when offline and for wrong content, which is deleted.
    """
    return fetch_model("coco", url, path, progress)
