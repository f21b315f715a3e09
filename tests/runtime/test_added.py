"""Sums of maps: of the same bits op by op and compiled, whatever a processor's convolutions add at once."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.runtime import compiling, onednn
from maskrcnn_core.runtime.compiling import added, as_written
from maskrcnn_core.runtime.processor import processor


@pytest.mark.parametrize("known", ["all that this one knows", "no AVX-512"])
@pytest.mark.parametrize(("size", "channels"), [(1, 8), (3, 16), (3, 5)])
def test_a_sum_of_convolutions_is_the_same_compiled(
    known: str, size: int, channels: int, monkeypatch: pytest.MonkeyPatch
):
    if known == "no AVX-512":
        narrow = processor()._replace(flags=processor().flags - {"avx512f"})
        monkeypatch.setattr(compiling, "processor", lambda: narrow)
    draw = np.random.default_rng(0).normal
    # as weights are: what is a constant of the graph oneDNN lays out beforehand, and may convolve another way
    kernels = [tf.Variable(draw(size=(size, size, channels, 32)).astype(np.float32)) for _ in range(2)]
    bias, image = draw(size=32).astype(np.float32), draw(size=(1, 16, 16, channels)).astype(np.float32)

    def block(x: tf.Tensor) -> tf.Tensor:
        maps = [tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias) for kernel in kernels]
        return tf.identity(tf.nn.relu(added(*maps)))

    compiled = tf.function(block, autograph=False)
    with as_written():
        np.testing.assert_array_equal(compiled(tf.constant(image)), block(tf.constant(image)))


def test_maps_are_kept_apart_only_where_onednn_adds_otherwise(monkeypatch: pytest.MonkeyPatch):
    def operations(flags: set[str], on: bool) -> list[str]:
        machine = processor()._replace(flags=frozenset(flags))
        monkeypatch.setattr(compiling, "processor", lambda: machine)
        monkeypatch.setattr(onednn, "is_on", lambda: on)
        graph = (
            tf.function(added, autograph=False)
            .get_concrete_function(tf.TensorSpec([2]), tf.TensorSpec([2]))
            .graph
        )
        return [each.type for each in graph.get_operations() if each.type != "Placeholder"]

    assert operations({"avx2"}, True)[:3] == ["EnsureShape", "EnsureShape", "AddV2"]
    assert operations({"avx2"}, False)[0] == operations({"avx2", "avx512f"}, True)[0] == "AddV2"
