"""The network, or what of it follows a stage, as a function of tensors by name.

Inputs: a model, the tensors that are wanted and the first stage to run. Outputs: a ``Part``: the function, which is
``MaskRCNN.forward`` with a recording tap and nothing else, and its inputs: the tensors of earlier stages that it reads,
and the numbers that a compiled network takes as arguments, such as ``detections.min_score``, each with the model's own
as default. Why cut: where somebody moves a slider, only what follows it has to run.

Shapes: as in ``TENSORS``, without an axis of images; y, x network-input px of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from ..pipeline.specs import IN_NETWORK, OUTPUTS, RUNTIME, SPECS
from ..recording.tensors import STAGES, TENSORS, matching, names_of, spec_of
from ..recording.trace import Trace
from ..stages.anchors import Anchors
from .names import RESULT

FIRST = "backbone"  # the first stage with weights: preprocessing and anchors are NumPy


class Part(NamedTuple):
    """A part of the network. function: from tensors by the names of ``inputs`` to tensors by name."""

    function: Callable[[Mapping[str, Any]], dict[str, Any]]
    inputs: dict[str, tf.TensorSpec]
    defaults: dict[str, np.ndarray]


def network_part(model: Any, keep: Iterable[str] = RESULT, start: str = FIRST) -> Part:
    """Return what follows from the stage ``start`` on, with the tensors ``keep``, names or patterns, as its outputs.

    Raises: ValueError for a stage that is not in the network, KeyError for a pattern without a tensor.
    """
    if start not in SPECS or not SPECS[start].in_graph:
        stages = ", ".join(name for name, spec in SPECS.items() if spec.in_graph)
        raise ValueError(f"wanted a stage of the network ({stages}), received {start!r}")
    first = STAGES.index(start)
    kept = [name for name in _made_by_network(model.config, keep) if _place(name) >= first]
    specs, defaults = specs_of(model), runtime_numbers(model.config)
    inputs = {name: specs[name] for name in _read_from(first)}
    inputs |= {name: tf.TensorSpec([], value.dtype) for name, value in defaults.items()}
    before = [stage for stage in IN_NETWORK if STAGES.index(stage) < first or not SPECS[stage].in_graph]

    def run(tensors: Mapping[str, Any]) -> dict[str, Any]:
        tap = Trace(sorted(kept), config=model.config)
        config = model.config.replace(**{name: tensors[name] for name in defaults})
        given = {stage: stage_output(stage, tensors) for stage in before}
        image, window = tensors["molding.image"][None], tensors.get("molding.window")
        model.forward(image, given["anchors"], window, tap=tap, given=given, config=config)
        return {name: of_one_image(name, tap.tensors[name], model.config) for name in tap}

    return Part(run, inputs, defaults)


def runtime_numbers(config: Any) -> dict[str, np.ndarray]:
    """Return the settings that a network takes as arguments, as ``config`` has them, by dotted name."""
    return {name: np.array(attrgetter(name)(config), dtype) for name, dtype in RUNTIME.items()}


def _made_by_network(config: Any, keep: Iterable[str]) -> list[str]:
    """Return the tensors of patterns that the network makes, in the order in which data flows."""
    wanted = matching(list(keep), config)
    made = {name for name, spec in SPECS.items() if spec.in_graph}
    return [name for name, spec in names_of(config).items() if name in wanted and spec.stage in made]


def _read_from(first: int) -> list[str]:
    """Return the tensors made before stage number ``first`` that the network reads from there on."""
    later = [spec for name, spec in SPECS.items() if spec.in_graph and STAGES.index(name) >= first]
    patterns = [pattern for spec in later for pattern in spec.reads]
    made = {spec.name for spec in later}
    read = [name for name in TENSORS if any(fnmatchcase(name, pattern) for pattern in patterns)]
    return [name for name in read if spec_of(name).stage not in made]


def _place(name: str) -> int:
    return STAGES.index(spec_of(name).stage)


def stage_output(stage: str, tensors: Mapping[str, Any]) -> Any:
    """Return what ``stage`` returned inside the network, None for tensors that nobody reads."""
    output, batched = OUTPUTS[stage], SPECS[stage].batched
    values = [tensors.get(f"{stage}.{field}") for field in output._fields]
    return output(*(None if value is None else value[None] if batched else value for value in values))


def of_one_image(name: str, value: Any, config: Any) -> Any:
    """Return a tensor of the network without its axis of images."""
    return tf.squeeze(value, 0) if len(value.shape) > len(spec_of(name, config).axes) else value


def specs_of(model: Any) -> dict[str, tf.TensorSpec]:
    """Return shape and type of every tensor that a network of any size reads or makes."""
    config = model.config
    rows = {"boxes": ([None, 4], tf.float32), "level": ([None], tf.int32), "ratio": ([None], tf.float32)}
    found = {f"anchors.{field}": tf.TensorSpec(*rows[field]) for field in Anchors._fields}
    found |= {
        "molding.image": tf.TensorSpec([None, None, config.molding.channels]),
        "molding.window": tf.TensorSpec([4]),
    }

    def tap(name: str, value: Any) -> Any:
        batched = len(value.shape) > len(spec_of(name, config).axes)
        found.setdefault(name, tf.TensorSpec(value.shape[batched:], value.dtype))
        return value

    @tf.function(autograph=False)
    def run(image: Any, window: Any, *anchors: Any) -> None:
        model.forward(image[None], Anchors(*anchors), window, tap=tap)

    given = [found[f"anchors.{field}"] for field in Anchors._fields]
    run.get_concrete_function(found["molding.image"], found["molding.window"], *given)
    return found
