"""Backbone: strides, blocks, and a convolution with its norm by hand."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Backbone as BackboneConfig
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.backbone import Backbone, BasicBlock, Bottleneck, ConvNorm

SMALL = BackboneConfig(architecture="small", width=4, norm_trainable=True)
RESNET = BackboneConfig(architecture="resnet50")


def random_images(height: int, width: int, channels: int = 3) -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(1, height, width, channels)).astype(np.float32))


def test_convolution_and_norm_match_the_hand_worked_case():
    layer = ConvNorm("conv", "norm", 1, 1, RESNET)
    x = tf.constant([[[[3.0], [5.0]]]])
    layer(x)
    layer.conv.set_weights([np.full((1, 1, 1, 1), 2.0), np.array([1.0])])  # 2x + 1: 7, 11
    gamma, beta, mean, variance = 3.0, 0.5, 7.0, 4.0 - RESNET.norm_epsilon
    layer.norm.set_weights([np.array([value]) for value in (gamma, beta, mean, variance)])
    np.testing.assert_allclose(layer(x)[0, 0, :, 0], [0.5, 3 * (11 - 7) / 2 + 0.5], rtol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (7, 65), (64, 96), (100, 33)])
def test_maps_have_strides_4_to_32(size: tuple[int, int]):
    for number, level in enumerate(Backbone(SMALL)(random_images(*size)), start=2):
        stride = 2**number
        assert tuple(level.shape[1:3]) == (-(-size[0] // stride), -(-size[1] // stride))


def test_channels_double_from_map_to_map():
    assert [level.shape[-1] for level in Backbone(SMALL)(random_images(64, 64))] == [8, 16, 32, 32]


@pytest.mark.parametrize("channels", [1, 5])
def test_images_may_have_any_number_of_channels(channels: int):
    assert Backbone(SMALL)(random_images(32, 32, channels)).c5.shape == (1, 1, 1, 32)


@pytest.mark.parametrize(
    ("architecture", "counts", "projected"),
    [
        ("resnet18", [2, 2, 2, 2], [False, True, True, True]),
        ("resnet34", [3, 4, 6, 3], [False, True, True, True]),
        ("resnet50", [3, 4, 6, 3], [True] * 4),
        ("resnet101", [3, 4, 23, 3], [True] * 4),
        ("resnet152", [3, 8, 36, 3], [True] * 4),
    ],
)
def test_resnets_have_the_blocks_of_the_paper(architecture: str, counts: list[int], projected: list[bool]):
    stages = Backbone(BackboneConfig(architecture=architecture)).stages
    assert [len(blocks) for blocks in stages] == counts
    last = [blocks[-1].name for blocks in stages]
    letters = {2: "b", 3: "c", 4: "d", 6: "f", 8: "h", 23: "w", 36: "aj"}
    assert last == [f"res{stage}{letters[n]}" for stage, n in enumerate(counts, start=2)]
    for blocks, first in zip(stages, projected, strict=True):
        assert [block.branch1 is not None for block in blocks] == [first] + [False] * (len(blocks) - 1)


def test_bottleneck_halves_on_its_first_1x1():
    block = Bottleneck("3a", 4, 2, True, RESNET)
    convolutions = (block.branch2a, block.branch2b, block.branch2c, block.branch1)
    assert block.every == 2
    assert {layer.conv.strides for layer in convolutions} == {(1, 1)}
    assert [layer.conv.kernel_size for layer in convolutions] == [(1, 1), (3, 3), (1, 1), (1, 1)]
    assert block(random_images(8, 8)).shape == (1, 4, 4, 16)


def test_a_basic_block_halves_on_its_first_3x3():
    block = BasicBlock("res3a", "bn3a", 8, 2, True, RESNET)
    convolutions = (block.branch2a, block.branch2b, block.branch1)
    assert [layer.conv.kernel_size for layer in convolutions] == [(3, 3), (3, 3), (1, 1)]
    assert [layer.conv.strides for layer in convolutions] == [(2, 2), (1, 1), (1, 1)]
    assert block(random_images(8, 8)).shape == (1, 4, 4, 8)


def test_a_basic_block_of_as_many_channels_is_its_input_plus_residual():
    block = BasicBlock("res2b", "bn2b", 4, 1, False, RESNET)
    x = tf.abs(random_images(5, 5, 4))
    block(x)
    block.branch2b.norm.set_weights([np.zeros(4), np.zeros(4), np.zeros(4), np.ones(4)])
    np.testing.assert_array_equal(block(x), x)


def test_bottleneck_is_shortcut_plus_residual():
    block = Bottleneck("2b", 1, 1, False, RESNET)
    x = tf.abs(random_images(5, 5, 4))
    block(x)
    block.branch2c.norm.set_weights(
        [np.zeros(4), np.zeros(4), np.zeros(4), np.ones(4)]
    )  # gamma 0: no residual
    np.testing.assert_array_equal(block(x), x)


def test_norm_learns_only_where_the_configuration_says_so():
    images = random_images(32, 32)
    for config, learns in ((SMALL, True), (BackboneConfig(architecture="small", width=4), False)):
        net = Backbone(config)
        before = net(images).c5
        mean = net.stem.norm.moving_mean.numpy()
        trained = net(images, training=True).c5
        assert np.allclose(before, trained) != learns
        assert np.array_equal(mean, net.stem.norm.moving_mean) != learns


def test_images_of_a_batch_do_not_see_each_other():
    net = Backbone(SMALL)
    batch = tf.concat([random_images(32, 32), random_images(32, 32) * 3], axis=0)
    for together, alone in zip(net(batch), net(batch[:1]), strict=True):
        np.testing.assert_allclose(together[:1], alone, rtol=1e-4, atol=1e-5)


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    Backbone(SMALL)(random_images(32, 32), tap=trace)
    assert set(trace) == names_of("backbone")


def test_compiled_equals_eager(both_ways):
    both_ways(Backbone(SMALL), random_images(33, 40))


def test_unknown_architecture_names_those_that_are():
    with pytest.raises(
        ValueError, match=r"wanted backbone\.architecture resnet18, .*, small, received 'vgg'"
    ):
        Backbone(BackboneConfig(architecture="vgg"))
