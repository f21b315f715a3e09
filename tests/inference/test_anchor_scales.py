"""Anchor scales: the sentence on wrong ones names the right ones; of right ones nothing is said."""

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.inference.anchor_scales import READS, AnchorProbe, agreement
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.weights import load_model


@pytest.fixture(scope="module")
def shapes():
    return load_model("shapes")


@pytest.fixture
def as_classic(shapes, monkeypatch):
    """Give a function that makes of the shipped model one of a classic file, its scales ``factor`` times."""
    monkeypatch.setattr(shapes, "provenance", {"layout": "classic"})

    def scaled(factor: float):
        config = shapes.config
        scales = tuple(scale * factor for scale in config.anchors.scales)
        monkeypatch.setattr(shapes, "config", config.replace(**{"anchors.scales": scales}))
        return AnchorProbe(shapes)

    return scaled


def test_right_anchors_are_told_by_the_first_image_and_then_nothing_is_kept(as_classic):
    probe = as_classic(1.0)
    assert probe.reads == READS
    assert probe.look_through(Shapes(2, seed=5)) == ""
    assert probe.reads == ()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_wrong_anchors_are_said_with_the_right_ones(as_classic, shapes, factor):
    right = ", ".join(f"{scale:g}" for scale in shapes.config.anchors.scales)
    said = as_classic(factor).look_at(SourceImage(Shapes(6, seed=5)[1].image, "a.png"))
    assert f'"RPN_ANCHOR_SCALES": [{right}]' in said
    assert "sure of on a.png" in said


def test_a_model_whose_file_has_its_configuration_is_not_asked(shapes):
    assert AnchorProbe(shapes).reads == ()
    assert AnchorProbe(shapes).look_through(Shapes(1)) == ""


def test_few_sure_proposals_tell_nothing():
    kept = Trace(list(READS))
    kept.update(
        {READS[0]: np.array([0.95, 0.91, 0.2], np.float32), READS[1]: np.full((3, 2), 0.5, np.float32)}
    )
    assert agreement(kept) is None
    kept.update({READS[0]: np.array([0.95, 0.91, 0.9], np.float32)})
    assert agreement(kept) == pytest.approx(0.5)


def test_an_image_that_cannot_be_read_is_passed_over(as_classic):
    class Broken(Shapes):
        def read(self, index):
            if not index:
                raise ValueError("broken")
            return super().read(index)

    probe = as_classic(1.0)
    assert probe.look_through(Broken(2, seed=5)) == ""
    assert probe.reads == ()
