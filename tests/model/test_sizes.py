"""Sizes before anything runs: those of a trace, or no less where rows are chosen."""

import numpy as np
import pytest

from maskrcnn_core.config import detectron2, tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.pipeline.sizes import sizes_of
from tests.model_fixtures import NAMES

LESS = {"proposals.top_k": 60, "proposals.count": 10, "detections.max_count": 5, "detections.min_score": 0.0}
EVERY = {"detections.candidates": "every", "proposals.by_level": True, "rpn.objectness": "sigmoid"}


@pytest.mark.parametrize(
    "settings", [{}, {"molding.mode": "none"}, EVERY, {"pasting.rule": "grid"}], ids=lambda s: " ".join(s)
)
@pytest.mark.parametrize("size", [(1, 1), (45, 71)])
def test_sizes_are_those_of_a_trace(settings: dict, size: tuple[int, int]):
    model = MaskRCNN(tiny(NAMES, size=64, width=2).replace(**LESS | settings))
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    trace = model.trace(image, keep=["*", "**"], edits={"image.original": lambda pixels: pixels})
    sizes = sizes_of(model, size)
    assert list(sizes) == list(trace)
    for name, values in trace.items():
        one = sizes[name]
        assert one.dtype == values.dtype, name
        if one.most:
            assert one.shape[1:] == values.shape[1:] and one.shape[0] >= values.shape[0], name
            assert one.said.startswith("<= ")
        else:
            assert one.shape == values.shape, name
            assert one.nbytes == values.nbytes


@pytest.mark.slow
def test_a_large_model_is_measured_without_running_it():
    model = MaskRCNN(detectron2(NAMES))
    sizes = sizes_of(model, (600, 800))
    assert sizes["backbone.c2.block3.conv3"].shape == (200, 272, 256)
    assert sizes["box_head.fc2"].said == "<= 1000 x 1024"
    assert sizes["rpn.hidden.p3"].nbytes == 100 * 136 * 256 * 4
