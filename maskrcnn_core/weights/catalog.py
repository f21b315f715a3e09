"""The models that a name stands for: those that ship, and those that their authors publish.

Inputs: a name. Outputs: what is known of its model, and its file. Figures are those that the authors give for COCO
val2017, in percent; of the classic weights none stands beside the file. A published file carries the beginning of its
hash in its name, which is held against it: of SHA-256 by torchvision, of MD5 by detectron2.

Sources: torchvision 0.28, documentation of its weights; detectron2, MODEL_ZOO.md; matterport/Mask_RCNN, release v2.0;
docs/models.md for ours.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..files.cache import cache_folder
from ..files.registry import Download
from ..files.suggestions import unknown
from .opening import open_weights

TORCHVISION = "https://download.pytorch.org/models/"
DETECTRON2 = "https://dl.fbaipublicfiles.com/detectron2/COCO-InstanceSegmentation/"
MATTERPORT = "https://github.com/matterport/Mask_RCNN/releases/download/v2.0/"


@dataclass(frozen=True)
class NamedModel:
    """A model by name. box_ap, mask_ap: percent, by its authors; None where they give none with the file."""

    name: str
    backbone: str
    classes: int  # without the background
    megabytes: int
    licence: str
    finds: str  # in a word
    box_ap: float | None = None
    mask_ap: float | None = None
    download: Download | None = None  # None = it ships with the package

    @property
    def cached(self) -> bool:
        """Whether its file is in the cache."""
        return self.download is not None and (cache_folder() / self.download.name).is_file()


def check_weights(path: Path) -> None:
    """Hold a file against the layouts that can be loaded. Raises: ValueError."""
    with open_weights(path):
        pass


def check_published(algorithm: str, beginning: str, path: Path) -> None:
    """Hold a file against the ``beginning`` of its hash, and against the layouts. Raises: ValueError."""
    with path.open("rb") as file:
        received = hashlib.file_digest(
            file, partial(hashlib.new, algorithm, usedforsecurity=False)
        ).hexdigest()
    if not received.startswith(beginning):
        raise ValueError(
            f"wanted a file whose {algorithm.upper()} begins with {beginning}, received {received[:16]}…"
        )
    check_weights(path)


def _published(name: str, url: str, algorithm: str, size: int | None) -> Download:
    """Describe a file that carries the beginning of its hash as the last word of its name."""
    file = url.rpartition("/")[2]
    beginning = file.partition(".")[0].replace("-", "_").rpartition("_")[2]
    variable = f"MASKRCNN_{name.upper().replace('-', '_')}_URL"
    return Download(file, url, variable, partial(check_published, algorithm, beginning), size)


COCO = Download(
    name="mask_rcnn_coco.h5",
    url=f"{MATTERPORT}mask_rcnn_coco.h5",
    variable="MASKRCNN_COCO_URL",
    check=check_weights,
    pinned="md5:e98aaff6f99e307b5e2a8a3ff741a518",  # as NVIDIA's TensorRT sample and others publish it
    size=257_557_808,  # "Length" in public logs of wget, and HDF5's own end-of-file mark in reports of truncated copies
)
_V1 = ("torchvision-v1", f"{TORCHVISION}maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth", "sha256", 178_090_079)
_V2 = ("torchvision-v2", f"{TORCHVISION}maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth", "sha256", 185_828_065)
_R50 = (
    "detectron2-r50-3x",
    f"{DETECTRON2}mask_rcnn_R_50_FPN_3x/137849600/model_final_f10217.pkl",
    "md5",
    None,
)
_R101 = (
    "detectron2-r101-3x",
    f"{DETECTRON2}mask_rcnn_R_101_FPN_3x/138205316/model_final_a3ec72.pkl",
    "md5",
    None,
)

_BSD, _SHARE = "BSD-3-Clause", "CC BY-SA 3.0"
# those that ship first, then the published ones, the best first
MODELS = {
    model.name: model
    for model in (
        NamedModel("nuclei", "small", 1, 13, "Apache-2.0", "nucleus", 54.3, 55.5),
        NamedModel("shapes", "small", 3, 7, "Apache-2.0", "shapes", 91.2, 92.0),
        NamedModel("torchvision-v2", "resnet50", 80, 186, _BSD, "COCO", 47.4, 41.8, _published(*_V2)),
        NamedModel("detectron2-r101-3x", "resnet101", 80, 254, _SHARE, "COCO", 42.9, 38.6, _published(*_R101)),
        NamedModel("detectron2-r50-3x", "resnet50", 80, 178, _SHARE, "COCO", 41.0, 37.2, _published(*_R50)),
        NamedModel("torchvision-v1", "resnet50", 80, 178, _BSD, "COCO", 37.9, 34.6, _published(*_V1)),
        NamedModel("coco", "resnet101", 80, 258, "MIT", "COCO", None, None, COCO),
    )
}  # fmt: skip
SHIPPED = tuple(name for name, model in MODELS.items() if model.download is None)
PUBLISHED = {name: model for name, model in MODELS.items() if model.download is not None}


def best_cached() -> str | None:
    """Return the name of the best COCO model whose file is in the cache, None without any."""
    return next((name for name, model in PUBLISHED.items() if model.cached), None)


def fetch_model(
    name: str,
    url: str | None = None,
    path: str | Path | None = None,
    progress: bool = True,
    patience: float = 1.0,
) -> Path:
    """Return the file of a published model, fetched where the cache lacks it; see ``files.download.fetch``.

    A file from another address, or of one's own, has to be weights that open here, not to be the published ones.
    Raises: ValueError for a name that is not published; DownloadError when offline and for wrong content.
    """
    from ..files.download import fetch  # HTTP takes longer to import than all the rest here

    model = PUBLISHED.get(name)
    if model is None or model.download is None:
        raise ValueError(unknown("published model", PUBLISHED, name))
    own = url or path or os.environ.get(model.download.variable)
    wanted = replace(model.download, check=check_weights) if own else model.download
    return fetch(wanted, url, path, progress, patience)
