"""Published weights: where each file comes from; fetched once by ``files.download``."""

from __future__ import annotations

from pathlib import Path

from ..files.download import Download, fetch
from .opening import open_weights


def check_weights(path: Path) -> None:
    """Hold a file against the layouts that can be loaded. Raises: ValueError."""
    with open_weights(path):
        pass


COCO = Download(
    name="mask_rcnn_coco.h5",
    url="https://github.com/matterport/Mask_RCNN/releases/download/v2.0/mask_rcnn_coco.h5",
    variable="MASKRCNN_COCO_URL",
    check=check_weights,
    size=257_557_808,  # "Length" in public logs of wget, and HDF5's own end-of-file mark in reports of truncated copies
)


def fetch_coco(url: str | None = None, path: str | Path | None = None, progress: bool = True) -> Path:
    """Return the file of the published COCO weights (ResNet-101, 81 classes), fetched where the cache lacks it.

    url: another address; else the variable MASKRCNN_COCO_URL, an address or a file; else the release's.
    path: a file that was fetched elsewhere, copied into the cache. progress: a bar, if the output is a terminal.
    Raises: DownloadError, a ValueError, when offline and for wrong content, which is deleted.
    """
    return fetch(COCO, url, path, progress)
