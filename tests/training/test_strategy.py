"""Strategy: what is asked of TensorFlow on machines with GPUs and without."""

import pytest
import tensorflow as tf

from maskrcnn_core.training.distribution.strategy import choose_devices, make_repeatable, make_strategy

GPU = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")


class Machine:
    """Stands for TensorFlow's knowledge of a machine, and notes what is asked of it."""

    def __init__(self, monkeypatch, gpus: list) -> None:
        self.asked: list[tuple] = []
        self.visible = list(gpus)
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: list(gpus))
        monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind=None: self.visible)
        monkeypatch.setattr(tf.config, "set_visible_devices", self.show)
        for name in ("set_memory_growth", "enable_op_determinism"):
            monkeypatch.setattr(
                tf.config.experimental, name, lambda *given, name=name: self.asked.append((name, *given))
            )

    def show(self, devices: list, kind: str) -> None:
        self.visible = devices


def test_determinism_is_asked_for_where_no_gpu_would_refuse_it(monkeypatch):
    machine = Machine(monkeypatch, [])
    assert choose_devices(None) == "CPU"
    assert make_repeatable()
    assert machine.asked == [("enable_op_determinism",)]


def test_a_gpu_trains_without_determinism_for_which_it_has_no_gradient_of_roi_align(monkeypatch):
    machine = Machine(monkeypatch, [GPU])
    assert choose_devices(None) == "GPU"
    assert not make_repeatable()
    assert machine.asked == [("set_memory_growth", GPU, True)]


def test_a_gpu_that_is_not_to_be_used_is_no_hindrance(monkeypatch):
    machine = Machine(monkeypatch, [GPU])
    assert choose_devices("cpu") == "CPU"
    assert make_repeatable()
    assert machine.asked == [("enable_op_determinism",)]


def test_a_gpu_that_is_not_there_is_said(monkeypatch):
    Machine(monkeypatch, [])
    with pytest.raises(ValueError, match="wanted a GPU"):
        choose_devices("gpu")


def test_an_unknown_strategy_is_said_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"one, mirrored, multiworker, received 'two'"):
        make_strategy("two")
