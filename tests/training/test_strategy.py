"""Strategy: what is asked of TensorFlow on machines with GPUs and without."""

import pytest

from maskrcnn_core.runtime.devices import choose_devices
from maskrcnn_core.training.distribution.strategy import make_repeatable, make_strategy
from tests.devices import GPUS, Machine


def test_determinism_is_asked_for_where_no_gpu_would_refuse_it(monkeypatch):
    machine = Machine(monkeypatch, [])
    assert choose_devices(None) == "CPU"
    assert make_repeatable()
    assert machine.asked == [("enable_op_determinism",)]


def test_a_gpu_trains_without_determinism_for_which_it_has_no_gradient_of_roi_align(monkeypatch):
    machine = Machine(monkeypatch, GPUS[:1])
    assert choose_devices(None) == "GPU"
    assert not make_repeatable()
    assert machine.asked == [("set_memory_growth", GPUS[0], True)]


def test_an_unknown_strategy_is_said_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"one, mirrored, multiworker, received 'two'"):
        make_strategy("two")
