"""A machine with GPUs, or without, as TensorFlow would see it: for tests of what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest
import tensorflow as tf

GPUS = [tf.config.PhysicalDevice(f"/physical_device:GPU:{number}", "GPU") for number in range(2)]


class Machine:
    """Stands for TensorFlow's knowledge of a machine, and notes what is asked of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, gpus: list[Any]) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.visible = list(gpus)
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: list(gpus))
        monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind=None: self.visible)
        monkeypatch.setattr(tf.config, "set_visible_devices", self.show)
        for name in ("set_memory_growth", "enable_op_determinism"):
            monkeypatch.setattr(
                tf.config.experimental, name, lambda *given, name=name: self.asked.append((name, *given))
            )

    def show(self, devices: list[Any], kind: str) -> None:
        """Take the devices that are to be seen."""
        self.visible = devices
