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
    """Have ROIAlign's samples averaged with an empty box more, which goes again: OpenVINO pools no batch of none.

    Which is what a level without boxes is.
    """
    from openvino import opset13

    for node in graph.get_ops():
        shape = node.input(0).get_partial_shape() if node.get_type_name() == "AvgPool" else None
        if shape is None or not shape[0].is_dynamic:
            continue
        empty = np.zeros([1, *(shape[axis].get_length() for axis in (1, 2, 3))], np.float32)
        filled = opset13.concat([empty, node.input_value(0)], axis=0)
        said = node.get_attributes()
        exclude = said.pop("exclude-pad")
        pooled = opset13.avg_pool(
            filled,
            said["strides"],
            said["pads_begin"],
            said["pads_end"],
            said["kernel"],
            exclude,
            said["rounding_type"],
        )
        kept = opset13.slice(pooled, np.array([1]), np.array([2**31 - 1]), np.array([1]), np.array([0]))
        node.output(0).replace(kept.output(0))


def rank_ties_by_place(graph: Any) -> None:
    """Have the best of equal values be the first of them, as ONNX says; OpenVINO takes any unless it is told.

    Told, it takes a second for the best 1,000 of 200,000. So it picks any first, for the least value among them; what
    is above that, and the first of those that equal it, are then ranked.
    """
    from openvino import opset13 as ops

    for node in graph.get_ops():
        if node.get_type_name() != "TopK":
            continue
        values, count = (value.get_source_output() for value in node.inputs())
        said = node.get_attributes() | {"sort": "value", "stable": True}
        if said["mode"] == "max" and len(values.get_partial_shape()) == 1:
            any_best = ops.topk(values, count, **said | {"sort": "none", "stable": False})
            least = ops.reduce_min(any_best.output(0), np.array([0]), keep_dims=True)
            above = _places(ops.greater(values, least))
            level = _places(ops.equal(values, least))
            wanted = ops.reshape(ops.convert(count, "i64"), np.array([1]), special_zero=False)
            room = ops.subtract(wanted, ops.shape_of(above))
            first = ops.slice(level, np.array([0]), room, np.array([1]), np.array([0]))
            places = ops.concat([above, first], axis=0)
            ranked = ops.topk(ops.gather(values, places, np.array(0)), count, **said)
            kind = said["index_element_type"]
            index = ops.convert(ops.gather(places, ranked.output(1), np.array(0)), kind)
            made = [ranked.output(0), index.output(0)]
        else:
            made = ops.topk(values, count, **said).outputs()
        for before, after in zip(node.outputs(), made, strict=True):
            before.replace(after)


def _places(condition: Any) -> Any:
    """Return the indices (m,) int64 at which a condition (n,) holds."""
    from openvino import opset13

    return opset13.squeeze(opset13.non_zero(condition, "i64"), np.array([0]))
