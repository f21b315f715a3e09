"""Receptive fields: by hand on small stacks, and as a law that the model obeys."""

from functools import lru_cache

import numpy as np
import pytest

from maskrcnn_core.config import Backbone, Config, classic, tiny, torchvision_v1
from maskrcnn_core.recording.tensors import detail_of
from maskrcnn_inspect.analysis.features.receptive_field import (
    Span,
    Step,
    blocks_of,
    fields_along,
    receptive_field,
)

LESS = {"fpn.channels": 4, "box_head.channels": 8, "rpn.channels": 4}


def test_one_convolution_by_hand():
    three = Step(3)
    assert three.back(Span(4, 4), 10) == (3, 5)
    assert three.back(Span(0, 0), 10) == (0, 1)  # the padding is no pixel
    assert three.back(Span(8, 9), 10) == (7, 9)


def test_same_padding_is_tensorflows():
    assert [Step(3, 2).before(size) for size in (8, 9)] == [
        0,
        1,
    ]  # of one cell too few: after; of two: one each
    assert Step(3, 2).back(Span(2, 2), 8) == (4, 6)
    assert Step(3, 2).back(Span(2, 2), 9) == (3, 5)
    assert Step(7, 2, 3).back(Span(5, 5), 64) == (7, 13)
    assert Step(7, 2, 3).size(64) == 32
    assert Step(1, 2).back(Span(3, 3), 8) == (6, 6)


def test_small_backbone_by_hand():
    """C2 of 128 px: cell 16 <- 3x3, 3x3: 14..18 <- pool 3/2: 28..38 <- stem 3/2, one before: 55..77."""
    config = tiny(("background", "thing"))
    assert receptive_field(config, (128, 128), "backbone.c2", (16, 16)) == (55, 55, 78, 78)
    # C3, cell 8 <- 3x3: 7..9 <- 3x3/2: 14..20 in C2 <- 12..22 <- 24..46 <- 47..93
    assert receptive_field(config, (128, 128), "backbone.c3", (8, 8)) == (47, 47, 94, 94)


def test_resnet50_has_the_published_size():
    """The classic field of ResNet-50's last stage with its strides on the first 1x1: 427 px; with both 3x3: 483."""
    config = Config(backbone=Backbone("resnet50"))
    y1, x1, y2, x2 = receptive_field(config, (2048, 2048), "backbone.c5", (32, 32))
    size = 1 + (3 - 1) * 32 * 3 + (3 - 1) * 16 * 6 + (3 - 1) * 8 * 4 + (3 - 1) * 4 * 3 + (3 - 1) * 2 + (7 - 1)
    assert (y2 - y1, x2 - x1) == (size, size)


def test_pyramid_sees_more_than_its_backbone():
    config, size = tiny(("background", "thing")), (256, 256)
    for level in (2, 3, 4):
        own = receptive_field(config, size, f"backbone.c{level}", (7, 7))
        merged = receptive_field(config, size, f"fpn.merged{level}", (7, 7))
        smooth = receptive_field(config, size, f"fpn.p{level}", (7, 7))
        rpn = receptive_field(config, size, f"rpn.p{level}", (7, 7))
        assert _inside(own, merged) and _inside(merged, smooth) and _inside(smooth, rpn)
    p6 = receptive_field(config, size, "fpn.p6", (1, 2))
    assert p6 == receptive_field(config, size, "fpn.p5", (2, 4))


@pytest.mark.parametrize("side", [63, 96])
def test_the_fields_along_a_side_are_those_of_its_cells(side):
    config = torchvision_v1(("background", "thing"), "resnet18")
    for name, spans in fields_along(config, side, ["backbone.c4", "fpn.p3", "fpn.p6"]).items():
        fields = [receptive_field(config, (side, side), name, (cell, 0)) for cell in range(len(spans))]
        assert [(top, bottom) for top, _, bottom, _ in fields] == list(map(tuple, spans))
        with pytest.raises(IndexError):
            receptive_field(config, (side, side), name, (len(spans), 0))


def test_bad_input_is_named():
    config = tiny(("background", "thing"))
    with pytest.raises(ValueError, match=r"molding\.image"):
        receptive_field(config, (64, 64), "molding.image", (0, 0))
    with pytest.raises(ValueError, match="merged6"):
        receptive_field(config, (64, 64), "fpn.merged6", (0, 0))
    with pytest.raises(IndexError, match="0 to 15"):
        receptive_field(config, (64, 64), "backbone.c2", (16, 0))
    with pytest.raises(ValueError, match="vgg"):
        blocks_of(Backbone("vgg"))


INSIDE = [
    "backbone.stem.relu",
    "backbone.stem.pool",
    "backbone.c3.block1.conv1",
    "backbone.c3.block1.shortcut",
    "backbone.c3.block1.sum",
    "fpn.lateral3",
    "fpn.upsampled2",
]


@pytest.mark.parametrize("name", ["backbone.c2", "backbone.c3", "backbone.c4", "fpn.p3", "fpn.p2", *INSIDE])
def test_no_pixel_outside_the_field_changes_the_cell(name):
    """The law, with the model itself; and the outermost pixels of the field do change it, so it is no larger."""
    _obey(tiny(("background", "thing"), width=4), name)


def test_the_law_holds_for_resnets():
    config = classic(("background", "thing"), "resnet50")
    for name in ("backbone.c3", "backbone.c3.block2.conv2", "backbone.c3.block1.shortcut"):
        _obey(config.replace(**LESS), name)


def test_the_law_holds_for_basic_blocks():
    config = torchvision_v1(("background", "thing"), "resnet18").replace(**LESS)
    for name in ("backbone.c2.block2.conv1", "backbone.c3.block1.relu1", "backbone.c3.block1.shortcut"):
        _obey(config, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["backbone.c2", "backbone.c3.block1.relu1", "backbone.c3.block1.relu2", "backbone.c3"]
)
def test_the_law_holds_where_the_3x3_has_the_stride_and_padding_is_on_both_sides(name):
    _obey(torchvision_v1(("background", "thing")).replace(**LESS), name)


@pytest.mark.parametrize("layers", [1, 2])
def test_each_convolution_of_the_rpn_sees_a_cell_more(layers):
    config, size = tiny(("background", "thing")).replace(**{"rpn.convolutions": layers}), (512, 512)
    last = receptive_field(config, size, "rpn.hidden.p2", (61, 61))
    assert last == receptive_field(config, size, "rpn.p2", (61, 61))
    assert last == receptive_field(config, size, "rpn.hidden.p2.before_relu", (61, 61))
    seen = receptive_field(config, size, "fpn.p2", (61 - layers, 61 + layers))
    assert (last[0], last[3]) == (seen[0], seen[3])
    if layers == 2:
        first = receptive_field(config, size, "rpn.hidden1.p2", (61, 61))
        assert _inside(first, last) and first != last


@pytest.mark.parametrize("architecture", ["resnet18", "resnet50", "resnet152"])
def test_every_map_inside_has_a_field(architecture):
    config = torchvision_v1(("background", "thing"), architecture)
    for name, spec in detail_of(config).items():
        if spec.axes == ("y", "x", "channel"):
            y1, _, y2, _ = receptive_field(config, (256, 256), name, (0, 0))
            assert 0 == y1 < y2 <= 256, name


@lru_cache
def _model(config):
    from maskrcnn_core.model import MaskRCNN

    return MaskRCNN(config)


def _obey(config, name):
    from maskrcnn_core.recording.trace import Trace

    model = _model(config)
    size = 223  # odd, so that padding is not alike on both sides, and larger than the fields
    image = np.random.default_rng(1).normal(size=(size, size, 3)).astype(np.float32) * 40

    def run(pixels):
        trace = Trace(keep=name)
        maps = model.backbone(pixels[None], tap=trace)
        if name.startswith("fpn"):
            model.fpn(maps, tap=trace)
        return trace[name]

    before = run(image)
    cell = before.shape[0] // 2, before.shape[1] // 2
    y1, x1, y2, x2 = receptive_field(config, (size, size), name, cell)
    assert y1 >= 0 and y2 <= size and (y1 > 0 or y2 < size)

    other = np.random.default_rng(2).normal(size=image.shape).astype(np.float32) * 40
    inside = other.copy()
    inside[y1:y2, x1:x2] = image[y1:y2, x1:x2]
    np.testing.assert_allclose(run(inside)[cell], before[cell], atol=1e-4)
    if name.startswith(
        "backbone"
    ):  # the sum over a pyramid's paths reaches the edge in one channel or another
        for row in (y1, y2 - 1):
            edge = image.copy()
            edge[row, x1:x2] += 1e4
            assert np.abs(run(edge)[cell] - before[cell]).max() > 1e-4, row


def _inside(small, large):
    return large[0] <= small[0] and large[1] <= small[1] and small[2] <= large[2] and small[3] <= large[3]
