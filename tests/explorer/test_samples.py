"""Samples ship with their ground truth, were never trained on, and are what they say."""

from importlib.resources import files

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.weights.catalog import SHIPPED
from maskrcnn_inspect import samples
from maskrcnn_inspect.samples import SAMPLES, find_sample, sample_truth

HELD_OUT = (files("maskrcnn_core") / "assets" / "nuclei_validation.txt").read_text().split()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_an_image_with_the_ground_truth_of_its_size(name):
    sample = find_sample(name).read()
    assert sample.image.dtype == np.uint8 and sample.image.shape[2] == 3 and sample.source == name
    assert (len(sample) == 0) is (name == "empty")
    assert all(mask.any() for mask in sample.masks)


def test_every_micrograph_is_of_the_images_held_out_of_training():
    named = {word for word in samples.__doc__.replace(",", " ").replace(".", " ").split() if len(word) == 12}
    ids = {word for word in named if set(word) <= set("0123456789abcdef")}
    assert len(ids) == sum(one.weights == "nuclei" for one in SAMPLES.values())
    assert ids <= set(HELD_OUT)


def test_the_first_of_each_weights_stands_for_them():
    assert [sample_truth(name).source for name in SHIPPED] == ["tissue", "shapes"]
    assert sample_truth("coco") is None


def test_drawn_samples_come_from_the_seed_that_nothing_was_trained_on():
    drawn = Shapes(count=10, seed=samples.UNSEEN_SEED)[3]
    np.testing.assert_array_equal(find_sample("shapes").read().image, drawn.image)
