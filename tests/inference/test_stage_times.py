"""Stage times are of the operations that ran: every stage has some, none are counted twice."""

import time

import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.inference.stage_times import _stage_of, stage_times

STAGES = (
    "molding", "backbone", "fpn", "rpn", "proposals", "box_roi", "box_head", "detections", "mask_roi", "mask_head",
    "pasting", "composing",
)  # fmt: skip


@pytest.mark.compiled
def test_every_stage_takes_some_of_the_time_and_no_operation_counts_twice(shapes_model):
    image = Shapes(count=1, seed=3)[0].image
    shapes_model.trace(image)  # compiled
    graphs = len(shapes_model._network._graphs)
    began = time.perf_counter()
    times = stage_times(shapes_model, image)
    took = time.perf_counter() - began
    assert tuple(times) == STAGES
    assert all(seconds > 0 for seconds in times.values())
    assert sum(times.values()) < 8 * took  # threads side by side, on any machine that runs this
    assert len(shapes_model._network._graphs) == graphs, "the graph of the trace, no other"


def test_an_operation_belongs_to_the_stage_that_its_name_begins_with():
    assert _stage_of("box_head_1/Relu:_MklNativeFusedMatMul") == "box_head"
    assert _stage_of("mask_roi/AvgPool2D_1:_MklNativeAvgPool") == "mask_roi"
    for other in (
        "ExecutorState::Process",
        "run",
        "losses_2/Sum",
        "EagerExecute: x/y:z",
        "strange/Relu:Relu",
    ):
        assert _stage_of(other) == ""
