"""ImageNet: a classifier's weights as the start of the backbone, from Keras' own files.

Inputs: the file of ``keras.applications`` ResNet-50 or ResNet-101 without its top. Outputs: a model whose backbone
holds these weights, and whose FPN and heads are as they were. Keras' ResNet (v1) is the backbone's twin: biases
everywhere, the stride on the first 1x1 of a stage. Three things differ, and are dealt with so that both compute the
same:

1. names: ``conv3_block1_2_bn`` is ``bn3a_branch2b``
2. colours: Keras feeds these weights BGR with ImageNet's means; the first kernel's input channels are turned to RGB
3. the norm's epsilon: gamma takes up the difference, gamma' = gamma * sqrt((v + epsilon') / (v + epsilon)). The
   variance could not always, v + epsilon - epsilon' may be negative; and it stays what was measured

One difference stays. Before its max pool Keras pads one pixel on each side; the backbone pads as ``SAME`` does, like
the classic code, which began from such weights too. Where C1 has an odd size both are the same, and C5 is Keras' (a
test). Where it has an even size, as in preprocessed squares, the pool's windows lie one pixel of C1 further down and
right.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..config.resnets import block_letters
from ..files.download import fetch
from ..files.registry import Download
from .names import STAGES, layer_of, named_variables
from .opening import open_weights
from .report import LoadReport, WeightsMismatch, compare
from .stored import StoredArray

if TYPE_CHECKING:
    from ..model import MaskRCNN

FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
FILE = "{}_weights_tf_dim_ordering_tf_kernels_notop.h5"
VARIABLE = "MASKRCNN_IMAGENET_URL"
# architecture -> MD5 (WEIGHTS_HASHES in keras/src/applications/resnet.py) and bytes ("Downloading data" in public logs)
PUBLISHED = {
    "resnet50": ("4d473c1dd8becc155b73f8504c6f6626", 94_765_736),
    "resnet101": ("88cf7a10940856eca736dc7b7e228a21", 171_446_536),
}
EPSILON = 1.001e-5  # of Keras' batch norms in these models
HEADS = tuple(f"{stage}.*" for stage in STAGES if stage != "backbone")

_BLOCK = re.compile(r"conv([2-5])_block(\d+)_([0-3])_(conv|bn)")
_BRANCH = {"0": "1", "1": "2a", "2": "2b", "3": "2c"}  # Keras counts the shortcut as 0


def load_imagenet(model: MaskRCNN, path: str | Path | None = None) -> LoadReport:
    """Load the weights of an ImageNet classifier into the backbone of ``model`` and report; all else is ``skipped``.

    path: a file that is here already. By default the published one, or what MASKRCNN_IMAGENET_URL says: an address, a
    file, or one of either ending in ``/`` that holds the published names.
    Raises: ValueError for a backbone that has no such weights; ``WeightsMismatch`` for a file of another network;
    DownloadError when offline. Law: ``model`` is unchanged when it raises.
    """
    config = model.config
    if config.backbone.architecture not in PUBLISHED:
        raise ValueError(
            f"ImageNet weights exist for the backbones {', '.join(PUBLISHED)}, received "
            f"{config.backbone.architecture}: start from none, a shipped name or a file, or set "
            "backbone.architecture=resnet50"
        )
    if config.molding.channels != 3:
        raise ValueError(
            f"ImageNet weights want 3 channels, received {config.molding.channels}: give molding.mean three values; "
            "grey images are repeated"
        )
    variables = named_variables(model)
    with open_weights(path or fetch_imagenet(config.backbone.architecture)) as stored:
        arrays = renamed(stored.arrays)
        report = compare(
            {name: array.shape for name, array in arrays.items()},
            {name: tuple(variable.shape) for name, variable in variables.items()},
            HEADS,
            str(stored.path),
            "keras",
        )
        if not report.complete:
            raise WeightsMismatch(report)
        values = adapted({name: arrays[name].read() for name in report.loaded}, config.backbone.norm_epsilon)
    for name, value in values.items():
        variables[name].assign(value)
    return report


def fetch_imagenet(architecture: str, progress: bool = True, patience: float = 1.0) -> Path:
    """Return the file of ``resnet50`` or ``resnet101``, fetched where the cache lacks it; see ``download.fetch``."""
    md5, size = PUBLISHED[architecture]
    name, url = FILE.format(architecture), os.environ.get(VARIABLE) or None
    if url and url.endswith(("/", os.sep)):
        url += name
    published = Download(name, FOLDER + name, VARIABLE, _md5_check(md5), size, f"md5:{md5}")
    # another address may hold weights of one's own: they have to fit, not to be the published ones
    own = replace(published, check=_check_layers)
    return fetch(own if url else published, url, None, progress, patience)


def renamed(arrays: Mapping[str, StoredArray]) -> dict[str, StoredArray]:
    """Return ``arrays`` under this project's names; unknown layers keep theirs, the classifier itself is left out."""
    named = {f"{backbone_layer(layer_of(name))}.{name.rpartition('.')[2]}": a for name, a in arrays.items()}
    return {name: array for name, array in named.items() if layer_of(name) not in ("predictions", "probs")}


def backbone_layer(layer: str) -> str:
    """Return what the backbone calls Keras' ``layer``; the same name where it has none.

    Law: ``backbone_layer("conv4_block23_3_conv") == "backbone.res4w_branch2c"``.
    """
    if layer in ("conv1_conv", "conv1_bn"):
        return f"backbone.{'conv1' if layer == 'conv1_conv' else 'bn_conv1'}"
    match = _BLOCK.fullmatch(layer)
    if match is None:
        return layer
    stage, block, branch, kind = match.groups()
    prefix = "res" if kind == "conv" else "bn"
    return f"backbone.{prefix}{stage}{block_letters(int(block) - 1)}_branch{_BRANCH[branch]}"


def adapted(arrays: Mapping[str, np.ndarray], epsilon: float) -> dict[str, np.ndarray]:
    """Return weights for RGB and for norms with ``epsilon`` that compute what ``arrays`` did for BGR and Keras'."""
    result = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    kernel = "backbone.conv1.kernel"  # (y, x, bgr, out)
    result[kernel] = np.ascontiguousarray(result[kernel][:, :, ::-1])
    for name, array in arrays.items():
        if name.endswith(".gamma"):
            variance = np.asarray(arrays[f"{layer_of(name)}.moving_variance"], np.float64)
            result[name] = (array * np.sqrt((variance + epsilon) / (variance + EPSILON))).astype(np.float32)
    return result


def _md5_check(wanted: str) -> Callable[[Path], None]:
    return partial(_check_published, wanted)


def _check_published(wanted: str, path: Path) -> None:
    """Hold a file against the MD5 that Keras publishes. Raises: ValueError."""
    with path.open("rb") as file:
        received = hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest()
    if received != wanted:
        raise ValueError(f"wanted the file with MD5 {wanted}, received {received}")
    _check_layers(path)


def _check_layers(path: Path) -> None:
    """Look whether a file holds a ResNet of Keras. Raises: ValueError."""
    with open_weights(path) as stored:
        if "backbone.conv1.kernel" not in renamed(stored.arrays):
            raise ValueError(
                "wanted the layers of keras.applications' ResNet, such as conv1_conv, received others"
            )
