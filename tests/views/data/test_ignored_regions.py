"""A region of no class is called so in views, and never by the name of a class."""

import numpy as np

from maskrcnn_core.data.reading.sample import IGNORED, Sample
from maskrcnn_inspect.views.framework.gallery import truth_of
from maskrcnn_inspect.views.framework.sample_scene import classes_of

NAMES = ("background", "cat", "dog")


def test_layers_of_a_scene_name_ignored_regions():
    layer = classes_of(NAMES, np.array([2, IGNORED]))
    assert [layer["class_names"][k] for k in layer["class_ids"]] == ["dog", "ignored region"]
    assert classes_of(NAMES, np.array([2]))["class_names"] == list(NAMES)


def test_galleries_name_ignored_regions():
    masks = np.ones((2, 4, 4), bool)
    sample = Sample(np.zeros((4, 4, 3), np.uint8), np.array([1, IGNORED], np.int32), masks)
    assert list(truth_of(sample, NAMES).labels) == ["cat", "ignored region"]
