"""Detail: what is inside blocks and layers follows from its neighbours, is recorded on request, and can be edited."""

from __future__ import annotations

import numpy as np
import pytest

from maskrcnn_core.config import (
    Config,
    classic,
    detectron2,
    mmdetection,
    tiny,
    torchvision_v1,
    torchvision_v2,
)
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.tensors import TENSORS, detail_of, matching, names_of, spec_of
from maskrcnn_core.recording.trace import Trace
from tests.model_fixtures import NAMES, untrained

ALL = ["*", "**"]
LESS = {
    "molding.min_dim": 64,
    "molding.max_dim": 64,
    "proposals.top_k": 40,
    "proposals.count": 6,
    "detections.max_count": 3,
}


@pytest.fixture(scope="module")
def whole(small: MaskRCNN, photo: np.ndarray) -> Trace:
    """Everything that the small model does with the photo, inside its blocks and layers too."""
    return small.trace(photo, keep=ALL)


@pytest.fixture(scope="module")
def deep() -> MaskRCNN:
    """Make a model of bottlenecks, norms and convolutions everywhere, with the stride on the 3x3."""
    return untrained(torchvision_v2(NAMES).replace(**LESS))


@pytest.fixture(scope="module")
def deep_trace(deep: MaskRCNN, photo: np.ndarray) -> Trace:
    return deep.trace(photo, keep=ALL, edits={"image.original": lambda pixels: pixels})  # op by op


def equal(one: Trace, other: Trace) -> None:
    assert list(one) == list(other)
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def halve(value):
    return value * 0.5


# --- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "blocks", "own"),
    [
        (tiny(NAMES), (1, 1, 1, 1), {"backbone.c3.block1.conv2", "box_head.fc2", "mask_head.conv4"}),
        (classic(NAMES), (3, 4, 23, 3), {"backbone.c4.block23.conv3", "rpn.hidden.p6", "mask_head.deconv"}),
        (torchvision_v1(NAMES), (3, 4, 6, 3), {"backbone.stem.pool", "backbone.c2.block1.shortcut"}),
        (torchvision_v2(NAMES), (3, 4, 6, 3), {"rpn.hidden1.p2", "box_head.conv4", "box_head.fc1"}),
        (torchvision_v1(NAMES, "resnet18"), (2, 2, 2, 2), {"backbone.c5.block2.conv2"}),
        (mmdetection(NAMES, "resnet152"), (3, 8, 36, 3), {"backbone.c4.block36.conv3"}),
        (detectron2(NAMES, "resnet101"), (3, 4, 23, 3), {"fpn.lateral5", "fpn.upsampled4"}),
        (mmdetection(NAMES), (3, 4, 6, 3), {"backbone.c5.block3.relu2", "box_head.fc1.before_relu"}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_names_follow_from_the_configuration(config: Config, blocks: tuple[int, ...], own: set[str]):
    names = names_of(config)
    assert own <= set(names)
    assert [name for name in names if name in TENSORS] == list(TENSORS)
    for level, count in zip((2, 3, 4, 5), blocks, strict=True):
        outputs = [f"backbone.c{level}.block{number}.output" for number in range(1, count + 1)]
        assert [
            name for name in names if name.startswith(f"backbone.c{level}.") and "output" in name
        ] == outputs
        assert list(names).index(outputs[-1]) + 1 == list(names).index(f"backbone.c{level}")
    assert detail_of(config).keys() | TENSORS.keys() == names.keys()
    assert all(spec_of(name) for name in names)  # known without the configuration too


def test_a_basic_block_has_two_convolutions():
    names = [name for name in names_of(torchvision_v1(NAMES, "resnet34")) if ".c4.block6." in name]
    wanted = ("conv1", "relu1", "conv2", "shortcut", "sum", "output")
    assert names == [f"backbone.c4.block6.{kind}" for kind in wanted]


@pytest.mark.parametrize("name", ["box_head.fc2", "backbone.c2.block4.conv1", "box_head.conv5"])
def test_a_layer_that_this_model_has_not_is_unknown(name: str):
    assert spec_of(name).name == name
    with pytest.raises(KeyError, match=f"unknown tensor '{name}'"):
        spec_of(name, torchvision_v2(NAMES))
    with pytest.raises(KeyError, match="unknown tensor"):
        Trace(edits={name: 0}, config=torchvision_v2(NAMES))


def test_patterns_mean_detail_where_they_match_nothing_else():
    config = torchvision_v1(NAMES)
    assert matching("*", config) == set(TENSORS)
    assert matching("backbone.*", config) == {f"backbone.c{level}" for level in (2, 3, 4, 5)}
    convolutions = matching("backbone.*.conv2", config)
    assert len(convolutions) == 3 + 4 + 6 + 3
    assert convolutions <= set(detail_of(config))
    assert matching("rpn.hidden.p?", config) == {f"rpn.hidden.p{level}" for level in range(2, 7)}
    assert matching("**", config) == set(names_of(config))
    assert matching("fpn.**", config) == {name for name in names_of(config) if name.startswith("fpn.")}


def test_where_the_3x3_halves_the_map_the_first_convolution_is_at_the_stride_before():
    first, second = "backbone.c3.block1.conv1", "backbone.c3.block1.conv2"
    assert spec_of(first, torchvision_v1(NAMES)).frame == "stride 4"
    assert spec_of(second, torchvision_v1(NAMES)).frame == "stride 8"
    assert spec_of(first, detectron2(NAMES)).frame == "stride 8"
    assert spec_of(first, torchvision_v1(NAMES, "resnet18")).frame == "stride 8"  # its first is a 3x3


# --- recording -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_detail_is_recorded_when_it_is_named(small: MaskRCNN, photo: np.ndarray, walked: Trace, whole: Trace):
    assert list(whole) == [name for name in names_of(small.config) if name in whole]
    assert set(whole) - set(walked) == set(detail_of(small.config))
    assert not set(walked) & set(detail_of(small.config))
    few = small.trace(photo, keep=["backbone.*.conv2", "detections.scores"])
    assert list(few) == [f"backbone.c{level}.block1.conv2" for level in (2, 3, 4, 5)] + ["detections.scores"]
    for name in few:
        np.testing.assert_array_equal(few[name], whole[name])


def test_recording_detail_changes_nothing_else(walked: Trace, whole: Trace):
    for name, value in walked.items():
        np.testing.assert_array_equal(value, whole[name], err_msg=name)


@pytest.mark.slow
def test_frames_tell_the_size_of_a_map(deep: MaskRCNN, deep_trace: Trace):
    height, width = deep_trace.shape("molding.image")[:2]
    for name, spec in names_of(deep.config).items():
        if spec.axes == ("y", "x", "channel") and spec.frame.startswith("stride"):
            stride = int(spec.frame.removeprefix("stride "))
            assert deep_trace.shape(name)[:2] == (-(-height // stride), -(-width // stride)), name


def test_a_trace_with_detail_is_saved_and_loaded(whole: Trace, tmp_path):
    whole.save(tmp_path / "whole.h5")
    with Trace.load(tmp_path / "whole.h5") as loaded:
        equal(loaded, whole)


@pytest.mark.parametrize("size", [(1, 1), (40, 50)])
def test_without_a_detection_there_are_no_rows(size: tuple[int, int]):
    model = MaskRCNN(tiny(NAMES, size=64, width=2).replace(**{"detections.min_score": 1.1}))
    image = np.zeros((*size, 3), np.uint8)
    trace = model.trace(image, keep=ALL)
    equal(trace, model.trace(image, keep=ALL, edits={"image.original": lambda pixels: pixels}))
    assert set(trace) >= set(detail_of(model.config))
    for number in range(1, 5):
        assert trace.shape(f"mask_head.conv{number}") == (0, 14, 14, 4)
    assert trace.shape("mask_head.deconv") == (0, 28, 28, 4)
    edited = model.trace(image, keep=ALL, edits={"mask_head.conv2": 1.0})
    assert edited.shape("mask_head.logits") == trace.shape("mask_head.logits") == (0, 28, 28, 4)


# --- laws: what follows from its neighbours ------------------------------------------------------------------


def test_blocks_add_their_shortcut(deep: MaskRCNN, deep_trace: Trace):
    t = deep_trace
    np.testing.assert_array_equal(t["backbone.stem.relu"], np.maximum(t["backbone.stem.conv"], 0))
    np.testing.assert_array_equal(t["backbone.stem.pool"], largest_of_3x3(t["backbone.stem.relu"]))
    entering = t["backbone.stem.pool"]
    for level, count in zip((2, 3, 4, 5), (3, 4, 6, 3), strict=True):
        for number in range(1, count + 1):
            block = f"backbone.c{level}.block{number}"
            for relu, conv in (("relu1", "conv1"), ("relu2", "conv2"), ("output", "sum")):
                np.testing.assert_array_equal(t[f"{block}.{relu}"], np.maximum(t[f"{block}.{conv}"], 0))
            np.testing.assert_array_equal(t[f"{block}.sum"], t[f"{block}.conv3"] + t[f"{block}.shortcut"])
            if number > 1:
                np.testing.assert_array_equal(t[f"{block}.shortcut"], entering)
            own = deep.backbone.stages[level - 2][number - 1].branch2c
            close(t[f"{block}.conv3"], normed(one_by_one(t[f"{block}.relu2"], own.conv), own.norm))
            entering = t[f"{block}.output"]
        np.testing.assert_array_equal(t[f"backbone.c{level}"], entering)


def test_a_projected_shortcut_is_a_convolution_of_every_second_cell(deep: MaskRCNN, deep_trace: Trace):
    project = deep.backbone.stages[1][0].branch1
    wanted = normed(one_by_one(deep_trace["backbone.c2"][::2, ::2], project.conv), project.norm)
    close(deep_trace["backbone.c3.block1.shortcut"], wanted)


def test_a_3x3_convolution_is_that_of_the_map_before(deep: MaskRCNN, deep_trace: Trace):
    layer = deep.backbone.stages[0][0].branch2b
    wanted = normed(three_by_three(deep_trace["backbone.c2.block1.relu1"], layer.conv), layer.norm)
    close(deep_trace["backbone.c2.block1.conv2"], wanted)


def test_small_blocks_have_two_convolutions(whole: Trace):
    block = "backbone.c4.block1"
    assert f"{block}.conv3" not in whole
    np.testing.assert_array_equal(whole[f"{block}.sum"], whole[f"{block}.conv2"] + whole[f"{block}.shortcut"])


def test_the_pyramid_merges_laterals_from_the_top_down(small: MaskRCNN, whole: Trace):
    np.testing.assert_array_equal(whole["fpn.merged5"], whole["fpn.lateral5"])
    for level in (2, 3, 4):
        lateral, upsampled = whole[f"fpn.lateral{level}"], whole[f"fpn.upsampled{level}"]
        close(lateral, one_by_one(whole[f"backbone.c{level}"], small.fpn.laterals[level - 2]))
        above = whole[f"fpn.merged{level + 1}"].repeat(2, axis=0).repeat(2, axis=1)
        np.testing.assert_array_equal(upsampled, above[: lateral.shape[0], : lateral.shape[1]])
        np.testing.assert_array_equal(whole[f"fpn.merged{level}"], lateral + upsampled)


def test_anchors_are_judged_from_the_hidden_maps(deep: MaskRCNN, deep_trace: Trace):
    t, logits = deep_trace, []
    for level in range(2, 7):
        first, last = f"rpn.hidden1.p{level}", f"rpn.hidden.p{level}"
        close(t[f"{first}.before_relu"], three_by_three(t[f"fpn.p{level}"], deep.rpn.conv_shared))
        close(t[f"{last}.before_relu"], three_by_three(t[first], deep.rpn.deeper[0]))
        for name in (first, last):
            np.testing.assert_array_equal(t[name], np.maximum(t[f"{name}.before_relu"], 0))
        logits.append(one_by_one(t[last], deep.rpn.class_raw).reshape(-1, 1))
    close(t["rpn.logits"], np.concatenate(logits))


def test_classes_are_told_from_the_last_hidden_vector(small: MaskRCNN, whole: Trace, deep, deep_trace):
    for model, trace, last in ((small, whole, "box_head.fc2"), (deep, deep_trace, "box_head.fc1")):
        kernel, bias = (np.asarray(weight) for weight in model.box_head.logits.weights)
        close(trace["box_head.class_logits"], trace[last] @ kernel + bias)
        np.testing.assert_array_equal(trace[last], np.maximum(trace[f"{last}.before_relu"], 0))
    kernel, bias = (np.asarray(weight) for weight in small.box_head.conv1.weights)
    flat = whole["box_roi.pooled"].reshape(len(whole["box_roi.pooled"]), -1)
    close(whole["box_head.fc1.before_relu"], flat @ kernel.reshape(flat.shape[1], -1) + bias)


def test_convolutions_of_the_box_head_follow_each_other(deep: MaskRCNN, deep_trace: Trace):
    before = "box_roi.pooled"
    for number in range(1, 5):
        name, layer = f"box_head.conv{number}", deep.box_head.convs[number - 1]
        wanted = normed(three_by_three(deep_trace[before][0], layer), deep.box_head.conv_norms[number - 1])
        close(deep_trace[f"{name}.before_relu"][0], wanted)
        np.testing.assert_array_equal(deep_trace[name], np.maximum(deep_trace[f"{name}.before_relu"], 0))
        before = name


def test_masks_come_from_the_transposed_convolution(small: MaskRCNN, whole: Trace):
    for name in ("conv1", "conv2", "conv3", "conv4", "deconv"):
        relu, before = whole[f"mask_head.{name}"], whole[f"mask_head.{name}.before_relu"]
        np.testing.assert_array_equal(relu, np.maximum(before, 0))
    close(
        whole["mask_head.conv1.before_relu"][0],
        three_by_three(whole["mask_roi.pooled"][0], small.mask_head.convs[0]),
    )
    kernel, bias = (np.asarray(weight) for weight in small.mask_head.deconv.weights)  # (y, x, out, in)
    each = np.einsum("dyxi,aboi->dyaxbo".replace(" ", ""), whole["mask_head.conv4"], kernel)
    d, y, a, x, b, o = each.shape
    close(whole["mask_head.deconv.before_relu"], each.reshape(d, y * a, x * b, o) + bias)
    close(whole["mask_head.logits"][0], one_by_one(whole["mask_head.deconv"][0], small.mask_head.mask))


# --- edits and replay ----------------------------------------------------------------------------------------

EDITED = [
    "backbone.stem.conv",
    "backbone.c2.block1.shortcut",
    "backbone.c3.block1.conv2",
    "backbone.c5.block1.sum",
    "backbone.c5",
    "fpn.lateral4",
    "fpn.upsampled2",
    "rpn.hidden.p3",
    "box_head.fc1.before_relu",
    "box_head.fc2",
    "mask_head.conv2",
    "mask_head.deconv",
]


@pytest.mark.parametrize("name", EDITED)
def test_replay_of_an_edit_equals_a_fresh_trace_with_it(name: str, small, whole, photo):
    replayed = small.replay(whole, edits={name: halve})
    equal(replayed, small.trace(photo, keep=ALL, edits={name: halve}))
    np.testing.assert_array_equal(replayed[name], whole[name] * np.float32(0.5))
    assert any(not np.array_equal(replayed[one], whole[one]) for one in TENSORS if one in whole)


@pytest.mark.parametrize("name", EDITED)
def test_a_trace_without_detail_is_edited_inside_all_the_same(name: str, small, walked, photo):
    equal(small.replay(walked, edits={name: halve}), small.trace(photo, edits={name: halve}))


def test_replay_begins_at_the_block_that_an_edit_touches(deep: MaskRCNN, deep_trace: Trace, monkeypatch):
    run: list[str] = []
    kind = type(deep.backbone.stages[0][0])
    call = kind.call
    monkeypatch.setattr(kind, "call", lambda self, *a, **k: run.append(self.name) or call(self, *a, **k))
    edits = {"backbone.c4.block5.conv1": halve, "backbone.c5.block2.output": halve}
    replayed = deep.replay(deep_trace, edits=edits)
    assert run == ["res4e", "res4f", "res5a", "res5b", "res5c"]
    for name in ("backbone.stem.pool", "backbone.c2", "backbone.c3.block4.sum", "backbone.c4.block4.output"):
        assert replayed[name] is deep_trace[name], f"{name} was made again"
    equal(replayed, deep.trace(deep_trace["image.original"], keep=ALL, edits=edits))
    run.clear()
    part = Trace(sorted(TENSORS), config=deep.config)
    part.update({name: value for name, value in deep_trace.items() if name in TENSORS})
    deep.replay(part, edits={"backbone.c4.block5.conv1": halve})
    assert run[0] == "res4a", "the last map before the block that the trace holds is C3"


def test_more_can_be_recorded_of_an_image_afterwards(small: MaskRCNN, walked: Trace, whole: Trace):
    more = small.replay(walked, keep=["box_head.fc2", "backbone.c4.*.conv1"])
    assert set(more) == {*walked, "box_head.fc2", "backbone.c4.block1.conv1"}
    for name, value in more.items():
        np.testing.assert_array_equal(value, whole[name], err_msg=name)
    assert more["backbone.c3"] is walked["backbone.c3"]
    assert small.replay(walked, keep="*").keys() == walked.keys()


@pytest.mark.slow
def test_recording_more_compiles_when_it_is_asked_for_again(small: MaskRCNN, walked: Trace, whole: Trace):
    for name in ("backbone.c4.block1.sum", "backbone.c5.block1.sum"):
        for _ in range(3):  # op by op, then compiled, then from the kept graph
            more = small.replay(walked, keep=[name, "box_head.fc1"])
            for one, value in more.items():
                np.testing.assert_array_equal(value, whole[one], err_msg=one)


# --- the same in NumPy ---------------------------------------------------------------------------------------


def close(one: np.ndarray, other: np.ndarray) -> None:
    np.testing.assert_allclose(
        one, other, rtol=1e-3, atol=1e-4 * max(1.0, float(np.abs(other).max(initial=0)))
    )


def one_by_one(x: np.ndarray, layer) -> np.ndarray:
    """Return a 1x1 convolution (y, x, out) of ``x`` (y, x, in)."""
    kernel = np.asarray(layer.kernel)[0, 0]
    return x @ kernel + (np.asarray(layer.bias) if layer.use_bias else 0)


def three_by_three(x: np.ndarray, layer) -> np.ndarray:
    """Return a 3x3 convolution (y, x, out) of ``x`` (y, x, in), with zeros around it."""
    kernel, padded = np.asarray(layer.kernel), np.pad(x, [(1, 1), (1, 1), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))  # y, x, in, 3, 3
    return np.einsum("yxiab,abio->yxo", windows, kernel) + (np.asarray(layer.bias) if layer.use_bias else 0)


def normed(x: np.ndarray, norm) -> np.ndarray:
    """Return ``x`` (y, x, channel) after a batch norm with its stored statistics."""
    gamma, beta, mean, variance = (
        np.asarray(weight) for weight in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    return (x - mean) * gamma / np.sqrt(variance + norm.epsilon) + beta


def largest_of_3x3(x: np.ndarray) -> np.ndarray:
    """Return the largest of 3x3 cells around every second one."""
    padded = np.pad(x, [(1, 1), (1, 1), (0, 0)], constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))[::2, ::2]
    return windows.max(axis=(3, 4))
