"""State dicts of PyTorch's implementations in our words: what names and shapes say, and what they do not."""

import numpy as np
import pytest

from maskrcnn_core.config import Config, torchvision_v1, torchvision_v2
from maskrcnn_core.config.checks import check
from maskrcnn_core.config.presets import detectron2, mmdetection
from maskrcnn_core.config.resnets import block_index, block_letters
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.weights.formats import detectron2 as detectron2_layout
from maskrcnn_core.weights.formats import mmdetection as mmdetection_layout
from maskrcnn_core.weights.formats import torchvision
from maskrcnn_core.weights.formats.detectron2 import read_detectron2
from maskrcnn_core.weights.formats.detectron2_yaml import configured
from maskrcnn_core.weights.formats.pytorch import renamed, turned, turned_shape
from maskrcnn_core.weights.formats.state_dicts import foreign_of
from maskrcnn_core.weights.formats.torchvision import read_torchvision
from maskrcnn_core.weights.names import named_variables, require_architecture
from maskrcnn_inspect.analysis.weights.expected import expected_variables

PUBLISHED = {
    torchvision_v1: 44_401_393,
    torchvision_v2: 46_359_409,
}  # parameters, by torchvision's own tables
NORM = ("weight", "bias", "running_mean", "running_var")


def norm(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.{kind}": (channels,) for kind in NORM} | {f"{name}.num_batches_tracked": ()}


def conv_norm(name: str, out: int, channels: int, size: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.0.weight": (out, channels, size, size), **norm(f"{name}.1", out)}


def layer(name: str, *shape: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": (shape[0],)}


def torchvision_v2_shapes(classes: int, counts: tuple[int, ...] = (3, 4, 6, 3)) -> dict[str, tuple[int, ...]]:
    """Give the state dict of ``maskrcnn_resnet50_fpn_v2``, as its modules name it."""
    shapes = {"backbone.body.conv1.weight": (64, 3, 7, 7), **norm("backbone.body.bn1", 64)}
    channels = 64
    for stage, count in enumerate(counts, start=1):
        width = 32 * 2**stage
        for block in range(count):
            name = f"backbone.body.layer{stage}.{block}"
            shapes |= {f"{name}.conv1.weight": (width, channels, 1, 1), **norm(f"{name}.bn1", width)}
            shapes |= {f"{name}.conv2.weight": (width, width, 3, 3), **norm(f"{name}.bn2", width)}
            shapes |= {f"{name}.conv3.weight": (4 * width, width, 1, 1), **norm(f"{name}.bn3", 4 * width)}
            if block == 0:
                shapes |= conv_norm(f"{name}.downsample", 4 * width, channels, 1)
            channels = 4 * width
    for number in range(4):
        shapes |= conv_norm(f"backbone.fpn.inner_blocks.{number}", 256, 256 * 2**number, 1)
        shapes |= conv_norm(f"backbone.fpn.layer_blocks.{number}", 256, 256, 3)
        shapes |= conv_norm(f"roi_heads.box_head.{number}", 256, 256, 3)
        shapes |= conv_norm(f"roi_heads.mask_head.{number}", 256, 256, 3)
    for number in range(2):
        shapes |= layer(f"rpn.head.conv.{number}.0", 256, 256, 3, 3)
    shapes |= layer("rpn.head.cls_logits", 3, 256, 1, 1) | layer("rpn.head.bbox_pred", 12, 256, 1, 1)
    shapes |= layer("roi_heads.box_head.5", 1024, 12544)
    shapes |= layer("roi_heads.box_predictor.cls_score", classes, 1024)
    shapes |= layer("roi_heads.box_predictor.bbox_pred", 4 * classes, 1024)
    shapes |= {"roi_heads.mask_predictor.conv5_mask.weight": (256, 256, 2, 2)}
    shapes |= {"roi_heads.mask_predictor.conv5_mask.bias": (256,)}
    return shapes | layer("roi_heads.mask_predictor.mask_fcn_logits", classes, 256, 1, 1)


@pytest.mark.parametrize("preset", PUBLISHED, ids=lambda preset: preset.__name__)
def test_the_model_has_as_many_parameters_as_torchvision_says(preset):
    names = ("background", *(f"class_{number}" for number in range(1, 91)))
    variables = named_variables(MaskRCNN(preset(names)))
    frozen = ("gamma", "beta") if preset is torchvision_v1 else ()  # buffers there
    left = ("moving_mean", "moving_variance", *frozen)
    counted = [v for name, v in variables.items() if name.rpartition(".")[2] not in left]
    assert sum(int(np.prod(v.shape)) for v in counted) == PUBLISHED[preset]


def test_a_v2_file_says_that_it_is_one_and_fills_the_model():
    found = read_torchvision(torchvision_v2_shapes(91))
    names = found.config.class_names
    assert found.config == torchvision_v2(names)
    assert (names[1], names[12], names[90]) == ("person", "unused_12", "toothbrush")
    assert found.unknown == ()
    model = MaskRCNN(found.config)
    wanted = {name: tuple(variable.shape) for name, variable in named_variables(model).items()}
    assert {name: source.shape for name, source in found.sources.items()} == wanted


def basic_blocks(block: str, conv: str, shortcut: str, counts: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Give the weights of the blocks of a ResNet-18 or -34, norms left out, named by patterns of {stage} and more."""
    shapes, channels = {}, 64
    for stage, count in enumerate(counts, start=1):
        width = 32 * 2**stage
        for number in range(count):
            name = block.format(stage=stage, level=stage + 1, number=number)
            shapes[f"{name}.{conv.format(1)}.weight"] = (width, channels, 3, 3)
            shapes[f"{name}.{conv.format(2)}.weight"] = (width, width, 3, 3)
            if width != channels:
                shapes[f"{name}.{shortcut}.weight"] = (width, channels, 1, 1)
            channels = width
    return shapes


def test_depth_and_classes_are_those_of_the_file():
    for depth, counts in (("resnet101", (3, 4, 23, 3)), ("resnet152", (3, 8, 36, 3))):
        found = read_torchvision(torchvision_v2_shapes(3, counts))
        assert found.config.backbone.architecture == depth
        assert found.config.class_names == ("background", "class_1", "class_2")
        wanted = expected_variables(found.config)
        assert {name: source.shape for name, source in found.sources.items()} == wanted
        assert found.unknown == ()
    with pytest.raises(
        ValueError, match=r"ResNet-18, 34, 50, 101 or 152, whose stage 4 has .*, received 8 bottlenecks"
    ):
        read_torchvision(torchvision_v2_shapes(3, (3, 4, 8, 3)))


@pytest.mark.parametrize(
    ("depth", "counts"),
    [("resnet18", (2, 2, 2, 2)), ("resnet34", (3, 4, 6, 3)), ("resnet152", (3, 8, 36, 3))],
)
def test_each_layout_names_every_convolution_of_every_depth(depth: str, counts: tuple[int, ...]):
    patterns = {
        torchvision.TABLE: ("backbone.body.layer{stage}.{number}", "conv{}", "downsample.0"),
        mmdetection_layout.TABLE: ("backbone.layer{stage}.{number}", "conv{}", "downsample.0"),
        detectron2_layout.TABLE: ("backbone.bottom_up.res{level}.{number}", "conv{}", "shortcut"),
    }
    for table, (block, conv, shortcut) in patterns.items():
        if depth == "resnet152":
            names = [block.format(stage=3, level=4, number=35) + f".{conv.format(3)}.weight"]
            assert list(renamed(dict.fromkeys(names, (1024, 256, 1, 1)), table)[0]) == [
                "backbone.res4aj_branch2c.kernel"
            ]
            continue
        found, unknown = renamed(basic_blocks(block, conv, shortcut, counts), table)
        assert unknown == ()
        config = torchvision_v1(architecture=depth)
        wanted = {name: shape for name, shape in expected_variables(config).items() if "kernel" in name}
        wanted = {name: shape for name, shape in wanted.items() if name.startswith("backbone.res")}
        assert {name: turned_shape(name, shape, 7) for name, (_, shape) in found.items()} == wanted
        assert require_architecture(found) == depth


def test_blocks_are_called_by_letters_and_there_are_more_than_26():
    assert [block_letters(index) for index in (0, 22, 25, 26, 35)] == ["a", "w", "z", "aa", "aj"]
    assert [block_index(block_letters(index)) for index in range(100)] == list(range(100))


def test_a_file_without_a_mask_head_says_what_is_missing():
    shapes = {n: s for n, s in torchvision_v2_shapes(3).items() if "mask_fcn_logits" not in n}
    with pytest.raises(ValueError, match=r"wanted mask_head\.mask\.bias"):
        read_torchvision(shapes)


def test_turning_keeps_every_number_and_says_its_shape_beforehand():
    numbers = np.arange(2 * 3 * 4 * 5, dtype=np.float32)
    kernel = numbers.reshape(2, 3, 4, 5)
    assert turned("fpn.p2.kernel", kernel, 7, False)[3, 4, 2, 1] == kernel[1, 2, 3, 4]
    matrix = numbers[:96].reshape(2, 48)  # 2 units over 12 channels of 2x2
    whole = turned("box_head.class_conv1.kernel", matrix, 2, False)
    assert whole[1, 0, 5, 1] == matrix[1, 5 * 4 + 1 * 2 + 0]
    assert turned("rpn.bbox_pred.bias", numbers[:8], 7, True).tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    assert turned("box_head.class_logits.bias", numbers[:3], 7, True).tolist() == [2, 0, 1]
    for name, array in (("fpn.p2.kernel", kernel), ("box_head.class_conv1.kernel", matrix)):
        assert turned(name, array, 2, True).shape == turned_shape(name, array.shape, 2)


@pytest.mark.parametrize("preset", [torchvision_v1, torchvision_v2, detectron2, mmdetection])
def test_presets_are_sound(preset):
    assert check(preset()) == preset()


def d2_shapes(**more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Give the least of a state dict of detectron2 from which its configuration follows."""
    shapes: dict[str, tuple[int, ...]] = {"backbone.bottom_up.stem.conv1.weight": (64, 3, 7, 7)}
    for block in range(6):
        shapes[f"backbone.bottom_up.res4.{block}.conv1.weight"] = (256, 512, 1, 1)
    shapes |= layer("backbone.fpn_output2", 256, 256, 3, 3)
    shapes |= layer("proposal_generator.rpn_head.conv", 256, 256, 3, 3)
    shapes |= layer("proposal_generator.rpn_head.objectness_logits", 3, 256, 1, 1)
    shapes |= layer("roi_heads.box_head.fc1", 1024, 12544) | layer("roi_heads.box_head.fc2", 1024, 1024)
    shapes |= layer("roi_heads.box_predictor.cls_score", 3, 1024)
    shapes |= layer("roi_heads.box_predictor.bbox_pred", 8, 1024)
    shapes |= layer("roi_heads.mask_head.mask_fcn1", 256, 256, 3, 3)
    return shapes | layer("roi_heads.mask_head.predictor", 2, 256, 1, 1) | more


def test_pixel_statistics_tell_where_the_stride_is():
    shapes = d2_shapes(pixel_mean=(3, 1, 1), pixel_std=(3, 1, 1))
    mean, std = np.float32([123.675, 116.28, 103.53]), np.float32([58.395, 57.12, 57.375])
    values = {"pixel_mean": mean.reshape(3, 1, 1), "pixel_std": std.reshape(3, 1, 1)}
    config = read_detectron2(shapes, values.__getitem__).config
    assert (config.backbone.stride_on, config.molding.channel_order) == ("3x3", "rgb")
    assert config.molding.mean == (123.675, 116.28, 103.53)
    values = {"pixel_mean": mean[::-1].reshape(3, 1, 1), "pixel_std": np.ones((3, 1, 1), np.float32)}
    config, preset = read_detectron2(shapes, values.__getitem__).config, detectron2()
    assert (config.backbone, config.molding) == (preset.backbone, preset.molding)


def test_one_box_for_all_classes_is_seen_in_the_shapes():
    shapes = d2_shapes() | layer("roi_heads.box_predictor.bbox_pred", 4, 1024)
    assert read_detectron2(shapes, {}.__getitem__).config.box_head.boxes == "shared"


def test_what_the_pipeline_cannot_be_is_refused_by_its_name():
    with pytest.raises(
        ValueError, match=r"MODEL\.ROI_HEADS\.NAME: wanted 'StandardROIHeads', received 'Cascade"
    ):
        configured(Config(), {"MODEL": {"ROI_HEADS": {"NAME": "CascadeROIHeads"}}})
    with pytest.raises(ValueError, match=r"MODEL\.ANCHOR_GENERATOR\.SIZES: wanted one size a level"):
        configured(detectron2(), {"MODEL": {"ANCHOR_GENERATOR": {"SIZES": [[32, 64]]}}})


def test_group_norm_is_refused_by_its_layer():
    shapes = d2_shapes() | {
        "backbone.fpn_output2.norm.weight": (256,),
        "backbone.fpn_output2.norm.bias": (256,),
    }
    with pytest.raises(ValueError, match=r"fpn\.bn_p2: wanted a batch norm.*as a group norm is"):
        read_detectron2(shapes, {}.__getitem__)


class Opened:
    """An open state dict of shapes alone."""

    def __init__(self, path, shapes: dict[str, tuple[int, ...]], metadata: dict | None = None) -> None:
        self.path, self.metadata = path, metadata or {}
        self.names = {name: (shape, np.dtype(np.float32)) for name, shape in shapes.items()}

    def read(self, name: str) -> np.ndarray:
        return np.zeros(self.names[name][0], np.float32)


def test_whose_weights_they_are_is_told_by_their_names(tmp_path):
    assert foreign_of(Opened(tmp_path / "a.pth", torchvision_v2_shapes(3))).layout == "torchvision"
    deconv = {"roi_heads.mask_head.deconv.weight": (256, 256, 2, 2)}
    assert foreign_of(Opened(tmp_path / "a.pth", d2_shapes(**deconv))).layout == "detectron2"
    with pytest.raises(ValueError, match=r"received 1 arrays of other names: fc\.weight"):
        foreign_of(Opened(tmp_path / "a.pth", {"fc.weight": (1, 1)}))


@pytest.mark.slow
def test_the_configuration_beside_the_weights_is_taken(tmp_path):
    deconv = {"roi_heads.mask_head.deconv.weight": (256, 256, 2, 2)}
    (tmp_path / "config.yaml").write_text(
        "MODEL:\n  RESNETS:\n    STRIDE_IN_1X1: false\nINPUT:\n  MIN_SIZE_TEST: 640\n"
    )
    config = foreign_of(Opened(tmp_path / "model_final.pth", d2_shapes(**deconv))).config
    assert (config.backbone.stride_on, config.molding.min_dim) == ("3x3", 640)
    (tmp_path / "config.yaml").write_text("!!python/object/apply:os.system ['true']")
    with pytest.raises(ValueError, match="wanted YAML of plain values"):
        foreign_of(Opened(tmp_path / "model_final.pth", d2_shapes(**deconv)))
