"""The network cut at its stages: one ONNX graph a part, so that a slider runs only what follows it.

Inputs: a model. Outputs: a graph for each part. What a part reads, makes and takes as settings is what its stages say
of themselves, and what it computes is ``MaskRCNN.forward``, with all other stages given. Graphs take images of any
size; runtime settings are inputs, by their dotted names.

    image -> backbone -> fpn -> rpn -> proposals -> heads -> detections -> masks

Shapes: those of the tensors, see ``recording.tensors``, without an axis of images.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import tensorflow as tf

from ..pipeline.specs import OUTPUTS, RUNTIME, SPECS
from ..recording.tensors import TENSORS
from ..recording.trace import Trace
from ..stages.anchors import Anchors
from .network import of_one_image, specs_of, stage_output
from .onnx_graph import onnx_graph

Tensors = Mapping[str, Any]

# part -> its stages; what pools regions stands with the head that it pools them for
CUTS = {
    "backbone": ("backbone",),
    "fpn": ("fpn",),
    "rpn": ("rpn",),
    "proposals": ("proposals",),
    "heads": ("box_roi", "box_head"),
    "detections": ("detections",),
    "masks": ("mask_roi", "mask_head"),
}
NOBODY = Anchors(tf.zeros([0, 4]), tf.zeros([0], tf.int32), tf.zeros([0]))  # where no stage reads them


@dataclass(frozen=True)
class Part:
    """One cut: ``reads`` and ``makes`` are names of tensors, ``settings`` those that it takes as inputs."""

    name: str
    stages: tuple[str, ...]

    @property
    def makes(self) -> tuple[str, ...]:
        """The tensors that its stages return."""
        return tuple(f"{stage}.{field}" for stage in self.stages for field in OUTPUTS[stage]._fields)

    @property
    def reads(self) -> tuple[str, ...]:
        """The tensors of other parts that its stages compute from."""
        patterns = [pattern for stage in self.stages for pattern in SPECS[stage].reads]
        read = [name for name in TENSORS if any(fnmatchcase(name, pattern) for pattern in patterns)]
        return tuple(name for name in read if name not in self.makes)

    @property
    def settings(self) -> tuple[str, ...]:
        """The runtime settings of its stages."""
        return tuple(setting for stage in self.stages for setting in SPECS[stage].runtime)


PARTS = tuple(Part(name, stages) for name, stages in CUTS.items())


def export_parts(model: Any) -> dict[str, Any]:
    """Return an ``onnx.ModelProto`` for each part of ``model``, by name; inputs and outputs are named as the tensors.

    Raises: ValueError where an op has no counterpart in ONNX.
    """
    specs = specs_of(model)
    return {part.name: _exported(model, part, specs) for part in PARTS}


def _exported(model: Any, part: Part, specs: Mapping[str, tf.TensorSpec]) -> Any:
    inputs = {name: specs[name] for name in part.reads}
    inputs |= {name: tf.TensorSpec([], getattr(tf, RUNTIME[name])) for name in part.settings}
    return onnx_graph(lambda given: run_part(model, part, given), inputs, metadata={"part": part.name})


def run_part(model: Any, part: Part, given: Tensors) -> dict[str, Any]:
    """Return what the stages of ``part`` make of the tensors and settings ``given``, by name."""
    config = model.config.replace(**{name: given[name] for name in part.settings})
    tap = Trace(list(part.makes), config=config)
    outputs = {stage: stage_output(stage, given) for stage in OUTPUTS if stage not in part.stages}
    anchors = outputs["anchors"] if outputs["anchors"].boxes is not None else NOBODY
    image = given.get("molding.image", tf.zeros([1, 1, 1]))[None]  # others read no more of it than its size
    model.forward(image, anchors, given.get("molding.window"), tap=tap, given=outputs, config=config)
    return {name: of_one_image(name, tap.tensors[name], config) for name in part.makes}


def run_chain(run: Callable[[Part, dict[str, Any]], Tensors], given: Tensors) -> dict[str, Any]:
    """Return ``given`` with what all parts make, one after the other, each by ``run(part, its inputs)``."""
    known = dict(given)
    for part in PARTS:
        known |= run(part, {name: known[name] for name in (*part.reads, *part.settings)})
    return known
