"""A graph in an engine: tensors by name in, tensors by name out.

Inputs: an ONNX file. Outputs: a ``Runner``. ONNX Runtime (extra ``onnx``) and OpenVINO (extra ``openvino``) are
imported when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..runtime.installing import install_command
from ..runtime.processor import usable_cores
from .openvino_graph import pool_without_boxes, rank_ties_by_place, settings_as_inputs

Tensors = Mapping[str, np.ndarray]


class Runner(Protocol):
    """A graph that is ready to run. inputs, outputs: their names."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def run(self, names: Sequence[str], feed: Tensors) -> dict[str, np.ndarray]:
        """Return the outputs ``names`` for ``feed``; inputs that have a default need not be fed."""


class OnnxRuntime:
    """A graph in ONNX Runtime, on all cores of this process. options: of ``onnx_options``, changed or not."""

    def __init__(self, path: Path, options: Any = None) -> None:
        options = options or onnx_options()
        self._session = onnx_runtime().InferenceSession(path, options, providers=["CPUExecutionProvider"])
        fed = (*self._session.get_inputs(), *self._session.get_overridable_initializers())
        self.inputs = tuple(value.name for value in fed)
        self.outputs = tuple(value.name for value in self._session.get_outputs())

    def run(self, names: Sequence[str], feed: Tensors) -> dict[str, np.ndarray]:
        """Return the outputs ``names`` for ``feed``."""
        fed = {name: np.asarray(value) for name, value in feed.items()}
        return dict(zip(names, self._session.run(list(names), fed), strict=True))


def onnx_options() -> Any:
    """Return how every session of ONNX Runtime is opened."""
    options = onnx_runtime().SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.log_severity_level = 3  # errors
    return options


def onnx_runtime() -> Any:
    """Return the package. Raises: ValueError that says how to install it."""
    return _imported("onnxruntime", "onnx")


class OpenVino:
    """A graph in OpenVINO, on all cores of this process, in float32 wherever the processor has less."""

    def __init__(self, path: Path) -> None:
        openvino = _imported("openvino", "openvino")
        graph = openvino.Core().read_model(path)
        self._defaults = settings_as_inputs(graph)
        pool_without_boxes(graph)
        rank_ties_by_place(graph)
        # before compiling, which gives a tensor the names of what it was merged with as well
        self._types = {value.any_name: value.element_type.to_dtype() for value in graph.inputs}
        self.inputs = tuple(self._types)
        self.outputs = tuple(value.any_name for value in graph.outputs)
        exact = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        cores = {"INFERENCE_NUM_THREADS": usable_cores()}
        self._compiled = openvino.compile_model(graph, "CPU", exact | cores)

    def run(self, names: Sequence[str], feed: Tensors) -> dict[str, np.ndarray]:
        """Return the outputs ``names`` for ``feed``."""
        fed = {name: np.asarray(v, self._types[name], "C") for name, v in {**self._defaults, **feed}.items()}
        made = self._compiled(fed)
        return {name: made[self.outputs.index(name)] for name in names}


# name of an engine -> what runs an export in it
RUNNERS: dict[str, Callable[[Path], Runner]] = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}


def _imported(module: str, extra: str) -> Any:
    """Import an engine. Raises: ValueError that says how to install it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"--engine {module} wants the package {module}, which is not installed: {install_command(extra)}"
        ) from error
