"""What OpenVINO reads otherwise than ONNX means it, put right in its graph before it is compiled.

Inputs: an ``openvino.Model`` that was read from an export. It is changed in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .stored import RUNTIME


def settings_as_inputs(graph: Any) -> dict[str, np.ndarray]:
    """Have a graph take its settings as inputs, and return what they are by default.

    An ONNX input with a default is a constant to OpenVINO.
    """
    from openvino import op

    constants = [node for node in graph.get_ops() if node.get_type_name() == "Constant"]
    found = {node.friendly_name: node for node in constants if node.friendly_name in RUNTIME}
    defaults = {name: np.array(node.get_data()) for name, node in found.items()}
    for name, node in found.items():
        given = op.Parameter(node.output(0).element_type, node.output(0).partial_shape)
        given.friendly_name = name
        node.output(0).replace(given.output(0))
        given.output(0).set_names({name})
        graph.add_parameters([given])
    return defaults


def pool_without_boxes(graph: Any) -> None:
    """Have the averages of ROIAlign's samples be sums over axes of their own: OpenVINO pools no batch of none.

    Which is what a level without boxes is.
    """
    from openvino import opset13

    for node in graph.get_ops():
        shape = node.input(0).get_partial_shape() if node.get_type_name() == "AvgPool" else None
        if shape is None or not shape[0].is_dynamic:
            continue
        (down, right), sides = node.get_attributes()["kernel"], (shape[2], shape[3])
        rows, columns = (side.get_length() for side in sides)
        cells = np.array([0, 0, rows // down, down, columns // right, right])  # 0: as it is
        apart = opset13.reshape(node.input_value(0), cells, special_zero=True)
        node.output(0).replace(opset13.reduce_mean(apart, np.array([3, 5])).output(0))


def rank_ties_by_place(graph: Any) -> None:
    """Have the best of equal values be the first of them, as ONNX says; OpenVINO takes any unless it is told."""
    from openvino import opset13

    for node in graph.get_ops():
        if node.get_type_name() == "TopK":
            said = node.get_attributes() | {"sort": "value", "stable": True}
            inputs = [value.get_source_output() for value in node.inputs()]
            new = opset13.topk(*inputs, **said)
            for before, after in zip(node.outputs(), new.outputs(), strict=True):
                before.replace(after)
