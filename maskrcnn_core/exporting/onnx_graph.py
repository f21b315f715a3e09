"""A TensorFlow function as an ONNX graph whose inputs and outputs carry our names.

Inputs: a function from tensors by name to tensors by name, and what each input looks like. Outputs: an ONNX model of
the very ops that TensorFlow traces: NMS and ROIAlign are those of the graph that runs here. Why: any function of the
stages can be cut out and exported, the whole detector or the part that a slider touches.

Names are kept as they are: ``fpn.p2``, ``proposals.boxes``; ONNX allows every character in them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf

from ..runtime.compiling import as_written
from ..stages.roi_align import adaptive_by
from .onnx_roi_align import adaptive, crop_and_resize, marked

OPSET = 18  # of ONNX: the newest that tf2onnx 1.17 writes
IR_VERSION = 10  # of the file: what ONNX Runtime reads from 1.18 on, in the browser too
CATCHING = "TF2ONNX_CATCH_ERRORS"  # by which tf2onnx is told whether to go on without a pass that fails

Tensors = Mapping[str, Any]


def onnx_graph(
    function: Callable[[dict[str, Any]], Tensors],
    inputs: Mapping[str, tf.TensorSpec],
    defaults: Tensors | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Any:
    """Return ``function`` as an ``onnx.ModelProto`` that passed ONNX' checker.

    function: takes a dict of tensors by the names of ``inputs``, returns tensors by name; weights that it reads become
    constants. inputs: shape and type of each, None for an axis of any length.
    defaults: values of inputs that need not be fed. metadata: text by key, kept in the file.
    Raises: ValueError where an op has no counterpart in ONNX, with its name.
    """
    import onnx

    given, made = list(inputs), list[str]()

    def run(*tensors: tf.Tensor) -> list[tf.Tensor]:
        outputs = function(dict(zip(given, tensors, strict=True)))
        made[:] = outputs
        return [tf.identity(value) for value in outputs.values()]  # an input may be an output too

    with as_written(), adaptive_by(marked), _quietly():
        model = _converted(tf.function(run, autograph=False), tuple(inputs.values()))
    _require_known(model)
    graph = model.graph
    _rename(graph, dict(zip((value.name for value in graph.input), given, strict=True)))
    _rename(graph, dict(zip((value.name for value in graph.output), made, strict=True)))
    _renew_resizing(graph)
    _hand_on(graph)
    for name, value in (defaults or {}).items():
        graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(value), name))
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(model, dict(metadata or {}))
    onnx.checker.check_model(model, full_check=True)
    return model


def _converted(traced: Any, signature: tuple[tf.TensorSpec, ...]) -> Any:
    """Convert without tf2onnx's copies of the graph, which take a third of its time and most of its memory.

    It copies before each of some two dozen passes, to go on without one that fails. So only where something fails is it
    done again with them.
    """
    try:
        with _without_copies():
            return _convert(traced, signature)
    except Exception:
        return _convert(traced, signature)  # without the pass that failed, or it raises the same


def _convert(traced: Any, signature: tuple[tf.TensorSpec, ...]) -> Any:
    import tf2onnx

    model, _ = tf2onnx.convert.from_function(
        traced,
        input_signature=signature,
        opset=OPSET,
        custom_op_handlers={"CropAndResize": (crop_and_resize, []), "PyFunc": (adaptive, [])},
    )
    return model


@contextmanager
def _without_copies() -> Iterator[None]:
    """Have tf2onnx raise what goes wrong in a pass, and keep one copy of each weight.

    After each pass it writes all nodes anew, and protobuf frees what was written before with the node alone: 8 GB for
    a ResNet-50. What constants are is read elsewhere, so they need not be written.
    """
    from tf2onnx.graph import Graph

    def update(graph: Any, external_tensor_storage: Any = None) -> None:
        for node in graph.get_nodes():
            if not node.is_const():
                node.update_proto(external_tensor_storage)

    before, whole = os.environ.get(CATCHING), Graph.update_proto
    os.environ[CATCHING], Graph.update_proto = "FALSE", update
    try:
        yield
    finally:
        Graph.update_proto = whole
        del os.environ[CATCHING]
        if before is not None:
            os.environ[CATCHING] = before


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep tf2onnx from telling of every pass; what it cannot convert is raised."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logger = logging.getLogger("tf2onnx")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _require_known(model: Any) -> None:
    """Raise ValueError for an op that tf2onnx left as TensorFlow has it, without a word."""
    import onnx

    domains = {each.domain: each.version for each in model.opset_import}
    strange = {
        node.op_type
        for node in _nodes(model.graph)
        if not onnx.defs.has(node.op_type, domains.get(node.domain, 1), node.domain)
    }
    if strange:
        raise ValueError(
            f"wanted a graph that ONNX can express, received the TensorFlow ops {', '.join(sorted(strange))}; "
            "export as saved_model instead"
        )


def _nodes(graph: Any) -> Iterator[Any]:
    """Yield all nodes of a graph, those inside loops and branches too."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs) if attribute.HasField("g") else attribute.graphs:
                yield from _nodes(inner)


def _rename(graph: Any, names: Mapping[str, str]) -> None:
    """Give the values of ``graph`` their ``names`` wherever they are read, inside loops and branches too."""
    for value in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        value.name = names.get(value.name, value.name)
    for node in _nodes(graph):
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def _renew_resizing(graph: Any) -> None:
    """Say ``tf_half_pixel_for_nn``, which ONNX withdrew, in words that it still has.

    floor((x + 1/2) / s) is (x + 1/2) / s - 1/2 rounded, a half up.
    """
    for node in _nodes(graph):
        attributes = {attribute.name: attribute for attribute in node.attribute}
        mode = attributes.get("coordinate_transformation_mode")
        if node.op_type == "Resize" and mode is not None and mode.s == b"tf_half_pixel_for_nn":
            mode.s, attributes["nearest_mode"].s = b"half_pixel", b"round_prefer_ceil"


def _hand_on(graph: Any) -> None:
    """Have loops hand on what they do not change by a node of its own: OpenVINO takes no input for an output."""
    import onnx

    for node in _nodes(graph):
        if node.op_type != "Loop":
            continue
        body = onnx.helper.get_node_attr_value(node, "body")
        given = {value.name for value in body.input}
        for value in body.output:
            if value.name in given:
                handed_on = f"{value.name}/handed_on"
                body.node.append(onnx.helper.make_node("Identity", [value.name], [handed_on]))
                value.name = handed_on
