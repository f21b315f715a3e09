"""What the layouts of PyTorch's implementations have in common: axes, orders, and what shapes say about a model.

Inputs: the names and shapes of a state dict. Outputs: which of its arrays is which of ours, how it is turned into it,
and the configuration of its model. Three things differ in every one of them:

1. axes: kernels are (out, in, y, x), a transposed one (in, out, y, x), matrices (out, in); ours have ``out`` last, a
   transposed one (y, x, out, in). The first matrix of the box head sees a region as (channel, y, x),
   ours as (y, x, channel)
2. deltas: (dx, dy, dw, dh); ours are (dy, dx, dh, dw)
3. the background: the last class of detectron2 and MMDetection, the first of torchvision's and ours

No array is read here: a layout is a table of names, and turning is a function of an array.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...config import Config
from ...config.classic_json import numbered_classes
from ...config.resnets import block_letters
from ...data.formats.coco_names import coco_class_names
from ..names import require_architecture

Shape = tuple[int, ...]
Pattern = tuple[
    str, str
]  # regular expression of a whole layer's name, and ours with \1 … or {block}, {number}

NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
REGION = "box_head.class_conv1"
CLASSES = "box_head.class_logits"
DELTAS = ("box_head.bbox_fc", "rpn.bbox_pred")
COUNTER = "num_batches_tracked"  # of a batch norm in training: no weight


class Source(NamedTuple):
    """Where one of our arrays comes from. shape: ours; ``turned`` makes it from the file's array."""

    name: str  # in the file
    shape: Shape


@dataclass(frozen=True)
class Foreign:
    """A state dict in our words.

    layout: torchvision, detectron2 or mmdetection. config: of the model whose weights these are.
    sources: our flat name -> where the array is. unknown: names in the file that no weight of ours has.
    """

    layout: str
    config: Config
    sources: Mapping[str, Source]
    unknown: tuple[str, ...]
    background_last: bool

    def read(self, name: str, read: Callable[[str], np.ndarray]) -> np.ndarray:
        """Return our array ``name``, turned; ``read`` gives an array of the file by its own name."""
        array = read(self.sources[name].name)
        return turned(name, array, self.config.box_roi.size, self.background_last)


def renamed(
    shapes: Mapping[str, Shape], table: Sequence[Pattern]
) -> tuple[dict[str, tuple[str, Shape]], tuple[str, ...]]:
    """Return (our flat name -> the file's name and shape) and the names that no pattern of ``table`` matches.

    Counters of training are neither. Raises: ValueError where two names of the file mean one weight.
    """
    found: dict[str, tuple[str, Shape]] = {}
    unknown = []
    for name, shape in shapes.items():
        layer, _, variable = name.rpartition(".")
        if variable == COUNTER:
            continue
        ours = flat_name(layer, variable, table)
        if ours is None:
            unknown.append(name)
        elif ours in found:
            raise ValueError(f"{found[ours][0]} and {name} are both {ours}; wanted one of them")
        else:
            found[ours] = name, tuple(shape)
    return found, tuple(unknown)


def flat_name(layer: str, variable: str, table: Sequence[Pattern]) -> str | None:
    """Return the flat name of a weight, None for a layer or a variable that is not known.

    In a pattern's replacement, ``{a}`` is group 1 as a letter (0 -> a), ``{1}``, ``{2}`` … are groups as they are and
    ``{1+2}`` is group 1 plus 2.
    """
    for pattern, ours in table:
        match = re.fullmatch(pattern, layer)
        if match is None:
            continue
        for part in re.finditer(r"\{(\d)([+a])?(\d*)\}", ours):
            ours = ours.replace(part[0], _filled(part, match))
        kind = ours.rpartition(".")[2]
        is_norm = kind.startswith("bn") or kind.startswith(("class_bn", "box_bn", "mask_bn"))
        variables = NORM if is_norm else {"weight": "kernel", "bias": "bias"}
        return f"{ours}.{variables[variable]}" if variable in variables else None
    return None


def _filled(part: re.Match[str], match: re.Match[str]) -> str:
    """Return a group of ``match`` as ``part`` wants it: as it is, as a letter, or plus a number."""
    group = match[int(part[1])]
    if part[2] == "a":
        return block_letters(int(group))
    return str(int(group) + int(part[3])) if part[2] == "+" else group


def turned(name: str, array: np.ndarray, region: int, background_last: bool) -> np.ndarray:
    """Return ``array`` of a state dict as our weight ``name``.

    region: bins a side of what the box head sees.
    """
    layer, _, variable = name.rpartition(".")
    if layer in DELTAS:
        array = array.reshape(-1, 4, *array.shape[1:])[:, [1, 0, 3, 2]].reshape(array.shape)
    if layer == CLASSES and background_last:
        array = np.roll(array, 1, axis=0)
    if variable != "kernel":
        return array
    if layer == REGION and array.ndim == 2:
        array = array.reshape(len(array), -1, region, region)
    return np.ascontiguousarray(array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T)


def turned_shape(name: str, shape: Shape, region: int) -> Shape:
    """Return the shape of ``turned``."""
    layer, _, variable = name.rpartition(".")
    if variable != "kernel":
        return shape
    if layer == REGION and len(shape) == 2:
        shape = (shape[0], shape[1] // region**2, region, region)
    return (*shape[2:], shape[1], shape[0]) if len(shape) == 4 else shape[::-1]


def foreign(
    layout: str,
    shapes: Mapping[str, Shape],
    table: Sequence[Pattern],
    preset: Callable[..., Config],
    background_last: bool,
) -> Foreign:
    """Return the state dict of ``shapes`` in our words: names by ``table``, what they cannot say by ``preset``."""
    found, unknown = renamed(shapes, table)
    config = derived(preset, {name: shape for name, (_, shape) in found.items()})
    region = config.box_roi.size
    sources = {
        name: Source(theirs, turned_shape(name, shape, region)) for name, (theirs, shape) in found.items()
    }
    return Foreign(layout, config, sources, unknown, background_last)


def derived(preset: Callable[..., Config], shapes: Mapping[str, Shape]) -> Config:
    """Return the configuration of ``preset`` with all that ``shapes``, by our names and in the file's axes, tell.

    Raises: ValueError naming what is missing or what this model cannot be.
    """
    classes = _shape(shapes, "box_head.class_logits.bias")[0]
    ratios = _shape(shapes, "rpn.class_raw.bias")[0]
    _require_statistics(shapes)
    config = preset(class_names_of(classes), require_architecture(shapes))
    if ratios != len(config.anchors.ratios):
        raise ValueError(
            f"the model has {ratios} anchors a cell, where this layout has {len(config.anchors.ratios)}; give a "
            "configuration that says their anchors.ratios"
        )
    channels = _shape(shapes, "fpn.p2.kernel")[0]
    convolutions = _count(shapes, "box_head.box_conv")
    seen = _shape(shapes, f"box_head.box_conv{convolutions}.kernel")[0] if convolutions else channels
    units, inputs = _shape(shapes, f"{REGION}.kernel")
    return config.replace(
        **{
            "fpn.channels": channels,
            "fpn.norm": "fpn.bn_p2.gamma" in shapes,
            "rpn.channels": _shape(shapes, "rpn.conv_shared.kernel")[0],
            "rpn.convolutions": _count(shapes, "rpn.conv_shared", first=""),
            "box_roi.size": _side(inputs, seen),
            "box_head.convolutions": convolutions,
            "box_head.convolution_channels": seen,
            "box_head.convolution_norm": "box_head.box_bn1.gamma" in shapes,
            "box_head.layers": 2 if "box_head.class_conv2.kernel" in shapes else 1,
            "box_head.channels": units,
            "box_head.boxes": _one_a(shapes, "box_head.bbox_fc.bias", 4, classes, config.box_head.boxes),
            "mask_head.channels": _shape(shapes, "mask_head.mask_conv1.kernel")[0],
            "mask_head.convolutions": _count(shapes, "mask_head.mask_conv"),
            "mask_head.norm": "mask_head.mask_bn1.gamma" in shapes,
            "mask_head.bias": "mask_head.mask_conv1.bias" in shapes,
            "mask_head.masks": _one_a(shapes, "mask_head.mask.bias", 1, classes, config.mask_head.masks),
        }
    )


def _require_statistics(shapes: Mapping[str, Shape]) -> None:
    """Raise ValueError for a norm without stored statistics, as a group norm is: none of ours computes the same."""
    for name in shapes:
        layer, _, variable = name.rpartition(".")
        if variable == "gamma" and f"{layer}.moving_mean" not in shapes:
            raise ValueError(
                f"{layer}: wanted a batch norm, with running_mean and running_var, received a norm without them, as a "
                "group norm is, which is not supported"
            )


def class_names_of(classes: int) -> tuple[str, ...]:
    """Return COCO's names for as many classes as COCO has, background counted; else class_1, class_2 and so on."""
    coco = coco_class_names()
    return coco if classes == len(coco) else numbered_classes(classes)


def _one_a(shapes: Mapping[str, Shape], name: str, each: int, classes: int, usual: str) -> str:
    """Return for what the last layer has an output: every "class", every "object", or "shared" by all."""
    outputs = _shape(shapes, name)[0]
    kinds = {"class": each * classes, "object": each * (classes - 1), "shared": each}
    if kinds[usual] == outputs:  # with one class of objects two of them are the same
        return usual
    fitting = [kind for kind, count in kinds.items() if count == outputs]
    if not fitting:
        raise ValueError(f"{name}: wanted {', '.join(map(str, kinds.values()))} entries, received {outputs}")
    return fitting[0]


def _count(shapes: Mapping[str, Shape], layer: str, first: str = "1") -> int:
    """Return how many of ``layer``1, ``layer``2 … there are; ``first`` is what the first is numbered with."""
    count = 0
    while f"{layer}{count + 1 if count else first}.kernel" in shapes:
        count += 1
    return count


def _side(inputs: int, channels: int) -> int:
    """Return the bins a side of a region of ``channels`` that are ``inputs`` numbers together."""
    side = math.isqrt(inputs // channels)
    if side * side * channels != inputs:
        raise ValueError(
            f"{REGION}: wanted a square of {channels} channels as its input, received {inputs} numbers"
        )
    return side


def _shape(shapes: Mapping[str, Shape], name: str) -> Shape:
    """Return the shape of an array that every such model has."""
    if name not in shapes:
        raise ValueError(f"wanted {name}, which every Mask R-CNN on FPN has; the file has no such weight")
    return shapes[name]
